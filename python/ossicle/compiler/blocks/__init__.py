"""Inner loops in Thumb-2 assembly, written for one layer's sizes.

Each module describes one block in a few lines of Python and returns a C file that holds it twice:
as assembly for cores with the DSP extension, and as a call of its portable twin, which stands in
firmware/kernels and is what every other core runs. Assembly, because these loops fill all fourteen
registers and a compiler spills; generated, because what is known (how many taps, which rounding)
need not be tested while it runs.
"""
