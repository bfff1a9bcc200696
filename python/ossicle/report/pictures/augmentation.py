"""`python -m ossicle.report.pictures.augmentation FILE.svg`: a sound, and what training hears.

Each panel is the log-mel of the same two seconds, a sound of the project's own, after one kind of
augmentation at a strength that can be seen.
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ossicle.files import write_atomically
from ossicle.frontend import FrontEnd, FrontendSpec
from ossicle.report.pictures.drawing import draw
from ossicle.training.augment import Features, Waveform

RATE, SECONDS = 32000, 2
SPEC = FrontendSpec.of_milliseconds(RATE, 40, 20, mel_bands=64)
COLUMNS, WIDTH, ROW_HEIGHT = 4, 8.5, 1.35  # inches
ALL = 1.0

WAVEFORM = {
    "as it was": Waveform(),
    "time shift": Waveform(shift=0.5),
    "time stretch": Waveform(stretch=0.4),
    "pitch shift": Waveform(semitones=8),
    "gain": Waveform(gain_db=30),
    "noise at an SNR": Waveform(noise=ALL, noise_snr_db=-10),
    "another clip behind": Waveform(mix=ALL, mix_snr_db=-12),
    "room": Waveform(room=ALL, room_seconds=1.5),
    "recording device": Waveform(device=ALL),
}
FEATURES = {
    "mixup": Features(mixup=ALL, mixup_alpha=8),
    "between-class mixing": Features(between_class=ALL),
    "SpecAugment's masks": Features(mask_frames=30, mask_bands=16, masks=2),
    "Freq-MixStyle": Features(mix_style=ALL),
    "random equaliser": Features(equaliser_db=20),
    "frequency shift": Features(frequency_shift=14),
    "crop": Features(crop_frames=(51,)),
}


def sounds() -> NDArray[np.int16]:
    """Return two sounds [2, samples]: a voice that glides between clicks, and a siren over hiss."""
    time = np.arange(RATE * SECONDS) / RATE
    rng = np.random.default_rng(0)
    pitch = 300 + 180 * np.sin(2 * np.pi * 0.8 * time) ** 2
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    voice = sum(np.sin(k * phase) / k for k in range(1, 12)) * (np.sin(2 * np.pi * time) > -0.2)
    clicks = rng.standard_normal(len(time)) * np.exp(-((time % 0.5) * 60)) * 0.7
    siren = np.sin(2 * np.pi * np.cumsum(1800 + 900 * np.sign(np.sin(6 * time))) / RATE)
    hiss = 0.05 * rng.standard_normal(len(time))
    both = np.stack([0.25 * voice + clicks, 0.4 * siren + hiss])
    return np.clip(np.rint(both * 12000), -32768, 32767).astype(np.int16)


def panels() -> dict[str, NDArray[np.float32]]:
    """Return the features of the first sound [bands, frames] after each kind of augmentation."""
    pcm, frontend = sounds(), FrontEnd(SPEC)
    shown = {
        name: frontend(kind.apply(pcm, RATE, np.random.default_rng(3)))[0].astype(np.float32)
        for name, kind in WAVEFORM.items()
    }
    plain, nobody = frontend(pcm), np.zeros((2, 1), np.float32)
    for name, changed in FEATURES.items():
        inputs, _ = changed.apply(plain, nobody, SPEC, np.random.default_rng(3))
        shown[name] = inputs[0, ..., 0] / np.float32(SPEC.input_scale) + SPEC.input_zero_point
    return shown


def picture() -> str:
    """Return the picture as an SVG file."""
    shown = panels()
    rows = -(-len(shown) // COLUMNS)

    def paint(figure: Figure) -> None:
        figure.set_layout_engine("constrained", w_pad=0.03, h_pad=0.03)
        grid = figure.subplots(rows, COLUMNS, squeeze=False).flat
        for axes, (name, features) in zip(grid, shown.items(), strict=True):
            axes.imshow(
                features, origin="lower", aspect="auto", interpolation="none", cmap="magma",
                vmin=-128, vmax=127,
            )  # fmt: skip
            axes.set_title(name)
            axes.set_axis_off()

    return draw("augmentation", WIDTH, rows * ROW_HEIGHT, paint)


if __name__ == "__main__":
    write_atomically(Path(sys.argv[1]), picture().encode())
