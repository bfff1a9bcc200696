"""A bundle as a C library that listens: front end, model, vote, labels, and the listener itself."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import jinja2

from ossicle import __version__
from ossicle.compiler.packaging import package
from ossicle.device.neutral import MODEL_HEADER, c_string, model_header
from ossicle.device.program import Program
from ossicle.device.vote_rule import MOST_CLASSES, VOTE_RULE, emit
from ossicle.errors import BundleError
from ossicle.frontend import TABLES_HEADER, FrontEnd, emit_tables
from ossicle.paths import FIRMWARE

EXPECTED_HEADER = "ossicle_self_test_expected.h"
HOP_HEADER = "ossicle_listener_hop.h"
LABELS_HEADER = "ossicle_labels.h"
EXAMPLE = "examples/listen/main.c"
ARDUINO_EXAMPLE = "examples/arduino_pdm/main.cpp"

_FOLDERS = ("frontend", "listener", "vote")
_CHECKSUM = "protocol/ossicle_crc32"

_EAR_COUNTS = 3 * 4 + 2  # bytes of an ossicle_ear besides front end and input


def library(program: Program, expected: str) -> dict[str, str]:
    """Return name and content of each file of the library.

    Args:
        program: a bundle's.
        expected: the text of `ossicle_self_test_expected.h`.

    Raises:
        BundleError: it has more labels than can vote on a device, or its windows overlap and it was
            compiled to hear column by column.
    """
    bundle = program.bundle
    assert bundle is not None
    rule = emit(bundle.decision, len(bundle.labels))
    if rule is None:
        raise BundleError(
            f"{program.name}: {len(bundle.labels)} labels; {MOST_CLASSES} can vote on a device: "
            "compile its model.tflite alone"
        )
    files = {
        **program.compiled.files,
        **{path.name: path.read_text(encoding="utf-8") for path in _sources()},
        TABLES_HEADER: emit_tables(bundle.frontend, smallest=program.small_tables),
        VOTE_RULE: rule,
        MODEL_HEADER: model_header(
            program.compiled.prefix,
            pcm_samples=program.pcm_samples,
            frames=program.compiled.choice.frames,
            keeps_states=False,  # a bundle's windows are judged each by itself
        ),
        EXPECTED_HEADER: expected,
        HOP_HEADER: _hop(program),
        LABELS_HEADER: _labels(bundle.labels),
        EXAMPLE: _rendered("listen.c.jinja", program),
        ARDUINO_EXAMPLE: _rendered("arduino_pdm.cpp.jinja", program),
        "README.md": _rendered("README.md.jinja", program),
    }
    what = f"What {program.name} hears: samples in, a label out"
    manifests = package(program.compiled.prefix, files, what=what, header="ossicle_listener.h")
    return {**files, **manifests}


def listener_bytes(program: Program) -> int:
    """Return the bytes of an `ossicle_listener` on a core of 32 bits.

    Each ear has a front end, whose largest numbers have 64 bits, and where there are several, an
    input of its own.
    """
    assert program.bundle is not None
    ears = -(-program.pcm_samples // _hop_samples(program))
    own_input = program.input.bytes if ears > 1 else 0
    ear = FrontEnd(program.bundle.frontend).state_bytes + _EAR_COUNTS + own_input
    return ears * _aligned(ear) + _aligned(4)


def _aligned(size: int) -> int:
    """Round bytes up to whole numbers of 64 bits."""
    return -(-size // 8) * 8


def _sources() -> Iterator[Path]:
    for folder in _FOLDERS:
        yield from sorted((FIRMWARE / folder).glob("*.[ch]"))
    yield from sorted(FIRMWARE.glob(f"{_CHECKSUM}.[ch]"))


def _hop(program: Program) -> str:
    hop = _hop_samples(program)
    if program.compiled.choice.frames and hop < program.pcm_samples:
        raise BundleError(
            f"{program.name}: its windows overlap, and column by column one is heard at a time: "
            f"leave --frames out, or let hop_samples in decision.toml be {program.pcm_samples}"
        )
    return (
        "/* From one window's first sample to that of the next, from decision.toml. Generated. */\n"
        "#ifndef OSSICLE_LISTENER_HOP_H\n#define OSSICLE_LISTENER_HOP_H\n\n"
        f"#define OSSICLE_LISTENER_HOP {hop}u /* samples */\n\n#endif\n"
    )


def _hop_samples(program: Program) -> int:
    assert program.bundle is not None
    return program.bundle.decision.hop_samples or program.pcm_samples


def _labels(labels: tuple[str, ...]) -> str:
    rows = "".join(f"    {c_string(label)},\n" for label in labels)
    return (
        "/* The labels, in the order of the model's outputs. Generated; do not edit. */\n"
        "#ifndef OSSICLE_LABELS_H\n#define OSSICLE_LABELS_H\n\n"
        f"static const char *const ossicle_labels[{len(labels)}] = {{\n{rows}}};\n\n#endif\n"
    )


def _rendered(template: str, program: Program) -> str:
    bundle = program.bundle
    assert bundle is not None
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("ossicle.device"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # it writes C and Markdown
    )
    values: Mapping[str, object] = {
        "version": __version__,
        "name": program.name,
        "prefix": program.compiled.prefix,
        "digest": program.digest.hex(),
        "labels": bundle.labels,
        "sample_rate": bundle.frontend.sample_rate,
        "seconds": program.pcm_samples / bundle.frontend.sample_rate,
        "hop_seconds": _hop_samples(program) / bundle.frontend.sample_rate,
        "arena_bytes": program.compiled.plan.arena_bytes,
        "listener_bytes": listener_bytes(program),
    }
    return environment.get_template(template).render(values)
