"""Who does the trials: the part that hands them out, with workers that only say that they ran."""

import sys
from types import SimpleNamespace

import pytest

from ossicle.search import trials


class Cluster:
    """A Ray that calls what it is given in this process."""

    def __init__(self):
        self.calls = []

    def init(self, **options):
        self.calls.append(("init", options["address"]))

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


@pytest.mark.parametrize(("told", "address"), [("local", None), ("10.0.0.1:6379", "10.0.0.1:6379")])
def test_a_cluster_gets_every_worker_and_is_left(cluster, told, address):
    worked = []
    trials._start(worked.append, workers=3, ray=told)
    assert worked == [0, 1, 2]
    assert cluster.calls == [("init", address), ("remote", 1), ("shutdown", None)]


def test_a_cluster_is_left_after_an_error(cluster):
    def fail(_worker):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        trials._start(fail, workers=1, ray="local")
    assert cluster.calls[-1] == ("shutdown", None)


def test_one_worker_works_here():
    worked = []
    trials._start(worked.append, workers=1, ray=None)
    assert worked == [0]
