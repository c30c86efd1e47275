"""Switch Transformer: T5, of which every other perceptron is replaced by many, one of them for each word.

Source: Fedus, Zoph & Shazeer 2022, "Switch Transformers: scaling to trillion parameter models with simple and efficient
sparsity", sec. 2 (fedus2021switch).

Equations:
    every sub-layer: h + Sublayer(RMSNorm(h)), as in T5
    Switch(x) = p_i(x) E_i(x) while expert i has places, otherwise 0         p(x) = softmax(W_r x), i = argmax p(x)
    balance = sum over switch layers of E sum over i of f_i P_i
        f_i: share of the words that prefer expert i; P_i: its mean probability

Shapes: B examples, T positions, S positions of the source, V words, D width, E experts.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.architectures.attention.t5 import T5, Block
from implementations.concepts.gating_mechanism.switch_layer import SwitchLayer
from kb.guards import checked_arguments

SCALE = 0.1
"""Of the variance of first weights, times the number of inputs."""
CUT = 2.0
"""Standard deviations beyond which first weights are drawn again."""


class SwitchBlock(Block):
    """A block of T5 with a switch layer in place of its perceptron."""

    def __init__(
        self, width: int, heads: int, head_width: int, hidden: int, crosses: bool, *, layer: SwitchLayer
    ) -> None:
        super().__init__(width, heads, head_width, hidden, gated=False, crosses=crosses)
        self.perceptron = layer


class SwitchTransformer(T5):
    """T5 with switch layers.

    Args:
        vocabulary: Number V of words.
        width: Width D of the model.
        heads: Attention heads.
        head_width: Width of a head; all heads together may be wider or narrower than the model.
        layers: Blocks of each stack.
        hidden: Hidden units of the perceptrons, and of each expert.
        experts: Experts of each switch layer.
        every: Of so many blocks one has a switch layer, from the second on; with 1 all have.
        capacity: How many times its equal share of the words an expert takes at most.
        across_batch: Whether all words of a batch share the places of the experts, or those of each example.
        ranges: Ranges of distances that have a number of their own; divisible by 4.
        reach: Distance from which on all are in the last range.

    Raises:
        ValueError: The ranges are not divisible by 4, or the reach is too short.

    Example:
        >>> SwitchTransformer(vocabulary=5)(torch.zeros(2, 6, 5), torch.zeros(2, 9, 5)).shape
        torch.Size([2, 6, 5])
    """

    @checked_arguments(capacity=0)
    def __init__(
        self,
        *,
        vocabulary: int = 5,
        width: int = 8,
        heads: int = 2,
        head_width: int = 4,
        layers: int = 2,
        hidden: int = 12,
        experts: int = 4,
        every: int = 2,
        capacity: float = 1.25,
        across_batch: bool = True,
        ranges: int = 8,
        reach: int = 16,
    ) -> None:
        sizes = {"width": width, "heads": heads, "head_width": head_width, "hidden": hidden}
        super().__init__(vocabulary=vocabulary, layers=layers, ranges=ranges, reach=reach, **sizes)
        self.across_batch = across_batch
        routing = {"experts": experts, "capacity": capacity, "across_batch": across_batch}
        for stack, crosses in ((self.encoder, False), (self.decoder, True)):
            for number in range(min(1, every - 1), layers, every):
                layer = SwitchLayer(width=width, hidden=hidden, **routing)
                stack.blocks[number] = SwitchBlock(**sizes, crosses=crosses, layer=layer)
            for module in stack.modules():
                if isinstance(module, nn.Linear):
                    spread = (SCALE / module.in_features) ** 0.5
                    nn.init.trunc_normal_(module.weight, std=spread, a=-CUT * spread, b=CUT * spread)

    def balance(
        self, *, generator: torch.Generator, x: Float[Tensor, "B T V"], source: Float[Tensor, "B S V"]
    ) -> Float[Tensor, " B"]:
        """Return the load-balancing loss of the batch, for each example the same, or that of each example.

        A switch layer adds 1 where all of its experts are used alike, and more where those are preferred that are used
        more. Only the mean probabilities have a gradient.
        """
        total = x.new_zeros(len(x))
        for scores in self._scores(x, source):
            words = scores.flatten(0, 1)[None] if self.across_batch else scores
            probabilities = words.softmax(-1)
            used = nn.functional.one_hot(words.argmax(-1), words.shape[-1]).to(words.dtype)
            total = total + words.shape[-1] * (used.mean(1) * probabilities.mean(1)).sum(-1)
        return total

    def _scores(self, x: Tensor, source: Tensor) -> list[Float[Tensor, "B N E"]]:
        """Return what the routers of all switch layers find for the words of a batch."""
        found: list[Tensor] = []
        layers = [module for module in self.modules() if isinstance(module, SwitchLayer)]
        hooks = [layer.router.register_forward_hook(lambda *called: found.append(called[-1])) for layer in layers]
        try:
            self(x, source)
        finally:
            for hook in hooks:
                hook.remove()
        return [scores.view(len(x), -1, scores.shape[-1]) for scores in found]
