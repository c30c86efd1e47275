"""JSON Schemas of the entry files, for completion and checking in editors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kb import files, strict_json
from kb.explaining import FROM_PATH
from kb.export.rdf.terms import HOME
from kb.kinds import BY_FOLDER

DIALECT = "https://json-schema.org/draft/2020-12/schema"
WHOLE = "knowledge-base"
"""What the schema of the JSON document is called."""


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of every kind of entry, by the folder that it belongs to.

    What comes from the path (`id`, `group`) is not part of a file and so not of its schema.
    """
    found = {}
    for folder, model in BY_FOLDER.items():
        schema = model.model_json_schema(by_alias=True)
        schema["properties"] = {name: value for name, value in schema["properties"].items() if name not in FROM_PATH}
        schema["required"] = [name for name in schema.get("required", []) if name not in FROM_PATH]
        found[folder] = {"$schema": DIALECT, "$id": identifier(folder), **schema}
    return found


def identifier(name: str) -> str:
    """Return the address that a schema is known by."""
    return f"{HOME}schemas/{name}.schema.json"


def schema_of_whole() -> dict[str, Any]:
    """Return the schema of the JSON document of the whole knowledge base; entries have those of their kinds."""
    listed = {
        "relations": ("start", "end", "relation"),
        "traits": ("architecture", "bias", "place", "value", "known"),
        "facts": ("id", "architecture", "place", "bias", "value", "how", "premises"),
    }
    properties: dict[str, Any] = {
        "$schema": {"const": identifier(WHOLE)},
        "about": {"type": "object", "required": ["name", "content"], "additionalProperties": {"type": "string"}},
        "entries": {"type": "object", "additionalProperties": {"type": "object", "required": ["kind", "group"]}},
        **{
            name: {"type": "array", "items": {"type": "object", "required": list(required)}}
            for name, required in listed.items()
        },
        **{name: {"type": "object"} for name in ("evidence", "axes")},
        "measurements": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "object"}}},
    }
    about = {
        "title": "A whole knowledge base",
        "description": "Entries, relations, traits, facts with proofs, evidence.",
    }
    required = {"type": "object", "required": sorted(properties), "additionalProperties": False}
    return {"$schema": DIALECT, "$id": identifier(WHOLE), **about, **required, "properties": properties}


def write_schemas(folder: Path) -> list[Path]:
    """Write one schema file for every kind, and one for the whole, and return the files."""
    written = []
    for name, schema in {**schemas(), WHOLE: schema_of_whole()}.items():
        path = folder / f"{name}.schema.json"
        files.write(path, strict_json.dumps(schema, indent=2, sort_keys=True) + "\n")
        written.append(path)
    return written
