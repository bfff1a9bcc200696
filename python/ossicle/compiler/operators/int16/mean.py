"""MEAN and SUM on int16."""

from ossicle.compiler.operators import mean, reduce_sum


class Mean(mean.Mean):
    """The sum times a factor; 2^15 elements at most."""

    dtype = "int16"
    function = "ossicle_mean_16"
    largest_count = 1 << 15  # elements: 65536 times as many still fit 31 bits


class ReduceSum(Mean, reduce_sum.ReduceSum):
    """The same by another factor."""

    name = "SUM"
