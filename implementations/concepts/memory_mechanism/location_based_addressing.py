"""Location-based addressing: moves a head along the rows, from its last position or from the rows found by content.

Source: Graves, Wayne & Danihelka 2014, eq. 7-9 (graves2014neural).

Equations:
    w_g(i) = g w_c(i) + (1 - g) w_previous(i)
    w_s(i) = sum over j of w_g(j) s(i - j)           indices modulo the number of rows
    w(i)   = w_s(i)^gamma / sum over j of w_s(j)^gamma

Shapes: B examples, M rows, R shifts: odd, from -(R - 1) / 2 to (R - 1) / 2.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class LocationBasedAddressing(nn.Module):
    """Interpolation, circular shift and sharpening; each is a method and returns a distribution over rows.

    Example:
        >>> found, previous = torch.tensor([[0.0, 0.0, 1.0]]), torch.tensor([[1.0, 0.0, 0.0]])
        >>> gate, forward, sharp = torch.tensor([1.0]), torch.tensor([[0.0, 0.0, 1.0]]), torch.tensor([1.0])
        >>> LocationBasedAddressing()(found, previous, gate, forward, sharp).round()
        tensor([[1., 0., 0.]])
    """

    def forward(
        self,
        content: Float[Tensor, "B M"],
        previous: Float[Tensor, "B M"],
        gate: Float[Tensor, " B"],
        shift: Float[Tensor, "B R"],
        sharpness: Float[Tensor, " B"],
    ) -> Float[Tensor, "B M"]:
        """Return the weight of every row."""
        return self.sharpen(self.move(self.interpolate(content, previous, gate), shift), sharpness)

    def interpolate(
        self, content: Float[Tensor, "B M"], previous: Float[Tensor, "B M"], gate: Float[Tensor, " B"]
    ) -> Float[Tensor, "B M"]:
        """Return a mixture of the weights found by content and the last weights: the former if the gate is one."""
        return gate[:, None] * content + (1 - gate[:, None]) * previous

    def move(self, weights: Float[Tensor, "B M"], shift: Float[Tensor, "B R"]) -> Float[Tensor, "B M"]:
        """Return the weights rotated by a distribution over shifts; the first row follows the last."""
        rows, reach = torch.arange(weights.shape[1], device=weights.device), shift.shape[1] // 2
        steps = torch.arange(-reach, reach + 1, device=weights.device)
        rotated = weights[:, (rows - steps[:, None]) % len(rows)]  # [B, R, M], a copy of the weights for every shift
        return torch.bmm(shift[:, None], rotated)[:, 0]

    def sharpen(self, weights: Float[Tensor, "B M"], sharpness: Float[Tensor, " B"]) -> Float[Tensor, "B M"]:
        """Return powers of the weights, of at least one, rescaled to a sum of one: they undo the blur of a shift."""
        # A softmax of logarithms is the same, and finite where all powers would underflow.
        logarithms = weights.clamp_min(torch.finfo(weights.dtype).tiny).log()
        return (sharpness[:, None] * logarithms).softmax(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, M: int = 6) -> dict[str, Tensor]:
        """Return random distributions, gates from zero to one and powers of at least one."""
        content, previous, shift = (torch.randn(B, n, generator=generator).softmax(1) for n in (M, M, 3))
        gate, more = torch.rand(2, B, generator=generator)
        return {"content": content, "previous": previous, "gate": gate, "shift": shift, "sharpness": 1 + 3 * more}
