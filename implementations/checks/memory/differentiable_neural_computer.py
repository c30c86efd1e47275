"""Exact checks of the differentiable neural computer."""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.memory.differentiable_neural_computer import DifferentiableNeuralComputer
from implementations.claims.agreement import difference

STATES = ("memory", "usage", "link", "precedence", "writing", "reading", "h", "c")


def steps_by_hand(generator: torch.Generator) -> float:
    """Return the difference between three steps, with two layers and two heads, and the equations."""
    net = DifferentiableNeuralComputer(units=6, layers=2, heads=2, width=4).double()
    given = _doubled(net, generator, B=1, T=3)
    memory, usage, link, precedence, writing, reading, h, c = (given[name][0] for name in STATES)
    h, c = list(h.split(6)), list(c.split(6))
    outputs = []
    for x in given["x"][0]:
        seen = torch.cat([x, *(memory.T @ w for w in reading)])
        for layer, cell in enumerate(net.controller):
            chi = seen if layer == 0 else torch.cat([seen, h[layer - 1]])
            i, f, g, o = (cell.input(chi) + cell.recurrent.weight @ h[layer]).chunk(4)
            c[layer] = f.sigmoid() * c[layer] + i.sigmoid() * g.tanh()
            h[layer] = o.sigmoid() * c[layer].tanh()
        hidden = torch.cat(h)
        xi = net.interface.weight @ hidden
        keys, strengths, key, strength, erase, add, free, to_new, to_write, modes = xi.split(
            [8, 2, 4, 1, 4, 4, 2, 1, 1, 6]
        )
        retained = (1 - free[0].sigmoid() * reading[0]) * (1 - free[1].sigmoid() * reading[1])
        usage = (usage + writing - usage * writing) * retained
        unused, before = torch.zeros_like(usage), torch.ones((), dtype=torch.float64)
        for row in usage.argsort():
            unused[row] = (1 - usage[row]) * before
            before = before * usage[row]
        by_content = _by_content(memory, key, strength)
        writing = to_write.sigmoid() * (to_new.sigmoid() * unused + (1 - to_new.sigmoid()) * by_content)
        memory = memory * (1 - torch.outer(writing, erase.sigmoid())) + torch.outer(writing, add)
        link = (1 - writing[:, None] - writing) * link + torch.outer(writing, precedence)
        link = link - torch.diag(link.diagonal())
        precedence = (1 - writing.sum()) * precedence + writing
        reading = torch.stack(
            [
                pi[0] * link.T @ w + pi[1] * _by_content(memory, k, beta) + pi[2] * link @ w
                for w, k, beta, pi in zip(reading, keys.split(4), strengths, modes.view(2, 3).softmax(1), strict=True)
            ]
        )
        outputs.append(net.output.weight @ hidden + net.read_output.weight @ (reading @ memory).flatten())
    found = net(**given)
    expected = (torch.stack(outputs), memory, usage, link, precedence, writing, reading, torch.cat(h), torch.cat(c))
    return max(difference(ours[0], theirs) for ours, theirs in zip(found, expected, strict=True))


def rows_can_be_permuted(generator: torch.Generator) -> float:
    """Return the difference that a permutation of the rows makes: outputs stay, and states of rows are permuted."""
    net = DifferentiableNeuralComputer(heads=2).double()
    given = _doubled(net, generator, B=2, T=6)
    order = torch.randperm(given["memory"].shape[1], generator=generator)
    expected, found = _permuted(net(**given)._asdict(), order), net(**_permuted(given, order))._asdict()
    return max(difference(found[name], value) for name, value in expected.items())


def weights_are_sub_distributions(generator: torch.Generator) -> float:
    """Return by how much weights, links and usages leave their ranges after twelve steps of large inputs from zeros."""
    net = DifferentiableNeuralComputer(heads=3).double()
    states = net(10 * _doubled(net, generator, T=12)["x"])
    weights = [states.writing, states.reading, states.precedence, states.link, states.link.mT]
    excess = [states.usage.flatten() - 1, -states.usage.flatten()]
    excess += [part for each in weights for part in (each.sum(-1).flatten() - 1, -each.flatten())]
    return float(torch.cat(excess).clamp_min(0).max().detach())


def _permuted(states: dict[str, Tensor], order: Tensor) -> dict[str, Tensor]:
    """Return states whose rows are in another order."""
    axes = {"memory": [1], "usage": [1], "link": [1, 2], "precedence": [1], "writing": [1], "reading": [2]}
    result = dict(states)
    for name, places in axes.items():
        for axis in places:
            result[name] = result[name].index_select(axis, order)
    return result


def _by_content(memory: Tensor, key: Tensor, strength: Tensor) -> Tensor:
    scores = (1 + F.softplus(strength)) * torch.stack([key @ row / (key.norm() * row.norm()) for row in memory])
    return scores.exp() / scores.exp().sum()


def _doubled(net: DifferentiableNeuralComputer, generator: torch.Generator, **sizes: int) -> dict[str, Tensor]:
    """Return example inputs with random usages, weights of a read, and links of two writes, before a third."""
    given = net.example_inputs(generator, **sizes)
    batch, rows, _ = given["memory"].shape
    given |= net.links.example_inputs(generator, B=batch, M=rows)
    given["usage"] = torch.rand(batch, rows, generator=generator)
    given["reading"] = torch.randn(batch, net.heads, rows, generator=generator).softmax(2)
    return {name: value.double() for name, value in given.items()}
