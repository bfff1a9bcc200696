"""Tell PlatformIO where the boards are: a folder each under firmware/boards, with a board.json."""

from pathlib import Path

from platformio.platform.base import PlatformBase
from platformio.platform.board import PlatformBoardConfig
from platformio.platform.exception import UnknownBoard


class OssiclePlatform(PlatformBase):
    """The development platform of all boards in this repository."""

    def get_boards(self, id_=None):
        """Return the board called `id_`, or all of them by name."""
        boards = Path(self.get_dir()).resolve().parent / "boards"
        found = {}
        for manifest in sorted(boards.glob("*/board.json")):
            found[manifest.parent.name] = PlatformBoardConfig(str(manifest))
            found[manifest.parent.name].manifest["platform"] = self.name
        if id_ is None:
            return found
        if id_ not in found:
            raise UnknownBoard(id_)
        return found[id_]
