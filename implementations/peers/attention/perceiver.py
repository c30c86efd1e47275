"""Peer of the Perceiver: the layers of transformers' Perceiver, whose encoder has one round, in several rounds."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.transformers_models import import_transformers

SIZES = {
    "wide": {"in_features": 3, "latents": 4, "width": 12, "heads": 3, "layers": 2, "rounds": 2},
    "one-round": {"rounds": 1, "latents": 2},
    "separate": {"shared": False},
}


class Rounds(nn.Module):
    """Latents, rounds of cross-attention and of layers among the latents, a mean and a read-out."""

    def __init__(self, sizes: tuple[int, int, int, int], rounds: int, layers: int, heads: int, shared: bool) -> None:
        super().__init__()
        features, latents, width, outputs = sizes
        import_transformers()
        from transformers.models.perceiver.configuration_perceiver import PerceiverConfig
        from transformers.models.perceiver.modeling_perceiver import PerceiverLayer

        config = PerceiverConfig(cross_attention_shape_for_attention="kv", hidden_act="gelu")
        across = {"is_cross_attention": True, "kv_dim": features, "num_heads": 1}
        among = {"kv_dim": width, "num_heads": heads}
        common = {"q_dim": width, "widening_factor": 1}
        self.rounds = rounds
        self.latents = nn.Parameter(torch.randn(latents, width))
        crosses, processes = (min(rounds, 2), 1) if shared else (rounds, rounds)
        self.cross = nn.ModuleList(PerceiverLayer(config, **across, **common) for _ in range(crosses))
        self.process = nn.ModuleList(
            nn.ModuleList(PerceiverLayer(config, **among, **common) for _ in range(layers)) for _ in range(processes)
        )
        self.read_out = nn.Linear(width, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Return one vector for every input."""
        z = self.latents.expand(len(x), -1, -1)
        for number in range(self.rounds):
            z = self.cross[min(number, len(self.cross) - 1)](z, inputs=x)[0]
            for layer in self.process[min(number, len(self.process) - 1)]:
                z = layer(z)[0]
        return self.read_out(z.mean(1))


def peer(
    *, in_features: int, latents: int, width: int, rounds: int, layers: int, heads: int, out_features: int, shared: bool
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights; both have them in the same order."""
    sizes = in_features, latents, width, out_features
    return with_our_weights(Rounds(sizes, rounds, layers, heads, shared).double())


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    module = Rounds((16, 64, 128, 10), 2, 3, 4, True).eval()
    return "middle", module, {"x": torch.randn(4, 2048, 16, generator=generator)}
