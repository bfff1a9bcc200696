"""Who does the trials: the part that hands them out, with workers that only say that they ran."""

import sys
from types import SimpleNamespace

import pytest

from ossicle.errors import DataError
from ossicle.search import trials


class WrappedError(Exception):
    """What Ray makes of an error of a worker."""

    def __init__(self, cause):
        super().__init__("a long traceback")
        self.cause = cause


class Cluster:
    """A Ray that calls what it is given in this process."""

    exceptions = SimpleNamespace(RayTaskError=WrappedError)

    def __init__(self):
        self.calls = []

    def init(self, address, **_options):
        self.calls.append(("init", address))

    def remote(self, **options):
        self.calls.append(("remote", options["num_cpus"]))
        return lambda function: SimpleNamespace(remote=function)

    def get(self, results):
        return results

    def shutdown(self):
        self.calls.append(("shutdown", None))


@pytest.fixture
def cluster(monkeypatch):
    made = Cluster()
    monkeypatch.setitem(sys.modules, "ray", made)
    monkeypatch.setattr(trials, "hide_progress", lambda: None)
    return made


@pytest.mark.parametrize("address", ["local", "10.0.0.1:6379"])
def test_a_cluster_gets_every_worker_and_is_left(cluster, address):
    worked = []
    trials._start(worked.append, workers=3, ray=address)
    assert worked == [0, 1, 2]
    assert cluster.calls == [("init", address), ("remote", 1), ("shutdown", None)]


def test_a_cluster_is_left_after_an_error(cluster):
    def fail(_worker):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        trials._start(fail, workers=1, ray="local")
    assert cluster.calls[-1] == ("shutdown", None)


def test_a_worker_s_own_error_is_told_not_its_traceback(cluster):
    def fail(_worker):
        raise WrappedError(DataError("no recording"))

    with pytest.raises(DataError, match="no recording"):
        trials._start(fail, workers=1, ray="local")


class Made(trials.Search):
    """A search whose trials draw a number and come to an end as they are told to."""

    ends = ()

    def objective(self, trial):
        number = trial.suggest_float("number", 0, 1)
        end = self.ends[trial.number]
        if isinstance(end, BaseException):
            raise end
        return number


def made(out, trials_wanted, ends):
    recipe = SimpleNamespace(name="made", seeds=(0,))
    search = Made(
        SimpleNamespace(recipe=recipe), None, None, SimpleNamespace(name="board"), out, out,
        trials_wanted,
    )  # fmt: skip
    object.__setattr__(search, "ends", ends)
    return search


def test_what_was_interrupted_is_tried_first_and_goes_on_from_its_checkpoints(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        trials.run(made(tmp_path, 3, [None, KeyboardInterrupt()]))
    found = trials.run(made(tmp_path, 3, [None] * 4))
    states = [trial.state.name for trial in found]
    assert states == ["COMPLETE", "FAIL", "COMPLETE", "COMPLETE"]
    assert found[2].params == found[1].params and found[2].user_attrs[trials.TAKEN_UP] == 1
    assert trials.TAKEN_UP not in found[3].user_attrs
    assert trials.run(made(tmp_path, 3, [])) == found  # there are enough


def test_an_error_ends_the_search_and_is_no_trial_to_take_up(tmp_path):
    with pytest.raises(DataError, match="broken"):
        trials.run(made(tmp_path, 2, [DataError("broken")]))
    found = trials.run(made(tmp_path, 1, [None] * 2))
    assert [trial.state.name for trial in found] == ["FAIL", "COMPLETE"]


def test_no_two_workers_and_no_two_runs_draw_alike(tmp_path):
    first, second = (made(tmp_path / name, 2, [None] * 9) for name in ("first", "second"))
    for search in (first, second):
        trials.run(search)
        trials.run(made(search.out, 4, [None] * 9))
    drawn = [
        [t.params["number"] for t in search.study().get_trials()] for search in (first, second)
    ]
    assert drawn[0] == drawn[1] and len(set(drawn[0])) == 4
    third = made(tmp_path / "third", 1, [None] * 9)
    third.out.mkdir()
    third.work(1)
    assert third.study().get_trials()[0].params["number"] not in drawn[0]


def test_the_last_places_go_to_those_who_asked_first(tmp_path):
    search = made(tmp_path, 2, [None] * 9)
    study = search.study()
    study.tell(study.ask(), 0.5)
    study.ask()  # another worker is at the second
    search.work(0)
    states = [trial.state.name for trial in study.get_trials()]
    assert states == ["COMPLETE", "RUNNING", "FAIL"]


def test_one_worker_works_here():
    worked = []
    trials._start(worked.append, workers=1, ray=None)
    assert worked == [0]
