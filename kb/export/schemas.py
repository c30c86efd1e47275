"""JSON Schemas of the entry files, for completion and checking in editors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kb import files, strict_json
from kb.explaining import FROM_PATH
from kb.kinds import BY_FOLDER


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of every kind of entry, by the folder that it belongs to.

    What comes from the path (`id`, `group`) is not part of a file and so not of its schema.
    """
    found = {}
    for folder, model in BY_FOLDER.items():
        schema = model.model_json_schema(by_alias=True)
        schema["properties"] = {name: value for name, value in schema["properties"].items() if name not in FROM_PATH}
        schema["required"] = [name for name in schema.get("required", []) if name not in FROM_PATH]
        found[folder] = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return found


def write_schemas(folder: Path) -> list[Path]:
    """Write one schema file for every kind and return the files."""
    written = []
    for name, schema in schemas().items():
        path = folder / f"{name}.schema.json"
        files.write(path, strict_json.dumps(schema, indent=2, sort_keys=True) + "\n")
        written.append(path)
    return written
