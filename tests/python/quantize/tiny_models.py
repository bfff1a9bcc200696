"""A model of the baseline's kinds of layers, small enough to quantise in seconds."""

import numpy as np

from ossicle.tensorflow import keras, make_deterministic
from ossicle.training import Windows


def small_model(classes=3):
    make_deterministic(0)
    keras().backend.reset_uids()
    layers = keras().layers
    inputs = keras().Input((40, 51, 1))
    x = layers.Conv2D(4, (7, 7), padding="same")(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.MaxPooling2D((5, 5))(x)
    x = layers.Dropout(0.3)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(8, activation="relu")(x)
    return keras().Model(inputs, layers.Softmax()(layers.Dense(classes)(x)))


def small_windows(n=24, classes=3):
    """Windows whose level tells the class, nowhere near the ends of int8."""
    label = np.arange(n, dtype=np.int32) % classes
    noise = np.random.default_rng(0).integers(-20, 20, (n, 40, 51))
    features = (noise + 30 * label[:, None, None]).astype(np.int8)
    clip, fold = np.arange(n, dtype=np.int32), np.ones(n, np.int32)
    return Windows(features, clip, label, fold, np.ones(n, bool))
