"""Croissant: what the tables are, for whoever loads data sets by https://mlcommons.org/croissant."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from kb.export.about import about
from kb.export.rdf.terms import HOME
from kb.export.tables import TABLES, Table
from kb.knowledge_base import KnowledgeBase

CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The names that version 1.0 of the format defines."""
TYPES = {"text": "sc:Text", "integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean", "texts": "sc:Text"}


def croissant(base: KnowledgeBase, files: Mapping[str, str]) -> dict[str, Any]:
    """Return the description of tables that were written as comma-separated values.

    Args:
        base: The knowledge base.
        files: The texts of the files by name, such as `nodes.csv`.
    """
    known = about(base)
    described = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": known["name"].replace(" ", "-"),
        "description": f"{known['name']}: entries, relations and inductive biases of architectures, with proofs.",
        "url": HOME,
        "license": known.get("licence"),
        "version": known.get("version"),
        "datePublished": known.get("date"),
        "citeAs": known["name"],
        "distribution": [_file(name, text) for name, text in files.items()],
        "recordSet": [_records(table) for table in TABLES if f"{table.name}.csv" in files],
    }
    return {name: value for name, value in described.items() if value}


def _file(name: str, text: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{len(text.encode())} B",
        "encodingFormat": "text/csv",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def _records(table: Table) -> dict[str, Any]:
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"{table.name}/{column.name}",
            "name": column.name,
            "description": column.meaning,
            "dataType": TYPES[column.type],
            "source": {"fileObject": {"@id": f"{table.name}.csv"}, "extract": {"column": column.head}},
        }
        for column in table.columns
    ]
    about_it = {"@type": "cr:RecordSet", "@id": table.name, "name": table.name, "description": table.meaning}
    return about_it | {"field": fields}
