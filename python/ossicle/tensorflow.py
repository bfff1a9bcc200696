"""The one door through which TensorFlow comes in: quiet, and with the Keras that can be quantised.

Quantisation-aware training (tfmot) works on Keras 2, so `TF_USE_LEGACY_KERAS` must be set before
TensorFlow is first imported; and TensorFlow greets its users with remarks about oneDNN on standard
error, some of them from C++ before any logging level is read.
"""

import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

THREADS = 2
"""Of an operator, however many cores there are: they decide in what order sums are added up."""


@cache
def tensorflow() -> Any:
    """Return the module `tensorflow`, imported without its greetings, with `THREADS` set.

    Raises:
        RuntimeError: somebody has computed with TensorFlow before, with other threads.
    """
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with quietly():
        import tensorflow as tf

        tf.get_logger().setLevel("ERROR")
        tf.config.threading.set_intra_op_parallelism_threads(THREADS)
        return tf


@cache
def keras() -> Any:
    """Return the module `tf_keras` (Keras 2)."""
    tensorflow()
    with quietly():
        import tf_keras

        return tf_keras


@cache
def model_optimization() -> Any:
    """Return the module `tensorflow_model_optimization`."""
    keras()
    with quietly():
        import tensorflow_model_optimization as tfmot

        return tfmot


@cache
def tflite_schema() -> Any:
    """Return TensorFlow's module of TFLite's file format, which writes files as well."""
    tensorflow()
    with quietly():
        from tensorflow.lite.python import schema_py_generated

        return schema_py_generated


def make_deterministic(seed: int) -> None:
    """Seed every generator and make every TensorFlow operator repeat itself bit for bit."""
    keras().utils.set_random_seed(seed)
    tensorflow().config.experimental.enable_op_determinism()


@contextmanager
def quietly() -> Iterator[None]:
    """Hold back warnings and what native code writes to standard error, unless the block fails."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(kept, held.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
