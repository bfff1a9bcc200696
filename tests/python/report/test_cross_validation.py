import numpy as np
import pytest

from ossicle.console import Console
from ossicle.datasets import Corpus
from ossicle.datasets.tau import PUBLISHED
from ossicle.quantize.folds import Run, State
from ossicle.report.folds import TensorBoard, gather, live_table, markdown
from ossicle.report.folds.results import pooled, spread
from ossicle.tensorflow import tensorflow
from ossicle.training import Recipe

LABELS = ("bus", "park")


def metrics_of(right):
    score = {"clips": 4, "accuracy": right, "window_accuracy": right / 2, "log_loss": 2 - right}
    row = {"clips": 2, "accuracy": right, "log_loss": 1.5}
    tables = {"class": dict.fromkeys(LABELS, row), "device": {"a": {**row, "clips": 4}}}
    return {
        "chosen": "qat",
        "test": {"float": score, "ptq": score, "qat": {**score, "accuracy": right - 0.25}},
        "tables": {"qat": tables},
        "history": {"float": [{"loss": 1.0}]},
    }


def figures_of(*rights, published=()):
    corpus = Corpus("scenes", (), LABELS, "free", published)
    runs = [Run(fold, 0) for fold in range(1, len(rights) + 1)]
    return gather(corpus, Recipe(), runs, [metrics_of(right) for right in rights])


def test_the_spread_of_known_numbers():
    found = spread([0.8, 0.9, 1.0])
    assert found["mean"] == pytest.approx(0.9)
    assert found["deviation"] == pytest.approx(0.1)
    # Student's t for 2 degrees of freedom at 97.5 %: 4.302653, of any table
    assert found["interval"] == pytest.approx([0.9 - 4.302653 * 0.1 / 3**0.5, 0.9 + 0.248414])
    assert spread([0.7]) == {"mean": 0.7, "deviation": None, "interval": None}


def test_tables_of_several_runs_are_averaged_over_clips():
    one = {"a": {"clips": 1, "accuracy": 1.0, "log_loss": 0.0}}
    two = {"a": {"clips": 3, "accuracy": 0.0, "log_loss": 4.0}, "b": one["a"]}
    assert pooled([one, two]) == {
        "a": {"clips": 4, "accuracy": 0.25, "log_loss": 3.0},
        "b": {"clips": 1, "accuracy": 1.0, "log_loss": 0.0},
    }


def test_results_tell_every_run_and_their_mean():
    figures = figures_of(0.75, 1.0)
    assert [row["int8"]["accuracy"] for row in figures["runs"]] == [0.5, 0.75]
    assert figures["summary"]["float"]["accuracy"]["mean"] == 0.875
    assert figures["tables"]["device"]["a"]["clips"] == 8
    told = markdown(figures)
    assert "| 2 | 0 | 4 | qat | 100.00% | 75.00% | 50.00% | 1.000 |" in told
    assert "| device | clips |" in told
    assert "system" not in told


def test_what_is_published_stands_beside():
    told = markdown(figures_of(0.75, published=PUBLISHED))
    assert "| bus | 2 | 75.0% | 1.500 | 35.4% | 1.601 |" in told
    assert "| **this, int8** | 50.00% |" in told
    assert "| baseline of the DCASE 2022 challenge | 42.90% | 1.575 |" in told
    assert "| int8, clips right | 50.00% | | |" in told  # one run has no deviation


def test_published_classes_average_to_the_published_total():
    modac = PUBLISHED[1]
    right, loss = np.mean(list(modac.by_class.values()), axis=0)
    assert round(float(right), 3) == modac.accuracy
    assert round(float(loss), 3) == modac.log_loss


def test_the_live_table_tells_how_far_each_run_is():
    states = [
        State(Run(1, 0), [{"loss": 1.0}], metrics_of(0.75)),
        State(Run(2, 0), [{"loss": 0.5, "validation_window_accuracy": 0.625}], None),
        State(Run(3, 0), [], None),
    ]
    screen = Console(width=100, record=True, quiet=False)
    with screen.capture() as shown:
        screen.print(live_table(states, epochs=9))
    rows = [line.split() for line in shown.get().splitlines() if " of 9" in line]
    assert [row[0::2][0] for row in rows] == ["│"] * 3
    assert "75.0%" in rows[0] and "50.0%" in rows[0]
    assert "62.5%" in rows[1] and "0.500" in rows[1]
    assert rows[2].count("│") == len(rows[1]) - len([w for w in rows[1] if w != "│"])


def test_tensorboard_gets_every_epoch_once(tmp_path):
    (tmp_path / "old").mkdir()
    board, run = TensorBoard(tmp_path), Run(1, 0)
    history = [{"loss": 3.0}, {"loss": 2.0}, {"loss": 1.0}]
    for epochs in (0, 1, 1, 3):
        board.write([State(run, history[:epochs], None)])
    assert [path.name for path in tmp_path.iterdir()] == [run.name]
    (file,) = (tmp_path / run.name).iterdir()
    tf = tensorflow()
    records = [tf.compat.v1.Event.FromString(r.numpy()) for r in tf.data.TFRecordDataset(str(file))]
    values = [
        (e.step, v.tag, tf.make_ndarray(v.tensor).item()) for e in records for v in e.summary.value
    ]
    assert values == [(1, "loss", 3.0), (2, "loss", 2.0), (3, "loss", 1.0)]
