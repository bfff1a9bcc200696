"""What Ossicle raises: one root exception, one kind for each sort of thing that can be wrong.

The command line prints the message of an `OssicleError` on one line and exits with status 2, so a
message names the file (or the board, the operator, ...), says what is wrong, and what to do.
"""


class OssicleError(Exception):
    """The root of all errors that a user can cause and cure."""


class OutputError(OssicleError):
    """A place where nothing can be written."""


class DataError(OssicleError):
    """A folder of recordings, a table or a sound file that cannot be used."""


class FrontendError(OssicleError):
    """A front-end specification that is contradictory or out of range."""


class BundleError(OssicleError):
    """A bundle that is incomplete, damaged or made for something else."""


class ModelError(OssicleError):
    """A model file that is not one, or that holds what Ossicle does not support."""


class BudgetError(OssicleError):
    """A model that does not fit the board or the limits it is held against."""


class BoardError(OssicleError):
    """A board that does not exist or cannot do what is asked of it."""


class ToolMissingError(OssicleError):
    """A compiler, emulator or other program that is not on PATH."""


class BuildError(OssicleError):
    """A compiler or PlatformIO that ran and failed."""


class DeviceError(OssicleError):
    """A device that does not answer, answers nonsense, or holds another bundle."""
