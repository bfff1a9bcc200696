"""What a model costs: counted from its graph, read from the linked ELF, measured on the device."""

from ossicle.budget.bench import Bench, bench
from ossicle.budget.measure import Budget, measure
from ossicle.budget.verdict import Verdict, fitting_image, require_fit
from ossicle.budget.vote import vote_cost

__all__ = [
    "Bench",
    "Budget",
    "Verdict",
    "bench",
    "fitting_image",
    "measure",
    "require_fit",
    "vote_cost",
]
