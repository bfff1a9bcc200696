"""Recordings: every corpus becomes one table of clips, every sound file int16 mono PCM.

`load` reads a folder that you have, `synthetic` makes one, `find` decides between the two, and
`ossicle.datasets.fetch` downloads the public ones. docs/data.md describes the layouts.
"""

from ossicle.datasets.clips import Clip, Corpus
from ossicle.datasets.loading import find, load
from ossicle.datasets.synthesis import synthetic

__all__ = ["Clip", "Corpus", "find", "load", "synthetic"]
