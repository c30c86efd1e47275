"""Experiment: does the loss on held-out examples equal the loss on new examples?

Source: the lecture, S12.

Method: 200 times, 80 examples of a linear task with noise are drawn. A linear model is fitted to 40 of them by least
squares, and the other 40 are held out. The loss on both is compared with that on 20,000 fresh examples. Also, 20
models, each of which sees only five of the twenty features, drawn at random, are fitted each time, and the one with the
lowest loss on the held-out examples is chosen.

Measures:
    validation_off: distance of the mean loss on held-out examples from that on fresh ones, in standard errors of the
        mean difference.
    training_below: by how much the mean loss on the training examples is below that on fresh ones, in standard errors.
    chosen_below: the same for the chosen model and the held-out examples by which it was chosen.
    losses: mean loss on training, held-out and fresh examples; of the chosen model on held-out and fresh ones.
"""

import torch
from torch import Tensor

SPLITS, EXAMPLES, FRESH, FEATURES, SEEN, MODELS = 200, 40, 20_000, 20, 5, 20


def run(seed: int) -> dict[str, float | list[float]]:
    """Split, fit and compare 200 times.

    Args:
        seed: Seed of everything drawn.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    weights = torch.randn(FEATURES, generator=generator, dtype=torch.float64)
    found = torch.tensor([split(weights, generator) for _ in range(SPLITS)], dtype=torch.float64)
    training, validation, fresh, chosen, chosen_fresh = found.T
    return {
        "validation_off": abs(errors_apart(fresh - validation)),
        "training_below": errors_apart(fresh - training),
        "chosen_below": errors_apart(chosen_fresh - chosen),
        "losses": found.mean(0).tolist(),
    }


def split(weights: Tensor, generator: torch.Generator) -> list[float]:
    """Return the losses of a model on training, held-out and fresh examples, and of a chosen model on the last two."""
    x, y = drawn(weights, 2 * EXAMPLES, generator)
    fresh = drawn(weights, FRESH, generator)
    order = torch.randperm(2 * EXAMPLES, generator=generator)
    training, held_out = ((x[part], y[part]) for part in order.split(EXAMPLES))
    every = torch.arange(FEATURES)
    subsets = [torch.randperm(FEATURES, generator=generator)[:SEEN] for _ in range(MODELS)]
    chosen, best = min((loss(training, held_out, subset), number) for number, subset in enumerate(subsets))
    losses = [loss(training, examples, every) for examples in (training, held_out, fresh)]
    return [*losses, chosen, loss(training, fresh, subsets[best])]


def drawn(weights: Tensor, examples: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return normal features, and their weighted sum with a normal error."""
    x = torch.randn(examples, FEATURES, generator=generator, dtype=weights.dtype)
    return x, x @ weights + torch.randn(examples, generator=generator, dtype=weights.dtype)


def loss(training: tuple[Tensor, Tensor], examples: tuple[Tensor, Tensor], seen: Tensor) -> float:
    """Return the mean squared error on examples of a model of these features, fitted to the training examples."""
    fitted = torch.linalg.lstsq(training[0][:, seen], training[1][:, None]).solution[:, 0]
    return (examples[0][:, seen] @ fitted - examples[1]).square().mean().item()


def errors_apart(differences: Tensor) -> float:
    """Return the mean of differences in units of its standard error."""
    return (differences.mean() / differences.std() * len(differences) ** 0.5).item()
