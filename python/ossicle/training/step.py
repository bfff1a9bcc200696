"""One step down the gradient: the optimiser with its schedule, and the loss."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ossicle.tensorflow import keras, tensorflow
from ossicle.training.adapt import Constraint

Floats = npt.NDArray[np.float32]
Optimizer = Literal["adam", "adamw"]
Step = Callable[..., Any]
"""step(inputs, targets) or, with a teacher, step(inputs, targets, taught) -> the mean loss."""

LEAST_PROBABILITY = 1e-7  # Keras's own floor before a logarithm
_NOT_DECAYED = ("gamma", "beta", "bias")  # they scale and move, they do not complicate


@dataclass(frozen=True)
class Stage:
    """One descent: the float training, or the quantisation-aware training after it.

    Attributes:
        name: what the progress bar says.
        epochs: passes over the training windows.
        batch: windows a step.
        learning_rate: the highest; it falls to zero along half a cosine.
        seed: of order, dropout and augmentation.
        optimizer: "adam", or "adamw": decay apart from the gradient (I. Loshchilov and F. Hutter,
            "Decoupled weight decay regularization", ICLR 2019).
        weight_decay: of adamw: the share of a kernel that a step takes away, times its rate.
        warmup_epochs: epochs in which the rate rises from zero to its highest.
        label_smoothing: the share of each target that is spread over all classes evenly.
    """

    name: str
    epochs: int
    batch: int
    learning_rate: float
    seed: int
    optimizer: Optimizer = "adam"
    weight_decay: float = 0.0
    warmup_epochs: int = 0
    label_smoothing: float = 0.0


@dataclass(frozen=True)
class Softening:
    """How much the student listens to its teacher.

    Attributes:
        temperature: both probabilities are softened by it before they are compared, at least 1.
        weight: of the comparison, 0 to 1; the labels have the rest.
    """

    temperature: float
    weight: float


def optimizer(model: Any, stage: Stage, steps_per_epoch: int) -> Any:
    """Return the optimiser of `stage` with its variables built for `model`."""
    optimizers = keras().optimizers
    warmup = stage.warmup_epochs * steps_per_epoch
    steps = stage.epochs * steps_per_epoch
    if warmup:
        rate = optimizers.schedules.CosineDecay(
            0.0, steps - warmup, warmup_target=stage.learning_rate, warmup_steps=warmup
        )
    else:
        rate = optimizers.schedules.CosineDecay(stage.learning_rate, steps)
    if stage.optimizer == "adamw":
        made = optimizers.AdamW(rate, weight_decay=stage.weight_decay)
        made.exclude_from_weight_decay(var_names=list(_NOT_DECAYED))
    else:
        made = optimizers.Adam(rate)
    made.build(model.trainable_variables)
    return made


def training_step(
    model: Any,
    descend: Any,
    softening: Softening | None = None,
    constraint: Constraint | None = None,
) -> Step:
    """Return a function that takes one step of the optimiser `descend` and returns the loss.

    Targets are distributions [n, classes]; the loss is their cross-entropy with the model's
    probabilities. With `softening` it is the weighted sum of that and of `divergence` from what a
    teacher gives, [n, classes], for the same inputs. With `constraint` its penalty is added.
    """
    tf = tensorflow()
    split = constraint.split(model) if constraint else None
    loss_of = keras().losses.CategoricalCrossentropy()

    @tf.function  # type: ignore[untyped-decorator]
    def step(inputs: Any, targets: Any, taught: Any = None) -> Any:
        with tf.GradientTape() as tape:
            f, found = (
                split(inputs, training=True) if split else (None, model(inputs, training=True))
            )
            loss = loss_of(targets, found)
            if softening is not None:
                distance = divergence(taught, found, softening.temperature)
                loss = (1 - softening.weight) * loss + softening.weight * distance
            if constraint is not None:
                loss += constraint.penalty(f)
        gradients = tape.gradient(loss, model.trainable_variables)
        descend.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    return step  # type: ignore[no-any-return]


def divergence(taught: Any, found: Any, temperature: float) -> Any:
    """Return T^2 times the Kullback-Leibler divergence of softened probabilities, in nats.

    G. Hinton, O. Vinyals and J. Dean, "Distilling the knowledge in a neural network", 2015,
    section 2: both sides are softmax(logits / T), and the factor T^2 keeps the gradient's size. A
    logarithm of probabilities serves as the logits, from which it differs by a constant.
    """
    tf = tensorflow()
    soft, learnt = (
        tf.nn.log_softmax(tf.math.log(tf.clip_by_value(side, LEAST_PROBABILITY, 1.0)) / temperature)
        for side in (taught, found)
    )
    each = tf.reduce_sum(tf.exp(soft) * (soft - learnt), axis=1)
    return temperature**2 * tf.reduce_mean(each)
