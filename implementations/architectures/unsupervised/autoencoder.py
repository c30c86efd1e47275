"""Autoencoder: a network is trained to reproduce its input, which it has to encode with fewer numbers.

Source: Hinton & Salakhutdinov 2006, "Reducing the dimensionality of data with neural networks" (hinton2006reducing);
Rumelhart, Hinton & Williams 1986 (rumelhart1986internal) trained the first ones by back-propagation, and Bourlard &
Kamp 1988 (bourlard1988auto) and Baldi & Hornik 1989 (baldi1989neural) found what linear ones learn.

Equations:
    h_0 = x,  h_l = s(W_l h_(l-1) + b_l),   z = W_L h_(L-1) + b_L          encoder
    g_L = z,  g_(l-1) = s(V_l g_l + c_l),   y = s(V_1 g_1 + c_1)           decoder; tied: V_l = W_l^T
    error = -sum over f of x_f log y_f + (1 - x_f) log(1 - y_f),  or |x - y|^2 where the outputs are affine

Shapes: B examples, F input features, D numbers of a code.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments, checked_inputs

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "identity": nn.Identity}


class Autoencoder(nn.Module):
    """An encoder, and a decoder that has the same widths in the reverse order.

    Args:
        in_features: Number F of inputs, from 0 to 1 where outputs are sigmoids.
        hidden: Widths of the hidden layers of the encoder.
        code: Numbers D of a code.
        activation: Of hidden units: `sigmoid`, `tanh` or `identity`.
        code_activation: Of the code.
        output_activation: Of the reconstruction.
        tied: Whether the matrices of the decoder are those of the encoder, transposed.

    Raises:
        ValueError: An activation is unknown.

    Example:
        >>> net = Autoencoder(in_features=4, hidden=[3], code=1)
        >>> net.encoder(torch.ones(5, 4)).shape, net(torch.ones(5, 4)).shape
        (torch.Size([5, 1]), torch.Size([5, 4]))
    """

    @checked_arguments(hidden=())
    def __init__(
        self,
        *,
        in_features: int = 6,
        hidden: Sequence[int] = (5,),
        code: int = 2,
        activation: str = "sigmoid",
        code_activation: str = "identity",
        output_activation: str = "sigmoid",
        tied: bool = False,
    ) -> None:
        super().__init__()
        for name in (activation, code_activation, output_activation):
            if name not in ACTIVATIONS:
                raise ValueError(f"activation ({name!r}) must be one of {', '.join(ACTIVATIONS)}")
        self.in_features, self.output_activation = in_features, output_activation
        widths = [in_features, *hidden, code]
        inner = [activation] * len(hidden)
        self.encoding = nn.ModuleList(nn.Linear(below, above) for below, above in pairwise(widths))
        self.encoding_units = nn.ModuleList(ACTIVATIONS[name]() for name in [*inner, code_activation])
        self.decoding = nn.ModuleList(nn.Linear(above, below) for above, below in pairwise(widths[::-1]))
        self.decoding_units = nn.ModuleList(ACTIVATIONS[name]() for name in [*inner, output_activation])
        layers, units = [*self.encoding, *self.decoding], [*self.encoding_units, *self.decoding_units]
        for layer, unit in zip(layers, units, strict=True):
            if isinstance(unit, nn.Sigmoid):
                nn.init.xavier_uniform_(layer.weight, gain=4.0)  # the slope of a sigmoid is at most 1/4
        self.tied = tied
        if tied:
            for layer in self.decoding:
                layer.register_parameter("weight", None)

    def encoder(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B D"]:
        """Return the codes of examples."""
        for layer, units in zip(self.encoding, self.encoding_units, strict=True):
            x = units(layer(x))
        return x

    def decoder(self, z: Float[Tensor, "B D"]) -> Float[Tensor, "B F"]:
        """Return the examples that codes stand for."""
        for layer, mirrored, units in zip(self.decoding, reversed(self.encoding), self.decoding_units, strict=True):
            z = units(F.linear(z, mirrored.weight.T, layer.bias) if self.tied else layer(z))
        return z

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the reconstruction of every example."""
        return self.decoder(self.encoder(x))

    def reconstruction_error(
        self, x: Float[Tensor, "B F"], *, generator: torch.Generator | None = None
    ) -> Float[Tensor, " B"]:
        """Return the error of the reconstruction of every example; nothing is drawn."""
        return self.error(x, self(x))

    def error(self, x: Float[Tensor, "B F"], y: Float[Tensor, "B F"]) -> Float[Tensor, " B"]:
        """Return the cross-entropy of sigmoids, or the squared error of other outputs."""
        if self.output_activation == "sigmoid":
            return F.binary_cross_entropy(y, x, reduction="none").sum(1)
        return (x - y).square().sum(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers between 0 and 1."""
        return {"x": torch.rand(B, self.in_features, generator=generator)}

    def decoder_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random codes."""
        return {"z": torch.randn(B, self.encoding[-1].out_features, generator=generator)}
