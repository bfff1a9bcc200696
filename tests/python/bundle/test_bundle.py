import dataclasses
import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ossicle.bundle import LARGEST_FILE, Bundle, read, write
from ossicle.decision import Decision
from ossicle.errors import BundleError, OssicleError
from ossicle.frontend import FrontendSpec


def bundle_of(**changes):
    given = {
        "name": "bundle",
        "model": b"\x1c\x00\x00\x00TFL3 not a whole model",
        "frontend": FrontendSpec(),
        "labels": ("dog bark", "regen", "vågor"),
        "decision": Decision(32),
        "metrics": {"accuracy": 0.5},
        "card": "# A bundle\n",
        "vectors": {"pcm": np.arange(6, dtype=np.int16).reshape(2, 3), "layer_00": np.int8([[1]])},
    }
    return Bundle(**given | changes)


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "bundle", bundle_of())
    return tmp_path / "bundle"


def test_what_was_written_is_read(folder):
    given, found = bundle_of(), read(folder)
    for field in dataclasses.fields(Bundle):
        if field.name != "vectors":
            assert getattr(found, field.name) == getattr(given, field.name)
    assert found.vectors.keys() == given.vectors.keys()
    for name, array in given.vectors.items():
        assert np.array_equal(found.vectors[name], array)
        assert found.vectors[name].dtype == array.dtype


def test_writing_twice_gives_the_same_bytes(folder, tmp_path):
    write(tmp_path / "again", bundle_of())
    for file in folder.rglob("*"):
        if file.is_file():
            assert file.read_bytes() == (tmp_path / "again" / file.relative_to(folder)).read_bytes()


def test_sums_are_those_of_sha256sum(folder):
    for line in (folder / "vectors" / "SHA256SUMS").read_text().splitlines():
        wanted, name = line.split("  ")
        assert hashlib.sha256((folder / "vectors" / name).read_bytes()).hexdigest() == wanted


@pytest.mark.parametrize(
    "changes",
    [
        {"model": b"TFL3"},
        {"frontend": FrontendSpec(fmax=20000.0)},
        {"labels": ("dog", "barkregen", "vågor")},
        {"decision": Decision(33)},
        {"decision": Decision(32, vote="max")},
    ],
)
def test_the_digest_follows_what_the_device_computes(changes):
    assert len(bundle_of().digest) == 32
    assert bundle_of(**changes).digest != bundle_of().digest


def test_the_digest_does_not_follow_what_is_only_told():
    assert bundle_of(metrics={}, card="", vectors={}, name="x").digest == bundle_of().digest


@pytest.mark.parametrize(
    "file",
    [
        *("model.tflite", "frontend.toml", "labels.txt", "decision.toml", "metrics.json"),
        *("card.md", "vectors/SHA256SUMS", "vectors/pcm.npy"),
    ],
)
def test_a_missing_file_is_named(folder, file):
    (folder / file).unlink()
    with pytest.raises(BundleError, match=file.rsplit("/", maxsplit=1)[-1].replace(".", r"\.")):
        read(folder)


REST = b'\nhop_samples = 44\nshort = "pad"\nvote = "soft"\n'
DECISION = b"silence_peak = 32" + REST


@pytest.mark.parametrize(
    ("file", "content", "cause"),
    [
        ("labels.txt", b"dog\ndog\n", "none twice"),
        ("labels.txt", b"dog\n \n", "none twice or empty"),
        ("labels.txt", b"dog\n", "two or more"),
        ("labels.txt", b"\xff\xfe\n", "not UTF-8"),
        ("decision.toml", b"silence_peak = ", "not a TOML file"),
        ("decision.toml", b"silence_peak = true" + REST, "an integer"),
        ("decision.toml", b"silence_peak = 40000" + REST, "0 to 32768"),
        ("decision.toml", b"silence_peak = 40000", "must give silence_peak, hop_samples"),
        ("decision.toml", b"silence_peak = 3\nloudness = 3" + REST, "nothing else"),
        ("decision.toml", DECISION.replace(b"= 44", b"= -44"), "hop_samples must be an integer"),
        ("decision.toml", DECISION.replace(b"pad", b"cut"), "short must be one of pad, loop"),
        ("decision.toml", DECISION.replace(b"soft", b"loud"), "vote must be one of"),
        ("frontend.toml", b"", "missing"),
        ("metrics.json", b"[1]", "JSON object"),
        ("metrics.json", b"{", "not JSON"),
        ("metrics.json", b"[" * 100_000, "not JSON"),
        ("vectors/pcm.npy", b"\x93NUMPY", "SHA-256"),
        ("vectors/SHA256SUMS", b"00  ../card.npy\n", "not a file of vectors"),
        ("vectors/SHA256SUMS", b"00  /etc/passwd\n", "not a file of vectors"),
    ],
)
def test_a_damaged_file_is_named_with_the_cause(folder, file, content, cause):
    (folder / file).write_bytes(content)
    with pytest.raises(OssicleError, match=cause) as refused:
        read(folder)
    assert file.rsplit("/", maxsplit=1)[-1] in str(refused.value)


@given(content=st.binary(max_size=200))
def test_vectors_that_are_no_array_are_refused(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("vectors") / "bundle"
    write(folder, bundle_of())
    (folder / "vectors" / "pcm.npy").write_bytes(content)
    wanted = hashlib.sha256(content).hexdigest()
    (folder / "vectors" / "SHA256SUMS").write_text(f"{wanted}  pcm.npy\n")
    with pytest.raises(BundleError, match=r"pcm\.npy"):
        read(folder)


def test_a_file_too_large_for_any_device_is_refused(folder):
    with (folder / "model.tflite").open("r+b") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(BundleError, match="larger than"):
        read(folder)


def test_what_is_no_bundle_is_refused(tmp_path):
    with pytest.raises(BundleError, match="no such bundle"):
        read(tmp_path / "nothing")
    with pytest.raises(BundleError, match="is not a bundle"):
        read(tmp_path)


def test_nothing_but_a_bundle_is_replaced(folder, tmp_path):
    write(folder, bundle_of(card="new"))
    assert read(folder).card == "new"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years")
    for path in (tmp_path / "mine", tmp_path / "mine" / "thesis.txt"):
        with pytest.raises(BundleError, match="in the way"):
            write(path, bundle_of())
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years"


@pytest.mark.parametrize(
    ("shape", "quantisation", "outputs", "cause"),
    [
        ((1, 64, 51, 1), (2**-5, 0), 3, r"input is \[1, 64, 51, 1\]"),
        ((1, 40), (2**-5, 0), 3, "input is"),
        ((1, 40, 51, 1), (2**-4, 0), 3, "scale"),
        ((1, 40, 51, 1), (2**-5, -3), 3, "zero point"),
        ((1, 40, 51, 1), (2**-5, 0), 4, "4 outputs"),
    ],
)
def test_a_model_of_another_bundle_is_refused(shape, quantisation, outputs, cause):
    bundle_of().require_match((1, 40, 51, 1), (2**-5, 0), 3)
    with pytest.raises(BundleError, match=cause):
        bundle_of().require_match(shape, quantisation, outputs)
