"""A compiled model under names that do not tell which it is: `ossicle_model.h`."""

from collections.abc import Iterator

from ossicle.compiler.rings import Frames

MODEL_HEADER = "ossicle_model.h"

_SIZES = (
    "ARENA_BYTES",
    "ARENA_ALIGNMENT",
    "INPUT_OFFSET",
    "INPUT_BYTES",
    "OUTPUT_OFFSET",
    "OUTPUT_BYTES",
    "LAYER_COUNT",
)


def model_header(
    prefix: str, *, pcm_samples: int, frames: Frames | None, keeps_states: bool
) -> str:
    """Return the text of the header, for C that runs whatever model it is compiled with.

    Args:
        prefix: the model's, a C identifier in lower case.
        pcm_samples: samples of the sound that fills the input; 0 without front end.
        frames: of the input, if the model takes it frame by frame.
        keeps_states: whether layers of the model do, from inference to inference.
    """
    lines = [
        "/* The model under neutral names. Generated; do not edit. */",
        "#ifndef OSSICLE_MODEL_H",
        "#define OSSICLE_MODEL_H",
        "",
        f'#include "{prefix}.h"',
        "",
        *(f"#define OSSICLE_MODEL_{size} {prefix.upper()}_{size}" for size in _SIZES),
        f"#define ossicle_model_run {prefix}_run",
        f"#define ossicle_model_run_observed {prefix}_run_observed",
        "",
        *_frame_lines(prefix, frames),
        f"#define OSSICLE_MODEL_KEEPS_STATES {int(keeps_states)}",
        *([f"#define ossicle_model_reset {prefix}_reset"] if keeps_states else []),
        f"#define OSSICLE_MODEL_HEARS_SOUND {int(pcm_samples > 0)}",
        f"#define OSSICLE_MODEL_PCM_SAMPLES {pcm_samples}u",
        f"#define OSSICLE_MODEL_STREAMS {int(pcm_samples > 0 and frames is not None)}",
        "",
        "#endif",
        "",
    ]
    return "\n".join(lines)


def _frame_lines(prefix: str, frames: Frames | None) -> Iterator[str]:
    """Say how frames lie in the input."""
    yield f"#define OSSICLE_MODEL_FRAMES {frames.count if frames else 0}"
    if frames:
        yield f"#define OSSICLE_MODEL_FRAME_BYTES {frames.bytes}"
        yield f"#define OSSICLE_MODEL_FRAME_STEP {frames.step}"
        yield f"#define OSSICLE_MODEL_FRAME_PIECES {frames.pieces}"
        yield f"#define OSSICLE_MODEL_FRAME_PIECE_BYTES {frames.piece_bytes}"
        yield f"#define OSSICLE_MODEL_FRAME_PIECE_STEP {frames.piece_step}"
        yield f"#define ossicle_model_begin {prefix}_begin"
        yield f"#define ossicle_model_push {prefix}_push"


def c_string(text: str) -> str:
    """Return `text` as a C string literal; what is not plain ASCII becomes octal escapes."""
    plain = set(range(0x20, 0x7F)) - set(b'"\\?')
    return '"' + "".join(chr(b) if b in plain else f"\\{b:03o}" for b in text.encode()) + '"'
