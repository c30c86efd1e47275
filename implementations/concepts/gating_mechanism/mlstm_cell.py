"""mLSTM cell: a long short-term memory whose cell is a matrix of associations, with exponential input gates.

Source: Beck et al. 2024, "xLSTM: extended long short-term memory", eq. 15-27 (beck2024xlstm), of one head and without
the output gate.

Equations:
    C_t = f_t C_{t-1} + i_t v_t k_t^T,   n_t = f_t n_{t-1} + i_t k_t,   f_t = sigmoid(f~_t),   i_t = exp(i~_t)
    y_t = C_t q_t / max(|n_t . q_t|, 1)
    C and n are kept divided by exp(m_t), with m_t = max(log f_t + m_{t-1}, i~_t), so that nothing overflows

Shapes: B examples, T steps, D features of queries, keys and values.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F


class Memory(NamedTuple):
    """What is read at every step; matrix, sum of keys and their common logarithm after the last."""

    y: Float[Tensor, "B T D"]
    c: Float[Tensor, "B D D"]
    n: Float[Tensor, "B D"]
    m: Float[Tensor, " B"]


class MLSTMCell(nn.Module):
    """One step after the other."""

    def forward(
        self,
        q: Float[Tensor, "B T D"],
        k: Float[Tensor, "B T D"],
        v: Float[Tensor, "B T D"],
        i: Float[Tensor, "B T"],
        f: Float[Tensor, "B T"],
        c: Float[Tensor, "B D D"],
        n: Float[Tensor, "B D"],
        m: Float[Tensor, " B"],
    ) -> Memory:
        """Run over a sequence from a given memory; `i` and `f` are what the gates are computed from."""
        read = []
        steps = (given.unbind(1) for given in (q, k, v, i, F.logsigmoid(f)))
        for query, key, value, write, keep in zip(*steps, strict=True):
            largest = torch.maximum(keep + m, write)
            kept, written = torch.exp(keep + m - largest)[:, None], torch.exp(write - largest)[:, None]
            c = kept[..., None] * c + (written * value)[:, :, None] * key[:, None]  # [B, D, D]
            n, m = kept * n + written * key, largest
            total = torch.maximum((n * query).sum(1).abs(), torch.exp(-m))
            read.append(torch.bmm(c, query[:, :, None])[:, :, 0] / total[:, None])
        return Memory(torch.stack(read, 1), c, n, m)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6, D: int = 4) -> dict[str, Tensor]:
        """Return random queries, keys and values, pre-activations of gates, and a memory to start from."""
        shapes = dict.fromkeys("qkv", (B, T, D)) | {
            "i": (B, T),
            "f": (B, T),
            "c": (B, D, D),
            "n": (B, D),
            "m": (B,),
        }
        return {name: torch.randn(*shape, generator=generator) for name, shape in shapes.items()}
