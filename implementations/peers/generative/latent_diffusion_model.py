"""Peers of the three networks of the latent diffusion model: those of diffusers' classes of the same kinds."""

from collections.abc import Callable, Sequence
from itertools import groupby

import torch
from torch import Tensor, nn

from implementations.peers.convolution_layer import conditioned_u_net
from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "colour": {
        "image": [3, 8, 16],
        "encoder_width": 4,
        "encoder_multipliers": [1, 1, 2],
        "encoder_blocks": 2,
        "code": 3,
        "width": 6,
        "multipliers": [1, 2],
        "blocks": 2,
        "beta": [0.1, 0.3],
    },
    "one-level": {"encoder_multipliers": [3], "multipliers": [1], "attention": []},
}
RESIDUAL = {"norm_1": "norm1", "norm_2": "norm2", "first": "conv1", "second": "conv2", "shortcut": "conv_shortcut"}


def denoiser(
    *,
    code: int,
    width: int,
    multipliers: Sequence[int],
    blocks: int,
    attention: Sequence[int],
    groups: int,
    condition: int,
    heads: int,
) -> Callable[..., Tensor]:
    """Return the peer of the U-Net as a function of its weights."""
    return conditioned_u_net.peer(
        channels=code,
        width=width,
        multipliers=multipliers,
        blocks=blocks,
        attention=attention,
        groups=groups,
        condition=condition,
        heads=heads,
    )


def encoder(
    *,
    image: Sequence[int],
    encoder_width: int,
    encoder_multipliers: Sequence[int],
    encoder_blocks: int,
    code: int,
    groups: int,
) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the peer of the encoder as a function of its weights: means, and logarithms of variances."""
    module = autoencoder(image[0], encoder_width, encoder_multipliers, encoder_blocks, code, groups)
    places = ["encoder.conv_in"]
    for level in range(len(encoder_multipliers)):
        if level > 0:
            places.append(f"encoder.down_blocks.{level - 1}.downsamplers.0.conv")
        places += [f"encoder.down_blocks.{level}.resnets.{block}" for block in range(encoder_blocks)]
    places += [*middle("encoder"), "encoder.conv_norm_out", "encoder.conv_out", "quant_conv"]

    def theirs(weights: dict[str, Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = called(module, translated(weights, places), "_encode", x).chunk(2, 1)
        return mean, log_variance

    return theirs


def decoder(
    *,
    image: Sequence[int],
    encoder_width: int,
    encoder_multipliers: Sequence[int],
    encoder_blocks: int,
    code: int,
    groups: int,
) -> Callable[..., Tensor]:
    """Return the peer of the decoder as a function of its weights."""
    module = autoencoder(image[0], encoder_width, encoder_multipliers, encoder_blocks, code, groups)
    places = ["post_quant_conv", "decoder.conv_in", *middle("decoder")]
    for level in range(len(encoder_multipliers)):
        if level > 0:
            places.append(f"decoder.up_blocks.{level - 1}.upsamplers.0.conv")
        places += [f"decoder.up_blocks.{level}.resnets.{block}" for block in range(encoder_blocks + 1)]
    places += ["decoder.conv_norm_out", "decoder.conv_out"]

    def theirs(weights: dict[str, Tensor], z: Tensor) -> Tensor:
        return called(module, translated(weights, places), "_decode", z).sample

    return theirs


def autoencoder(
    channels: int, width: int, multipliers: Sequence[int], blocks: int, code: int, groups: int
) -> nn.Module:
    """Return the library's autoencoder of some sizes."""
    import_torchvision()  # diffusers imports it, though not for this model
    from diffusers import AutoencoderKL

    levels = len(multipliers)
    return AutoencoderKL(
        in_channels=channels,
        out_channels=channels,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        block_out_channels=[width * multiplier for multiplier in multipliers],
        layers_per_block=blocks,
        latent_channels=code,
        norm_num_groups=groups,
    ).double()


def middle(network: str) -> list[str]:
    """Return the library's names of the layers on the coarsest level."""
    return [f"{network}.mid_block.{layer}" for layer in ("resnets.0", "attentions.0", "resnets.1")]


def called(module: nn.Module, weights: dict[str, Tensor], method: str, x: Tensor) -> Tensor:
    """Return what a method of a module returns with other weights, of which there may be fewer than it has."""

    class Method(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.module = module

        def forward(self, x: Tensor) -> Tensor:
            return getattr(self.module, method)(x)

    return torch.func.functional_call(Method(), {f"module.{name}": value for name, value in weights.items()}, (x,))


def translated(weights: dict[str, Tensor], places: Sequence[str]) -> dict[str, Tensor]:
    """Return our weights by the library's names; `places` are those of our layers with weights, one after the other."""
    named = {}
    layers = groupby(weights, key=lambda name: name.split(".")[1])
    for place, (_, names) in zip(places, layers, strict=True):
        for name in names:
            *inside, kind = name.split(".")[2:]
            value = weights[name]
            match inside:
                case []:
                    named[f"{place}.{kind}"] = value
                case ["norm"]:
                    named[f"{place}.group_norm.{kind}"] = value
                case ["output"]:
                    named[f"{place}.to_out.0.{kind}"] = value.flatten(1) if kind == "weight" else value
                case ["project"]:  # a convolution of one pixel is a linear layer
                    thirds = (value.flatten(1) if kind == "weight" else value).chunk(3)
                    named |= {f"{place}.to_{which}.{kind}": third for which, third in zip("qkv", thirds, strict=True)}
                case [layer]:
                    named[f"{place}.{RESIDUAL[layer]}.{kind}"] = value
    return named
