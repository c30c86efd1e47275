"""Exact checks of the mixture of experts between LSTM layers."""

import torch
from torch import Tensor, nn

from implementations.architectures.recurrent.sparsely_gated_mixture_of_experts import SparselyGatedMixtureOfExperts
from implementations.claims.agreement import difference
from implementations.concepts.gating_mechanism.lstm_cell import LSTMCell


def _states(cell: LSTMCell, x: Tensor) -> Tensor:
    """Return the hidden states of torch's LSTM with the weights of a cell, from zero."""
    library = nn.LSTM(x.shape[2], cell.recurrent.in_features, batch_first=True).double()
    weights = [cell.input.weight, cell.recurrent.weight, cell.input.bias, torch.zeros_like(cell.input.bias)]
    library.load_state_dict(dict(zip(library.state_dict(), weights, strict=True)))
    return library(x)[0]


@torch.no_grad()
def all_experts_are_a_soft_mixture(generator: torch.Generator) -> float:
    """Return the difference of a network that chooses all experts from LSTMs of torch around a soft mixture."""
    net = SparselyGatedMixtureOfExperts(experts=4, chosen=4).double()
    x = torch.randn(3, 6, 3, generator=generator, dtype=torch.float64)
    e = net.embedding(x)
    u = e + _states(net.first, e)
    gates = net.experts.gate(u).softmax(-1)
    hidden = torch.relu(net.experts.widen(u)).unflatten(2, (4, -1))  # [B, T, experts, hidden]
    mixture = torch.einsum("bte,bteu,edu->btd", gates, hidden, net.experts.narrow.weight.unflatten(0, (4, -1)))
    v = u + torch.sigmoid(mixture)
    return difference(net(x).y, net.read_out(v + _states(net.second, v)))


def others_get_no_gradient(generator: torch.Generator) -> float:
    """Return the largest gradient of experts that no step has chosen, relative to that of the others."""
    net = SparselyGatedMixtureOfExperts(experts=8, chosen=2).double()
    x = torch.randn(1, 2, 3, generator=generator, dtype=torch.float64)
    net(x).y.sum().backward()
    with torch.no_grad():
        e = net.embedding(x)
        u = e + _states(net.first, e)
        chosen = net.experts.gate(u).topk(2).indices.unique()
    sizes = net.experts.narrow.weight.grad.abs().unflatten(0, (8, -1)).amax((1, 2))  # at most 4 of 8 are chosen
    others = torch.ones(8, dtype=torch.bool).index_fill(0, chosen, False)
    return (sizes[others].max() / sizes[chosen].min()).item()
