"""Front ends that others have published, by name, each with its source.

What is not said here is Ossicle's own: frames are centred, levels are in dB, int8 over 96 dB.
"""

from dataclasses import dataclass

from ossicle.errors import FrontendError
from ossicle.frontend.spec import FrontendSpec


@dataclass(frozen=True)
class Preset:
    """A published front end.

    Attributes:
        source: who published it, and where.
    """

    spec: FrontendSpec
    source: str


PRESETS = {
    "dcase2022": Preset(
        FrontendSpec.of_milliseconds(44100, 40, 20, mel_bands=40),
        "Martín-Morató et al., Low-complexity acoustic scene classification in DCASE 2022 "
        "Challenge, DCASE Workshop 2022: the baseline of task 1 (task1_features.yaml of "
        "marmoi/dcase2022_task1_baseline); that has a Hamming window and sums magnitudes",
    ),
    "dcase2024": Preset(
        FrontendSpec.of_milliseconds(
            32000, 96, 15.625, fft_length=4096, mel_bands=256, mel_scale="htk"
        ),
        "Schmid et al., Data-efficient low-complexity acoustic scene classification in the DCASE "
        "2024 Challenge, DCASE Workshop 2024: the baseline of task 1 (run_training.py of "
        "CPJKU/dcase2024_task1_baseline)",
    ),
    "esc": Preset(
        FrontendSpec(
            sample_rate=22050, window_length=1024, hop_length=512, fft_length=1024, mel_bands=60,
            fmax=11025.0,
        ),
        "Piczak, Environmental sound classification with convolutional neural networks, MLSP 2015",
    ),
    "sbcnn": Preset(
        FrontendSpec(window_length=1024, hop_length=1024, fft_length=1024, mel_bands=128),
        "Salamon and Bello, Deep convolutional neural networks and data augmentation for "
        "environmental sound classification, IEEE Signal Processing Letters 24, 2017",
    ),
    "speech": Preset(
        FrontendSpec.of_milliseconds(
            16000, 30, 20, mel_bands=40, mel_scale="htk", fmin=125.0, fmax=7500.0
        ),
        "TensorFlow Lite Micro's audio front end, as its micro_speech example sets it",
    ),
    "tut2017": Preset(
        FrontendSpec.of_milliseconds(44100, 40, 20, mel_bands=40, window="hamming"),
        "Mesaros et al., DCASE 2017 Challenge setup: tasks, datasets and baseline system, DCASE "
        "Workshop 2017 (task1.defaults.yaml of TUT-ARG/DCASE2017-baseline-system); that sums "
        "magnitudes",
    ),
}  # fmt: skip


def preset(name: str) -> FrontendSpec:
    """Return the specification of a preset.

    Raises:
        FrontendError: there is none of this name.
    """
    if not isinstance(name, str) or name not in PRESETS:
        raise FrontendError(f"there is no preset {name!r}; choose one of {', '.join(PRESETS)}")
    return PRESETS[name].spec
