"""A search space that is trained in a second, and what stands in for a trial of Optuna."""

SPACE = """
name = "tiny"
validation_share = 0.4
[windows]
seconds = 0.5
[frontend]
sample_rate = 16000
window_length = 512
hop_length = 512
fft_length = 512
fmax = 8000
mel_bands = 20
[model]
name = "ds_cnn"
[model.options]
blocks = 1
[schedule]
epochs = 4
batch = 8
[search.limits]
macs = 200_000
[search.parameters]
"model.options.channels" = { choices = [4, 8, 256] }
"schedule.learning_rate" = { low = 1e-3, high = 1e-2, log = true }
"""


class Lowest:
    """Draws the least of everything, and remembers what it was asked for."""

    def __init__(self):
        self.asked = {}

    def suggest_categorical(self, name, choices):
        self.asked[name] = choices
        return choices[0]

    def suggest_int(self, name, low, high, *, step, log):
        self.asked[name] = (low, high, step, log)
        return low

    def suggest_float(self, name, low, high, *, step, log):
        self.asked[name] = (low, high, step, log)
        return low
