"""Search for the recipe that scores best on validation among those that fit a board.

`space` says what may vary, `budget` refuses before anything is trained what does not fit, `trials`
runs the search with Optuna, by any number of workers on one machine or on a Ray cluster.
"""

from ossicle.search.space import Space, load
from ossicle.search.trials import Search, run

__all__ = ["Search", "Space", "load", "run"]
