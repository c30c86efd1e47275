"""Tables as folders of files."""

from __future__ import annotations

from pathlib import Path

from kb import files, strict_json
from kb.export.croissant import croissant
from kb.export.tables import TABLES, csv_of
from kb.knowledge_base import KnowledgeBase


def write_csv(base: KnowledgeBase, folder: Path) -> list[Path]:
    """Write every table as comma-separated values, and `croissant.json`, which describes them; return the files."""
    texts = {f"{table.name}.csv": csv_of(base, table) for table in TABLES}
    described = strict_json.dumps(croissant(base, texts), indent=2) + "\n"
    for name, text in {**texts, "croissant.json": described}.items():
        files.write(folder / name, text)
    return [folder / name for name in (*texts, "croissant.json")]


def write_parquet(base: KnowledgeBase, folder: Path) -> list[Path]:
    """Write every table as Parquet and return the files.

    Raises:
        ImportError: DuckDB is not installed.
    """
    from kb.engines.sql import Sql

    folder.mkdir(parents=True, exist_ok=True)
    return Sql(base).write_parquet(folder)
