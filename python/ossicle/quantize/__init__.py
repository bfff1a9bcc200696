"""From a trained Keras model to a full int8 `.tflite` file, and to the bundle around it.

Two ways: `post_training` measures the ranges of a finished model on some windows; with
`quantisation_aware` the model first learns with the rounding in place. Both give a model whose
input quantisation is exactly the front end's, so that the integers of the front end are its input.
"""

from ossicle.quantize.aware import quantisation_aware
from ossicle.quantize.convert import post_training
from ossicle.quantize.pipeline import make_bundle

__all__ = ["make_bundle", "post_training", "quantisation_aware"]
