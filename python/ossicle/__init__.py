"""Ossicle: labelled recordings in, a microcontroller that recognises the sounds out."""

__version__ = "0.1.0"
