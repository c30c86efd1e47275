"""A configuration of another library gives the architecture, the variant and a network of as many parameters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from bundled import BASE
from commands import kb
from small import Miniature
from torch import nn

from implementations.peers.torchvision_models import import_torchvision
from implementations.peers.transformers_models import import_transformers
from kb.configurations import identify, layouts, value_of

MODELS: dict[str, tuple[str, str | None, tuple[str, ...]]] = {
    "bert": ("BertForMaskedLM", "base", ()),
    "clip": ("CLIPModel", "base-32", ()),
    "decision_transformer": ("DecisionTransformerModel", None, ("wte", "wpe", "predict_state", "predict_return")),
    "deepseek_v3": ("DeepseekV3ForCausalLM", "671b", ()),
    "deit": ("DeiTForImageClassificationWithTeacher", None, ()),
    "gpt2": ("GPT2LMHeadModel", "small", ()),
    "llama": ("LlamaForCausalLM", "7b", ()),
    "mistral": ("MistralForCausalLM", "mistral-7b", ()),
    "mixtral": ("MixtralForCausalLM", "8x7b", ()),
    "rwkv": ("RwkvForCausalLM", None, ()),
    "switch_transformers": ("SwitchTransformersForConditionalGeneration", None, ()),
    "t5": ("T5ForConditionalGeneration", "small", ()),
    "vit": ("ViTForImageClassification", None, ()),
    "vit_mae": ("ViTMAEForPreTraining", "base", ()),
    "whisper": ("WhisperForConditionalGeneration", "tiny", ()),
}
"""A model of transformers, the variant that is its default, and the parameters that ours does not have."""
OTHERS = {"DiTTransformer2DModel"}
"""Sorts of configurations of other libraries."""


@pytest.mark.parametrize("sort", MODELS)
def test_a_default_of_transformers_has_as_many_parameters_here(sort: str) -> None:
    name, variant, other = MODELS[sort]
    model = getattr(import_transformers(), name)
    configuration = model.config_class()
    found = BASE.identify(json.loads(configuration.to_json_string(use_diff=False)))
    assert found.variant == variant
    with torch.device("meta"):
        ours, theirs = found.entry.load()(**found.arguments), model(configuration)
    assert parameters(ours) == parameters(theirs, other)


def parameters(module: nn.Module, other: tuple[str, ...] = ()) -> int:
    """Count the parameters that are trained, without those that are left out."""
    counted = {name: each for name, each in module.named_parameters() if not any(part in name for part in other)}
    return sum(each.numel() for each in counted.values() if each.requires_grad)


def test_every_sort_is_tested_and_belongs_to_one_architecture() -> None:
    sorts = [sort for entry in BASE.architectures.values() for sort in layouts(entry, BASE.syntax)]
    assert sorted(sorts) == sorted({*MODELS, *OTHERS})


def test_a_default_of_diffusers_is_the_largest_variant() -> None:
    import_torchvision()
    from diffusers import DiTTransformer2DModel

    with torch.device("meta"):
        configuration = DiTTransformer2DModel().config
    found = BASE.identify({**configuration, "_class_name": "DiTTransformer2DModel"})
    assert (found.entry.id, found.variant) == ("diffusion-transformer", "xlarge-2")


def test_a_model_of_timm_is_a_variant() -> None:
    found = BASE.identify({"architecture": "convnext_tiny.in12k_ft_in1k", "num_classes": 1000})
    assert (found.entry.id, found.variant) == ("convnext", "tiny")
    assert found.arguments == BASE.architectures["convnext"].variants["tiny"].arguments


SMALL = {"model_type": "gpt2", "vocab_size": 7, "n_positions": 5, "n_embd": 8, "n_head": 2, "n_layer": 3}


def test_sizes_that_no_variant_has_can_be_built() -> None:
    found = BASE.identify(SMALL)
    assert found.variant is None
    assert found.arguments == {"vocabulary": 7, "context": 5, "width": 8, "heads": 2, "layers": 3, "hidden": 32}
    assert found.code == "GPT2(vocabulary=7, context=5, width=8, heads=2, layers=3, hidden=32)"
    assert parameters(found.entry.load()(**found.arguments)) == 7 * 8 + 5 * 8 + 3 * (12 * 64 + 13 * 8) + 16


@pytest.mark.parametrize(
    ("sort", "differences"),
    [
        ("bert", []),
        ("gpt2", []),
        ("t5", []),
        ("llama", []),
        ("mistral", ["sliding_window is 4096; here it is None"]),
        (
            "mixtral",
            ["rope_parameters.rope_theta is 1000000.0; here it is 10000.0", "rms_norm_eps is 1e-05; here it is 1e-06"],
        ),
        ("switch_transformers", ["expert_capacity is 64; here it is None"]),
        ("vit", ["layer_norm_eps is 1e-12; here it is 1e-06"]),
    ],
)
def test_what_is_not_the_same_is_said(sort: str, differences: list[str]) -> None:
    configuration = getattr(import_transformers(), MODELS[sort][0]).config_class()
    assert list(BASE.identify(configuration.to_dict()).differences) == differences


def test_an_older_configuration_leaves_out_what_the_library_takes_anyway() -> None:
    sizes = {"vocab_size": 32128, "d_model": 512, "num_heads": 8, "d_kv": 64, "num_layers": 6, "d_ff": 2048}
    found = BASE.identify({"model_type": "t5", **sizes, "relative_attention_num_buckets": 32})
    assert (found.variant, found.differences) == ("small", ())
    llama = {"vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32}
    found = BASE.identify({"model_type": "llama", **llama, "num_attention_heads": 32, "rope_theta": 500000.0})
    assert (found.variant, found.differences) == ("7b", ("rope_theta is 500000.0; here it is 10000.0",))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"model_type": "gpt3"}, "no architecture is known to be configured by 'gpt3' (did you mean 'gpt2'?)"),
        (
            {"model_type": None},
            "expected one of model_type, _class_name and architecture, which say what it configures",
        ),
        ({"model_type": None, "architecture": "vit_one"}, "no variant is known to be the model 'vit_one' of timm"),
        ({"n_embd": None}, "the configuration lacks what width is found from: n_embd"),
        ({"n_embd": "wide"}, "the configuration lacks what hidden is found from: n_inner or 4 * n_embd"),
    ],
)
def test_what_is_not_known_is_said(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^[a-z]") as caught:
        BASE.identify(SMALL | changed)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a", 3),
        ("none or a", 3),
        ("none or zero", None),
        ("a + 2 * a - 1", 8),
        ("a // 2", 1),
        ("b.c", 5),
        ("b.none", None),
        ("a.c", None),
        ("(a, b.c)", (3, 5)),
        ("(a, none)", None),
        ("len(b)", 1),
        ("len(a)", None),
        ("a == 3", True),
        ("a == none", None),
        ("none * 2", None),
        ("word * 1000000000", None),
    ],
)
def test_expressions_have_values(expression: str, value: object) -> None:
    assert value_of(expression, {"a": 3, "b": {"c": 5}, "none": None, "zero": 0, "word": "x"}) == value


@pytest.mark.parametrize(
    "expression", ["a(", "a ** 2", "open('x')", "[a]", "a < 3", "1 // 0", "a if a else b", "f'{a}'"]
)
def test_nothing_else_is_an_expression(expression: str) -> None:
    with pytest.raises(ValueError, match="expected an expression of fields"):
        value_of(expression, {"a": 3, "b": 2})


PEER = """CONFIGURATIONS = {literal}


def peer(ours: object) -> object:
    return ours
"""


@pytest.mark.parametrize(
    ("literal", "sentence"),
    [
        ("3", "expected sorts of configurations with `arguments`, came '3'"),
        ("{'line': {'of': {}}}", "expected sorts of configurations with `arguments`, came 'line.arguments'"),
        (
            "{'line': {'arguments': {'width': 'a ** 2'}}}",
            "expected an expression of fields, such as `4 * n_embd`, came",
        ),
        ("{'line': {'arguments': {}, 'only': {'a(': [1]}}}", "expected an expression of fields, such as `4 * n_embd`"),
        ("{'line': {'arguments': {'width': 'a'}}}", "the constructor has no argument 'width'"),
    ],
)
def test_what_is_wrong_with_a_layout_is_said(literal: str, sentence: str, tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.architecture("a")
    small.code("peers/family/a", PEER.format(literal=literal))
    base = small.load()
    with pytest.raises(ValueError, match=r"^\S") as caught:
        layouts(base.architectures["a"], base.syntax)
    assert sentence in str(caught.value)
    with pytest.raises(ValueError, match="no architecture is known"):
        identify(base, {"model_type": "line"})


def test_the_command_says_what_a_file_describes(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(SMALL | {"activation_function": "relu"}))
    shown = kb("identify", str(file))
    assert shown.exit_code == 0
    for part in (
        "Not the same: activation_function is 'relu'; here it is 'gelu_new'",
        "GPT-2",
        "no variant that is listed",
        "GPT2(vocabulary=7",
        "kb code gpt-2",
    ):
        assert part in shown.stdout
    data = json.loads(kb("identify", str(file), "--json").stdout)
    assert (data["entry"], data["variant"], data["arguments"]["hidden"]) == ("gpt-2", None, 32)
    assert data["differences"] == ["activation_function is 'relu'; here it is 'gelu_new'"]


@pytest.mark.parametrize("content", ["{", "[1]", '"a"', "[" * 100_000, None])
def test_a_file_that_is_no_configuration_is_said_to_be_none(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    if content is not None:
        file.write_text(content)
    shown = kb("identify", str(file))
    assert shown.exit_code == 1
    assert "is no configuration" in shown.stderr
    assert "Traceback" not in shown.stderr
