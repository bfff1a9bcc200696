"""Models that an earlier training left."""

from pathlib import Path

import numpy as np
import pytest

from ossicle.errors import DataError
from ossicle.models import dcase2022_baseline, files, separable_resnet
from ossicle.training.earlier import Earlier, take_weights


def test_fold_seed_and_folder_are_put_into_the_path(tmp_path: Path) -> None:
    for name in ("fold1_seed2", "fold1_seed3", "fold2_seed2"):
        (tmp_path / name).mkdir()
    earlier = Earlier(1, 2, tmp_path)
    named = earlier.files_of(f"{tmp_path}/fold{{fold}}_seed{{seed}}", "teacher")
    assert [path.name for path in named] == ["fold1_seed2"]
    several = earlier.files_of("{earlier}/fold{fold}_seed*", "teacher")
    assert [path.name for path in several] == ["fold1_seed2", "fold1_seed3"]


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"there is no teacher .*fold3; train it first"):
        Earlier(3).files_of(f"{tmp_path}/fold{{fold}}", "teacher")
    with pytest.raises(DataError, match=r"the teacher \{earlier\}/a .* the key `earlier`"):
        Earlier(1).files_of("{earlier}/a", "teacher")


def test_a_model_begins_with_the_weights_of_another_window(tmp_path: Path) -> None:
    taught = separable_resnet.build(3, frames=101, size="small")
    files.save(taught, tmp_path / "float.keras")
    model = separable_resnet.build(3, frames=51, size="small")
    assert take_weights(model, str(tmp_path / "float.keras"), Earlier())
    pairs = zip(taught.get_weights(), model.get_weights(), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)


def test_the_last_layer_of_other_classes_is_left_as_it_was(tmp_path: Path) -> None:
    taught = separable_resnet.build(7, frames=51, size="small")
    files.save(taught, tmp_path / "float.keras")
    model = separable_resnet.build(3, frames=51, size="small")
    drawn = model.get_weights()
    assert not take_weights(model, str(tmp_path / "float.keras"), Earlier())
    *found, kernel, bias = model.get_weights()
    assert np.array_equal(kernel, drawn[-2]) and np.array_equal(bias, drawn[-1])
    pairs = zip(taught.get_weights()[:-2], found, strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    files.save(dcase2022_baseline.build(3), tmp_path / "float.keras")
    model = separable_resnet.build(3, frames=51, size="small")
    with pytest.raises(DataError, match=r"float\.keras: its weights do not fit separable_resnet"):
        take_weights(model, str(tmp_path / "float.keras"), Earlier())
    files.save(separable_resnet.build(3, frames=51), tmp_path / "float.keras")
    with pytest.raises(DataError, match=r"float\.keras: its weights do not fit separable_resnet"):
        take_weights(model, str(tmp_path / "float.keras"), Earlier())
