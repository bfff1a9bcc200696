"""Makes the compiler tests' model builder and harness importable here."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "python" / "compiler"))
