"""The DeepSeek-V3 of transformers: its module, a configuration of some sizes, and the biases of its routers.

The library has the biases, and leaves it to the training to adjust them.
"""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

from torch import Tensor, nn

from implementations.concepts.attention_mechanism.multi_head_latent_attention import EPSILON
from implementations.peers.transformers_models import import_transformers


def inside() -> ModuleType:
    """Return the library's module of DeepSeek-V3."""
    import_transformers()
    return import_module("transformers.models.deepseek_v3.modeling_deepseek_v3")


def layout(width: int, heads: int, head_width: int, rotated: int, latent: int, query_latent: int, **others: Any) -> Any:
    """Return the library's configuration of some sizes."""
    return import_transformers().DeepseekV3Config(
        hidden_size=width,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        qk_nope_head_dim=head_width,
        v_head_dim=head_width,
        qk_rope_head_dim=rotated,
        kv_lora_rank=latent,
        q_lora_rank=query_latent,
        rms_norm_eps=EPSILON,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
        bos_token_id=None,
        eos_token_id=None,
        attn_implementation="eager",
        num_mtp_layers=0,
        **others,
    )


def adjust_biases(rate: float) -> Callable[[nn.Module, Any, tuple[Tensor, Tensor, Tensor]], None]:
    """Return what is done after a pass of a router: in training, biases of experts fall or rise with their use."""

    def adjust(router: nn.Module, given: Any, routed: tuple[Tensor, Tensor, Tensor]) -> None:
        if router.training:
            uses = routed[2].flatten().bincount(minlength=router.num_experts).to(router.weight.dtype)
            router.e_score_correction_bias.sub_(rate * (uses - uses.mean()).sign())

    return adjust
