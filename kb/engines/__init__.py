"""Queries in the languages of others: SPARQL over linked data, SQL over tables, Cypher over a property graph.

Each engine has a copy of what the knowledge base says, which goes with it or lies in a folder that was filled before,
and only reads: a query reaches neither another file nor the network. The libraries are extras of the package.
"""

from kb.engines.answer import Answer, QueryError
from kb.engines.cypher import Cypher
from kb.engines.sparql import Sparql
from kb.engines.sql import Sql

__all__ = ["Answer", "Cypher", "QueryError", "Sparql", "Sql"]
