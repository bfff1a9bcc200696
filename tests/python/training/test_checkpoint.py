import numpy as np
import pytest

from ossicle.training.checkpoint import Checkpoint, load, save


@pytest.fixture
def checkpoint():
    arrays = [np.arange(6, dtype=np.float32).reshape(2, 3), np.array(7, np.int64)]
    return Checkpoint("mine", arrays, arrays[::-1], arrays[:1], [{"loss": 0.1}, {"loss": 1e-300}])


def test_what_was_saved_is_loaded(checkpoint, tmp_path):
    save(tmp_path / "c.npz", checkpoint)
    loaded = load(tmp_path / "c.npz", "mine")
    assert loaded.history == checkpoint.history
    for group in ("weights", "optimizer", "best"):
        for given, kept in zip(getattr(checkpoint, group), getattr(loaded, group), strict=True):
            assert given.dtype == kept.dtype
            assert np.array_equal(given, kept)


def test_the_order_of_many_arrays_is_kept(tmp_path):
    weights = [np.array(i) for i in range(1200)]
    save(tmp_path / "c.npz", Checkpoint("mine", weights, [], [], []))
    assert [int(w) for w in load(tmp_path / "c.npz", "mine").weights] == list(range(1200))


def test_a_checkpoint_of_another_descent_is_not_loaded(checkpoint, tmp_path):
    save(tmp_path / "c.npz", checkpoint)
    assert load(tmp_path / "c.npz", "another") is None


def test_a_missing_or_damaged_file_is_none(checkpoint, tmp_path):
    file = tmp_path / "c.npz"
    assert load(file, "mine") is None
    save(file, checkpoint)
    whole = file.read_bytes()
    for damaged in (b"", whole[:300], b"PK" + whole[:40], b"text"):
        file.write_bytes(damaged)
        assert load(file, "mine") is None
