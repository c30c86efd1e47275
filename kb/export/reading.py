"""Reading back the JSON document of a whole knowledge base: it becomes a folder like any other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from kb import files
from kb.changes import FROM_ELSEWHERE
from kb.evidence import Measurement, evidence_file, write
from kb.export.schemas import WHOLE, identifier
from kb.formatting import canonical
from kb.kinds import KINDS
from kb.loading import Axes
from kb.schema import Entry

_measurements: TypeAdapter[list[Any]] = TypeAdapter(list[Measurement])


def unpack(document: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write the entries, axes and evidence of a document into a new folder, from which `kb.load` reads them.

    Code is no part of the document: what follows from the facts is in it, and is derived again only where
    `implementations` stands beside `entries`.

    Args:
        document: What `base_json` returned.
        folder: Where to write; there must be nothing yet.

    Returns:
        The files.

    Raises:
        ValueError: It is no such document, or something stands in the folder.
    """
    if document.get("$schema") != identifier(WHOLE):
        raise ValueError(f"expected the document that `kb export json` writes, whose $schema is {identifier(WHOLE)}")
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty: name a folder that does not exist yet")
    texts: dict[Path, str] = {}
    evidence: list[tuple[Path, list[Any]]] = []
    try:
        for name, data in document["entries"].items():
            entry = _entry(name, data)
            path = folder / "entries" / KINDS[entry.kind].folder / entry.group / f"{entry.id}.yaml"
            texts[path] = canonical(entry)
            if name in document["measurements"]:
                found = _measurements.validate_python(document["measurements"][name])
                evidence.append((evidence_file(folder, entry, path), found))
        axes = Axes.model_validate(document["axes"])
    except (ValidationError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"the document cannot be read: {_first(error)}") from None
    written = axes.model_dump(mode="json", exclude_none=True)
    if written:
        texts[folder / "entries" / "axes.yaml"] = yaml.safe_dump(written, allow_unicode=True, sort_keys=False)
    for path, text in texts.items():
        files.write(path, text)
    for path, lines in evidence:
        write(path, lines)
    return [*texts, *(path for path, _ in evidence)]


def _entry(name: str, data: Mapping[str, Any]) -> Entry:
    if data["id"] != name:
        raise ValueError(f"the document cannot be read: entry {name!r} says that its id is {data['id']!r}")
    model = KINDS[data["kind"]].model
    added = FROM_ELSEWHERE - {field.alias or name for name, field in model.model_fields.items()}
    return model.model_validate({field: value for field, value in data.items() if field not in added})


def _first(error: Exception) -> str:
    """The first thing that is wrong, with the field."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return f"{type(error).__name__} {error}"
