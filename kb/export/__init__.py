"""The knowledge base in the formats of others: BibTeX, JSON, GraphML, and JSON Schemas for editors."""

from kb.export.bibtex import bibtex
from kb.export.graph import graph_json, graphml
from kb.export.schemas import schemas, write_schemas
from kb.export.whole import base_json

__all__ = ["base_json", "bibtex", "graph_json", "graphml", "schemas", "write_schemas"]
