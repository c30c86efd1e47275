"""The knowledge base in the formats of others: BibTeX, JSON, GraphML, Markdown, schema.org, and JSON Schemas."""

from kb.export.bibtex import bibtex, bibtex_of_entry
from kb.export.graph import graph_json, graphml
from kb.export.linked import schema_org
from kb.export.markdown import markdown
from kb.export.schemas import schemas, write_schemas
from kb.export.whole import base_json, entry_json

__all__ = [
    "base_json",
    "bibtex",
    "bibtex_of_entry",
    "entry_json",
    "graph_json",
    "graphml",
    "markdown",
    "schema_org",
    "schemas",
    "write_schemas",
]
