"""Questions to a knowledge base, one module each."""

from kb.query.compare import Comparison, compare
from kb.query.lineage import Lineage, Relative, lineage
from kb.query.prerequisites import Prerequisite, prerequisites
from kb.query.route import Hop, route
from kb.query.select import select

__all__ = [
    "Comparison",
    "Hop",
    "Lineage",
    "Prerequisite",
    "Relative",
    "compare",
    "lineage",
    "prerequisites",
    "route",
    "select",
]
