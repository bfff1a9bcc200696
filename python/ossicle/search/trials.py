"""The search itself: trials of Optuna in a journal that any number of workers write to.

A trial draws a recipe, refuses it if it would not fit the board, trains it, and tells how many
validation windows its int8 model has right. Trials that fall behind are pruned while they train.
The journal survives an interruption: what was tried is not tried again, and what was interrupted is
the first to be tried.
"""

import logging
from collections.abc import Callable
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState

from ossicle.console import hide_progress
from ossicle.datasets import Corpus
from ossicle.device.boards import Board
from ossicle.errors import BudgetError, DataError, ModelError
from ossicle.processes import side_by_side
from ossicle.quantize.convert import post_training, spread
from ossicle.quantize.pipeline import reference_predictor
from ossicle.search.budget import cost
from ossicle.search.space import Space
from ossicle.training import prepare, train
from ossicle.training.checkpoint import Epoch
from ossicle.training.fit import score_windows

JOURNAL = "journal.log"
OVER = (TrialState.COMPLETE, TrialState.PRUNED)
TAKEN_UP = "taken_up"  # the number of the interrupted trial whose checkpoints another goes on from


@dataclass(frozen=True)
class Search:
    """A search, as each of its workers gets it.

    Attributes:
        space: what may vary.
        corpus: what to learn.
        test_fold: the fold that is neither learnt from nor decided by; None: there is none.
        board: what every candidate must fit.
        out: the folder of the journal and the checkpoints.
        features: a folder that keeps features.
        trials: how many there are to be, those that are in the journal included.
    """

    space: Space
    corpus: Corpus
    test_fold: int | None
    board: Board
    out: Path
    features: Path
    trials: int

    def study(self, worker: int = 0, tried: int = 0) -> optuna.Study:
        """Open the journal, or begin one.

        What is drawn follows from the recipe's first seed, from which worker draws, and from how
        many trials were there when it began: else workers, or a search taken up again, would draw
        the same anew.
        """
        seed = self.space.recipe.seeds[0] + 1000 * tried + worker
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        return optuna.create_study(
            storage=JournalStorage(JournalFileBackend(str(self.out / JOURNAL))),
            study_name=f"{self.space.recipe.name} on {self.board.name}",
            sampler=optuna.samplers.TPESampler(seed=seed),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=2),
            direction="maximize",
            load_if_exists=True,
        )

    def work(self, worker: int) -> None:
        """Run trials until there are enough; several workers may do so at once."""
        study = self.study(worker, tried=len(self.study().get_trials(deepcopy=False)))
        while len(study.get_trials(deepcopy=False, states=OVER)) < self.trials:
            trial = study.ask()
            if _place(study, trial.number) >= self.trials:  # the others are at the last ones
                study.tell(trial, state=TrialState.FAIL)
                return
            self._try(study, trial)

    def _try(self, study: optuna.Study, trial: optuna.Trial) -> None:
        """Run a trial; one that is interrupted stays open, and is taken up again another time."""
        try:
            study.tell(trial, self.objective(trial))
        except optuna.TrialPruned:
            study.tell(trial, state=TrialState.PRUNED)
        except Exception:
            study.tell(trial, state=TrialState.FAIL)
            raise

    def objective(self, trial: optuna.Trial) -> float:
        """Draw a recipe, hold it against the budget, train it; return its validation accuracy."""
        try:
            recipe = self.space.draw(trial)
            for name, value in cost(
                recipe, self.corpus.labels, self.board, self.space.limits
            ).items():
                trial.set_user_attr(name, value)
        except (BudgetError, ModelError, DataError) as error:
            trial.set_user_attr("refused", str(error))
            raise optuna.TrialPruned from error

        def watch(history: list[Epoch]) -> None:
            trial.report(history[-1]["validation_window_accuracy"], len(history))
            if trial.should_prune():
                raise optuna.TrialPruned

        windows = prepare(self.corpus, recipe.spec, recipe.cutting, self.features)
        seed = recipe.seeds[0]
        folder = self.out / f"trial{trial.user_attrs.get(TAKEN_UP, trial.number):04d}"
        trained = train(
            self.corpus,
            windows,
            test_fold=self.test_fold,
            recipe=recipe,
            seed=seed,
            work=folder,
            watch=watch,
        )
        parts = trained.parts
        if parts.validation is None:
            raise DataError("no recording is left for validation; raise validation_share")
        calibration = spread(parts.training.features, recipe.quantisation.calibration_windows)
        integer = reference_predictor(post_training(trained.model, calibration))
        score = score_windows(integer, parts.validation, recipe.windows.unlearnt_vote)
        trial.set_user_attr("validation_accuracy", score.accuracy)
        trial.set_user_attr("validation_log_loss", score.log_loss)
        return score.window_accuracy


def run(search: Search, *, workers: int = 1, ray: str | None = None) -> list[FrozenTrial]:
    """Search with so many workers, here or on a Ray cluster; return all trials.

    On a cluster the folder of the search and the recordings must be there under the same path.

    Raises:
        DataError: a training failed in a way that no other candidate would cure.
    """
    search.out.mkdir(parents=True, exist_ok=True)
    study = search.study()
    _take_up_again(study)
    _start(search.work, workers, ray)
    return study.get_trials(deepcopy=False)


def _start(work: Callable[[int], None], workers: int, ray: str | None) -> None:
    if ray is not None:
        _on_ray(work, workers, ray)
    elif workers == 1:
        work(0)
    else:
        with side_by_side(workers, "--workers") as pool:
            for done in as_completed(pool.submit(work, number) for number in range(workers)):
                done.result()  # the first error ends the others


def _on_ray(work: Callable[[int], None], workers: int, address: str) -> None:
    import ray

    silent = logging.ERROR
    ray.init(address, include_dashboard=False, log_to_driver=False, logging_level=silent)
    try:
        remote: Any = ray.remote(num_cpus=1)(_work_quietly)
        ray.get([remote.remote(work, number) for number in range(workers)])
    except ray.exceptions.RayTaskError as error:  # it holds the worker's whole traceback
        raise error.cause from error
    finally:
        ray.shutdown()


def _work_quietly(work: Callable[[int], None], worker: int) -> None:
    hide_progress()
    work(worker)


def _take_up_again(study: optuna.Study) -> None:
    """Let what was running when a search was interrupted be the first to be tried again."""
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)
        if trial.params:
            checkpoints = trial.user_attrs.get(TAKEN_UP, trial.number)
            study.enqueue_trial(trial.params, user_attrs={TAKEN_UP: checkpoints})


def _place(study: optuna.Study, number: int) -> int:
    """Return how many trials that are over or under way come before this one."""
    before = study.get_trials(deepcopy=False, states=(*OVER, TrialState.RUNNING))
    return sum(trial.number < number for trial in before)
