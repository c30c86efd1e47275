"""Witness: an echo state network against a recurrent network that has the weights of its reservoir.

Source: Jaeger 2001 (jaeger2001echo).

Measures:
    agreement_error: difference of all outputs and of the last state, with plain units.
    leaky_difference: the same with units that renew half of their state.
"""

import torch

from implementations.architectures.recurrent.echo_state_network import EchoStateNetwork
from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.claims.agreement import difference

FEATURES, UNITS, OUTPUTS, STEPS = 3, 20, 2, 30


def run(seed: int) -> dict[str, float]:
    """Compare the two on random sequences, from random states.

    Args:
        seed: Seed of weights, inputs and states.

    Returns:
        The measures that the module lists.
    """
    return {"agreement_error": _difference(seed, leak=1.0), "leaky_difference": _difference(seed, leak=0.5)}


@torch.no_grad()
def _difference(seed: int, leak: float) -> float:
    torch.manual_seed(seed)
    sizes = {"in_features": FEATURES, "units": UNITS, "out_features": OUTPUTS}
    echo, plain = EchoStateNetwork(**sizes, leak=leak).double(), RecurrentNetwork(**sizes).double()
    plain.input.weight.copy_(echo.input_weight)
    plain.input.bias.copy_(echo.bias)
    plain.recurrent.weight.copy_(echo.recurrent_weight)
    plain.read_out.load_state_dict(echo.read_out.state_dict())
    x, h = torch.randn(4, STEPS, FEATURES, dtype=torch.float64), torch.rand(4, UNITS, dtype=torch.float64)
    return max(difference(found, expected) for found, expected in zip(echo(x, h), plain(x, h), strict=True))
