"""What people would rather look at than read, as SVG: memory, cost, a log-mel, latent spaces.

Each picture is a file of its own; on a page `inline` gives it the page's colours, light or dark.
"""

from ossicle.report.pictures.device_distances import device_distances
from ossicle.report.pictures.drawing import inline
from ossicle.report.pictures.faulty_microphones import faulty_microphones
from ossicle.report.pictures.latent_maps import latent_maps
from ossicle.report.pictures.layers import cost_by_layer
from ossicle.report.pictures.memory import memory_plan
from ossicle.report.pictures.persistence_diagrams import persistence_diagrams
from ossicle.report.pictures.spectrogram import log_mel
from ossicle.report.pictures.window_lengths import window_lengths

__all__ = [
    "cost_by_layer",
    "device_distances",
    "faulty_microphones",
    "inline",
    "latent_maps",
    "log_mel",
    "memory_plan",
    "persistence_diagrams",
    "window_lengths",
]
