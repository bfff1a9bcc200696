"""The same recipe and seed give the same weights, however many threads TensorFlow would take."""

import os
import subprocess
import sys

TRAINING = """
import hashlib
import numpy as np
from ossicle.models import build
from ossicle.tensorflow import make_deterministic
from ossicle.training.step import Stage, optimizer, training_step
make_deterministic(0)
model = build("separable_resnet", 10, bands=64, frames=51, options={"size": "small"})
stage = Stage("training", epochs=2, batch=16, learning_rate=0.003, seed=0)
step = training_step(model, optimizer(model, stage, 2))
random = np.random.default_rng(0)
for _ in range(4):
    inputs = random.standard_normal((16, 64, 51, 1)).astype(np.float32)
    step(inputs, np.eye(10, dtype=np.float32)[random.integers(0, 10, 16)])
print(hashlib.sha256(b"".join(w.tobytes() for w in model.get_weights())).hexdigest())
"""


def weights(threads: int) -> str:
    """Train where TensorFlow, left to itself, has so many threads; return the weights' hash."""
    surroundings = {**os.environ, "TF_NUM_INTRAOP_THREADS": str(threads)}
    command = [sys.executable, "-c", TRAINING]
    ran = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True)
    return ran.stdout


def test_weights_do_not_depend_on_the_number_of_threads() -> None:
    assert weights(1) == weights(4)
