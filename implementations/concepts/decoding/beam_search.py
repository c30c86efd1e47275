"""Beam search: the likeliest of the sequences that extend the likeliest beginnings.

Source: Sutskever, Vinyals & Le 2014 (sutskever2014sequence), who keep a small number of partial translations.

Equations:
    log p(y_1 .. y_T) = sum over t of log p(y_t | y_1 .. y_{t-1})
    at every step each of the B beginnings is continued by every symbol, and the B likeliest are kept

Shapes: V symbols.
"""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor


def beam_search(
    continuation: Callable[[list[int]], Float[Tensor, " V"]], *, width: int, length: int, end: int | None = None
) -> tuple[list[int], float]:
    """Return the likeliest sequence found, and the logarithm of its probability.

    Args:
        continuation: The logarithms of the probabilities of all symbols after a given beginning.
        width: Beginnings B that are kept; 1 is greedy search, with the number of all sequences it is exhaustive search.
        length: Longest sequence.
        end: Symbol that ends a sequence; without one all have the full length.

    Raises:
        ValueError: The width or the length is not positive.

    Example:
        >>> coin = torch.tensor([0.6, 0.4]).log()
        >>> beam_search(lambda beginning: coin, width=2, length=3)[0]
        [0, 0, 0]
    """
    if width < 1 or length < 1:
        raise ValueError(f"width ({width}) and length ({length}) must be positive")
    beams: list[tuple[list[int], float]] = [([], 0.0)]
    ended: list[tuple[list[int], float]] = []
    for _ in range(length):
        longer = [
            ([*symbols, symbol], score + more)
            for symbols, score in beams
            for symbol, more in enumerate(continuation(symbols).tolist())
        ]
        best = sorted(longer, key=lambda beam: -beam[1])[:width]
        ended += [beam for beam in best if beam[0][-1] == end]
        beams = [beam for beam in best if beam[0][-1] != end]
        if not beams:
            break
    return max([*ended, *beams], key=lambda beam: beam[1])
