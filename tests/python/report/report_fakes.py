"""An emulated device whose place the host's C takes, and names as hostile as strangers' can be."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from ossicle.device.instructions import InstructionCounts
from ossicle.device.program import Program
from ossicle.device.session import Inference
from ossicle.frontend import FrontEnd
from ossicle.parity.host import HostModel

RATE = 44_100
LABELS = ("<script>alert('a')</script>", 'rain & "wind"', "tone")
FILE = "<img src=x onerror=alert(1)>.wav"
NAME = "tiny <b>bundle</b>"
COUNTS = InstructionCounts(
    inference=7_654_321,
    layers=(1_234_567, 23_456, 0, 3_456, 789),
    frontend=6_000_051,
    frontend_frame=117_648,
    stack_bytes=1_357,
)
LINKED = SimpleNamespace(flash_bytes=54_321, ram_bytes=43_210)


@dataclass
class HostAsDevice:
    """Answers as an emulated device does; `damage` adds one to an element of the output."""

    program: Program
    damage: int = 0
    hello = SimpleNamespace(has_vote=False, streams=False)

    def infer_pcm(self, pcm, *, features=False, layers=False, vote=False):
        front_end = FrontEnd(self.program.bundle.frontend)
        heard = front_end(pcm[np.newaxis])[0]
        host = HostModel(self.program.compiled)
        outputs, found = host.run_layers([heard.reshape(self.program.input.shape)])
        output = outputs[0].reshape(-1) + np.int8(self.damage)
        flat = tuple(layer.reshape(-1) for layer in found)
        label = int(np.argmax(outputs[0]))
        return Inference(output, label, int(np.abs(pcm).max()), heard.reshape(-1), flat)
