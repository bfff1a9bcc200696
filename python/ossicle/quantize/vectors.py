"""Golden vectors: test sounds of the project's own, and all that a bundle makes of them.

No recording goes into a bundle, so that it can be handed on whatever the licence of its data. The
sounds are chosen for what they ask of fixed point: nothing at all, one sample, the rails, a tone, a
sweep over all bands, noise loud and barely there, and a sound that ends in silence.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

from ossicle.frontend import FrontEnd, FrontendSpec
from ossicle.reference import ReferenceModel

Int16 = npt.NDArray[np.int16]

LONGEST_SECONDS = 8.0
"""Of all test sounds together, if there are more than `FEWEST`: a bundle is to be handed on."""

FEWEST = 3
_MOST_TELLING = (4, 7, 2, 5, 3, 6, 1, 0)  # sweep, sound that ends, rails, ...


def sounds(samples: int, sample_rate: int) -> Int16:
    """Return the test sounds, int16 [3 to 8, samples], the same for the same arguments.

    Of sounds longer than a second there are fewer, the most telling ones.
    """
    seconds = np.arange(samples) / sample_rate
    noise = np.random.default_rng(0).integers(-32768, 32768, samples)
    sweep = 2 * np.pi * (20 * seconds + (sample_rate / 2 - 20) / 2 * seconds**2 / seconds[-1])
    every = np.stack(
        [
            np.zeros(samples),
            np.where(np.arange(samples) == samples // 2, 32767, 0),
            np.where(np.arange(samples) // 25 % 2, 32767, -32768),
            np.rint(16384 * np.sin(2 * np.pi * 1000 * seconds)),
            np.rint(8192 * np.sin(sweep)),
            noise,
            noise // 16384,
            np.where(seconds < seconds[-1] / 3, noise // 16, 0),
        ]
    ).astype(np.int16)
    fitting = int(LONGEST_SECONDS * sample_rate / samples)
    return np.asarray(every[sorted(_MOST_TELLING[: max(FEWEST, fitting)])])


def golden_vectors(model: bytes, spec: FrontendSpec, samples: int) -> dict[str, npt.NDArray[Any]]:
    """Run the test sounds through the front end and TFLite's reference kernels.

    Returns:
        `pcm` int16 [n, samples], `features` int8 [n, features, frames], and for operator number
        nn of the model `layer_nn`, its output tensor for each sound [n, ...]; the last one is the
        output.
    """
    pcm = sounds(samples, spec.sample_rate)
    features = FrontEnd(spec)(pcm)
    reference = ReferenceModel(model)
    tensors = operator_outputs(model)
    runs = [reference.run([window[np.newaxis, ..., np.newaxis]], tensors)[1] for window in features]
    layers = {
        f"layer_{number:02d}": np.concatenate(layer)
        for number, layer in enumerate(zip(*runs, strict=True))
    }
    return {"pcm": pcm, "features": features, **layers}


def operator_outputs(model: bytes) -> list[int]:
    """Return the index of the first output tensor of each operator, in the order of execution.

    Only for models that this project has just converted: a stranger's file is read by the compiler,
    which checks every bound.
    """
    graph = tflite.Model.GetRootAs(model, 0).Subgraphs(0)
    return [int(graph.Operators(i).Outputs(0)) for i in range(graph.OperatorsLength())]
