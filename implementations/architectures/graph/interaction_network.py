"""Interaction network: every relation has an effect on its receiver, and every object changes by the sum of effects.

Source: Battaglia et al. 2016, "Interaction networks for learning about objects, relations and physics"
(battaglia2016interaction); its functions also in Gilmer et al. 2017, sec. 2 (gilmer2017neural).

Equations:
    effect_k = f_R(o_r, o_s, relation_k)            of relation k from sender s to receiver r
    p_i      = f_O(o_i, external_i, sum over relations k to i of effect_k)

Shapes: N objects, E relations, F features of an object, C attributes of a relation, K external effects, G predictions.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.architectures.graph.graph_network import update_function
from implementations.concepts.component.sum_aggregation import SumAggregation
from kb.guards import checked_arguments, checked_inputs


class InteractionNetwork(nn.Module):
    """A network for relations, a sum over those that arrive at an object, and a network for objects.

    Args:
        in_features: Number F of features of an object.
        edge_features: Number C of attributes of a relation.
        external_features: Number K of external effects on an object, such as the directions of gravity.
        effects: Numbers of the effect of a relation.
        hidden: Width of the hidden layer of both networks.
        out_features: Number G of predictions for an object.

    Example:
        >>> net = InteractionNetwork(in_features=4, edge_features=3, external_features=2, out_features=2)
        >>> relations = torch.tensor([[0, 1], [1, 2]])
        >>> net(torch.zeros(5, 4), relations, torch.zeros(2, 3), torch.zeros(5, 2)).shape
        torch.Size([5, 2])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 4,
        edge_features: int = 3,
        external_features: int = 2,
        effects: int = 6,
        hidden: int = 8,
        out_features: int = 2,
    ) -> None:
        super().__init__()
        self.in_features, self.edge_features, self.external_features = in_features, edge_features, external_features
        self.relation_model = update_function(2 * in_features + edge_features, hidden, effects)
        self.aggregate = SumAggregation()
        self.object_model = update_function(in_features + external_features + effects, hidden, out_features)

    @checked_inputs(edge_index="N")
    def forward(
        self,
        x: Float[Tensor, "N F"],
        edge_index: Int[Tensor, "2 E"],
        e: Float[Tensor, "E C"],
        external: Float[Tensor, "N K"],
    ) -> Float[Tensor, "N G"]:
        """Return the predictions for all objects; `edge_index` lists senders and receivers.

        A self-loop is an edge like any other.
        """
        sender, receiver = edge_index
        effects = self.relation_model(torch.cat([x[receiver], x[sender], e], 1))
        return self.object_model(torch.cat([x, external, self.aggregate(effects, receiver, len(x))], 1))

    def example_inputs(self, generator: torch.Generator, *, N: int = 6, E: int = 9) -> dict[str, Tensor]:
        """Return random relations among all objects but the last, which is related to none."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)  # never the source itself
        return {
            "x": torch.randn(N, self.in_features, generator=generator),
            "edge_index": torch.stack([source, target]),
            "e": torch.randn(E, self.edge_features, generator=generator),
            "external": torch.randn(N, self.external_features, generator=generator),
        }
