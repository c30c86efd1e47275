"""Peer of the Decision Transformer: that of transformers, which adds a table of positions that is zero here."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.peers.attention.gpt_2 import translated_blocks
from implementations.peers.transformers_models import import_transformers

SIZES = {
    "three-heads": {"features": 5, "actions": 2, "episode": 9, "width": 12, "heads": 3},
    "deep": {"features": 2, "actions": 4, "episode": 3, "width": 4, "heads": 1, "layers": 3, "bounded": True},
}
OUTSIDE = {
    "embed_return": "embed_return",
    "embed_state": "embed_state",
    "embed_action": "embed_action",
    "token_norm": "embed_ln",
    "norm": "encoder.ln_f",
    "readout": "predict_action.0",
}
CONFIGURATIONS = {
    "decision_transformer": {
        "arguments": {
            "features": "state_dim",
            "actions": "act_dim",
            "episode": "max_ep_len",
            "width": "hidden_size",
            "heads": "n_head",
            "layers": "n_layer",
            "bounded": "action_tanh",
        },
        "only": {"activation_function": ["relu"], "n_inner": [None], "layer_norm_epsilon": [1e-5]},
    }
}


def peer(
    *, features: int, actions: int, episode: int, width: int, heads: int, layers: int, bounded: bool
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = OfEpisodes(model(features, actions, episode, width, heads, layers, bounded)).double()

    def theirs(weights: dict[str, Tensor], training: bool = False, **inputs: Tensor) -> Tensor:
        named = {f"inner.{name}": value for name, value in translated(weights, layers).items()}
        return torch.func.functional_call(module.train(training), named, (), inputs)

    return theirs


def translated(weights: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """Return our weights by the library's names."""
    named = {"embed_timestep.weight": weights["code.weight"]}
    for part in ("weight", "bias"):
        named |= {f"{theirs}.{part}": weights[f"{ours}.{part}"] for ours, theirs in OUTSIDE.items()}
    return named | translated_blocks(weights, layers, "encoder")


def model(
    features: int, actions: int, episode: int, width: int, heads: int, layers: int, bounded: bool = False
) -> nn.Module:
    """Return the library's model of some sizes, without dropout, and with zeros in the table of positions."""
    library = import_transformers()
    layout = library.DecisionTransformerConfig(
        state_dim=features,
        act_dim=actions,
        max_ep_len=episode,
        hidden_size=width,
        n_head=heads,
        n_layer=layers,
        n_positions=3 * episode,
        action_tanh=bounded,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
    )
    module = library.DecisionTransformerModel(layout)
    nn.init.zeros_(module.encoder.wpe.weight)
    return module


class OfEpisodes(nn.Module):
    """The library's model, for episodes that are read from their start."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, returns: Tensor, states: Tensor, actions: Tensor) -> Tensor:
        """Return the predicted actions."""
        times = torch.arange(returns.shape[1], device=returns.device).expand(returns.shape)
        given = {"states": states, "actions": actions, "returns_to_go": returns[..., None], "timesteps": times}
        mask = torch.ones(returns.shape, dtype=torch.long, device=returns.device)
        return self.inner(**given, attention_mask=mask).action_preds


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    inputs = {
        "returns": torch.randn(64, 20, generator=generator),
        "states": torch.randn(64, 20, 11, generator=generator),
        "actions": torch.randn(64, 20, 3, generator=generator),
    }
    return "hopper", OfEpisodes(model(11, 3, 1000, 128, 1, 3, True)), inputs
