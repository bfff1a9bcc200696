"""TFLite's reference kernels, pinned by requirements.lock: what Ossicle is to be equal to.

The interpreter is told to use the `BUILTIN_REF` operator resolver: the plain reference kernels, not
XNNPACK and not the optimised ones, whose rounding differs from them and from release to release.
Of SUM there is no such kernel of signed integers; `reference_sums` says what takes its place.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ossicle.errors import ModelError
from ossicle.reference_sums import has_sums, with_means_for_sums
from ossicle.tensorflow import quietly, tensorflow

Array = np.ndarray[Any, np.dtype[Any]]


class ReferenceModel:
    """An int8 `.tflite` model run by TFLite's reference kernels, every tensor kept.

    What its layers keep as a state goes on from run to run, as TFLite's interpreter has it.

    Attributes:
        authority: what its tensors come from, in words.
    """

    def __init__(self, model: bytes) -> None:
        tf = tensorflow()
        self.authority = "TFLite's reference kernels"
        if has_sums(model):
            model = with_means_for_sums(model)
            self.authority += " (MEAN's for SUM)"
        with quietly():  # the interpreter announces that it moves to LiteRT
            try:
                self._interpreter = tf.lite.Interpreter(
                    model_content=model,
                    experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF,
                    experimental_preserve_all_tensors=True,
                )
                self._interpreter.allocate_tensors()
            except (ValueError, RuntimeError) as error:
                reason = str(error).splitlines()[0]
                raise ModelError(
                    f"TFLite's reference kernels refuse the model: {reason}"
                ) from error
        self._inputs = [detail["index"] for detail in self._interpreter.get_input_details()]
        self._outputs = [detail["index"] for detail in self._interpreter.get_output_details()]

    def run(
        self, inputs: Sequence[Array], tensors: Sequence[int] = ()
    ) -> tuple[list[Array], list[Array]]:
        """Run one inference.

        Args:
            inputs: one array an input of the model, of its shape and type.
            tensors: indices (in the file's subgraph) of further tensors to return.

        Returns:
            The model's outputs, and the tensors asked for, as copies.
        """
        for index, value in zip(self._inputs, inputs, strict=True):
            self._interpreter.set_tensor(index, value)
        self._interpreter.invoke()
        outputs = [self._interpreter.get_tensor(index) for index in self._outputs]
        return outputs, [self._interpreter.get_tensor(index) for index in tensors]
