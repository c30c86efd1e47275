"""SPARQL over the linked data, by Oxigraph."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

from kb.engines.answer import Answer, QueryError, only_reads
from kb.export.rdf import PREFIXES, Addresses, n_triples, triples
from kb.knowledge_base import KnowledgeBase

STORE, ADDRESS = "store", "home.txt"
"""What is in a folder: the store of Oxigraph, and what the addresses in it begin with."""

_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_NUMBERS = {"integer": int, "double": float, "decimal": float, "gYear": int}


class Sparql:
    """The linked data of a knowledge base, to be asked in SPARQL.

    Addresses of entries come back as ids. In a query the usual prefixes are known, `dlt:` is that of our own words, and
    `:lstm` is an entry.

    Args:
        base: The knowledge base, which is copied into memory; or a folder that `write` has filled.
        home: What the addresses of entries begin with; see `kb.export.rdf.Addresses`.

    Raises:
        ImportError: pyoxigraph is not installed.

    Examples:
        >>> import kb
        >>> ask = Sparql(kb.load())
        >>> ask("SELECT ?year WHERE { :lstm dlt:year ?year }").rows
        ((1997,),)
    """

    package: ClassVar = "pyoxigraph"

    def __init__(self, base: KnowledgeBase | Path, home: str = "") -> None:
        import pyoxigraph

        self._oxigraph = pyoxigraph
        if isinstance(base, Path):
            self._home = (base / ADDRESS).read_text(encoding="utf-8")
            self._store = pyoxigraph.Store.read_only(str(base / STORE))
        else:
            self._home = Addresses(base, home).home
            self._store = pyoxigraph.Store()
            _fill(self._store, base, home)

    @staticmethod
    def write(base: KnowledgeBase, folder: Path, home: str = "") -> None:
        """Fill a folder that is not there yet, for engines to be opened from.

        Raises:
            ImportError: pyoxigraph is not installed.
            OSError: It cannot be written.
        """
        import pyoxigraph

        folder.mkdir()
        (folder / ADDRESS).write_text(Addresses(base, home).home, encoding="utf-8")
        _fill(pyoxigraph.Store(str(folder / STORE)), base, home)

    def __call__(self, query: str) -> Answer:
        """Return what a query finds: of ASK one truth value, of CONSTRUCT and DESCRIBE triples.

        Raises:
            QueryError: It cannot be answered, or would ask another server.
        """
        for text in (query, _ESCAPED.sub(_unescaped, query)):
            only_reads("SPARQL", text, ("SERVICE",))
        try:
            found = self._store.query(query, prefixes={"": self._home, **PREFIXES}, base_iri=_absolute(self._home))
            if isinstance(found, self._oxigraph.QueryBoolean):
                return Answer(("answer",), ((bool(found),),))
            if isinstance(found, self._oxigraph.QuerySolutions):
                columns = tuple(variable.value for variable in found.variables)
                return Answer(columns, tuple(tuple(map(self._value, row)) for row in found))
            columns = ("subject", "predicate", "object")
            return Answer(columns, tuple(tuple(map(self._value, triple)) for triple in found))
        except (SyntaxError, ValueError, OSError, RuntimeError) as error:
            raise QueryError(f"SPARQL: {' '.join(str(error).split())}") from None

    def _value(self, term: Any) -> Any:
        if term is None:
            return None
        text: str = getattr(term, "value", str(term))
        if isinstance(term, self._oxigraph.NamedNode):
            return text.replace(PREFIXES["dlt"], "dlt:").removeprefix(self._home)
        datatype = term.datatype.value.rpartition("#")[2] if isinstance(term, self._oxigraph.Literal) else ""
        if datatype == "boolean":
            return text in ("true", "1")
        return _NUMBERS[datatype](text) if datatype in _NUMBERS else text


def _fill(store: Any, base: KnowledgeBase, home: str) -> None:
    import pyoxigraph

    store.bulk_load(n_triples(triples(base, home)).encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    store.flush()


def _absolute(home: str) -> str | None:
    return home if home.startswith("http") else None


def _unescaped(found: re.Match[str]) -> str:
    """The letter that an escape stands for, which SPARQL reads anywhere in a query."""
    number = int(found[1] or found[2], 16)
    return chr(number) if number <= 0x10FFFF else ""
