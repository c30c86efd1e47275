"""Questions to a knowledge base, one module each."""

from kb.query.bearing import Bearing, bearing
from kb.query.compare import Comparison, compare
from kb.query.conditions import Condition, Has, Lacks, Unknown, Uses, Within
from kb.query.conjectures import Implication, refute
from kb.query.emptiness import Emptiness, why_none
from kb.query.lineage import Lineage, Relative, lineage
from kb.query.listing import Edge, Finding, edges, findings, matrix
from kb.query.openness import OpenCell, open_cells, unmeasured
from kb.query.prerequisites import Prerequisite, prerequisites
from kb.query.reasons import reasons
from kb.query.recall import Recall, recall
from kb.query.remedies import Diagnosis, Involved, problems, remedies
from kb.query.route import Hop, route
from kb.query.select import select
from kb.query.why import Explanation, why

__all__ = [
    "Bearing",
    "Comparison",
    "Condition",
    "Diagnosis",
    "Edge",
    "Emptiness",
    "Explanation",
    "Finding",
    "Has",
    "Hop",
    "Implication",
    "Involved",
    "Lacks",
    "Lineage",
    "OpenCell",
    "Prerequisite",
    "Recall",
    "Relative",
    "Unknown",
    "Uses",
    "Within",
    "bearing",
    "compare",
    "edges",
    "findings",
    "lineage",
    "matrix",
    "open_cells",
    "prerequisites",
    "problems",
    "reasons",
    "recall",
    "refute",
    "remedies",
    "route",
    "select",
    "unmeasured",
    "why",
    "why_none",
]
