"""Starting an entry: files with every required field, whose empty values `kb check` reports one by one."""

from __future__ import annotations

import re
from pathlib import Path

from kb.loading import FROM_PATH
from kb.problems import NoSuchEntryError
from kb.schema import ENTRY_TYPES, Entry
from kb.schema.common import ID_PATTERN

FOLDERS: dict[str, str] = {model.kind: folder for folder, model in ENTRY_TYPES.items()}
CODE = {
    "architecture": ("implementation", "architectures"),
    "bias": ("probe", "biases"),
    "claim": ("experiment", "claims"),
}
NAMES = {"bias": "probe", "claim": "run"}

ARCHITECTURE_CODE = '''"""{name}: what it is, in one sentence.

Source: authors and year, "title", equation numbers (paper id).

Equations:
    y = f(x)

Shapes: B examples, F input features, G output features.

Differs: none.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class {cls}(nn.Module):
    """What it computes, with arguments, shapes and an example."""

    def __init__(self, *, in_features: int = 3, out_features: int = 2) -> None:
        super().__init__()

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Say what comes out."""

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return inputs with the awkward case in them."""
        return {{"x": torch.randn(B, 3, generator=generator)}}
'''


def write_new(root: Path, kind: str, place: str) -> list[Path]:
    """Write the skeleton of an entry, and of its implementation for an architecture.

    Args:
        root: The knowledge base's folder.
        kind: Kind of the entry.
        place: Group and id, such as `graph/gin`.

    Returns:
        The files written.

    Raises:
        NoSuchEntryError: There is no such kind.
        ValueError: The place is not of the form group/id.
        FileExistsError: A file is there already; nothing is overwritten.
    """
    if kind not in FOLDERS:
        raise NoSuchEntryError(kind, FOLDERS, what="kind")
    group, _, entry_id = place.partition("/")
    if not (re.match(ID_PATTERN, group) and re.match(ID_PATTERN, entry_id)):
        raise ValueError(
            f"expected group/id in lowercase letters, digits and dashes, such as graph/gin; came {place!r}"
        )
    files = {root / "entries" / FOLDERS[kind] / group / f"{entry_id}.yaml": _entry_text(kind, group, entry_id)}
    if kind == "architecture":
        module = Path("implementations", "architectures", *_module(group, entry_id)).with_suffix(".py")
        files[root / module] = ARCHITECTURE_CODE.format(name=_name(entry_id), cls=_class(entry_id))
    taken = [path for path in files if path.exists()]
    if taken:
        raise FileExistsError(f"{', '.join(map(str, taken))} is there already; nothing was written")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


def _entry_text(kind: str, group: str, entry_id: str) -> str:
    model = ENTRY_TYPES[FOLDERS[kind]]
    lines = [f"{name}: {_value(kind, group, entry_id, name)}".rstrip() for name in _required(model)]
    if kind in CODE and CODE[kind][0] not in _required(model):
        field = CODE[kind][0]
        lines.append(f"{field}: {_value(kind, group, entry_id, field)}")
    return "\n".join(lines) + "\n"


def _required(model: type[Entry]) -> list[str]:
    fields = model.model_fields.items()
    return [info.alias or name for name, info in fields if info.is_required() and name not in FROM_PATH]


def _value(kind: str, group: str, entry_id: str, field: str) -> str:
    """The values that follow from the path; all others are left empty for `kb check` to ask for."""
    if field == "name":
        return _name(entry_id)
    if kind in CODE and field == CODE[kind][0]:
        module = ".".join(("implementations", CODE[kind][1], *_module(group, entry_id)))
        return f"{module}:{NAMES.get(kind) or _class(entry_id)}"
    return ""


def _module(group: str, entry_id: str) -> tuple[str, str]:
    return group.replace("-", "_"), entry_id.replace("-", "_")


def _name(entry_id: str) -> str:
    return entry_id.replace("-", " ").capitalize()


def _class(entry_id: str) -> str:
    return "".join(word.capitalize() for word in entry_id.split("-"))
