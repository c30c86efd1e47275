"""What boxes are called, and which entries they are about: classes and functions by the entries that have them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kb.evidence.record import Box, Frame, Picture
from kb.schema import Architecture, Concept, Entry

CLASSES = {
    "Linear": "linear-layer", "Conv1d": "convolution", "Conv2d": "convolution", "Conv3d": "convolution",
    "ConvTranspose2d": "transposed-convolution", "ReLU": "rectified-linear-unit", "ReLU6": "relu6",
    "Sigmoid": "logistic-sigmoid", "Tanh": "hyperbolic-tangent", "Softmax": "softmax", "SiLU": "swish",
    "GELU": "gaussian-error-linear-unit", "BatchNorm1d": "batch-normalisation", "BatchNorm2d": "batch-normalisation",
    "BatchNorm3d": "batch-normalisation", "LayerNorm": "layer-normalisation", "GroupNorm": "group-normalisation",
    "LocalResponseNorm": "local-response-normalisation", "MaxPool1d": "max-pooling", "MaxPool2d": "max-pooling",
    "AvgPool2d": "average-pooling", "AdaptiveAvgPool1d": "global-average-pooling",
    "AdaptiveAvgPool2d": "global-average-pooling", "Upsample": "nearest-neighbour-upsampling",
    "MultiheadAttention": "multi-head-attention", "Dropout": "dropout",
}  # fmt: skip
"""Entries about classes of PyTorch."""

SYMBOLS = {
    "add": "+", "radd": "+", "sub": "−", "rsub": "1 −", "mul": "×", "rmul": "×", "div": "÷", "truediv": "÷",
    "rdiv": "1 ÷", "rtruediv": "1 ÷", "neg": "−", "sum": "Σ", "matmul": "·", "bmm": "·", "mm": "·", "mv": "·",
    "pow": "power", "square": "x²", "sqrt": "√", "rsqrt": "1/√", "sigmoid": "σ", "tanh": "tanh", "exp": "exp",
    "log": "log", "sin": "sin", "cos": "cos", "abs": "|x|", "relu": "ReLU", "max": "max", "amax": "max",
    "min": "min", "mean": "mean", "einsum": "·", "gt": ">", "lt": "<", "ge": "≥", "le": "≤", "eq": "=", "ne": "≠",
    "prod": "Π", "outer": "⊗", "norm": "‖x‖", "softplus": "softplus", "elu": "ELU", "leaky_relu": "leaky ReLU",
    "gelu": "GELU", "silu": "SiLU", "lerp": "blend", "clamp_min": "max(x, ε)", "derivative": "∂",
}  # fmt: skip
"""Signs for functions, which stand in small round boxes."""

FUNCTIONS = {
    "sigmoid": "logistic-sigmoid", "tanh": "hyperbolic-tangent", "relu": "rectified-linear-unit", "silu": "swish",
    "gelu": "gaussian-error-linear-unit", "softmax": "softmax", "linear": "linear-layer", "conv1d": "convolution",
    "conv2d": "convolution", "layer_norm": "layer-normalisation", "batch_norm": "batch-normalisation",
    "scaled_dot_product_attention": "scaled-dot-product-attention", "max_pool2d": "max-pooling",
    "avg_pool2d": "average-pooling", "interpolate": "bilinear-upsampling", "cat": "concatenation",
}  # fmt: skip
"""Entries about functions of PyTorch."""

WORDS = {
    "cat": "concatenate", "getitem": "look up", "gather": "look up", "index_select": "look up",
    "index_add": "sum by index", "scatter_add": "sum by index", "scatter_reduce": "largest by index",
    "cdist": "distances", "topk": "top k", "normalize": "unit length", "cumsum": "running sum",
    "cumprod": "running product", "isnan": "is missing", "amin": "min", "where": "choose", "logsumexp": "log Σ exp",
    "baddbmm": "product and sum",
}  # fmt: skip
"""Words for functions that are called otherwise in code."""

MOST_HELD = 3
"""Of the members of a sequence that are listed in its box."""
ATTACHED = frozenset({
    "activation", "batch-normalisation", "layer-normalisation", "group-normalisation", "local-response-normalisation",
    "dropout",
})  # fmt: skip
"""Groups of concepts and single ones that stand in one box with what comes before them."""


@dataclass(frozen=True)
class Label:
    """What stands in a box: its text, a smaller line, the entry that it is about, and how it looks."""

    text: str
    small: str = ""
    entry: str | None = None
    look: str = "part"


class Namer:
    """Names boxes by the entries of a knowledge base.

    Args:
        entries: All entries by id.
    """

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self.entries = entries
        concepts = [entry for entry in entries.values() if isinstance(entry, Concept) and entry.implementation]
        self._by_code = {str(entry.implementation): entry.id for entry in concepts}
        wholes = [entry for entry in entries.values() if isinstance(entry, Architecture)]
        self._wholes = {entry.implementation: entry.id for entry in wholes}

    def entry_of(self, what: str) -> str | None:
        """Return the entry that a class or a function belongs to."""
        if found := self._by_code.get(what):
            return found
        module, _, name = what.rpartition(":")
        table = FUNCTIONS if module == "op" else CLASSES if module.startswith("torch.") else {}
        found = table.get(name)
        return found if found is not None and found in self.entries else None

    def class_words(self, what: str) -> str:
        """Return the name of a class: the title of its entry, or its own words."""
        entry = self.entry_of(what) or self._wholes.get(what)
        if entry is not None:
            return self.entries[entry].title
        name = what.rpartition(":")[2]
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
        return words[:1].upper() + re.sub(r"\b[A-Z](?=[a-z])", lambda found: found[0].lower(), words[1:])

    def title(self, entry: Entry, picture: Picture) -> str:
        """Return what a picture shows: the whole architecture, or a part of it."""
        return entry.title if picture.level == 1 else self.part_words(picture.what, picture.role)

    def part_words(self, what: str, role: str) -> str:
        """Return the name of a part, with what the code calls it where that says more."""
        text = role[:1].upper() + role[1:] if what.endswith("container:Sequential") else self.class_words(what)
        return text if _same(role, text) else f"{text} ({role})"

    def follows(self, entry_id: str | None) -> bool:
        """Whether an entry is about what is drawn together with what it follows: an activation, a normalisation."""
        return entry_id is not None and (entry_id in ATTACHED or self.entries[entry_id].group in ATTACHED)

    def label(self, box: Box) -> Label:
        """Return what stands in a box."""
        kind, _, name = box.what.rpartition(":")
        if kind in ("in", "out"):
            return Label(name, look=kind)
        if kind == "weight":
            return Label(name.replace("_", " "), "weights", look="weight")
        if kind == "noise":
            return Label("noise", look="weight")
        if kind == "op":
            return self._function(box, name)
        return self._module(box)

    def _function(self, box: Box, name: str) -> Label:
        entry = self.entry_of(box.what)
        weights = ", ".join(box.weights).replace("_", " ")
        if name in SYMBOLS:
            return Label(f"{SYMBOLS[name]} {weights}".strip(), box.detail, entry, "sign")
        words = WORDS.get(name) or (self.entries[entry].title if entry else name.replace("_", " "))
        return Label(words, ", ".join(filter(None, (box.detail, weights))), entry, "part" if entry else "step")

    def _module(self, box: Box) -> Label:
        if box.what.endswith("container:Sequential"):
            return self._sequence(box)
        text, entry = self.class_words(box.what), self.entry_of(box.what)
        role = "" if _same(box.role, text) else box.role
        return Label(text, ", ".join(filter(None, (role, box.detail))), entry, "part" if entry else "step")

    def _sequence(self, box: Box) -> Label:
        """Return what stands in a closed sequence: its name, or else its content."""
        held = [what.partition(" ") for what in box.holds if not what.endswith("container:Sequential")]
        main = [pair for pair in held if not self.follows(self.entry_of(pair[0]))]
        titles = [f"{self.class_words(what)}{' ' if detail else ''}{detail}" for what, _, detail in main]
        words = ", ".join(titles[:MOST_HELD]) + (
            f" and {len(titles) - MOST_HELD} more" if len(titles) > MOST_HELD else ""
        )
        name = box.role[:1].upper() + box.role[1:]
        return Label(name, words, look="step") if name else Label(words or "Block", "", look="step")

    def frame(self, frame: Frame) -> Label:
        """Return what stands at a frame."""
        text = self.class_words(frame.what) if frame.what else ""
        role = "" if _same(frame.role, text) else frame.role
        return Label(text or role[:1].upper() + role[1:], role if text else "", self.entry_of(frame.what))


def _same(role: str, text: str) -> bool:
    """Whether a name says nothing beside another."""
    first, second = (set(re.findall(r"[a-z]+", words.lower())) for words in (role, text))
    return first <= second
