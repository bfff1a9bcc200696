"""From an int8 `.tflite` file to C: reader, graph, memory plan, emitter.

`reader` turns the file into a `Graph`, checking every bound; `dilation` takes operators around a
convolution into it; `operators` holds one file an operator with its shape rule, arithmetic and C;
`memory` places the tensors in one arena; `emitter` writes the C, `packaging` what build systems
need of it. `compile_model` goes all the way.
"""

from ossicle.compiler.compile import CompiledModel, compile_model
from ossicle.compiler.target import Frames, Optimize, Target

__all__ = ["CompiledModel", "Frames", "Optimize", "Target", "compile_model"]
