"""Run a compiled model on the host: the very C that the device runs, called through cffi."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cffi
import numpy as np

from ossicle.compiler import CompiledModel
from ossicle.compiler.graph import Array, Tensor
from ossicle.compiler.memory_plan import ALIGNMENT
from ossicle.hostcc import shared_library


class HostModel:
    """A compiled model as a callable; states of its layers are kept from run to run.

    Attributes:
        compiled: what it was made from.
    """

    def __init__(self, compiled: CompiledModel) -> None:
        self.compiled = compiled
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            compiled.write(folder)
            sources = sorted(folder.glob("*.c"))
            library = shared_library(compiled.prefix, sources, [folder])
        self._ffi = cffi.FFI()
        name = compiled.prefix
        self._ffi.cdef(
            f"""typedef void (*observer)(void *, int, const void *, size_t);
            void {name}_run_observed(void *arena, observer observer, void *context);"""
        )
        functions = self._ffi.dlopen(str(library))
        self._run = getattr(functions, f"{name}_run_observed")
        self._arena = _aligned(compiled.plan.arena_bytes)
        if compiled.graph.states:
            self._ffi.cdef(f"void {name}_reset(void *arena);")
            getattr(functions, f"{name}_reset")(self._pointer())

    def run(self, inputs: Sequence[Array]) -> list[Array]:
        """Run one inference and return the model's outputs.

        Args:
            inputs: one array for each input of the model, of its shape and type.
        """
        return self._infer(inputs, self._ffi.NULL)

    def run_layers(self, inputs: Sequence[Array]) -> tuple[list[Array], list[Array]]:
        """Run one inference and return the outputs, and every layer's outputs in order."""
        layers: list[Array] = []
        tensors = [tensor for _, tensor in self.compiled.shown]

        @self._ffi.callback("void(void *, int, const void *, size_t)")  # type: ignore[untyped-decorator]
        def observe(_context: Any, layer: int, data: Any, size: int) -> None:
            content = bytes(self._ffi.buffer(data, size))
            layers.append(as_tensor(content, tensors[len(layers)]))

        return self._infer(inputs, observe), layers

    def _infer(self, inputs: Sequence[Array], observer: Any) -> list[Array]:
        graph, plan = self.compiled.graph, self.compiled.plan
        for tensor, value in zip(graph.inputs, inputs, strict=True):
            start = plan.offset(tensor)
            content = np.ascontiguousarray(value, dtype=tensor.dtype).tobytes()
            self._arena[start : start + tensor.bytes] = np.frombuffer(content, dtype=np.uint8)
        self._run(self._pointer(), observer, self._ffi.NULL)
        return [self._output(tensor) for tensor in graph.outputs]

    def _pointer(self) -> Any:
        return self._ffi.cast("void *", self._arena.ctypes.data)

    def _output(self, tensor: Tensor) -> Array:
        start = self.compiled.plan.offset(tensor)
        return as_tensor(self._arena[start : start + tensor.bytes].tobytes(), tensor)


def as_tensor(content: bytes, tensor: Tensor) -> Array:
    """Give bytes a tensor's type and shape."""
    return np.frombuffer(content, dtype=tensor.dtype).reshape(tensor.shape)


def _aligned(size: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    memory = np.zeros(size + ALIGNMENT, dtype=np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + size]
