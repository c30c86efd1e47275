"""Numbers of the explorable: the network that the experiment trains, with its first seed."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from implementations.architectures.attention.transformer import Transformer
from implementations.claims.attention import attention_is_the_core_of_the_transformer as experiment

DIGITS = 3
TOLERANCE = 0.02
"""Between weights trained on two machines."""
PAIRS = {"keys": [2, 7, 0, 5, 9, 4], "values": [3, 0, 6, 1, 5, 3]}


def data() -> dict[str, Any]:
    """Return the weights of the trained network by the names that it gives them."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = _network()
    experiment.train(network, 0)
    return {
        "heads": network.encoder[0].self_attention.heads,
        "keys": experiment.KEYS,
        "values": experiment.VALUES,
        "weights": {name: value.round(decimals=DIGITS) for name, value in network.encoder[0].state_dict().items()},
    }


def cases(stored: dict[str, Any]) -> Iterator[tuple[str, list[Any], Any]]:
    """Yield functions of the explorable, their arguments, and what the library's Transformer computes for the same."""
    network = _network().double()
    kept = {name: torch.tensor(value, dtype=torch.float64) for name, value in stored["weights"].items()}
    network.encoder[0].load_state_dict(kept)
    for asked in (0, 4):
        x = inputs(PAIRS["keys"], PAIRS["values"], asked)
        yield "inputsOf", [stored, PAIRS, asked], x
        layer = network.encoder[0]
        with torch.no_grad():
            for causal in (False, True):
                yield (
                    "logits",
                    [stored, x.tolist(), {"temperature": 1, "causal": causal}],
                    layer(x[None], None, causal)[0, -1, : experiment.VALUES],
                )
                yield (
                    "attention",
                    [stored, x.tolist(), {"temperature": 0.5, "causal": causal}],
                    weights(layer.self_attention, x, 0.5, causal),
                )


def weights(attention: torch.nn.Module, x: Tensor, temperature: float, causal: bool) -> Tensor:
    """Return the weights `[heads, T, T]` of an attention whose scores are divided by a temperature."""
    query, key = (
        project(x).unflatten(1, (attention.heads, -1)).transpose(0, 1) for project in (attention.query, attention.key)
    )
    values = torch.eye(len(x), dtype=x.dtype).expand(attention.heads, -1, -1)  # of which attention returns the weights
    return torch.nn.functional.scaled_dot_product_attention(query / temperature, key, values, is_causal=causal)


def inputs(keys: list[int], values: list[int], asked: int) -> Tensor:
    """Return pairs and the key in question as the experiment encodes them, `[pairs + 1, D]`."""
    x = torch.zeros(len(keys) + 1, experiment.WIDTH, dtype=torch.float64)
    for row, key in enumerate([*keys, keys[asked]]):
        x[row, key] = 1
    for row, value in enumerate(values):
        x[row, experiment.KEYS + value] = 1
    x[-1, -1] = 1
    return x


def _network() -> Transformer:
    return Transformer(width=experiment.WIDTH, heads=2, layers=1, hidden=64)
