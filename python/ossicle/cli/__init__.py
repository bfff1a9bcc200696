"""The command line: verbs only, each a few lines that call the room which does the work."""

from ossicle.cli import devices, frontends, learning, recordings, scoring
from ossicle.cli.options import app
from ossicle.cli.running import main

__all__ = ["app", "devices", "frontends", "learning", "main", "recordings", "scoring"]
