"""Exact checks of the conditional neural process."""

import torch
from torch import Tensor

from implementations.architectures.set.neural_process import NeuralProcess, Predicted
from implementations.claims.agreement import difference


def observations_have_no_order(generator: torch.Generator) -> float:
    """Return the change by another order of the observations, and by observing each of them twice."""
    net, inputs = _problem(generator)
    order = torch.randperm(inputs["context_x"].shape[1], generator=generator)
    changed = [_observed(inputs, order), _observed(inputs, torch.cat([order, order]))]
    return max(_difference(net(**other), net(**inputs)) for other in changed)


def targets_do_not_see_each_other(generator: torch.Generator) -> float:
    """Return the difference between all targets at once and one after the other."""
    net, inputs = _problem(generator)
    alone = [net(**inputs | {"x": x}) for x in inputs["x"].split(1, 1)]
    together = Predicted(*(torch.cat(parts, 1) for parts in zip(*alone, strict=True)))
    return _difference(together, net(**inputs))


def observations_arrive_one_by_one(generator: torch.Generator) -> float:
    """Return the difference to predictions from a running mean, which gets one observation after the other."""
    net, inputs = _problem(generator)
    running = torch.zeros(2, 6, dtype=torch.float64)
    for count, pair in enumerate(torch.cat([inputs["context_x"], inputs["context_y"]], 2).unbind(1), 1):
        running = running + (net.encoder(pair) - running) / count
    features = torch.cat([inputs["x"], running[:, None].expand(-1, inputs["x"].shape[1], -1)], 2)
    return difference(net.decoder(features)[..., :1], net(**inputs).mean)


def _problem(generator: torch.Generator) -> tuple[NeuralProcess, dict[str, Tensor]]:
    net = NeuralProcess().double()
    return net, {name: value.double() for name, value in net.example_inputs(generator).items()}


def _observed(inputs: dict[str, Tensor], chosen: Tensor) -> dict[str, Tensor]:
    return inputs | {name: inputs[name][:, chosen] for name in ("context_x", "context_y")}


def _difference(found: Predicted, expected: Predicted) -> float:
    return max(difference(one, other) for one, other in zip(found, expected, strict=True))
