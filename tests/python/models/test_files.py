import json
import zipfile

import numpy as np
import pytest

from ossicle.errors import ModelError
from ossicle.models import dcase2022_baseline
from ossicle.models.files import load, save
from ossicle.tensorflow import make_deterministic


def test_a_saved_model_loads_with_the_same_weights(tmp_path):
    make_deterministic(0)
    model = dcase2022_baseline.build(3)
    save(model, tmp_path / "new" / "m.keras")
    loaded = load(tmp_path / "new" / "m.keras")
    for given, found in zip(model.get_weights(), loaded.get_weights(), strict=True):
        assert np.array_equal(given, found)
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["m.keras"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"text" * 100])
def test_what_is_no_model_is_refused(tmp_path, content):
    (tmp_path / "m.keras").write_bytes(content)
    with pytest.raises(ModelError, match=r"m\.keras"):
        load(tmp_path / "m.keras")


def test_a_file_does_not_tell_when_it_was_saved(tmp_path):
    """Or the same training would give another file each time."""
    model = dcase2022_baseline.build(3)
    for name in ("first.keras", "second.keras"):
        save(model, tmp_path / name)
    with zipfile.ZipFile(tmp_path / "first.keras") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert json.loads(archive.read("metadata.json"))["date_saved"] is None
    assert (tmp_path / "first.keras").read_bytes() == (tmp_path / "second.keras").read_bytes()
