"""Runs a model three ways and compares every layer with `==`.

The ways: the generated C, built with AddressSanitizer and UndefinedBehaviorSanitizer into a program
of its own; the operators' numpy `reference`, which is the written arithmetic; and TFLite's
reference kernels. The program's arena is exactly as large as the header says, so the sanitizers see
a byte written beside it, and it is filled with rubbish, so a byte read before it was written shows.
Only the states of layers that keep some stay as they are from one inference to the next.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_args

import numpy as np

from ossicle.compiler import CompiledModel, Optimize, Target, compile_model
from ossicle.compiler.emitter import KERNELS
from ossicle.compiler.graph import Tensor
from ossicle.compiler.target import Extension
from ossicle.hostcc import compiler
from ossicle.reference import ReferenceModel

Array = np.ndarray[Any, np.dtype[Any]]

WARNINGS = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror")
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g")
# The leak detector needs ptrace, which containers forbid; nothing here allocates but the test.
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}

MAIN = """\
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "{prefix}.h"

static void show(void *context, int layer, const void *tensor, size_t bytes) {{
  (void)layer;
  fwrite(tensor, 1, bytes, (FILE *)context);
}}

int main(void) {{
  unsigned char *arena = aligned_alloc({macro}_ARENA_ALIGNMENT, {macro}_ARENA_BYTES);
{reset}
  for (;;) {{
{rubbish}
{reads}
{keep}
    {prefix}_run_observed(arena, show, stdout);
{writes}
{states}
{again}
  }}
}}
"""
RUBBISH = "    memset(arena + {first}, 0xA5, {bytes});"
RESTORE = "    memcpy(arena + {first}, before + {first}, {bytes});"
STATE = "    fwrite(arena + {first}, 1, {bytes}, stdout);"
READ = """\
    if (!fread(arena + {macro}_{end}_OFFSET, {macro}_{end}_BYTES, 1, stdin)) {{
      free(arena);
      return 0;
    }}"""
WRITE = "    fwrite(arena + {macro}_{end}_OFFSET, 1, {macro}_{end}_BYTES, stdout);"

# A model that takes frames computes once more, of the same input, frame by frame.
KEEP = """\
    static signed char input[{macro}_INPUT_BYTES], frame[{macro}_FRAME_BYTES];
    static unsigned char before[{macro}_ARENA_BYTES];
    memcpy(input, arena + {macro}_INPUT_OFFSET, sizeof input);
    memcpy(before, arena, sizeof before);"""
AGAIN = """\
    memset(arena, 0xA5, {macro}_ARENA_BYTES);
{restore}
    {prefix}_begin(arena);
    for (int i = 0; i < {macro}_FRAMES; ++i) {{
      for (int k = 0; k < {pieces}; ++k) {{
        const signed char *piece = input + i * {step} + k * {piece_step};
        memcpy(frame + k * {piece_bytes}, piece, {piece_bytes});
      }}
      if ({prefix}_push(arena, frame) != (i == {macro}_FRAMES - 1)) {{
        return 1;
      }}
    }}
{writes}"""


TARGETS = [
    Target(optimize, extension)
    for optimize in get_args(Optimize)
    for extension in get_args(Extension)
]


class SanitizedModel:
    """The generated C of a compiled model as a program, for the length of a `with`."""

    def __init__(self, compiled: CompiledModel) -> None:
        self.compiled = compiled
        self._scratch = tempfile.TemporaryDirectory()
        folder = Path(self._scratch.name)
        compiled.write(folder)
        (folder / "main.c").write_text(_main(compiled))
        self._program = folder / "program"
        ready = {source.name for source in KERNELS.glob("*.c")}
        own = [name for name in compiled.files if name.endswith(".c") and name not in ready]
        for name in own:
            build(
                [*WARNINGS, *SANITIZERS, "-c", "-o", str(folder / f"{name}.o"), str(folder / name)]
            )
        objects = [str(folder / f"{name}.o") for name in own]
        main = ["-std=c11", str(folder / "main.c"), *objects, *map(str, kernels())]
        build([*SANITIZERS, "-o", str(self._program), *main])

    def __enter__(self) -> "SanitizedModel":
        return self

    def __exit__(self, *_: object) -> None:
        self._scratch.cleanup()

    def run(self, cases: Sequence[Sequence[Array]]) -> list[tuple[list[Array], list[Array]]]:
        """Return (outputs, every layer's outputs) for each case; fail on a sanitizer's report.

        States are kept from case to case; what they become counts among the layers' outputs.
        """
        given = b"".join(value.tobytes() for inputs in cases for value in inputs)
        result = subprocess.run(
            [self._program],
            input=given,
            capture_output=True,
            check=False,
            env=ENVIRONMENT,
            timeout=300,
        )
        assert result.returncode == 0, result.stderr.decode(errors="replace")
        graph = self.compiled.graph
        shown = _Shown(result.stdout)
        found = []
        for _ in cases:
            observed = [shown.take(tensor) for _, tensor in self.compiled.shown]
            found.append(([shown.take(tensor) for tensor in graph.outputs], observed))
            observed += [shown.take(state) for state in graph.states]
            if self.compiled.choice.pushed:
                for tensor, output in zip(graph.outputs, found[-1][0], strict=True):
                    assert_same(shown.take(tensor), output, "frame by frame and at once")
        assert not shown.left
        return found


class _Shown:
    def __init__(self, content: bytes) -> None:
        self.left = content

    def take(self, tensor: Tensor) -> Array:
        content, self.left = self.left[: tensor.bytes], self.left[tensor.bytes :]
        return np.frombuffer(content, dtype=tensor.dtype).reshape(tensor.shape)


def build(arguments: Sequence[str]) -> None:
    """Call the host's C compiler and fail with what it prints."""
    result = subprocess.run([compiler(), *arguments], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@cache
def kernels() -> list[Path]:
    """Compile the kernels once, with sanitizers, for the whole test run."""
    folder = Path(tempfile.mkdtemp(prefix="ossicle-kernels-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    objects = []
    for source in sorted(KERNELS.glob("*.c")):
        objects.append(folder / f"{source.stem}.o")
        build([*WARNINGS, *SANITIZERS, "-O1", "-c", "-o", str(objects[-1]), str(source)])
    return objects


def _main(compiled: CompiledModel) -> str:
    names = {"prefix": compiled.prefix, "macro": compiled.prefix.upper()}
    graph = compiled.graph
    reads = [READ.format(end=end, **names) for end in _ends("INPUT", graph.inputs)]
    writes = "\n".join(WRITE.format(end=end, **names) for end in _ends("OUTPUT", graph.outputs))
    keep = again = ""
    if frames := compiled.choice.frames:
        restore = "\n".join(_places(RESTORE, compiled))
        again = AGAIN.format(writes=writes, restore=restore, **vars(frames), **names)
        keep = KEEP.format(**names)
    return MAIN.format(
        reads="\n".join(reads),
        writes=writes,
        keep=keep,
        again=again,
        reset=f"  {compiled.prefix}_reset(arena);" if graph.states else "",
        rubbish="\n".join(_rubbish(compiled)),
        states="\n".join(_places(STATE, compiled)),
        **names,
    )


def _places(line: str, compiled: CompiledModel) -> list[str]:
    """Return a line of C for each state."""
    places = [(compiled.plan.offset(state), state.bytes) for state in compiled.graph.states]
    return [line.format(first=first, bytes=count) for first, count in places]


def _rubbish(compiled: CompiledModel) -> list[str]:
    """Fill the arena around the states, whatever order they lie in."""
    plan, lines, at = compiled.plan, [], 0
    for state in sorted(compiled.graph.states, key=plan.offset):
        lines.append(RUBBISH.format(first=at, bytes=plan.offset(state) - at))
        at = plan.offset(state) + state.bytes
    return [*lines, RUBBISH.format(first=at, bytes=plan.arena_bytes - at)]


def _ends(kind: str, tensors: Sequence[Tensor]) -> list[str]:
    return [kind] if len(tensors) == 1 else [f"{kind}_{i}" for i in range(len(tensors))]


class FLOATS:
    """Extremes that TFLite's kernel can turn into integers by any scale that is drawn."""

    min, max = -(2.0**18), 2.0**18


def extremes_and_random(tensors: Sequence[Tensor], seed: int, random: int = 4) -> list[list[Array]]:
    """Return inputs: all lowest, all highest, both in turn, and `random` uniformly drawn ones."""
    generator = np.random.default_rng(seed)
    cases: list[list[Array]] = []
    for pattern in ((0, 0), (1, 1), (0, 1)):
        cases.append([_pattern(tensor, pattern) for tensor in tensors])
    for _ in range(random):
        cases.append([_drawn(generator, tensor) for tensor in tensors])
    return cases


def _drawn(generator: np.random.Generator, tensor: Tensor) -> Array:
    if tensor.dtype == "float32":
        return generator.normal(0, 64, tensor.shape).astype(np.float32)
    limits = np.iinfo(tensor.dtype)
    return generator.integers(limits.min, limits.max + 1, tensor.shape).astype(tensor.dtype)


def _pattern(tensor: Tensor, pattern: tuple[int, int]) -> Array:
    limits = FLOATS if tensor.dtype == "float32" else np.iinfo(tensor.dtype)
    values = np.where(np.resize(pattern, tensor.elements), limits.max, limits.min)
    return values.reshape(tensor.shape).astype(tensor.dtype)


def first_states(compiled: CompiledModel) -> dict[int, Array]:
    """Return the states before the first inference, by their index: real zeros."""
    return {
        state.index: np.full(state.shape, state.affine.zero_point, state.dtype)
        for state in compiled.graph.states
    }


def written_arithmetic(
    compiled: CompiledModel, inputs: Sequence[Array], states: dict[int, Array] | None = None
) -> list[Array]:
    """Return every layer's outputs by the operators' `reference`, then the states.

    `states` are those before the inference, and become those after it.
    """
    states = first_states(compiled) if states is None else states
    values = states | {t.index: v for t, v in zip(compiled.graph.inputs, inputs, strict=True)}
    layers = []
    for operator in compiled.operators:
        arguments = [
            None if t is None else values[t.index] if t.data is None else t.data
            for t in operator.node.inputs
        ]
        found = operator.references(arguments)
        given = (*operator.outputs, *operator.states)
        values |= {t.index: v for t, v in zip(given, found, strict=True)}
        layers += found[: len(operator.outputs)]
    states |= {index: values[index] for index in states}
    return [*layers, *states.values()]


def assert_equal_three_ways(
    content: bytes,
    *,
    seed: int = 0,
    random: int = 4,
    cases: Sequence[Sequence[Array]] | None = None,
) -> CompiledModel:
    """Compile a model and hold generated C, written arithmetic and TFLite equal, layer by layer.

    On `cases` (the inputs of each), or else on the extremes and `random` drawn inputs. The C is
    generated for each target that gives other C; returned is the default one.
    """
    compiled = compile_model(content, "model.tflite")
    others = [compile_model(content, "model.tflite", target=target) for target in TARGETS]
    reference = ReferenceModel(content)
    if cases is None:
        cases = extremes_and_random(compiled.graph.inputs, seed, random)
    indices = [tensor.index for tensor, _ in _observed(compiled)]
    expected, states = [], first_states(compiled)
    for case in cases:
        tflite_outputs, tflite_layers = reference.run(case, indices)
        spec = dict(zip(indices, written_arithmetic(compiled, case, states), strict=True))
        layers = dict(zip(indices, tflite_layers, strict=True))
        expected.append((tflite_outputs, layers, spec))
    choices = {tuple(sorted(choice.files.items())): choice for choice in (compiled, *others)}
    for choice in choices.values():
        with SanitizedModel(choice) as model:
            results = model.run(cases)
        for result, (tflite_outputs, tflite_layers, spec) in zip(results, expected, strict=True):
            outputs, shown = result
            for (tensor, label), c in zip(_observed(choice), shown, strict=True):
                index = tensor.index
                assert_same(c, spec[index], f"{label}: C and written arithmetic")
                assert_same(c, tflite_layers[index], f"{label}: C and TFLite")
            for c, tflite in zip(outputs, tflite_outputs, strict=True):
                assert_same(c, tflite, "the model's output: C and TFLite")
    return compiled


def _observed(compiled: CompiledModel) -> list[tuple[Tensor, str]]:
    """Return what a program writes besides the model's outputs, and what to call it."""
    layers = [(tensor, operator.node.label) for operator, tensor in compiled.shown]
    return layers + [(state, f"state {state.index}") for state in compiled.graph.states]


def assert_same(left: Array, right: Array, what: str) -> None:
    """Fail with the first differing element."""
    assert left.shape == right.shape and left.dtype == right.dtype, what
    differing = np.argwhere(left != right)
    if differing.size:
        first = tuple(int(i) for i in differing[0])
        values = f"{left[first]} and {right[first]}"
        raise AssertionError(f"{what}: {len(differing)} of {left.size} differ, {values} at {first}")
