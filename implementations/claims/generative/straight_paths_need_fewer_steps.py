"""Experiment: how many steps a sample needs, for fields that were trained on straight paths and on diffusion paths.

Source: Lipman et al. 2023, sec. 6.2 (lipman2022flow).

Method: data are the points of the task of the mixture, five groups in the plane. Two perceptrons of the same size are
trained by flow matching, with the same batches: one on straight paths, one on those of a diffusion. 1000 points of
noise follow each field by the midpoint method, in 2 to 32 steps of two evaluations each. Where they arrive is compared
with where 400 steps lead.

Measures:
    steps, straight, diffusion: the number of steps, and the root mean square distance from the points of 400 steps.
    ratio: this distance for straight paths, over that for a diffusion, with 4 steps.
    energy_straight, energy_diffusion: energy distance of points drawn with 4 steps from fresh points of the mixture.
    energy_ratio: the first over the second.
    learned_straight, learned_diffusion: energy distance of points drawn with 400 steps, over that of noise.
    settled: largest distance between points of 200 and of 400 steps, for both fields.
"""

import torch
from torch import Tensor

from implementations.architectures.generative.flow_matching import FlowMatching
from implementations.concepts.task.mixture_score import MixtureScore
from kb.training import descend

STEPS, FEW, MANY, COUNT = [2, 4, 8, 16, 32], 4, 400, 1000
HIDDEN, DEPTH, UPDATES, RATE = 64, 3, 3000, 3e-3


def run(seed: int) -> dict[str, float | list[float]]:
    """Train both fields, and follow them in steps of several lengths.

    Args:
        seed: Seed of weights, batches and noise.

    Returns:
        The measures that the module lists.
    """
    straight, diffusion = (trained(path, seed) for path in ("optimal-transport", "variance-preserving"))
    fresh = MixtureScore(generator=torch.Generator().manual_seed(seed + 1000), batch_size=COUNT).batch()[1]
    noise = energy_distance(torch.randn(fresh.shape, generator=torch.Generator().manual_seed(seed)), fresh)
    errors = [[distance(model, steps, seed) for steps in STEPS] for model in (straight, diffusion)]
    few, many = (
        [energy_distance(drawn(model, steps, seed), fresh) for model in (straight, diffusion)] for steps in (FEW, MANY)
    )
    at = STEPS.index(FEW)
    return {
        "steps": [float(steps) for steps in STEPS],
        "straight": errors[0],
        "diffusion": errors[1],
        "ratio": errors[0][at] / errors[1][at],
        "energy_straight": few[0],
        "energy_diffusion": few[1],
        "energy_ratio": few[0] / few[1],
        "learned_straight": many[0] / noise,
        "learned_diffusion": many[1] / noise,
        "settled": max(distance(model, MANY // 2, seed) for model in (straight, diffusion)),
    }


def trained(path: str, seed: int) -> FlowMatching:
    """Return a model that was trained on paths of one kind."""
    torch.manual_seed(seed)
    model = FlowMatching(features=2, hidden=HIDDEN, depth=DEPTH, path=path)
    generator = torch.Generator().manual_seed(seed)
    task = MixtureScore(generator=generator)

    def loss() -> Tensor:
        return model.velocity_error(generator=generator, x=task.batch()[1]).mean()

    optimiser = torch.optim.Adam(model.parameters(), lr=RATE)
    for share in (1.0, 0.1):  # a last third with smaller steps, so that the field settles
        optimiser.param_groups[0]["lr"] = share * RATE
        descend(optimiser, loss, steps=UPDATES * 2 // 3 if share == 1 else UPDATES // 3, clip=1.0)
    return model.eval()


def drawn(model: FlowMatching, steps: int, seed: int) -> Tensor:
    """Return where points of noise, always the same, arrive."""
    model.steps = steps
    return model.sample(COUNT, torch.Generator().manual_seed(seed))


def distance(model: FlowMatching, steps: int, seed: int) -> float:
    """Return the root mean square distance of points from those of many steps."""
    return float((drawn(model, steps, seed) - drawn(model, MANY, seed)).square().sum(1).mean().sqrt())


def energy_distance(one: Tensor, other: Tensor) -> float:
    """Return the energy distance of two sets of points, from means over all pairs of different points."""
    return float(2 * torch.cdist(one, other).mean() - torch.pdist(one).mean() - torch.pdist(other).mean())
