"""Queue of keys: the keys of the last batches, kept as candidates that queries are compared with.

Source: He et al. 2020, "Momentum contrast for unsupervised visual representation learning", sec. 3.2 and Algorithm 1
(he2020momentum).

Equations:
    s_bi = q_b . k_i       for the K keys that came last; those that came first are replaced by new ones

Shapes: B queries, K keys, N new keys, D features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class KeyQueue(nn.Module):
    """A ring of vectors, which are buffers: they are saved with the rest, and no optimiser changes them.

    Args:
        size: Number K of keys; before there were as many, random vectors of length one take part.
        features: Number D of features.

    Example:
        >>> queue = KeyQueue(size=3, features=1)
        >>> for key in (1.0, 2.0, 3.0, 4.0):
        ...     queue.push(torch.full((1, 1), key))
        >>> queue(torch.ones(1, 1))
        tensor([[4., 2., 3.]])
    """

    @checked_arguments()
    def __init__(self, *, size: int = 6, features: int = 3) -> None:
        super().__init__()
        self.register_buffer("keys", F.normalize(torch.randn(size, features), dim=1))
        self.register_buffer("oldest", torch.tensor(0))  # where the key is that is replaced next

    def forward(self, q: Float[Tensor, "B D"]) -> Float[Tensor, "B K"]:
        """Return the inner products of queries with all keys, in no particular order."""
        return q @ self.keys.clone().T  # a copy: keys may be replaced before the backward pass

    @torch.no_grad()
    def push(self, new: Float[Tensor, "N D"]) -> None:
        """Replace the oldest keys by new ones, of which the last comes last."""
        new = new[-len(self.keys) :]
        places = (self.oldest + torch.arange(len(new), device=new.device)) % len(self.keys)
        self.keys[places] = new
        self.oldest.copy_((self.oldest + len(new)) % len(self.keys))

    def example_inputs(self, generator: torch.Generator, *, B: int = 4) -> dict[str, Tensor]:
        """Return random queries."""
        return {"q": torch.randn(B, self.keys.shape[1], generator=generator)}
