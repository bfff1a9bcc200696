"""Run the SCons of this Python, so that PlatformIO needs nothing from its registry."""

import sys

import SCons.Script

if __name__ == "__main__":
    sys.exit(SCons.Script.main())
