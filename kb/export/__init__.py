"""The knowledge base in the formats of others: BibTeX, JSON, GraphML, Markdown, schema.org, and code in one file."""

from kb.export.bibtex import bibtex, bibtex_of_entry
from kb.export.graph import graph_json, graphml
from kb.export.linked import schema_org
from kb.export.markdown import markdown
from kb.export.schemas import schemas, write_schemas
from kb.export.standalone import file_name, standalone
from kb.export.whole import base_json, entry_json

__all__ = [
    "base_json",
    "bibtex",
    "bibtex_of_entry",
    "entry_json",
    "file_name",
    "graph_json",
    "graphml",
    "markdown",
    "schema_org",
    "schemas",
    "standalone",
    "write_schemas",
]
