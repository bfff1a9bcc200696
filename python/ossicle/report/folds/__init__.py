"""Trainings to be looked at: live, in TensorBoard, and as results.json and results.md."""

from ossicle.report.folds.live import live_table
from ossicle.report.folds.results import gather, markdown
from ossicle.report.folds.tensorboard import TensorBoard
from ossicle.report.folds.writing import write, write_single

__all__ = ["TensorBoard", "gather", "live_table", "markdown", "write", "write_single"]
