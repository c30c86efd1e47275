"""SQL over the tables, by DuckDB."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from kb.base import Base
from kb.engines.answer import Answer, QueryError
from kb.export.tables import TABLES, Table, json_lines

TYPES = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "texts": "VARCHAR[]"}
"""The types of columns in DuckDB."""
SETTINGS: dict[str, str | bool | int] = {"threads": 1, "python_enable_replacements": False}
DATABASE = "tables.duckdb"


class Sql:
    """The tables of a knowledge base, to be asked in SQL.

    Args:
        base: The knowledge base, which is copied into memory; or a folder that `write` has filled.

    Raises:
        ImportError: DuckDB is not installed.

    Examples:
        >>> import kb
        >>> ask = Sql(kb.load())
        >>> ask("SELECT year FROM nodes WHERE id = 'lstm'").rows
        ((1997,),)
    """

    package: ClassVar = "duckdb"

    def __init__(self, base: Base | Path) -> None:
        import duckdb

        self._duckdb, self._locked = duckdb, False
        if isinstance(base, Path):
            self._connection = duckdb.connect(str(base / DATABASE), read_only=True, config=SETTINGS)
        else:
            self._connection = duckdb.connect(":memory:", config=SETTINGS)
            _fill(self._connection, base)

    @staticmethod
    def write(base: Base, folder: Path) -> None:
        """Fill a folder that is not there yet, for engines to be opened from.

        Raises:
            ImportError: DuckDB is not installed.
            OSError: It cannot be written.
        """
        import duckdb

        folder.mkdir()
        with duckdb.connect(str(folder / DATABASE), config=SETTINGS) as connection:
            _fill(connection, base)

    def write_parquet(self, folder: Path) -> list[Path]:
        """Write every table as a Parquet file and return the files; the same data give the same bytes."""
        written = [folder / f"{table.name}.parquet" for table in TABLES]
        for table, path in zip(TABLES, written, strict=True):
            self._connection.execute(f"COPY {table.name} TO ? (FORMAT parquet)", [str(path)])
        return written

    def __call__(self, query: str) -> Answer:
        """Return what a query finds. From the first one on no file can be reached, and nothing be changed.

        Raises:
            QueryError: It cannot be answered, or is no single query that reads.
        """
        if not self._locked:
            self._connection.execute("SET enable_external_access = false; SET lock_configuration = true")
            self._locked = True
        try:
            statements = self._connection.extract_statements(query)
            if len(statements) != 1 or statements[0].type != self._duckdb.StatementType.SELECT:
                raise QueryError("SQL: expected one SELECT; queries only read what is here")
            found = self._connection.execute(statements[0])
            columns = tuple(column[0] for column in found.description or ())
            return Answer(columns, tuple(tuple(row) for row in found.fetchall()))
        except self._duckdb.Error as error:
            raise QueryError(f"SQL: {_sentence(str(error))}") from None


def _fill(connection: Any, base: Base) -> None:
    with TemporaryDirectory(prefix="kb-") as folder:
        for table in TABLES:
            _copy(connection, base, table, Path(folder) / f"{table.name}.jsonl")


def _copy(connection: Any, base: Base, table: Table, file: Path) -> None:
    file.write_text(json_lines(base, table), encoding="utf-8")
    columns = ", ".join(f"\"{column.name}\": '{TYPES[column.type]}'" for column in table.columns)
    options = f"format = 'newline_delimited', columns = {{{columns}}}, maximum_object_size = 100000000"
    connection.execute(f"CREATE TABLE {table.name} AS FROM read_json(?, {options})", [str(file)])


def _sentence(message: str) -> str:
    """The first lines of an error of DuckDB: what is wrong, and what it suggests."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    kept = [line for line in lines if not line.startswith(("LINE ", "^"))]
    return re.sub(r"^(Parser|Binder|Catalog) Error: ", "", "; ".join(kept[:2]))
