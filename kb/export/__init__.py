"""The knowledge base in formats of others, the JSON document that it can be read back from, and code in one file."""

from kb.export.bibtex import bibtex, bibtex_of_entry
from kb.export.csl import csl
from kb.export.folders import write_csv, write_parquet
from kb.export.graph import gexf, graph_json, graphml
from kb.export.linked import schema_org
from kb.export.mapping import sssom
from kb.export.markdown import markdown
from kb.export.reading import unpack
from kb.export.schemas import schemas, write_schemas
from kb.export.standalone import file_name, standalone
from kb.export.whole import base_json, entry_json, entry_line

__all__ = [
    "base_json",
    "bibtex",
    "bibtex_of_entry",
    "csl",
    "entry_json",
    "entry_line",
    "file_name",
    "gexf",
    "graph_json",
    "graphml",
    "markdown",
    "schema_org",
    "schemas",
    "sssom",
    "standalone",
    "unpack",
    "write_csv",
    "write_parquet",
    "write_schemas",
]
