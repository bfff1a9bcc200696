"""Programs that are looked for on PATH."""

import shutil

from ossicle.errors import ToolMissingError


def find(program: str, cure: str) -> str:
    """Return the path of `program`.

    Args:
        program: its name.
        cure: which packages bring it, for the message.

    Raises:
        ToolMissingError: it is not on PATH.
    """
    found = shutil.which(program)
    if found is None:
        raise ToolMissingError(f"{program} is not on PATH: install {cure}")
    return found
