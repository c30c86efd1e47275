"""WaveNet: gated, dilated causal convolutions that predict every element of a sequence from those before it.

Source: van den Oord et al. 2016, "WaveNet: a generative model for raw audio" (oord2016wavenet).

Equations:
    p(x) = product over t of p(x_t | x_1 .. x_{t-1})
    z = tanh(W_f * x) sigmoid(W_g * x)                    *: causal convolution, with the dilation of the block
    next block: x + U z; output: softmax(A ReLU(B ReLU(sum over blocks of S z)))
    dilations: 1, 2, 4 .. 2^(levels - 1), all of them repeated for every stack
    receptive field: (k - 1) (1 + stacks (2^levels - 1)) + 1 elements, the last one just before the predicted one

Shapes: B examples, T positions, V symbols.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.convolution_layer.causal_convolution import CausalConvolution
from kb.guards import checked_arguments, checked_inputs


class GatedBlock(nn.Module):
    """A gated convolution, and what the next block and the output get of it; after the last one is no next."""

    def __init__(self, width: int, hidden: int, skips: int, kernel_size: int, dilation: int, last: bool) -> None:
        super().__init__()
        self.filter_and_gate = CausalConvolution(
            in_channels=width, out_channels=2 * hidden, kernel_size=kernel_size, dilation=dilation
        )
        self.residual = None if last else nn.Conv1d(hidden, width, 1)
        self.skip = nn.Conv1d(hidden, skips, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map `[B, width, T]` to the input of the next block, and to what is added to the output."""
        filtered, gate = self.filter_and_gate(x).chunk(2, 1)
        z = torch.tanh(filtered) * torch.sigmoid(gate)
        return x if self.residual is None else x + self.residual(z), self.skip(z)


class WaveNet(nn.Module):
    """Stacks of gated blocks whose dilation doubles, and an output from all of them.

    Args:
        symbols: Number V of symbols, the values of a sample of sound.
        width: Number of channels from block to block.
        hidden: Number of channels inside a block.
        skips: Number of channels of the output before the softmax.
        levels: Number of blocks of a stack.
        stacks: Number of stacks.
        kernel_size: Number k of weights along time.
        own: Whether outputs also see the element at their own position, and predict the next one.
        length: Number of elements that are sampled.

    Example:
        >>> WaveNet(symbols=4)(torch.zeros(2, 10, 4)).shape
        torch.Size([2, 10, 4])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        symbols: int = 3,
        width: int = 4,
        hidden: int = 5,
        skips: int = 6,
        levels: int = 2,
        stacks: int = 1,
        kernel_size: int = 2,
        own: bool = False,
        length: int = 8,
    ) -> None:
        super().__init__()
        self.symbols, self.levels, self.stacks, self.kernel_size = symbols, levels, stacks, kernel_size
        self.own, self.length = own, length
        self.first = CausalConvolution(in_channels=symbols, out_channels=width, kernel_size=kernel_size, dilation=1)
        number = levels * stacks
        self.blocks = nn.ModuleList(
            GatedBlock(width, hidden, skips, kernel_size, 2 ** (block % levels), last=block == number - 1)
            for block in range(number)
        )
        self.output = nn.Sequential(nn.ReLU(), nn.Conv1d(skips, skips, 1), nn.ReLU(), nn.Conv1d(skips, symbols, 1))

    @property
    def receptive_field(self) -> int:
        """How many elements a prediction sees."""
        return (self.kernel_size - 1) * (1 + self.stacks * (2**self.levels - 1)) + 1

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T V"]) -> Float[Tensor, "B T V"]:
        """Return the logits of every element given those before it; elements are one-hot vectors."""
        return self._of_the_next(x) if self.own else self._of_each(x)

    def _of_each(self, x: Tensor) -> Tensor:
        return self._of_the_next(F.pad(x, [0, 0, 1, 0])[:, :-1])  # before the first element there are zeros

    def _of_the_next(self, x: Tensor) -> Tensor:
        state = self.first(x.mT)  # [B, T, V] -> [B, V, T] -> [B, width, T]
        total = torch.zeros_like(state[:, :1])
        for block in self.blocks:
            state, skip = block(state)
            total = total + skip
        return self.output(total).mT

    def negative_log_likelihood(self, *, generator: torch.Generator, x: Float[Tensor, "B T V"]) -> Float[Tensor, " B"]:
        """Return -log p(x), which is exact: all factors are computed in one pass."""
        return -(x * self._of_each(x).log_softmax(-1)).sum((1, 2))

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator) -> Float[Tensor, "B T V"]:
        """Draw one element after the other, each given those before it."""
        x = torch.zeros(count, self.length, self.symbols, dtype=self.first.weight.dtype)
        for position in range(self.length):
            probabilities = self._of_each(x)[:, position].softmax(-1)
            drawn = torch.multinomial(probabilities, 1, generator=generator)
            x[:, position] = F.one_hot(drawn[:, 0], self.symbols).to(x.dtype)
        return x

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 9) -> dict[str, Tensor]:
        """Return random sequences of symbols, longer than the receptive field."""
        symbols = torch.randint(0, self.symbols, (B, T), generator=generator)
        return {"x": F.one_hot(symbols, self.symbols).to(torch.get_default_dtype())}
