"""Queries in the languages of others: SPARQL over linked data, SQL over tables, Cypher over a property graph.

Each engine holds a copy of what the knowledge base says, in memory or in a folder of its own that goes with it, and
only reads: a query reaches neither a file nor the network. The libraries are extras of the package.
"""

from kb.engines.answer import Answer, QueryError
from kb.engines.cypher import Cypher
from kb.engines.sparql import Sparql
from kb.engines.sql import Sql

__all__ = ["Answer", "Cypher", "QueryError", "Sparql", "Sql"]
