"""Starting an entry: files with the fields to fill in, which `kb check` reports one by one until they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kb.export.schemas import schemas
from kb.files import create
from kb.folders import require_own
from kb.kinds import KINDS
from kb.problems import NoSuchEntryError
from kb.schema.fields import ID_PATTERN, is_id

ARCHITECTURE = '''"""{name}: .

Source: .

Equations:
    .

Shapes: .
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


class {code}(nn.Module):
    """."""

    @checked_arguments()
    def __init__(self, *, in_features: int = 3, out_features: int = 2) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """."""
        raise NotImplementedError("the forward pass of {code} is still to be written")

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return inputs with the awkward case in them."""
        return {{"x": torch.randn(B, self.in_features, generator=generator)}}
'''

BIAS = '''"""Probe of {lower}: .

Source: .

Method: .
"""

import torch
from torch import Generator, Tensor, nn

from kb.probes import Axes


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: Generator) -> float:
    """Return an error that is 0 where the bias holds exactly."""
    raise NotImplementedError("the probe of {lower} is still to be written")


def holds(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a module that has the bias, with inputs, to test the probe on."""
    raise NotImplementedError("a module that has {lower} is still to be written")


def lacks(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a module that lacks it."""
    raise NotImplementedError("a module that lacks {lower} is still to be written")
'''

CLAIM = '''"""{name}.

Source: .

Method: .
"""


def run(seed: int) -> dict[str, float | list[float]]:
    """Return measures; the entry's `expect` and `controls` judge them."""
    raise NotImplementedError("the experiment is still to be written")
'''

CODE = {
    "architecture": ("implementation", ARCHITECTURE, ""),
    "bias": ("", BIAS, "probe"),
    "claim": ("", CLAIM, "run"),
}
"""Kind to the field that links its code, if one does, the code to start from, and the name in it (else the entry's)."""


def write_new(root: Path, kind: str, place: str) -> list[Path]:
    """Write the skeleton of an entry, and of its code where entries of this kind have code.

    Args:
        root: The knowledge base's folder.
        kind: Kind of the entry.
        place: Group and id, such as `graph/gin`.

    Returns:
        The files written.

    Raises:
        NoSuchEntryError: There is no such kind.
        ValueError: The place is not of the form group/id, or the folder is part of the installed package.
        FileExistsError: The id is taken, or a file is there already; nothing is overwritten.
        OSError: A file cannot be written; then none is.
    """
    if kind not in KINDS:
        raise NoSuchEntryError(kind, KINDS, what="kind")
    group, _, entry_id = place.partition("/")
    if not (is_id(group) and is_id(entry_id)):
        raise ValueError(
            f"expected group/id in lowercase letters, digits and dashes, such as graph/gin; came {place!r}"
        )
    require_own(root, "entries")
    file = root / "entries" / KINDS[kind].folder / group / f"{entry_id}.yaml"
    files = {file: _entry_text(kind, group, entry_id)}
    if kind in CODE:
        path = root.joinpath(*_module(kind, group, entry_id)).with_suffix(".py")
        name = _name(entry_id)
        files[path] = CODE[kind][1].format(name=name, lower=name.lower(), code=_code_name(kind, entry_id))
    taken = sorted(path for path in (root / "entries").glob(f"*/*/{entry_id}.yaml") if path != file)
    try:
        if not taken:
            create(
                dict(reversed(files.items()))
            )  # an entry whose code is missing is broken; code may wait for its entry
    except FileExistsError as error:
        taken = [Path(error.filename)]
    if taken:
        shown = ", ".join(path.relative_to(root).as_posix() for path in taken)
        raise FileExistsError(f"{entry_id!r} is taken by {shown}; nothing was written")
    return list(files)


def _entry_text(kind: str, group: str, entry_id: str) -> str:
    """The fields to fill in, each with a comment on what belongs there; what follows from the path is filled in."""
    schema = schemas()[KINDS[kind].folder]
    given = {"name": _name(entry_id)}
    if kind in CODE:
        given[CODE[kind][0]] = f"{'.'.join(_module(kind, group, entry_id))}:{_code_name(kind, entry_id)}"
    fields = dict.fromkeys([*schema["required"], *KINDS[kind].recommended])
    lines = [f"{field}: {given.get(field) or '# ' + _hint(schema, schema['properties'][field])}" for field in fields]
    return "\n".join(lines) + "\n"


def _hint(schema: dict[str, Any], node: dict[str, Any]) -> str:
    """Say what belongs into a field, from its JSON Schema."""
    if "description" in node:
        return str(node["description"])
    if "anyOf" in node:
        node = next(option for option in node["anyOf"] if option.get("type") != "null")
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    if node.get("type") == "array":
        return f"a list: [{_hint(schema, node['items'])}]"
    if node.get("type") == "object" and "properties" in node:
        return "{" + ", ".join(f"{name}: ..." for name in node.get("required") or node["properties"]) + "}"
    if node.get("pattern") == ID_PATTERN:
        return "the id of an entry"
    return {"string": "text", "integer": "a whole number"}.get(node.get("type", ""), "see the nearest existing entry")


def _module(kind: str, group: str, entry_id: str) -> tuple[str, str, str, str]:
    return "implementations", KINDS[kind].folder, group.replace("-", "_"), entry_id.replace("-", "_")


def _code_name(kind: str, entry_id: str) -> str:
    return CODE[kind][2] or "".join(word.capitalize() for word in entry_id.split("-"))


def _name(entry_id: str) -> str:
    return entry_id.replace("-", " ").capitalize()
