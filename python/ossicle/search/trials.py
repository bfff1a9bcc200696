"""The search itself: trials of Optuna in a journal that any number of workers write to.

A trial draws a recipe, refuses it if it would not fit the board, trains it, and tells how many
validation windows its int8 model has right. Trials that fall behind are pruned while they train.
The journal survives an interruption: what was tried is not tried again, and what was interrupted is
the first to be tried.
"""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.study import MaxTrialsCallback
from optuna.trial import FrozenTrial, TrialState

from ossicle.console import hide_progress
from ossicle.datasets import Corpus
from ossicle.device.boards import Board
from ossicle.errors import BudgetError, DataError, ModelError
from ossicle.quantize.convert import post_training, spread
from ossicle.quantize.pipeline import reference_predictor
from ossicle.search.budget import cost
from ossicle.search.space import Space
from ossicle.training import prepare, train
from ossicle.training.checkpoint import Epoch
from ossicle.training.fit import score_windows

JOURNAL = "journal.log"
OVER = (TrialState.COMPLETE, TrialState.PRUNED)


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

    def study(self) -> optuna.Study:
        """Open the journal, or begin one."""
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        return optuna.create_study(
            storage=JournalStorage(JournalFileBackend(str(self.out / JOURNAL))),
            study_name=f"{self.space.recipe.name} on {self.board.name}",
            sampler=optuna.samplers.TPESampler(seed=self.space.recipe.seeds[0]),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=2),
            direction="maximize",
            load_if_exists=True,
        )

    def work(self, worker: int) -> None:
        """Run trials until there are enough; several workers may do so at once."""
        study = self.study()
        if worker:
            study.sampler.reseed_rng()  # or all workers would draw the same
        enough = MaxTrialsCallback(self.trials, states=OVER)
        if _count(study) < self.trials:
            study.optimize(self.objective, callbacks=[enough])

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
        folder, seed = self.out / f"trial{trial.number:04d}", recipe.seeds[0]
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
    if _count(study) < search.trials:
        _start(search.work, workers, ray)
    return study.get_trials(deepcopy=False)


def _start(work: Callable[[int], None], workers: int, ray: str | None) -> None:
    if ray is not None:
        _on_ray(work, workers, ray)
    elif workers == 1:
        work(0)
    else:
        context = multiprocessing.get_context("spawn")  # TensorFlow does not survive a fork
        with ProcessPoolExecutor(workers, context, initializer=hide_progress) as pool:
            list(pool.map(work, range(workers)))


def _on_ray(work: Callable[[int], None], workers: int, address: str) -> None:
    import ray

    ray.init(
        address=None if address == "local" else address,
        include_dashboard=False,
        log_to_driver=False,
    )
    try:
        remote: Any = ray.remote(num_cpus=1)(_work_quietly)
        ray.get([remote.remote(work, number) for number in range(workers)])
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
            study.enqueue_trial(trial.params)


def _count(study: optuna.Study) -> int:
    return len(study.get_trials(deepcopy=False, states=OVER))
