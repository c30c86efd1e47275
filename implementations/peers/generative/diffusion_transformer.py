"""Peer of the Diffusion Transformer's denoiser: that of diffusers, with codes of time and place in double precision.

The library embeds time and class in every block separately. Here all blocks get our one embedding, as the authors have
it; that is why `DiTTransformer2DModel` has 749,808,016 parameters by default, and ours of that size 674,816,272.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.peers.position_code import sinusoidal_grid_code
from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "colour": {"image": [3, 6, 6], "patch": 3, "width": 12, "heads": 3, "hidden": 5, "time": 8, "H": 6, "W": 6},
    "deep": {"patch": 1, "heads": 1, "blocks": 3, "classes": 5},
}
ATTENTION = {"query": "to_q", "key": "to_k", "value": "to_v", "output": "to_out.0"}
PERCEPTRON = {"0": "net.0.proj", "2": "net.2"}
CONFIGURATIONS = {
    "DiTTransformer2DModel": {
        "arguments": {
            "image": "(in_channels, sample_size, sample_size)",
            "steps": "1000",  # the schedule of noise is not configured there: it is that of the paper
            "beta": "(0.0001, 0.02)",
            "levels": "256",
            "patch": "patch_size",
            "width": "num_attention_heads * attention_head_dim",
            "heads": "num_attention_heads",
            "hidden": "4 * num_attention_heads * attention_head_dim",
            "blocks": "num_layers",
            "classes": "num_embeds_ada_norm",
            "time": "256",
        },
        "only": {
            "activation_fn": ["gelu-approximate"],
            "norm_type": ["ada_norm_zero"],
            "attention_bias": [True],
            "norm_eps": [1e-6],
        },
    }
}


def denoiser(*, patch: int, width: int, heads: int, blocks: int, classes: int, time: int) -> Callable[..., Tensor]:
    """Return the peer as a function of the denoiser's weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor, t: Tensor, label: Tensor, training: bool = False) -> Tensor:
        module = model(x.shape[2], x.shape[1], patch, width, heads, blocks, classes).double()
        grid = torch.zeros(1, *(size // patch for size in x.shape[2:]), width, dtype=torch.float64)
        module.pos_embed.pos_embed = sinusoidal_grid_code.peer(width=width)({}, grid).flatten(1, 2)
        for block in module.transformer_blocks:
            block.norm1.emb.time_proj = TimeCode(time // 2)
            block.norm1.emb.class_embedder.dropout_prob = 0.0
        named = translated(weights, blocks, (patch, x.shape[1]))
        return torch.func.functional_call(module.train(training), named, (x, t, label)).sample

    return theirs


def model(size: int, channels: int, patch: int, width: int, heads: int, blocks: int, classes: int) -> nn.Module:
    """Return the library's model of some sizes."""
    import_torchvision()  # diffusers imports it, though not for this model
    from diffusers import DiTTransformer2DModel

    return DiTTransformer2DModel(
        num_attention_heads=heads,
        attention_head_dim=width // heads,
        in_channels=channels,
        num_layers=blocks,
        sample_size=size,
        patch_size=patch,
        num_embeds_ada_norm=classes,
        norm_eps=1e-6,
    )


class TimeCode(nn.Module):
    """Sines, and after them cosines, of the time, from complex numbers on the unit circle."""

    def __init__(self, half: int) -> None:
        super().__init__()
        self.frequencies = torch.logspace(0, -4, half + 1, dtype=torch.float64)[:half]

    def forward(self, t: Tensor) -> Tensor:
        """Return the code `[B, U]` of times `[B]`."""
        turns = torch.outer(t.double(), self.frequencies)
        code = torch.polar(torch.ones_like(turns), turns)
        return torch.cat([code.imag, code.real], 1)


def translated(weights: dict[str, Tensor], blocks: int, shape: tuple[int, int]) -> dict[str, Tensor]:
    """Return our weights by the library's names; `shape` is the side of a patch and the number of channels."""
    named = {}
    for part in ("weight", "bias"):
        embedding, read_out = weights[f"embedding.linear.{part}"], weights[f"read_out.{part}"]
        if part == "weight":  # the library embeds patches by a convolution
            patch, channels = shape
            embedding = embedding.view(-1, channels, patch, patch)
        named |= {
            f"pos_embed.proj.{part}": embedding,
            f"proj_out_1.{part}": weights[f"modulation.{part}"],
            f"proj_out_2.{part}": channels_last(read_out, *shape),
        }
        for block in range(blocks):
            ours, theirs = f"blocks.{block}.", f"transformer_blocks.{block}."
            both = [weights[f"{ours}{branch}.modulation.{part}"] for branch in ("attention", "perceptron")]
            named[f"{theirs}norm1.linear.{part}"] = torch.cat(both)
            for layer in (0, 2):
                time = weights[f"time_embedding.{layer}.{part}"]
                named[f"{theirs}norm1.emb.timestep_embedder.linear_{layer // 2 + 1}.{part}"] = time
            for name, called in ATTENTION.items():
                named[f"{theirs}attn1.{called}.{part}"] = weights[f"{ours}attention.branch.{name}.{part}"]
            for name, called in PERCEPTRON.items():
                named[f"{theirs}ff.{called}.{part}"] = weights[f"{ours}perceptron.branch.{name}.{part}"]
    table = weights["label_embedding.weight"]
    tables = {f"transformer_blocks.{b}.norm1.emb.class_embedder.embedding_table.weight": table for b in range(blocks)}
    return named | tables


def channels_last(rows: Tensor, patch: int, channels: int) -> Tensor:
    """Return the rows of a matrix, one for each number of a patch, ordered with the channel last instead of first."""
    return rows.view(channels, patch, patch, *rows.shape[1:]).movedim(0, 2).flatten(0, 2)
