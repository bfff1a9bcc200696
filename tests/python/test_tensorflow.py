import os
import subprocess
import sys

import pytest

from ossicle.tensorflow import quietly

IMPORT = "from ossicle import tensorflow as t; t.model_optimization(); print(t.keras().__name__)"


def test_tensorflow_comes_in_without_a_word():
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    result = subprocess.run(
        [sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True, env=kept
    )
    assert result.stdout == "tf_keras\n"
    assert result.stderr == ""


def test_native_output_is_held_back(capfd):
    with quietly():
        os.write(2, b"chatter\n")
    os.write(2, b"news\n")
    assert capfd.readouterr().err == "news\n"


def test_native_output_is_shown_when_the_block_fails(capfd):
    with pytest.raises(RuntimeError), quietly():
        os.write(2, b"the reason\n")
        raise RuntimeError
    assert "the reason" in capfd.readouterr().err
