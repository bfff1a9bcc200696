"""Small networks: one built field by field, and several converted from Keras."""

from collections.abc import Callable

import numpy as np
from flatbuffer import ModelBuilder
from states import lstm, svdf

WINDOW = {"Padding": 0, "StrideH": 1, "StrideW": 1}
DILATION = {"DilationHFactor": 1, "DilationWFactor": 1}


def small_network(weights_seed: int = 1) -> ModelBuilder:
    """Build a network that has every supported operator, on a 4x4 image of two channels."""
    model, weights = ModelBuilder(), np.random.default_rng(weights_seed)

    def constant(shape: tuple[int, ...], axis: int) -> list[int]:
        channels = shape[axis]
        values = weights.integers(-127, 128, shape).astype(np.int8)
        scales = [0.01] * channels
        biases = weights.integers(-500, 500, channels).astype(np.int32)
        return [
            model.constant(values, scale=scales, axis=axis),
            model.constant(biases, scale=scales),
        ]

    def layer(
        name: str, inputs: list[int], shape: tuple[int, ...], options: object, **q: float
    ) -> int:
        output = model.tensor(shape, **{"scale": 0.1, **q})
        model.operator(name, inputs, [output], options)
        return output

    image = model.tensor((1, 4, 4, 2), dtype="uint8", scale=0.05, zero_point=128, name="image")
    x = layer("QUANTIZE", [image], (1, 4, 4, 2), ("QuantizeOptions", {}))
    conv = ("Conv2DOptions", {**WINDOW, **DILATION, "FusedActivationFunction": 1})
    y = layer("CONV_2D", [x, *constant((3, 3, 3, 2), 0)], (1, 4, 4, 3), conv)
    depthwise = ("DepthwiseConv2DOptions", {**WINDOW, **DILATION, "DepthMultiplier": 1})
    z = layer("DEPTHWISE_CONV_2D", [y, *constant((1, 3, 3, 3), 3)], (1, 4, 4, 3), depthwise)
    y = layer("ADD", [y, z], (1, 4, 4, 3), ("AddOptions", {}))
    y = layer("SUB", [y, z], (1, 4, 4, 3), ("SubOptions", {}))
    y = layer("MAXIMUM", [y, z], (1, 4, 4, 3), ("MaximumMinimumOptions", {}))
    row = model.constant(np.array([-9, 40, 90], dtype=np.int8), scale=0.1)
    y = layer("MINIMUM", [y, row], (1, 4, 4, 3), ("MaximumMinimumOptions", {}))
    y = layer("MUL", [row, y], (1, 4, 4, 3), ("MulOptions", {}))
    y = _moved(model, layer, y)
    y = _resized(model, layer, y, constant((3, 3, 2, 3), 0))
    pool = ("Pool2DOptions", {**WINDOW, "FilterHeight": 2, "FilterWidth": 2})
    y = layer("MAX_POOL_2D", [y], (1, 4, 4, 3), pool)
    y = layer("AVERAGE_POOL_2D", [y], (1, 4, 4, 3), pool)
    borders = model.constant(np.array([[0, 0], [1, 0], [0, 1], [0, 0]], dtype=np.int32))
    y = layer("PAD", [y, borders], (1, 5, 5, 3), ("PadOptions", {}))
    y = _bordered(model, layer, y)
    y = _reduced(model, layer, y)
    last = model.constant(np.array([-1], dtype=np.int32))
    y = layer("EXPAND_DIMS", [y, last], (1, 6, 3, 1), ("ExpandDimsOptions", {}))
    y = layer("SQUEEZE", [y], (6, 3), ("SqueezeOptions", {}))
    y = svdf(model, lstm(model, y))
    joined = ("ConcatenationOptions", {"Axis": -1})
    y = layer(
        "CONCATENATION", [y, model.constant(np.ones((6, 1), np.int8), scale=0.1), y], (6, 7), joined
    )
    y = layer("RESHAPE", [y], (1, 42), ("ReshapeOptions", {"NewShape": [1, 42]}))
    y = layer("FULLY_CONNECTED", [y, *constant((4, 42), 0)], (1, 4), ("FullyConnectedOptions", {}))
    y = layer("LEAKY_RELU", [y], (1, 4), ("LeakyReluOptions", {"Alpha": 0.2}))
    y = layer("HARD_SWISH", [y], (1, 4), ("HardSwishOptions", {}))
    for name in ("RELU_N1_TO_1", "RELU6", "RELU", "TANH"):
        y = layer(name, [y], (1, 4), None, zero_point=-5)
    y = layer("LOGISTIC", [y], (1, 4), None, scale=1 / 256, zero_point=-128)
    y = layer("LOG_SOFTMAX", [y], (1, 4), None, scale=1 / 16, zero_point=127)
    y = layer(
        "SOFTMAX", [y], (1, 4), ("SoftmaxOptions", {"Beta": 1.0}), scale=1 / 256, zero_point=-128
    )
    place = model.tensor((1,), dtype="int32", scale=None)
    model.operator("ARG_MAX", [y, last], [place], ("ArgMaxOptions", {"OutputType": 2}))
    model.inputs, model.outputs = [image], [y]
    return model


def _moved(model: ModelBuilder, layer: Callable[..., int], given: int) -> int:
    """Take a 1x4x4x3 tensor to pieces, and put them together to another one."""

    def numbers(*values: object) -> list[int]:
        return [model.constant(np.array(value, dtype=np.int32)) for value in values]

    def pieces(
        name: str, inputs: list[int], shapes: list[tuple[int, ...]], options: object
    ) -> list[int]:
        outputs = [model.tensor(shape, scale=0.1) for shape in shapes]
        model.operator(name, inputs, outputs, options)
        return outputs

    halves = [(1, 2, 4, 3)] * 2
    upper, lower = pieces("SPLIT", [*numbers(1), given], halves, ("SplitOptions", {"NumSplits": 2}))
    turned = layer(
        "TRANSPOSE", [upper, *numbers([0, 2, 1, 3])], (1, 4, 2, 3), ("TransposeOptions", {})
    )
    rest, last = pieces(
        "SPLIT_V",
        [turned, *numbers([-1, 1], 1)],
        [(1, 3, 2, 3), (1, 1, 2, 3)],
        ("SplitVOptions", {"NumSplits": 2}),
    )
    begins, ends, steps = numbers([0, 2, 0, 0], [1, -4, 2, 3], [1, -1, 1, 1])
    masks = ("StridedSliceOptions", {"EndMask": 2})
    rest = layer("STRIDED_SLICE", [rest, begins, ends, steps], (1, 3, 2, 3), masks)
    turned = layer(
        "CONCATENATION", [last, rest], (1, 4, 2, 3), ("ConcatenationOptions", {"Axis": 1})
    )
    rows = pieces("UNPACK", [lower], [(1, 4, 3)] * 2, ("UnpackOptions", {"Num": 2, "Axis": 1}))
    lower = layer("PACK", rows[::-1], (1, 4, 2, 3), ("PackOptions", {"ValuesCount": 2, "Axis": 2}))
    whole = layer(
        "CONCATENATION", [turned, lower], (1, 8, 2, 3), ("ConcatenationOptions", {"Axis": 1})
    )
    some = layer(
        "SLICE", [whole, *numbers([0, 1, 0, 0], [1, 4, 2, -1])], (1, 4, 2, 3), ("SliceOptions", {})
    )
    return layer(
        "CONCATENATION", [some, turned], (1, 4, 4, 3), ("ConcatenationOptions", {"Axis": 2})
    )


def _bordered(model: ModelBuilder, layer: Callable[..., int], given: int) -> int:
    """Make a 1x6x7x3 tensor of a 1x5x5x3 one."""
    below = model.constant(np.array([[0, 0], [0, 1], [0, 0], [0, 0]], dtype=np.int32))
    border = model.constant(np.array(-7, dtype=np.int8), scale=0.1)
    y = layer("PADV2", [given, below, border], (1, 6, 5, 3), ("PadV2Options", {}))
    sides = model.constant(np.array([[0, 0], [0, 0], [1, 1], [0, 0]], dtype=np.int32))
    y = layer("MIRROR_PAD", [y, sides], (1, 6, 7, 3), ("MirrorPadOptions", {"Mode": 1}))
    slopes = model.constant(np.array([3, -4, 90], dtype=np.int8), scale=0.02)
    return layer("PRELU", [y, slopes], (1, 6, 7, 3), None)


def _reduced(model: ModelBuilder, layer: Callable[..., int], given: int) -> int:
    """Make a 1x6x3 tensor of a 1x6x7x3 one."""
    row, column = (model.constant(np.array([axis], dtype=np.int32)) for axis in (2, 1))
    kept, left = (("ReducerOptions", {"KeepDims": keep}) for keep in (True, False))
    y = layer("SUM", [given, column], (1, 1, 7, 3), kept)
    y = layer("ADD", [given, y], (1, 6, 7, 3), ("AddOptions", {}))
    y = layer("REDUCE_MAX", [y, row], (1, 6, 1, 3), kept)
    return layer("MEAN", [y, row], (1, 6, 3), left)


def _resized(model: ModelBuilder, layer: Callable[..., int], given: int, weights: list[int]) -> int:
    """Make a 1x4x4x3 tensor smaller and large again."""
    size = [model.constant(np.array(size, dtype=np.int32)) for size in ((3, 5), (2, 2))]
    y = layer("RESIZE_BILINEAR", [given, size[0]], (1, 3, 5, 3), ("ResizeBilinearOptions", {}))
    nearest = ("ResizeNearestNeighborOptions", {})
    y = layer("RESIZE_NEAREST_NEIGHBOR", [y, size[1]], (1, 2, 2, 3), nearest)
    shape = model.constant(np.array((1, 4, 4, 3), dtype=np.int32))
    laid = ("TransposeConvOptions", {"Padding": 0, "StrideH": 2, "StrideW": 2})
    return layer("TRANSPOSE_CONV", [shape, weights[0], y, weights[1]], (1, 4, 4, 3), laid)
