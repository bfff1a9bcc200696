"""`python -m ossicle.frontend.benchmark`: clips a second of one core, beside librosa's.

One process on one core computes the same noise with both, in turns, and the best of five runs
counts; librosa in single precision, as it is mostly used. With `--json` it prints the figures as
JSON.
"""

import argparse
import json
import os
import time
from collections.abc import Callable

import numpy as np

SECONDS = 40
RUNS = 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Clips of 1 s a second of one core.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    as_json = parser.parse_args().json
    found = measure()
    if as_json:
        print(json.dumps(found))
        return
    for name, clips in found.items():
        print(f"{name}: {clips:,.0f} clips of 1 s a second")
    print(f"ossicle / librosa: {found['ossicle'] / found['librosa']:.1f}")


def measure() -> dict[str, float]:
    """Return how many clips of a second librosa and this front end compute a second."""
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[threads] = "1"
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    import librosa

    from ossicle.frontend import FrontEnd, FrontendSpec

    spec = FrontendSpec()
    noise = np.random.default_rng(0).normal(0, 3000, (SECONDS, spec.sample_rate))
    pcm, sound = noise.astype(np.int16), (noise / 32768).astype(np.float32)
    front_end = FrontEnd(spec)

    def peer() -> None:
        for second in sound:
            power = librosa.feature.melspectrogram(
                y=second, sr=spec.sample_rate, n_fft=spec.fft_length, hop_length=spec.hop_length,
                win_length=spec.window_length, n_mels=spec.mel_bands, norm=None,
            )  # fmt: skip
            librosa.power_to_db(power)

    ours, theirs = _best(lambda: front_end(pcm), peer)
    return {"librosa": SECONDS / theirs, "ossicle": SECONDS / ours}


def _best(*calls: Callable[[], object]) -> list[float]:
    """Return the least processor time, in seconds, of each call; the runs take turns."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(RUNS):
        for call, taken in zip(calls, times, strict=True):
            begin = time.process_time()
            call()
            taken.append(time.process_time() - begin)
    return [min(taken) for taken in times]


if __name__ == "__main__":
    main()
