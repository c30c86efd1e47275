"""Graph attention network: every node attends over its neighbours, with weights computed from both ends of an edge.

Source: Velickovic et al., "Graph attention networks", eq. 1-6 (velickovic2017graph).

Equations:
    e_ij     = LeakyReLU(a_dst . W h_i + a_src . W h_j)         a = [a_dst || a_src]
    alpha_ij = softmax over j in N_i and i itself of e_ij
    h_i'     = || over heads of sum over j of alpha_ij W h_j + b      (the mean over heads in the last layer)

Shapes: N nodes, E edges, F input features, G output features.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.component.graph_attention_coefficients import GraphAttentionCoefficients
from kb.guards import checked_arguments, checked_inputs


class GATLayer(nn.Module):
    """One layer of several heads, concatenated or averaged."""

    def __init__(self, inputs: int, outputs: int, heads: int, concatenate: bool) -> None:
        super().__init__()
        self.heads, self.concatenate = heads, concatenate
        self.linear = nn.Linear(inputs, heads * outputs, bias=False)
        self.coefficients = GraphAttentionCoefficients(heads=heads, features=outputs)
        self.bias = nn.Parameter(torch.zeros(heads * outputs if concatenate else outputs))

    def forward(
        self, x: Float[Tensor, "N F"], edges: Int[Tensor, "2 E"], counted: Bool[Tensor, " E"] | None = None
    ) -> Float[Tensor, "N G"]:
        """Return the new features of all nodes; `edges` includes a self-loop of every node."""
        values = self.linear(x).unflatten(1, (self.heads, -1))  # [N, heads, G]
        weights = self.coefficients(values, edges, counted)  # [E, heads]
        messages = weights[:, :, None] * values[edges[0]]
        summed = messages.new_zeros(values.shape).index_add(0, edges[1], messages)
        return (summed.flatten(1) if self.concatenate else summed.mean(1)) + self.bias


class GAT(nn.Module):
    """Two attention layers with an ELU between them, the first concatenating its heads and the last averaging them.

    Args:
        in_features: Number F of features of a node.
        hidden: Features of each head of the first layer.
        out_features: Number G of outputs of a node.
        heads: Heads of the first layer.
        out_heads: Heads of the last layer, which are averaged.

    Example:
        >>> gat = GAT(in_features=4, hidden=8, out_features=2)
        >>> gat(torch.zeros(5, 4), torch.tensor([[0, 1], [1, 0]])).shape
        torch.Size([5, 2])
    """

    @checked_arguments()
    def __init__(
        self, *, in_features: int = 5, hidden: int = 4, out_features: int = 3, heads: int = 2, out_heads: int = 1
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.first = GATLayer(in_features, hidden, heads, concatenate=True)
        self.last = GATLayer(heads * hidden, out_features, out_heads, concatenate=False)

    @checked_inputs(edge_index="N")
    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N G"]:
        """Return the outputs of all nodes; `edge_index` lists sources and targets, with or without self-loops."""
        loops = torch.arange(len(x), device=x.device).expand(2, -1)
        edges = torch.cat([edge_index, loops], 1)
        counted = torch.cat([edge_index[0] != edge_index[1], torch.ones_like(loops[0], dtype=torch.bool)])
        return self.last(F.elu(self.first(x, edges, counted)), edges, counted)

    def example_inputs(self, generator: torch.Generator, *, N: int = 7, E: int = 10) -> dict[str, Tensor]:
        """Return random directed edges among all nodes but the last, which is isolated; the first edge is a loop."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)
        target[:1] = source[:1]
        edges = torch.stack([source, target])
        return {"x": torch.randn(N, self.in_features, generator=generator), "edge_index": edges}
