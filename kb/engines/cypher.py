"""Cypher over the property graph, by Ladybug in a folder."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any, ClassVar
from weakref import finalize

from kb.base import Base
from kb.engines.answer import Answer, QueryError, only_reads
from kb.export.tables import BY_NAME, Row, Table, label, plain
from kb.kinds import KINDS

TYPES = {"text": "STRING", "integer": "INT64", "number": "DOUBLE", "boolean": "BOOL", "texts": "STRING[]"}
"""The types of properties in Ladybug."""
REFUSED = (
    "ALTER", "ATTACH", "BEGIN", "CALL", "CHECKPOINT", "COMMENT", "COMMIT", "COPY", "CREATE", "DELETE", "DETACH", "DROP",
    "EXPORT", "EXTENSION", "IMPORT", "INSTALL", "LOAD", "MERGE", "REMOVE", "ROLLBACK", "SET", "UNINSTALL", "UPDATE",
    "USE",
)  # fmt: skip
"""What reads files, fetches extensions, writes, or sets options."""
OPTIONS: dict[str, Any] = {"buffer_pool_size": 2**28, "max_num_threads": 1}
GRAPH = "graph"
QUOTE = '"'
KINDS_OF = {"nodes": tuple(map(label, KINDS)), "facts": ("Fact",), "variants": ("Variant",)}
"""The labels of nodes, by table: they can be asked for where there are none of them."""
_BEGINS = re.compile(r"\s*(MATCH|OPTIONAL|UNWIND|WITH|RETURN)\b", re.IGNORECASE)


class Cypher:
    """The property graph of a knowledge base, to be asked in Cypher.

    Nodes are `Architecture`, `Bias`, `Concept` and so on, `Fact` and `Variant`; relationships are called after
    relations, as in `INTRODUCED_BY`; `TRAIT` is what is known of a bias; a fact is `DERIVED_FROM` its premises.

    Args:
        base: The knowledge base, which is copied into a folder that goes with the engine; or a folder that `write` has
            filled.

    Raises:
        ImportError: Ladybug is not installed.

    Examples:
        >>> import kb
        >>> ask = Cypher(kb.load())
        >>> ask("MATCH (a:Architecture {id: 'lstm'}) RETURN a.year").rows
        ((1997,),)
    """

    package: ClassVar = "ladybug"
    _remove: finalize[..., Any] | None = None

    def __init__(self, base: Base | Path) -> None:
        import ladybug

        if isinstance(base, Path):
            folder = base
        else:
            place = Path(mkdtemp(prefix="kb-"))
            self._remove = finalize(self, rmtree, place, ignore_errors=True)  # with the engine, or when Python ends
            folder = place / "filled"
            self.write(base, folder)
        self._database = ladybug.Database(folder / GRAPH, read_only=True, **OPTIONS)
        self._connection = ladybug.Connection(self._database)

    @staticmethod
    def write(base: Base, folder: Path) -> None:
        """Fill a folder that is not there yet, for engines to be opened from.

        Raises:
            ImportError: Ladybug is not installed.
            OSError: It cannot be written.
        """
        import ladybug

        folder.mkdir()
        database = ladybug.Database(folder / GRAPH, **OPTIONS)
        with database, ladybug.Connection(database) as connection, TemporaryDirectory(prefix="kb-") as files:
            _Loader(connection, Path(files)).load(base)

    def __call__(self, query: str) -> Answer:
        """Return what a query finds.

        Raises:
            QueryError: It cannot be answered, or does not only read.
        """
        if not _BEGINS.match(query):
            raise QueryError("Cypher: expected MATCH, OPTIONAL MATCH, UNWIND, WITH or RETURN first")
        only_reads("Cypher", query, REFUSED)
        try:
            found = self._connection.execute(query)
            if isinstance(found, list):
                raise QueryError("Cypher: expected one query")
            return Answer(tuple(found.get_column_names()), tuple(tuple(row) for row in found.get_all()))
        except RuntimeError as error:
            raise QueryError(f"Cypher: {_sentence(str(error))}") from None

    def close(self) -> None:
        """Close the engine, and remove its folder if it goes with it."""
        self._connection.close()
        self._database.close()
        if self._remove:
            self._remove()


class _Loader:
    """Fills a graph from the tables, by way of files of comma-separated values."""

    def __init__(self, connection: Any, folder: Path) -> None:
        self._connection, self._folder = connection, folder

    def load(self, base: Base) -> None:
        tables = {name: list(table.rows(base)) for name, table in BY_NAME.items()}
        kinds = {row["id"]: row["kind"] for row in tables["nodes"]}
        for name in ("nodes", "facts", "variants"):
            self._nodes(BY_NAME[name], tables[name])
        for name in ("edges", "traits", "premises"):
            table = BY_NAME[name]
            start, end = (column.name for column in table.columns[:2])
            ends = {"premises": lambda _: "Fact"}.get(name, kinds.__getitem__)
            self._relationships(table, tables[name], start, end, ends)

    def _nodes(self, table: Table, rows: Iterable[Row]) -> None:
        names = [column.name for column in table.columns if column.name != "kind"]
        by_kind: dict[str, list[Row]] = {kind: [] for kind in KINDS_OF.get(table.name, ())}
        for row in rows:
            by_kind.setdefault(row["kind"], []).append({name: plain(row.get(name)) for name in names})
        values = ", ".join(f"`{name}`: row.`{name}`" for name in names)
        for kind, of_kind in by_kind.items():
            self._connection.execute(f"CREATE NODE TABLE `{kind}`({_properties(table, 'kind')}, PRIMARY KEY (id))")
            if of_kind:
                self._connection.execute(f"UNWIND $rows AS row CREATE (:`{kind}` {{{values}}})", {"rows": of_kind})

    def _relationships(self, table: Table, rows: Iterable[Row], start: str, end: str, kind_of: Any) -> None:
        groups: dict[str, dict[tuple[str, str], list[Row]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            groups[row["relation"]][kind_of(row[start]), kind_of(row[end])].append(row)
        for relation, pairs in groups.items():
            between = ", ".join(f"FROM `{first}` TO `{last}`" for first, last in pairs)
            properties = _properties(table, start, end, "relation")
            columns = ", ".join(filter(None, (between, properties)))
            self._connection.execute(f"CREATE REL TABLE `{relation}`({columns})")
            for (first, last), between_them in pairs.items():
                self._copy(relation, table, between_them, first, last)

    def _copy(self, relation: str, table: Table, rows: Iterable[Row], first: str, last: str) -> None:
        file = self._folder / "rows.csv"
        names = [column.name for column in table.columns if column.name != "relation"]
        lines = (",".join(_field(plain(row.get(name))) for name in names) for row in rows)
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        reading = f"header = false, parallel = false, escape = '\"', from = '{first}', to = '{last}'"
        self._connection.execute(f"COPY `{relation}` FROM '{file.as_posix()}' ({reading})")


def _field(value: Any) -> str:
    """A value in a file to copy from: nothing for None, else between quotes; the words of a list have none inside."""
    if value is None:
        return ""
    text = f"[{','.join(value)}]" if isinstance(value, list) else str(value)
    return f'"{text.replace(QUOTE, QUOTE + QUOTE)}"'


def _properties(table: Table, *without: str) -> str:
    return ", ".join(f"`{each.name}` {TYPES[each.type]}" for each in table.columns if each.name not in without)


def _sentence(message: str) -> str:
    """The first line of an error of Ladybug, without the name of its part that raised it."""
    return re.sub(r"^\w+ exception: ", "", message.strip().splitlines()[0])
