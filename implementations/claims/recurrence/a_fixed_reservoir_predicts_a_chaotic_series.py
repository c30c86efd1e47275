"""Experiment: predictions of a recurrent network with a learned read-out and fixed other weights.

Source: the lecture, S21; Jaeger 2001 (jaeger2001echo), Jaeger & Haas 2004 (jaeger2004harnessing).

Method: an echo state network of 300 units, spectral radius 0.9, reads 2500 steps of the Mackey-Glass series; its
read-out is fitted by ridge regression to the next step. Of five penalties, the one with the best free run on another
piece of that part is taken. In a free run, the predictions are the next inputs. On a part of the series that it has not
seen, the network predicts one step ahead, and runs freely after 500 steps. Two copies of the reservoir, started at
different random states, are driven by the same series.

Measures:
    one_step_error: root mean squared error of predictions one step ahead, divided by the standard deviation of the
        series.
    free_run_error: the same for the prediction after 84 steps of a free run, over 15 starting points.
    forgotten: distance of the two states after 300 steps, relative to that at the start.
    persistence_error: one step ahead, for the prediction that nothing changes.
    memoryless_error: one step ahead, for a read-out of a network whose units are not connected.
    remembered: as `forgotten`, with a spectral radius of 3.
    step, distance_09, distance_3: for the figure, the distance of the two states by step, for the two radii.
"""

import torch
from torch import Tensor

from implementations.architectures.recurrent.echo_state_network import EchoStateNetwork
from implementations.concepts.task.mackey_glass import WASH_OUT, MackeyGlass

UNITS, WARM_UP, AHEAD, STEPS = 300, 500, 84, 300
STARTS = 15
RIDGES = [1e-6, 1e-7, 1e-8, 1e-9, 1e-10]


@torch.no_grad()
def run(seed: int) -> dict[str, float | list[float]]:
    """Fit the read-out, predict, and let two copies forget their first states.

    Args:
        seed: Seed of the series, the reservoir and the states.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    series = MackeyGlass(generator=torch.Generator().manual_seed(seed), length=1990)
    x, target = (value.double() for value in (series.test()[0]["x"], series.test()[1]))
    net, loose = _fitted(series, 0.9), _fitted(series, 0.9, connected=False)
    wild = EchoStateNetwork(in_features=1, units=UNITS, density=0.1, spectral_radius=3.0).double()
    forgetting, keeping = _distances(net, x), _distances(wild, x)
    return {
        "one_step_error": series.score(net(x), target),
        "free_run_error": _free_run_error(net, x),
        "forgotten": forgetting[-1],
        "persistence_error": series.baseline(),
        "memoryless_error": series.score(loose(x), target),
        "remembered": keeping[-1],
        "step": [float(step) for step in range(STEPS + 1)],
        "distance_09": forgetting,
        "distance_3": keeping,
    }


def _fitted(series: MackeyGlass, radius: float, *, connected: bool = True) -> EchoStateNetwork:
    """Return a network whose read-out has been fitted to two pieces of the first part of the series."""
    net = EchoStateNetwork(in_features=1, units=UNITS, out_features=1, density=0.1, spectral_radius=radius).double()
    if not connected:
        net.recurrent_weight.zero_()
    inputs, target = series.batch()
    x, target = inputs["x"].double(), target.double()

    def error(ridge: float) -> float:
        net.fit(x[:2], target[:2], wash_out=WASH_OUT, ridge=ridge)
        return _free_run_error(net, x[2:3])

    net.fit(x[:2], target[:2], wash_out=WASH_OUT, ridge=min(RIDGES, key=error))
    return net


def _free_run_error(net: EchoStateNetwork, x: Tensor) -> float:
    """Return the error at the 84th step of a free run, divided by the standard deviation of the series."""
    starts = torch.arange(STARTS) * (x.shape[1] - WARM_UP - AHEAD) // STARTS
    windows = x[0, starts[:, None] + torch.arange(WARM_UP + AHEAD)]  # [starts, steps, 1]
    answer = net(windows[:, :WARM_UP])
    predicted, state = answer.y[:, -1:], answer.h
    for _ in range(AHEAD - 1):
        predicted, state = net(predicted, state)
    return ((predicted[:, 0] - windows[:, -1]).square().mean().sqrt() / x.std()).item()


def _distances(net: EchoStateNetwork, x: Tensor) -> list[float]:
    """Return the distance of two states after each step, relative to that at the start."""
    first, second = 2 * torch.rand(2, 1, UNITS, dtype=torch.float64) - 1
    apart = (net.states(x[:1, :STEPS], first) - net.states(x[:1, :STEPS], second)).norm(dim=2)[0]
    return [1.0, *(apart / (first - second).norm()).tolist()]
