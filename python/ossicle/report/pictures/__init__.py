"""What people would rather look at than read, as SVG: memory over time, cost by layer, a log-mel.

Each picture is a file of its own; on a page `inline` gives it the page's colours, light or dark.
"""

from ossicle.report.pictures.drawing import inline
from ossicle.report.pictures.layers import cost_by_layer
from ossicle.report.pictures.memory import memory_plan
from ossicle.report.pictures.spectrogram import log_mel

__all__ = ["cost_by_layer", "inline", "log_mel", "memory_plan"]
