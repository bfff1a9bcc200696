"""RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR: another height and width."""

from collections.abc import Sequence
from math import prod

import numpy as np
import tflite

from ossicle.compiler.arithmetic import integers
from ossicle.compiler.graph import Array, Node
from ossicle.compiler.operators.operator import (
    Constant,
    Field,
    Kernel,
    Operator,
    Reference,
    Rows,
    UnsupportedError,
    require_int8,
    require_same_quantisation,
    require_shape,
)

LONGEST = 1 << 20  # elements of an axis: positions in 2^-10 of an element stay within 32 bits
UNIT = 1 << 10  # of a position between two elements


class Resize(Operator):
    """NHWC in and out, of one scale; a constant gives height and width."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        inputs = self.input(0)
        require_int8(inputs, "input")
        require_int8(self.output, "output")
        require_same_quantisation(inputs, self.output)
        size = self.constant(1, "size", ("int32",)).reshape(-1).tolist()
        if len(inputs.shape) != 4 or len(size) != 2:
            raise UnsupportedError("its input must have four dimensions and its size two")
        batches, rows, columns, self.depth = inputs.shape
        require_shape(self.output, (batches, *size, self.depth))
        self.axes = ((rows, size[0]), (columns, size[1]))
        if max(rows, columns, *size) > LONGEST:
            raise UnsupportedError(f"an axis is longer than {LONGEST} elements")

    def switches(self, table: object) -> tuple[bool, bool]:
        """Return align_corners and half_pixel_centers, of which one may be set."""
        options = self.options(table)
        aligned, centred = bool(options.AlignCorners()), bool(options.HalfPixelCenters())
        if aligned and centred:
            raise UnsupportedError("both align_corners and half_pixel_centers are set")
        return aligned, centred

    def call(self, rows: Field, columns: Field, constants: tuple[Constant, ...] = ()) -> Kernel:
        """Return the call of the kernel that is named like the operator.

        Args:
            rows: where the output's rows come from, as the kernel wants it.
            columns: the same for its columns.
            constants: tables that these refer to.
        """
        shape, function = self.input(0).shape, f"ossicle_{self.name.lower()}"
        return Kernel(
            function=function,
            header=f"{function}.h",
            sources=(f"{function}.c",),
            descriptor=f"{function}_layer",
            fields={
                "batches": shape[0],
                "image_bytes": prod(shape[1:]),
                "height": self.output.shape[1],
                "width": self.output.shape[2],
                "depth": self.depth,
                "rows": rows,
                "columns": columns,
            },
            constants=constants,
            operands=(self.input(0),),
        )


class ResizeNearestNeighbor(Resize):
    """Copies; which element is nearest is worked out here, in float32 as TFLite does."""

    name = "RESIZE_NEAREST_NEIGHBOR"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        switches = self.switches(tflite.ResizeNearestNeighborOptions)
        self._rows, self._columns = (_nearest(*axis, *switches) for axis in self.axes)

    def kernel(self) -> Kernel:
        """Return the call of ossicle_resize_nearest_neighbor."""
        width = self.input(0).shape[2]
        rows = Constant("rows", "int32_t", integers(self._rows) * width * self.depth)
        columns = Constant("columns", "int32_t", integers(self._columns) * self.depth)
        return self.call(Reference("rows"), Reference("columns"), (rows, columns))

    def reference(self, values: Sequence[Array]) -> Array:
        """Take rows, then columns."""
        return values[0].take(self._rows, axis=1).take(self._columns, axis=2)


def _nearest(length: int, size: int, aligned: bool, centred: bool) -> list[int]:
    corners = aligned and size > 1
    given, made = np.float32(length - corners), np.float32(size - corners)
    places = (np.arange(size).astype(np.float32) + np.float32(0.5 * centred)) * (given / made)
    found = np.floor(places.astype(np.float64) + (0.5 if aligned else 0.0))
    return [int(place) for place in np.minimum(found, length - 1)]


class ResizeBilinear(Resize):
    """Between four neighbours, in 2^-10 along each axis, rounded once."""

    name = "RESIZE_BILINEAR"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        switches = self.switches(tflite.ResizeBilinearOptions)
        self._rows, self._columns = (_between(*axis, *switches) for axis in self.axes)

    def kernel(self) -> Kernel:
        """Return the call of ossicle_resize_bilinear."""
        width = self.input(0).shape[2]
        return self.call(
            _places(self._rows, width * self.depth), _places(self._columns, self.depth)
        )

    def reference(self, values: Sequence[Array]) -> Array:
        """Weigh both rows, then both columns, and round ties away from zero."""
        mixed = integers(values[0])
        for axis, places in ((1, self._rows), (2, self._columns)):
            lower, upper, weights = (integers(column) for column in zip(*places, strict=True))
            weight = weights.reshape(-1, *[1] * (3 - axis))
            mixed = mixed.take(lower, axis) * (UNIT - weight) + mixed.take(upper, axis) * weight
        half = UNIT * UNIT // 2
        rounded = np.sign(mixed) * ((np.abs(mixed) + half) // UNIT**2)
        return np.asarray(rounded.astype(np.int8))


def _between(length: int, size: int, aligned: bool, centred: bool) -> list[tuple[int, int, int]]:
    """Return for each place both neighbours' indices and the second one's weight in 2^-10."""
    corners = int(aligned and size > 1)
    step = (UNIT * (length - corners) + (size - corners) // 2) // (size - corners)
    offset = step // 2 - UNIT // 2 if centred else 0
    found = []
    for place in range(size):
        position = place * step + offset
        lower = max(position, 0) // UNIT
        upper = min((max(position, 0) + UNIT - 1) // UNIT, length - 1)
        if lower >= length:  # TFLite would read beyond the input there
            raise UnsupportedError(f"{size} elements of {length} are too many to be rounded")
        found.append((lower, upper, position - UNIT * lower))
    return found


def _places(places: Sequence[tuple[int, int, int]], stride: int) -> Rows:
    return Rows(
        "ossicle_between",
        [
            {"lower": lower * stride, "upper": upper * stride, "weight": weight}
            for lower, upper, weight in places
        ],
    )
