"""The text of a recipe that is learnt in no time, for tests of what happens to recipes."""

RECIPE = """
name = "quick"
seeds = [0]
[windows]
seconds = 1.2
[schedule]
epochs = 2
[quantisation]
method = "ptq"
"""
