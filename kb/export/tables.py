"""The knowledge base as tables: entries and relations, the matrix of traits, all facts with proofs, variants, names.

One description of every column serves all that hold tables: the heads of comma-separated values are those that Neo4j's
import asks for, and Parquet has plain names and types for Spark, DuckDB, pandas and Polars.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any, Literal

from kb.base import Base
from kb.collecting import without_collector
from kb.export.characters import printable
from kb.export.details import DETAILS
from kb.export.facts import all_facts, fact_row, meant_cells, measurements, place_measured, trait_row
from kb.schema import Paper

Type = Literal["text", "integer", "number", "boolean", "texts"]
Row = dict[str, Any]
LIST = ";"
"""What stands between the texts of a list in comma-separated values, as Neo4j reads them."""


@dataclass(frozen=True)
class Column:
    """A column.

    Args:
        name: What it is called.
        meaning: What stands in it.
        type: What its values are; any may be missing.
        neo4j: What Neo4j's import takes it for, such as `:ID(entry)`; default is a property of its type.
    """

    name: str
    meaning: str
    type: Type = "text"
    neo4j: str = ""

    @property
    def head(self) -> str:
        """Its head in comma-separated values."""
        types = {"text": "", "integer": ":long", "number": ":double", "boolean": ":boolean", "texts": ":string[]"}
        return self.neo4j or self.name + types[self.type]


@dataclass(frozen=True)
class Table:
    """A table.

    Args:
        name: What it is called, and its files.
        meaning: What a row is.
        columns: Its columns.
        rows: What yields its rows.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    rows: Callable[[Base], Iterator[Row]]


@without_collector()
def csv_of(base: Base, table: Table) -> str:
    """Return a table as comma-separated values with heads for Neo4j; what is missing is empty."""
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.head for column in table.columns])
    writer.writerows([_cell(row.get(column.name)) for column in table.columns] for row in table.rows(base))
    return stream.getvalue()


@without_collector()
def json_lines(base: Base, table: Table) -> str:
    """Return a table as a JSON object a line, with every column in every row."""
    names = [column.name for column in table.columns]
    rows = ({name: plain(row.get(name)) for name in names} for row in table.rows(base))
    return "".join(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows)


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return LIST.join(printable(each).replace(LIST, ",") for each in value)
    return str(value).lower() if isinstance(value, bool) else plain(value)


def plain(value: Any) -> Any:
    """Return a value that every format can hold: a number that is none is missing, as is an empty text."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, list | tuple):
        return [printable(each) for each in value]
    return (printable(value) or None) if isinstance(value, str) else value


def label(kind: str) -> str:
    """Return the label of a node in a property graph."""
    return kind.capitalize()


def relationship(relation: str) -> str:
    """Return the type of a relationship in a property graph.

    Examples:
        >>> relationship("introduced-by")
        'INTRODUCED_BY'
    """
    return relation.upper().replace("-", "_")


def _nodes(base: Base) -> Iterator[Row]:
    for entry in base.values():
        row: Row = {"id": entry.id, "kind": label(entry.kind), "name": entry.title, "group": entry.group}
        row |= {"year": entry.year, "summary": entry.gist, "aliases": list(entry.aliases)}
        row["elsewhere"] = [same.name for same in getattr(entry, "same_as", ())]
        record = base.evidence.get(entry.id)
        row["verdict"] = record.claim.verdict if record and record.claim else None
        if isinstance(entry, Paper):
            row |= {"authors": list(entry.authors), "venue": entry.venue, "url": entry.link, "doi": entry.ids.doi}
        yield row


def _edges(base: Base) -> Iterator[Row]:
    for start, end, data in base.graph.edges(data=True):
        yield {**data, "start": start, "end": end, "relation": relationship(data["relation"])}


def _traits(base: Base) -> Iterator[Row]:
    for cell in meant_cells(base):
        yield trait_row(cell) | {"relation": "TRAIT"}


def _facts(base: Base) -> Iterator[Row]:
    measured = measurements(base)
    for fact in all_facts(base):
        row = fact_row(fact) | {"kind": "Fact", "rule": fact.rule, "theorem": fact.theorem}
        if source := fact.source:
            row |= {"paper": source.paper, "url": source.url, "at": source.at or source.deck}
        if fact.how == "measured":
            row |= vars(measured[place_measured(fact)])
        yield row


def _premises(base: Base) -> Iterator[Row]:
    for fact in all_facts(base):
        for premise in fact.premises:
            yield {"fact": fact.id, "premise": premise.id, "relation": "DERIVED_FROM"}


def _variants(base: Base) -> Iterator[Row]:
    for entry in base.architectures.values():
        record = base.evidence.get(entry.id)
        for name, variant in entry.all_variants.items():
            row: Row = {"id": f"{entry.id}/{name}", "kind": "Variant", "architecture": entry.id, "name": name}
            row |= {"canonical": name == entry.canonical, "published_size": variant.large, "summary": variant.summary}
            size = record.variants.get(name) if record else None
            if size:
                row |= {"parameters": size.parameters, "flops": size.flops, "depth": size.depth}
                row |= {"receptive_field": size.receptive_field, "active": size.active}
            yield row


def _names(base: Base) -> Iterator[Row]:
    for entry in base.values():
        for same in getattr(entry, "same_as", ()):
            row = {"entry": entry.id, "variant": same.variant}
            yield row | {"source": same.source, "name": same.local, "match": same.match}


_ENTRY = "entry"
TABLES = (
    Table(
        "nodes",
        "An entry.",
        (
            Column("id", "What it is called in the knowledge base.", neo4j=f"id:ID({_ENTRY})"),
            Column("kind", "Architecture, Bias, Claim, Concept, Paper, Path or Theorem.", neo4j=":LABEL"),
            Column("name", "Its name or title."),
            Column("group", "Its family, category or topic."),
            Column("year", "Of the publication that introduced it.", "integer"),
            Column("summary", "One sentence."),
            Column("aliases", "Other names.", "texts"),
            Column("elsewhere", "Names in other vocabularies and libraries, with these before them.", "texts"),
            Column("verdict", "Of a claim: supported, refuted or not settled."),
            Column("authors", "Of a paper, in order.", "texts"),
            Column("venue", "Of a paper."),
            Column("url", "Of a paper: where to read it."),
            Column("doi", "Of a paper."),
        ),
        _nodes,
    ),
    Table(
        "edges",
        "A relation between two entries.",
        (
            Column("start", "The entry that has it.", neo4j=f":START_ID({_ENTRY})"),
            Column("end", "The entry that it leads to.", neo4j=f":END_ID({_ENTRY})"),
            Column("relation", "What it is.", neo4j=":TYPE"),
            *(Column(name, meaning[0].upper() + meaning[1:]) for name, (_, meaning) in DETAILS.items()),
        ),
        _edges,
    ),
    Table(
        "traits",
        "What is known of an inductive bias of an architecture, of the variant that is meant where none is named.",
        (
            Column("architecture", "The architecture.", neo4j=f":START_ID({_ENTRY})"),
            Column("bias", "The bias.", neo4j=f":END_ID({_ENTRY})"),
            Column("relation", "Always TRAIT.", neo4j=":TYPE"),
            Column("place", "The variant, or the sub-network of one."),
            Column("value", "holds, lacks or unknown."),
            Column("known", "How: measured, asserted, derived.", "texts"),
        ),
        _traits,
    ),
    Table(
        "facts",
        "That a variant has or lacks an inductive bias, known in one way.",
        (
            Column("id", "Its cell, its value and the kind of evidence.", neo4j="id:ID(fact)"),
            Column("kind", "Always Fact.", neo4j=":LABEL"),
            Column("architecture", "The architecture; of a premise it may be a component."),
            Column("place", "The variant, or a sub-network or an axis of one."),
            Column("bias", "The bias."),
            Column("value", "holds or lacks."),
            Column("how", "measured, asserted or derived."),
            Column("reason", "Why, in words."),
            Column("rule", "Of a derived fact: the rule."),
            Column("theorem", "Of a derived fact: the theorem that the rule used."),
            Column("paper", "Of an asserted fact: the paper where it can be checked."),
            Column("url", "Of an asserted fact: the page where it can be checked."),
            Column("at", "The place there."),
            Column("digest", "Of a measured fact: of all that the measurement depends on."),
            Column("draws", "How many draws of weights and inputs were measured.", "integer"),
            Column("error", "The error that decided: 0 where the bias holds exactly.", "number"),
            Column("which", "Which error of all draws decides."),
            Column("tolerance", "The largest error of a bias that holds.", "number"),
            Column("narrowed", "How many times as narrow the network was that was measured.", "integer"),
        ),
        _facts,
    ),
    Table(
        "premises",
        "A step of a proof: a derived fact, and one of those that it was derived from.",
        (
            Column("fact", "The derived fact.", neo4j=":START_ID(fact)"),
            Column("premise", "What it was derived from.", neo4j=":END_ID(fact)"),
            Column("relation", "Always DERIVED_FROM.", neo4j=":TYPE"),
        ),
        _premises,
    ),
    Table(
        "variants",
        "An architecture with arguments of its constructor, and its sizes as counted.",
        (
            Column("id", "Architecture and name.", neo4j="id:ID(variant)"),
            Column("kind", "Always Variant.", neo4j=":LABEL"),
            Column("architecture", "The architecture."),
            Column("name", "Its name; default has no arguments."),
            Column("canonical", "Whether questions are about it.", "boolean"),
            Column("published_size", "Whether it has a size that was published.", "boolean"),
            Column("summary", "What it is."),
            Column("parameters", "Trainable parameters.", "integer"),
            Column("flops", "Floating point operations of a forward pass: two for a multiply-add.", "integer"),
            Column("depth", "Layers with weights on the longest path.", "integer"),
            Column("receptive_field", "Side of the input patch behind a unit of the last feature map.", "integer"),
            Column("active", "Parameters that one position uses, where it chooses among experts.", "integer"),
        ),
        _variants,
    ),
    Table(
        "names",
        "What an entry, or a variant of it, is called in another vocabulary or library.",
        (
            Column("entry", "The entry."),
            Column("variant", "The variant, where one is meant."),
            Column("source", "The vocabulary or library."),
            Column("name", "What it is called there."),
            Column("match", "exact, close, broad or narrow, as in SKOS."),
        ),
        _names,
    ),
)  # fmt: skip
"""All tables, in the order in which they can be filled."""
BY_NAME = {table.name: table for table in TABLES}
