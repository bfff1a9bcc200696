"""Published systems: one file each, which builds a Keras model and states its published size.

A model sees real numbers, `INPUT_SCALE * (q - INPUT_ZERO_POINT)` for the int8 log-mel `q` of the
front end. The two constants are a convention of the whole project: training feeds these numbers,
and the exported int8 model must declare exactly this quantisation for its input, so that the front
end's integers go into the network as they are. `registry` finds a system by its name.
"""

from ossicle.models.registry import System, build, system, systems

INPUT_SCALE = 2.0**-5  # a power of two: q * INPUT_SCALE is exact in float32
INPUT_ZERO_POINT = 0

__all__ = ["INPUT_SCALE", "INPUT_ZERO_POINT", "System", "build", "system", "systems"]
