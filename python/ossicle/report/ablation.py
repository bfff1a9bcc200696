"""`python -m ossicle.report.ablation DATA`: what each kind of augmentation is worth by itself.

The small network of the recipe `esc10_small` learns, without a teacher, from all folds but one,
less a quarter of the recordings, which it is then scored on: the fold that is left out chooses
nothing and is not looked at. One training for each kind, one without any; few epochs, one seed, so
that a difference of a few points says nothing.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ossicle import datasets
from ossicle.paths import BUILD, FEATURE_CACHE
from ossicle.training import Recipe, prepare, train
from ossicle.training.augment import Features, Waveform
from ossicle.training.distil import Distillation
from ossicle.training.fit import predictor, score_windows
from ossicle.training.recipe import load
from ossicle.training.recipe_tables import Augmenting

VALIDATION_SHARE = 0.25
TEST_FOLD = 1

WAVEFORM = {
    "time shift": Waveform(shift=0.5),
    "time stretch": Waveform(stretch=0.2),
    "pitch shift": Waveform(semitones=2),
    "gain": Waveform(gain_db=6),
    "noise at an SNR": Waveform(noise=0.5, noise_snr_db=10),
    "another clip behind": Waveform(mix=0.5, mix_snr_db=5),
    "room": Waveform(room=0.5),
    "recording device": Waveform(device=0.5),
}
FEATURES = {
    "crop of two seconds": Features(crop_frames=(101,)),
    "between-class mixing": Features(between_class=0.5),
    "mixup, Beta (two clips)": Features(mixup=0.5),
    "mixup, Gamma (three clips)": Features(mixup=0.5, mixup_clips=3),
    "SpecAugment's masks": Features(mask_frames=16, mask_bands=8),
    "Freq-MixStyle": Features(mix_style=0.4),
    "random equaliser": Features(equaliser_db=4),
    "gain of features": Features(gain_db=6),
    "noise of features": Features(noise=0.2),
    "stretch of features": Features(time_stretch=0.15),
    "frequency shift": Features(frequency_shift=2),
}


def recipes(epochs: int) -> Iterator[tuple[str, Recipe]]:
    """Yield the name and the recipe of each row."""
    given = load("esc10_small")
    schedule = replace(given.schedule, epochs=epochs, warmup_epochs=min(5, epochs - 1))
    plain = replace(
        given,
        schedule=schedule,
        distillation=Distillation(),
        augmentation=Augmenting(),
        validation_share=VALIDATION_SHARE,
    )
    yield "none", plain
    for name, waveform in WAVEFORM.items():  # two copies and the original: a third of the epochs
        shorter = replace(schedule, epochs=max(2, epochs // 3), warmup_epochs=1)
        heard = Augmenting(waveform=replace(waveform, copies=2))
        yield name, replace(plain, schedule=shorter, augmentation=heard)
    for name, features in FEATURES.items():
        yield name, replace(plain, augmentation=Augmenting(features=features))


def rows(data: Path, epochs: int, work: Path) -> Iterator[str]:
    """Yield the lines of the table; a finished training is found again in `work`."""
    corpus = datasets.load(data)
    yield "| augmentation | clips right | log loss |\n|---|---:|---:|"
    for name, recipe in recipes(epochs):
        windows = prepare(corpus, recipe.spec, recipe.cutting, FEATURE_CACHE)
        place = work / name.replace(" ", "_").replace(",", "")
        made = train(corpus, windows, test_fold=TEST_FOLD, recipe=recipe, seed=0, work=place)
        assert made.parts.validation is not None  # a quarter of the recordings
        found = score_windows(predictor(made.model), made.parts.validation)
        yield f"| {name} | {found.accuracy:.1%} | {found.log_loss:.3f} |"


def main() -> None:
    """Train and print."""
    parser = argparse.ArgumentParser(description="one training for each kind of augmentation")
    parser.add_argument("data", type=Path, help="ESC-10, with folds")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--work", type=Path, default=BUILD / "ablation", help="for checkpoints")
    given = parser.parse_args()
    for line in rows(given.data, given.epochs, given.work):
        print(line, flush=True)


if __name__ == "__main__":
    main()
