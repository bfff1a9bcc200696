"""Learning: clips to windows and features, a model fitted to them, and its score.

`prepare` computes the features once, `split` says who learns and who is tested, `train` fits the
float model so that an interruption costs minutes and a second run gives the same bits, and
`vote_on` is the one way in which anything that classifies windows is measured. docs/training.md
tells the recipe.
"""

from ossicle.training.cutting import Cutting
from ossicle.training.evaluate import Score, vote_on
from ossicle.training.recipe import Recipe
from ossicle.training.split import Split, split
from ossicle.training.train import Trained, train
from ossicle.training.windows import Windows, prepare

__all__ = [
    "Cutting",
    "Recipe",
    "Score",
    "Split",
    "Trained",
    "Windows",
    "prepare",
    "split",
    "train",
    "vote_on",
]
