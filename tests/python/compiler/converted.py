"""Networks built in Keras with random weights and made int8 by TensorFlow's own converter."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ossicle.tensorflow import (
    keras,
    make_deterministic,
    model_optimization,
    quietly,
    tensorflow,
)

IMAGE = (12, 10, 3)


def _normalised(x: Any, layer: Any, activation: bool = True) -> Any:
    layers = keras().layers
    x = layers.BatchNormalization()(layer(x))
    return layers.ReLU(6.0)(x) if activation else x


def residual_separable() -> Any:
    """Depthwise-separable blocks with residual branches, as in ResNets and MobileNets."""
    layers = keras().layers
    given = keras().Input(IMAGE, batch_size=1)
    x = _normalised(given, layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False))
    for stride in (1, 2):
        y = _normalised(x, layers.DepthwiseConv2D(3, strides=stride, padding="same"))
        y = _normalised(y, layers.Conv2D(8, 1), activation=False)
        shortcut = x if stride == 1 else layers.Conv2D(8, 1, strides=2)(x)
        x = layers.ReLU()(layers.Add()([shortcut, y]))
    x = layers.GlobalAveragePooling2D()(x)
    return keras().Model(given, layers.Softmax()(layers.Dense(5)(x)))


def one_input_many_outputs() -> Any:
    """An input that feeds several operators, and outputs that later layers read again."""
    layers = keras().layers
    given = keras().Input(IMAGE, batch_size=1)
    first = layers.Conv2D(6, (3, 2), dilation_rate=2, padding="same", activation="relu")(given)
    grouped = layers.Conv2D(6, 3, groups=3, padding="same")(given)
    both = layers.Add()([first, grouped])
    pooled = layers.AveragePooling2D((3, 2), strides=(2, 1), padding="same")(both)
    largest = layers.MaxPool2D((2, 3), strides=(1, 2))(layers.ZeroPadding2D(((1, 2), (3, 0)))(both))
    mean = layers.GlobalAveragePooling2D(keepdims=True)(given)
    shifted = layers.Add()([given, mean])
    return keras().Model(given, [first, both, pooled, largest, shifted, layers.Flatten()(pooled)])


def reshaped_input() -> Any:
    """A model whose input is reshaped before anything else; one-dimensional convolutions; rows."""
    layers = keras().layers
    given = keras().Input((120,), batch_size=1)
    x = layers.Reshape((20, 6))(given)
    x = layers.Conv1D(8, 3, padding="same", activation="relu")(x)
    rows = layers.Dense(4, activation="relu")(x)
    return keras().Model(given, [layers.Softmax()(rows), layers.Dense(3)(layers.Flatten()(rows))])


def up_and_down() -> Any:
    """Layers that resize, move, compare and bend, as in networks that draw or attend."""
    layers, tf = keras().layers, tensorflow()
    given = keras().Input(IMAGE, batch_size=1)
    x = layers.Conv2D(4, 3, strides=2, padding="same")(given)
    x = layers.PReLU(shared_axes=[1, 2])(layers.UpSampling2D(2)(x))
    x = layers.UpSampling2D(2, interpolation="bilinear")(x)
    x = layers.Conv2DTranspose(4, 3, strides=2, padding="same")(x)
    left, right = tf.split(layers.Permute((2, 1, 3))(x), 2, axis=-1)
    x = tf.stack([left[:, ::2, 3:-1], right[:, 1::2, 3:-1]], axis=1)
    first, second = tf.unstack(tf.pad(x, [[0, 0], [0, 0], [1, 1], [0, 2], [0, 0]]), axis=1)
    x = tf.pad(first - second, [[0, 0], [2, 1], [0, 0], [0, 0]], "REFLECT")
    largest = layers.GlobalMaxPooling2D()(x)
    return keras().Model(given, [largest, tf.nn.log_softmax(tf.reduce_max(x, axis=[1, 2]))])


def gated() -> Any:
    """Activations that multiply each other, and every kind of pooling."""
    layers = keras().layers
    given = keras().Input(IMAGE, batch_size=1)
    x = _normalised(given, layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False))
    y = layers.Conv2D(8, 1)(layers.DepthwiseConv2D(3, padding="same", activation="relu")(x))
    x = layers.ReLU()(layers.Add()([x, y]))
    x = layers.Concatenate()([x, layers.MaxPool2D(2, 1, padding="same")(x)])
    x = layers.AveragePooling2D(2)(layers.ZeroPadding2D(1)(x))
    x = layers.Multiply()([x, layers.Activation("sigmoid")(x)])
    x = layers.LeakyReLU()(layers.Subtract()([x, layers.Activation("tanh")(x)]))
    pooled = layers.Dense(7, activation="relu")(layers.GlobalAveragePooling2D()(x))
    whole = layers.Dense(7, use_bias=False)(layers.Flatten()(x))
    return keras().Model(given, layers.Softmax()(layers.Add()([pooled, whole])))


def recurrent() -> Any:
    """Frames of features, a convolution along time, and two LSTM, the second's last output only."""
    layers = keras().layers
    given = layers.Input((9, 6), batch_size=1)
    x = layers.Conv1D(8, 3, padding="same", activation="relu")(given)
    x = layers.LSTM(7, return_sequences=True)(x)
    x = layers.LSTM(5)(x)
    return keras().Model(given, layers.Dense(4, activation="softmax")(x))


NETWORKS: dict[str, Callable[[], Any]] = {
    "residual_separable": residual_separable,
    "one_input_many_outputs": one_input_many_outputs,
    "reshaped_input": reshaped_input,
    "up_and_down": up_and_down,
    "gated": gated,
    "recurrent": recurrent,
}


def int16_activations(ends: str) -> bytes:
    """Quantise `gated` to int16 activations and int8 weights; `ends` are int16 or float32."""
    return post_training("gated", ends=ends, activations="int16")


def post_training(
    name: str, *, ends: str = "int8", per_channel: bool = True, activations: str = "int8"
) -> bytes:
    """Quantise a network with random weights on random calibration data.

    `ends` is the type of its inputs and outputs.
    """
    kinds = tensorflow().lite.OpsSet
    wide = kinds.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    kind = wide if activations == "int16" else kinds.TFLITE_BUILTINS_INT8
    network = _with_random_weights(NETWORKS[name]())
    generator = np.random.default_rng(3)
    shape = (1, *network.input_shape[1:])

    def representative() -> Iterator[list[Any]]:
        for _ in range(8):
            yield [generator.normal(0, 2, shape).astype(np.float32)]

    def configure(converter: Any) -> None:
        converter.representative_dataset = representative
        converter.target_spec.supported_ops = [kind]
        converter._experimental_disable_per_channel = not per_channel

    return _convert(network, configure, ends)


def quantisation_aware(name: str) -> bytes:
    """Quantise a network whose ranges fake quantisation has learnt, in two steps of training."""
    network = _with_random_weights(NETWORKS[name]())
    generator = np.random.default_rng(4)
    with quietly():
        network = model_optimization().quantization.keras.quantize_model(network)
        network.compile("sgd", "mse")
        inputs = generator.normal(0, 1, (2, *network.input_shape[1:]))
        network.fit(inputs, np.zeros((2, *network.output_shape[1:])), batch_size=1, verbose=0)
    return _convert(network, lambda _: None, "int8")


def _with_random_weights(network: Any) -> Any:
    make_deterministic(5)
    generator = np.random.default_rng(6)
    for weight in network.weights:
        values = generator.normal(0, 0.4, weight.shape)
        weight.assign(1 + 0.1 * np.abs(values) if "variance" in weight.name else values)
    return network


def _convert(network: Any, configure: Callable[[Any], None], ends: str) -> bytes:
    tf = tensorflow()
    with warnings.catch_warnings(), quietly():
        warnings.simplefilter("ignore")  # the converter's own
        converter = tf.lite.TFLiteConverter.from_keras_model(network)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.inference_input_type = converter.inference_output_type = tf.dtypes.as_dtype(ends)
        configure(converter)
        return bytes(converter.convert())
