"""How parameters start: as libraries start theirs, or as a source states, never by accident."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Callable, Iterable

import pytest
import torch
from bundled import BASE, Subject
from torch import Tensor, nn

from kb.schema import DEFAULT_VARIANT

NUMBERS, MOST = 5_000, 150
"""How many numbers are drawn, in all, and how often a module is built for that at most."""
ZERO, ONE = (0.0, 0.0), (1.0, 0.0)
Start = tuple[float, float]
"""Mean and standard deviation."""


def fan_in(weight: Tensor) -> int:
    return weight[0].numel()


def torchs(weight: Tensor) -> Start:
    """Uniform between plus and minus one over the root of the inputs, as torch starts its layers."""
    return 0.0, 1 / math.sqrt(3 * fan_in(weight))


def he(weight: Tensor) -> Start:
    return 0.0, math.sqrt(2 / fan_in(weight))


def glorot(weight: Tensor) -> Start:
    return 0.0, math.sqrt(2 / (weight.shape[0] + weight.shape[1]))


def glorot_of_filters(weight: Tensor) -> Start:
    return 0.0, math.sqrt(2 / ((weight.shape[0] + weight.shape[1]) * weight[0, 0].numel()))


def from_zero(weight: Tensor) -> Start:
    """Uniform between zero and one over the number of inputs times that of outputs, the last two axes."""
    most = 1 / weight[0, 0].numel()
    return most / 2, most / math.sqrt(12)


def logs_up_to(number: int) -> Start:
    logs = torch.arange(1.0, number + 1).log()
    return float(logs.mean()), float(logs.std(correction=0))


def multiples_of_pi(number: int) -> Start:
    multiples = math.pi * torch.arange(float(number))
    return float(multiples.mean()), float(multiples.std(correction=0))


def places(weight: Tensor) -> list[float]:
    """Where every feature is, between 0 and 1."""
    return [number / (len(weight) - 1) for number in range(len(weight))]


def rises(shares: Tensor, power: float) -> list[float]:
    """Shares that rise from feature to feature, from 0 to just below 1."""
    return [(number / shares.shape[1]) ** power for number in range(shares.shape[1])]


def spread(values: Iterable[float], factors: tuple[float, ...] = (1.0,), added: tuple[float, ...] = (0.0,)) -> Start:
    """Of given numbers, each of which stands there once for every factor and what is added to it."""
    drawn = [factor * value + more for value in values for factor, more in zip(factors, added, strict=True)]
    mean = sum(drawn) / len(drawn)
    return mean, math.sqrt(sum((value - mean) ** 2 for value in drawn) / len(drawn))


STEPS = (-4.5944, 1.3404)
"""Of the number whose softplus is log-uniform between 0.001 and 0.1, by numerical integration."""
TRUNCATED = 0.87963
"""Of a normal number that is drawn again beyond two standard deviations, its standard deviation."""
STATED: dict[str, Callable[[Tensor], Start]] = {
    "segment-anything neck.[13].weight": lambda _: ONE,
    "segment-anything mask_encoder.[14].weight": lambda _: ONE,
    "segment-anything upscale.1.weight": lambda _: ONE,
    "segment-anything tokens": lambda _: (0.0, 1.0),
    "segment-anything kinds": lambda _: (0.0, 1.0),
    "segment-anything no_*": lambda _: (0.0, 1.0),
    "* *attention.rows": lambda _: ZERO,
    "* *attention.columns": lambda _: ZERO,
    "relative-grid-attention rows": lambda _: ZERO,
    "relative-grid-attention columns": lambda _: ZERO,
    "low-rank-adaptation b": lambda _: ZERO,
    "tensor-field-* *radial.*.weight": glorot,
    "tensor-field-* *radial.*.bias": lambda _: ZERO,
    "tensor-field-* *self_interaction.*.weight": lambda w: (0.0, 1 / math.sqrt(max(w.shape))),  # orthonormal rows
    "tensor-field-* *self_interaction.*.bias": lambda _: ZERO,
    "* ages*.weight": lambda _: (0.0, 0.1),
    "age-code weight": lambda _: (0.0, 0.1),
    "bilinear-match weight": lambda _: (0.0, 0.1),
    "learned-position-code weight": lambda _: (0.0, 0.02),
    "perceiver latents": lambda _: (0.0, 0.02),
    "relative-position-bias weight": lambda _: (0.0, 0.5),
    "t5 *.bias.weight": lambda _: (0.0, 0.5),
    "t5 *_attention.query.weight": lambda w: (0.0, math.sqrt(2 / w.numel())),  # two heads: width times that of one
    "switch-transformer *.bias.weight": lambda _: (0.0, 0.5),
    "switch-transformer *coder.*.weight": lambda w: (0.0, TRUNCATED * math.sqrt(0.1 / fan_in(w))),
    "* code.weight": lambda _: (0.0, 0.02),
    "window-position-bias table": lambda _: (0.0, 0.02),
    "* *bias.table": lambda _: (0.0, 0.02),
    "masked-autoencoder *mask_token": lambda _: (0.0, 0.02),
    "masked-autoencoder *.weight": lambda w: glorot(w) if w.dim() == 2 else ONE,
    "masked-autoencoder *.bias": lambda _: ZERO,
    "memory-network *.weight": lambda w: (0.0, 0.1) if w.shape[1] == 30 else torchs(w),
    "neural-turing-machine initial_row": lambda _: (0.0, 0.1),
    "restricted-boltzmann-machine weight": lambda _: (0.0, 0.01),
    "* peepholes.*": lambda w: (0.0, 1 / math.sqrt(3 * len(w))),
    "peephole-connection weight": lambda w: (0.0, 1 / math.sqrt(3 * len(w))),
    "*coefficients* *source": glorot,
    "*coefficients* *target": glorot,
    "gat *.coefficients.*": glorot,
    "clip *.code.weight": lambda _: (0.0, 0.02),
    "lenet-5 c3.0.weight": lambda w: (0.0, 1 / math.sqrt(3 * w[0].numel() * len(w) / 16)),  # 16 maps
    "lenet-5 s[24].0.coefficient": lambda _: (0.25, 0.0),
    "trainable-subsampling coefficient": lambda _: (0.25, 0.0),
    "kolmogorov-arnold-network *base_weight": glorot,
    "kolmogorov-arnold-network *spline_weight": lambda _: ONE,
    "kolmogorov-arnold-network *coefficients": lambda _: (0.0, 0.1),
    "perceptron linear.*": lambda _: ZERO,
    "adaptive-graph-recurrent-network embeddings": lambda _: (0.0, 1.0),
    "*adaptive*[. ]pool": lambda w: (0.0, 1 / math.sqrt(3 * w.shape[2])),
    "clip scale": lambda _: (math.log(1 / 0.07), 0.0),
    "yolo stages.*.weight": lambda w: (0.0, math.sqrt(2 / 1.01 / w[0].numel())),
    "retinanet class_head.2.bias": lambda _: (-math.log(99), 0.0),
    "retinanet *_head.*.weight": lambda _: (0.0, 0.01),
    "retinanet *_head.*.bias": lambda _: ZERO,
    "*-r-cnn *window.0.weight": lambda _: (0.0, 0.01),
    "*-r-cnn *objectness.weight": lambda _: (0.0, 0.01),
    "*-r-cnn *anchor_offsets.weight": lambda _: (0.0, 0.01),
    "*-r-cnn *window.0.bias": lambda _: ZERO,
    "*-r-cnn *objectness.bias": lambda _: ZERO,
    "*-r-cnn *anchor_offsets.bias": lambda _: ZERO,
    "mask-r-cnn mask_head.*.weight": lambda w: (0.0, math.sqrt(2 / (len(w) * w[0, 0].numel()))),
    "mask-r-cnn mask_head.*.bias": lambda _: ZERO,
    "ssd scale": lambda _: (20.0, 0.0),
    "ssd further.0.[46].weight": glorot_of_filters,
    "ssd further.[12].*.weight": glorot_of_filters,
    "ssd *_heads.*.weight": glorot_of_filters,
    "ssd further.0.[46].bias": lambda _: ZERO,
    "ssd further.[12].*.bias": lambda _: ZERO,
    "ssd *_heads.*.bias": lambda _: ZERO,
    "detr queries.weight": lambda _: (0.0, 1.0),
    "* *points": glorot,
    "induced-set-attention-block points": glorot,
    "* *seeds": glorot,
    "pooling-by-multi-head-attention seeds": glorot,
    "* phases": lambda _: (0.0, math.pi / math.sqrt(3)),
    "* first": lambda w: (0.0, 1 / math.sqrt(2 * len(w))),
    "*normal": lambda _: (0.0, 1 / math.sqrt(3)),
    "transposed-convolution weight": lambda w: (0.0, 1 / math.sqrt(len(w) * w[0, 0].numel())),
    "visual-concept-captioner s[ct]o[rp]*": lambda _: ONE,
    "visual-concept-captioner detect.bias": lambda _: ZERO,
    "end-to-end-memory-network words.*": lambda _: (0.0, 0.1),
    "googlenet *.weight": lambda w: he(w) if w.dim() == 4 else torchs(w),
    "inception-v3 *.0.weight": lambda w: he(w) if w.dim() == 4 else torchs(w),
    "* *.conv_2.*": lambda _: ZERO,  # a residual block starts as the identity
    "* conv_2.*": lambda _: ZERO,
    "denoising-diffusion-model *attention.output.*": lambda _: ZERO,
    "time-conditioned-u-net *attention.output.*": lambda _: ZERO,
    "denoising-diffusion-model *head.2.*": lambda _: ZERO,
    "time-conditioned-u-net head.2.*": lambda _: ZERO,
    "conditioned-u-net *.attention.output.*": lambda _: ZERO,
    "conditioned-u-net head.2.*": lambda _: ZERO,
    "latent-diffusion-model *coder.layers.*.output.*": lambda _: ZERO,
    "latent-diffusion-model denoiser.*.attention.output.*": lambda _: ZERO,
    "latent-diffusion-model denoiser.head.2.*": lambda _: ZERO,
    "learned-constant constant": lambda _: (0.0, 1.0),
    "modulated-convolution *weight": lambda _: (0.0, 1.0),
    "modulated-convolution style_bias": lambda _: ONE,
    "stylegan2 mapping.*.weight": lambda _: (0.0, 100.0),
    "stylegan2 *weight": lambda _: (0.0, 1.0),
    "stylegan2 synthesis.start.constant": lambda _: (0.0, 1.0),
    "stylegan2 *style_bias": lambda _: ONE,
    "nerf *.weight": glorot,
    "word2vec words.weight": lambda w: (0.0, 1 / (len(w) * math.sqrt(12))),
    "word2vec neighbours.weight": lambda _: ZERO,
    "nerf *.bias": lambda _: ZERO,
    "non-local* *output.*": lambda _: ZERO,
    "grouped-convolution weight": lambda w: (0.0, 1 / math.sqrt(w[0, 0].numel())),
    "layer-scale scale": lambda _: (1e-6, 0.0),
    "deit *norm.weight": lambda _: ONE,
    "deit *.weight": lambda _: (0.0, 0.02),
    "deit *_token.token": lambda _: (0.0, 0.02),
    "deit *.bias": lambda _: ZERO,
    "convnext *scale": lambda _: (1e-6, 0.0),
    "convnext *.weight": lambda w: (0.0, 0.02) if w.dim() > 1 else ONE,
    "convnext *.bias": lambda _: ZERO,
    "unitary-recurrent-network input.weight": lambda w: (0.0, math.sqrt(2 / (w.shape[0] / 2 + w.shape[1]))),
    "unitary-recurrent-network read_out.weight": glorot,
    "unitary-recurrent-network read_out.bias": lambda _: ZERO,
    "gated-transformer-xl *_gate.bias": lambda _: (2.0, 0.0),
    "gru-type-gate bias": lambda _: (2.0, 0.0),
    "*parametrizations.weight.original": torchs,
    "*parametrizations.weight.original1": torchs,
    "diagonal-state-space log_step": lambda _: (math.log(1e-2), math.log(100) / math.sqrt(12)),
    "diagonal-state-space log_decay": lambda _: (-math.log(2), 0.0),
    "diagonal-state-space frequency": lambda w: multiples_of_pi(w.shape[1]),
    "diagonal-state-space output": lambda _: (0.0, math.sqrt(0.5)),
    "diagonal-state-space skip": lambda _: (0.0, 1.0),
    "mamba embeddings": lambda _: (0.0, 0.02),
    "*state_space.step.bias": lambda _: STEPS,
    "selective-state-space step.bias": lambda _: STEPS,
    "*state_space.log_decay": lambda w: logs_up_to(w.shape[1]),
    "selective-state-space log_decay": lambda w: logs_up_to(w.shape[1]),
    "*state_space.skip": lambda _: ONE,
    "selective-state-space skip": lambda _: ONE,
    "wkv-operator log_decay": lambda w: spread(-5 + 8 * place**0.7 for place in places(w)),
    "rwkv blocks.0.*.log_decay": lambda w: spread(-5 + 8 * place**0.7 for place in places(w)),
    "rwkv blocks.1.*.log_decay": lambda w: spread(-5 + 8 * place**2 for place in places(w)),
    "*[. ]bonus": lambda w: spread(math.log(0.3) + (number % 3 - 1) / 2 for number in range(1, len(w) + 1)),
    "rwkv blocks.0.time_mixing.shift.shares": lambda w: spread(rises(w, 1.0), (0.5, 1.0, 1.0), (0.0, 0.0, 0.0)),
    "rwkv blocks.1.time_mixing.shift.shares": lambda w: spread(rises(w, 0.5), (0.5, 1.0, 1.0), (0.0, 0.0, 0.3)),
    "rwkv blocks.0.channel_mixing.shift.shares": lambda w: spread(rises(w, 1.0)),
    "rwkv blocks.1.channel_mixing.shift.shares": lambda w: spread(rises(w, 0.5)),
    "rwkv embedding.weight": lambda _: (0.0, 1e-4 / math.sqrt(3)),
    "xlstm *.skip": lambda _: ONE,
    "linear-recurrent-unit log_decay": lambda _: (-0.5772157 - math.log(2), math.pi / math.sqrt(6)),  # Gumbel, shifted
    "linear-recurrent-unit log_angle": lambda _: (math.log(2 * math.pi) - 1, 1.0),
    "linear-recurrent-unit log_scale": lambda _: (-0.5, 0.5),
    "linear-recurrent-unit skip": lambda _: (0.0, 1.0),
    "linear-recurrent-unit input.weight": lambda w: (0.0, 1 / math.sqrt(2 * w.shape[1])),
    "linear-recurrent-unit output.weight": lambda w: (0.0, math.sqrt(2 / w.shape[1])),
    "autoencoder encoding.0.weight": lambda w: (0.0, 4 * math.sqrt(2 / sum(w.shape))),  # Glorot's, for sigmoids
    "autoencoder decoding.*.weight": lambda w: (0.0, 4 * math.sqrt(2 / sum(w.shape))),
    "denoising-autoencoder autoencoder.encoding.0.weight": lambda w: (0.0, 4 * math.sqrt(2 / sum(w.shape))),
    "denoising-autoencoder autoencoder.decoding.0.bias": lambda _: (0.0, 1 / math.sqrt(3 * 8)),  # of eight units
    "vector-quantisation codebook": lambda w: (0.0, 1 / (math.sqrt(3) * w.shape[0])),
    "vq-vae quantiser.codebook": lambda w: (0.0, 1 / (math.sqrt(3) * w.shape[0])),
    "*modulation.*": lambda _: ZERO,  # a branch with adaLN-Zero starts as the identity
    "diffusion-transformer denoiser.read_out.*": lambda _: ZERO,
    "diffusion-transformer denoiser.label_embedding.weight": lambda _: (0.0, 1.0),
    "fourier-neural-operator *.spectral.weight": from_zero,
    "spectral-convolution weight": from_zero,
    "siren layers.0.weight": lambda w: (0.0, 1 / (math.sqrt(3) * fan_in(w))),
    "siren *.weight": lambda w: (0.0, math.sqrt(2 / fan_in(w)) / 30),
}
"""What a source or the file itself states, by entry and parameter."""


def expected(name: str, owner: nn.Module, parameter: str, value: Tensor) -> Start:
    """The mean and the standard deviation that a parameter should start with."""
    stated = next((start for pattern, start in STATED.items() if fnmatch.fnmatchcase(name, pattern)), None)
    if stated:
        return stated(value)
    if type(owner).__module__.startswith("torch") or isinstance(owner, nn.Conv1d | nn.Conv2d | nn.Linear):
        if parameter in ("gain",) or (parameter == "weight" and value.dim() == 1):
            return ONE
        if not hasattr(owner, "weight") or owner.weight.dim() == 1:
            return ZERO
        return torchs(owner.weight)
    if value.dim() > 1 and "bias" not in parameter:
        return 0.0, 1 / math.sqrt(fan_in(value))
    return ONE if parameter in ("gain", "gamma") else ZERO


UNLIKE = (
    "* rotation.weight",
    "group-sort-network rotations.*",
    "orthogonal-parametrisation weight",
    "ur-lstm input.bias",
    "sequence-to-sequence *input.bias",
    "*parametrizations.weight.original0",
    "weight-normalisation length",
)
"""Parameters that are no draws from one distribution: each has a test of its own below."""


def test_parameters_start_as_stated(subject: Subject) -> None:
    if subject.variant != DEFAULT_VARIANT:
        pytest.skip("variants differ in sizes")
    load = BASE.code.load(subject.link)
    found: dict[str, list[Tensor]] = {}
    stated: dict[str, Start] = {}
    size = sum(value.numel() for value in load(**(subject.arguments or {})).parameters())
    for seed in range(max(4, min(MOST, NUMBERS // (size or NUMBERS)))):
        torch.manual_seed(seed)
        for path, owner in load(**(subject.arguments or {})).named_modules():
            for parameter, value in owner.named_parameters(recurse=False):
                name = f"{subject.entry.id} {path}.{parameter}".replace(" .", " ")
                found.setdefault(name, []).append(value.detach().flatten())
                stated[name] = expected(name, owner, parameter, value)
    for name, draws in found.items():
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in UNLIKE):
            continue
        values, (mean, spread) = torch.cat(draws).double(), stated[name]
        room = 5 * spread / math.sqrt(len(values)) + 1e-6
        assert abs(float(values.mean()) - mean) < room, (name, float(values.mean()), mean)
        assert abs(float((values - mean).square().mean().sqrt()) - spread) < room, (name, float(values.std()), spread)


@pytest.mark.parametrize("entry_id", ["sequence-to-sequence"])
def test_forget_gates_of_translators_start_open(entry_id: str) -> None:
    module = BASE.architectures[entry_id].build()
    units = module.encoder.units
    for layer in [*module.encoder.layers, *module.decoder.layers]:
        assert torch.equal(layer.input.bias[units : 2 * units], torch.ones(units))
        assert float(layer.input.bias[:units].detach().abs().max()) < 1


def test_normalised_weights_start_with_their_own_length() -> None:
    layer = BASE.code.load(BASE.concepts["weight-normalisation"].implementation)()
    assert torch.allclose(layer.length, layer.direction.norm(dim=1, keepdim=True))
    for module in BASE.architectures["temporal-convolutional-network"].build().modules():
        if isinstance(module, nn.utils.parametrize.ParametrizationList):
            length, direction = module.original0, module.original1
            assert torch.allclose(length, direction.norm(dim=(1, 2), keepdim=True))


@pytest.mark.parametrize("entry_id", ["ur-lstm"])
def test_refined_gates_start_spread_and_mirrored(entry_id: str) -> None:
    units = 200
    bias = BASE.architectures[entry_id].load()(units=units).input.bias.detach()
    forget, rest, refine = bias[:units].sigmoid(), bias[units:-units], bias[-units:]
    assert torch.equal(refine, -bias[:units])
    assert 1 / units <= float(forget.min()) < 0.1
    assert 0.9 < float(forget.max()) <= 1 - 1 / units
    assert abs(float(forget.mean()) - 0.5) < 0.1
    assert float(rest.abs().max()) < 1


@pytest.mark.parametrize("entry_id", ["orthogonal-parametrisation"])
def test_rotations_start_by_angles_in_planes(entry_id: str) -> None:
    """The skew-symmetric generator turns the first and second unit, the third and fourth, by angles all round."""
    weight = BASE.concepts[entry_id].load()(units=401).weight.detach()
    below = weight.diagonal(-1)
    assert torch.equal(weight, below.diag(-1))
    assert torch.equal(below[1::2], torch.zeros(200))
    assert 3 < float(below.abs().max()) <= math.pi
    assert abs(float(below[::2].std()) - math.pi / math.sqrt(3)) < 0.2
