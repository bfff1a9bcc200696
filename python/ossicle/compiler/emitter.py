"""Write a compiled model as C99: one source, one header, and the kernels that it calls.

The same model gives the same bytes everywhere: no date, no path, no order that depends on a hash.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import jinja2

from ossicle import __version__
from ossicle.compiler.choice import Choice
from ossicle.compiler.graph import Array, Graph, Tensor
from ossicle.compiler.initialiser import float32, table
from ossicle.compiler.listing import Layer, Run, constant_operands, operand_symbol, share_tables
from ossicle.compiler.memory_plan import ALIGNMENT, MemoryPlan
from ossicle.compiler.operators.operator import (
    Kernel,
    Operator,
)
from ossicle.compiler.packaging import package
from ossicle.paths import FIRMWARE

KERNELS = FIRMWARE / "kernels"
_INCLUDE = re.compile(r'#include "(ossicle_\w+\.h)"')


def emit(
    prefix: str,
    graph: Graph,
    operators: Sequence[Operator],
    chosen: Choice,
    content: bytes,
) -> dict[str, str]:
    """Return the library's files: `<prefix>.c`, `<prefix>.h`, the kernels', the build systems'."""
    plan = chosen.plan
    kernels = [kernel for kernel in chosen.kernels if kernel is not None]
    runs = [Run(prefix, run, plan) for run in chosen.runs]
    share_tables(runs)
    in_run = {layer: run for run in runs for layer in run.layers}
    values: dict[str, Any] = {
        "prefix": prefix,
        "macro": prefix.upper(),
        "version": __version__,
        "model_sha256": hashlib.sha256(content).hexdigest(),
        "plan": plan,
        "alignment": ALIGNMENT,
        "inputs": _ends("INPUT", graph.inputs, plan),
        "outputs": _ends("OUTPUT", graph.outputs, plan),
        "states": [(state, plan.offset(state)) for state in graph.states],
        "layers": [
            Layer(prefix, at, operator, chosen, in_run.get(at))
            for at, operator in enumerate(operators)
        ],
        "runs": runs,
        "copies": sorted({copy for run in runs for copy in run.copies}),
        "pushed": runs[0] if chosen.pushed else None,
        "operands": [
            _operand(prefix, tensor, tensor.data)
            for tensor in constant_operands(operators)
            if tensor.data is not None
        ],
        "headers": sorted(
            {header for kernel in kernels for header in kernel.headers}
            | {"ossicle_stream.h" for _ in runs}
        ),
        "macs": sum(operator.macs for operator in operators),
        "parameters": sum(operator.parameters for operator in operators),
    }
    files = {
        f"{prefix}.h": _template("model.h.jinja").render(values),
        f"{prefix}.c": _template("model.c.jinja").render(values),
    }
    files.update(_kernel_files(kernels, ["ossicle_stream.h"] if runs else []))
    return {**files, **package(prefix, files)}


@cache
def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("ossicle.compiler"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)


def _operand(prefix: str, tensor: Tensor, data: Array) -> tuple[str, str, str, int]:
    """Return C type, name, initialiser and length of a constant; all bytes are int8 to kernels."""
    dtype = "int16" if tensor.dtype == "int16" else "int8"
    return f"{dtype}_t", operand_symbol(prefix, tensor), table(data.view(dtype)), tensor.elements


def _ends(kind: str, tensors: Sequence[Tensor], plan: MemoryPlan) -> list[dict[str, Any]]:
    """Describe the model's inputs or outputs; a single one needs no number in its macros."""
    return [
        {
            "macro": kind if len(tensors) == 1 else f"{kind}_{number}",
            "tensor": tensor,
            "ctype": f"{tensor.dtype}_t",
            "offset": plan.offset(tensor),
            "scale": float32(tensor.affine.scale) if tensor.quantisation else None,
            "zero_point": tensor.affine.zero_point if tensor.quantisation else None,
        }
        for number, tensor in enumerate(tensors)
    ]


def _kernel_files(kernels: Sequence[Kernel], others: Sequence[str]) -> dict[str, str]:
    files: dict[str, str] = {}
    for block in (block for kernel in kernels for block in kernel.blocks):
        files.update(block.files)
    wanted = [name for kernel in kernels for name in (kernel.header, *kernel.sources)]
    wanted += [block.header for kernel in kernels for block in kernel.blocks]
    wanted += [*others, *(name.replace(".h", ".c") for name in others)]
    while wanted:
        name = wanted.pop()
        if name not in files:
            files[name] = (KERNELS / name).read_text(encoding="utf-8")
            wanted += _INCLUDE.findall(files[name])
    return dict(sorted(files.items()))
