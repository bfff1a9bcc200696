"""The verbs that cross several rooms: search, quantise a Keras model, report, and the whole demo.

`ossicle.workflow.training` has two more, apart: what it needs takes a second to import.
"""

from ossicle.workflow.changing import attend, calibrate, quantize
from ossicle.workflow.learning import search, training_summary
from ossicle.workflow.recordings import corpus, default_fold, simulate, simulation_summary
from ossicle.workflow.reporting import demo, latent, latent_summary, report, summary

__all__ = [
    "attend",
    "calibrate",
    "corpus",
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
    "training_summary",
]
