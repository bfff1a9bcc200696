"""The verbs that cross several rooms: train, quantise a Keras model, report, and the whole demo."""

from ossicle.workflow.changing import attend, calibrate, quantize
from ossicle.workflow.learning import (
    DEFAULT_RECIPE,
    cross_validate,
    search,
    train,
    training_summary,
)
from ossicle.workflow.recordings import corpus, default_fold, simulate, simulation_summary
from ossicle.workflow.reporting import demo, latent, latent_summary, report, summary

__all__ = [
    "DEFAULT_RECIPE",
    "attend",
    "calibrate",
    "corpus",
    "cross_validate",
    "default_fold",
    "demo",
    "latent",
    "latent_summary",
    "quantize",
    "report",
    "search",
    "simulate",
    "simulation_summary",
    "summary",
    "train",
    "training_summary",
]
