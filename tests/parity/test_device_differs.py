"""The proof can fail: a device, a host or a reference that is wrong in one number is found out."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from changed_firmware import changed_device, weights_table, with_one_number_changed
from command_line import Result
from made_sounds import pcm_of
from ossicle.device import boards, firmware
from ossicle.device import program as programs
from ossicle.device.program import Program
from ossicle.device.session import Inference, open_emulated
from ossicle.errors import DeviceError
from ossicle.frontend import FrontEnd
from ossicle.parity import bundles, models
from ossicle.parity.comparison import Comparison, Difference
from ossicle.parity.host import HostModel
from ossicle.reference import ReferenceModel

M4 = boards.board("qemu_m4")
Ossicle = Callable[..., Result]


def replace_device(monkeypatch: pytest.MonkeyPatch, elf: Path) -> None:
    for room in (models, bundles):
        monkeypatch.setattr(room, "fitting_image", lambda _program, _board, **_: elf)


def assert_first(comparison: Comparison, case: int, stage: str, expected, found) -> Difference:
    """The first difference is where two arrays, known otherwise, differ first."""
    place = tuple(int(i) for i in np.argwhere(expected != found)[0])
    first = Difference(case, stage, place, int(expected[place]), int(found[place]))
    assert comparison.first == first
    return first


WEIGHTED = [(1, "CONV_2D"), (2, "DEPTHWISE_CONV_2D"), (7, "FULLY_CONNECTED")]


@pytest.mark.parametrize(("layer", "operator"), WEIGHTED)
def test_one_wrong_weight_of_a_model(
    *,
    layer: int,
    operator: str,
    model_program: Program,
    models_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ossicle: Ossicle,
) -> None:
    assert model_program.compiled.operators[layer].name == operator
    array = weights_table(model_program.compiled, layer)
    replace_device(monkeypatch, changed_device(model_program, M4, tmp_path, "int8.c", array))
    given = models.random_inputs(model_program.input, 3, seed=0)
    parity = models.compare(model_program, M4, given)
    assert not parity.is_equal

    files = dict(model_program.compiled.files)
    files["int8.c"] = with_one_number_changed(files["int8.c"], array)
    wrong = HostModel(replace(model_program.compiled, files=files))
    layers = [(HostModel(model_program.compiled), wrong, case) for case in given]
    runs = [(right.run_layers([x])[1], other.run_layers([x])[1]) for right, other, x in layers]
    case = next(i for i, (a, b) in enumerate(runs) if not np.array_equal(a[layer], b[layer]))
    stage = f"layer {layer} ({operator})"
    for comparison in parity.comparisons:
        first = assert_first(comparison, case, stage, *(run[layer] for run in runs[case]))
        assert comparison.mismatches == sum(
            int(np.count_nonzero(a != b)) for run in runs for a, b in zip(*run, strict=True)
        )

    result = ossicle("parity", models_folder / "int8.tflite", "--inputs", 3, "--seed", 0)
    assert result.status == 1
    assert (
        f"{stage}, index {list(first.index)}: expected {first.expected}, found {first.found}"
        in (result.out)
    )
    assert "NOT EQUAL" in result.out


def device_says(elf: Path, program: Program, pcm: np.ndarray) -> Inference:
    with open_emulated(elf, M4, digest=program.digest) as session:
        return session.infer_pcm(pcm, features=True, layers=True)


def test_one_wrong_weight_of_a_bundle(
    bundle_program: Program,
    bundle_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ossicle: Ossicle,
) -> None:
    compiled = bundle_program.compiled
    array = weights_table(compiled, 1)
    elf = changed_device(bundle_program, M4, tmp_path, f"{compiled.prefix}.c", array)
    replace_device(monkeypatch, elf)
    pcm = pcm_of("tone")
    parity = bundles.compare(bundle_program, M4, [pcm])
    assert (parity.features.mismatches, parity.is_equal) == (0, False)
    assert parity.layers.mismatches == parity.reference.mismatches > 0
    # What the device said of the layer is fetched again, past the code that compares.
    operator = compiled.operators[1].output
    found = device_says(elf, bundle_program, pcm).layers[1].reshape(operator.shape)
    assert bundle_program.bundle is not None
    features = FrontEnd(bundle_program.bundle.frontend)(pcm[np.newaxis])[0]
    host = HostModel(compiled)
    right = host.run_layers([features.reshape(bundle_program.input.shape)])[1][1]
    assert_first(parity.layers, 0, "layer 1 (CONV_2D)", right, found)

    result = ossicle("parity", bundle_folder)
    assert result.status == 1
    assert "layer 1 (CONV_2D), index [" in result.out and "NOT EQUAL" in result.out


def test_one_wrong_number_of_the_front_end(
    bundle_program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    array = "ossicle_frontend_offset"
    elf = changed_device(bundle_program, M4, tmp_path, firmware.TABLES, array)
    replace_device(monkeypatch, elf)
    pcm = pcm_of("hiss", 1)
    parity = bundles.compare(bundle_program, M4, [pcm])
    assert not parity.is_equal
    said = device_says(elf, bundle_program, pcm).features
    assert said is not None and bundle_program.bundle is not None
    right = FrontEnd(bundle_program.bundle.frontend)(pcm[np.newaxis])[0]
    assert_first(parity.features, 0, "features", right, said.reshape(right.shape))
    assert parity.features.mismatches == np.count_nonzero(right != said.reshape(right.shape))


def test_a_host_that_is_wrong(model_program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each side is held against the device by itself: here only the host's C differs."""
    replace_device(monkeypatch, programs.image(model_program, M4))
    files = dict(model_program.compiled.files)
    array = weights_table(model_program.compiled, 1)
    files["int8.c"] = with_one_number_changed(files["int8.c"], array)
    wrong = replace(model_program, compiled=replace(model_program.compiled, files=files))
    parity = models.compare(wrong, M4, models.random_inputs(wrong.input, 3, seed=0))
    assert parity.host.mismatches > 0 and parity.reference.mismatches == 0
    assert not parity.is_equal


def test_a_reference_that_is_wrong(model_program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = model_program.compiled.operators[1].node.inputs[1]
    assert weights is not None and weights.data is not None
    old = weights.data.tobytes()
    assert model_program.model.count(old) == 1
    changed = model_program.model.replace(old, bytes([old[0] ^ 0x40]) + old[1:])
    monkeypatch.setattr(models, "ReferenceModel", lambda _model: ReferenceModel(changed))
    given = models.random_inputs(model_program.input, 3, seed=0)
    parity = models.compare(model_program, M4, given)
    assert parity.reference.mismatches > 0 and parity.host.mismatches == 0
    assert parity.reference.first is not None
    assert parity.reference.first.stage == "layer 1 (CONV_2D)"


def test_a_device_with_another_model_is_refused(
    model_program: Program, bundle_program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_device(monkeypatch, programs.image(bundle_program, M4))
    with pytest.raises(DeviceError, match=f"holds the bundle {bundle_program.name}, "):
        models.compare(model_program, M4, models.random_inputs(model_program.input, 1, seed=0))
