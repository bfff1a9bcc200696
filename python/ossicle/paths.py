"""Where things lie in a checkout of the project."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FIRMWARE = PROJECT / "firmware"
BUILD = PROJECT / "build"
FEATURE_CACHE = BUILD / "features"
"""Where computed features are kept, by the hash of audio and specification."""
