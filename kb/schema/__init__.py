"""The shape of the data: one module per kind of entry."""

from kb.schema.architecture import DEFAULT_VARIANT, NARROWER, Architecture, Trait, Variant
from kb.schema.bias import Bias
from kb.schema.claim import SORTS, VERDICTS, Claim, Condition, Figure, Sort, Verdict
from kb.schema.common import Entry, Source
from kb.schema.concept import Concept
from kb.schema.model import Kind, Ref
from kb.schema.paper import Paper
from kb.schema.path import ReadingPath
from kb.schema.signature import Shape, Signature
from kb.schema.theorem import Statement, Theorem

__all__ = [
    "DEFAULT_VARIANT",
    "NARROWER",
    "SORTS",
    "VERDICTS",
    "Architecture",
    "Bias",
    "Claim",
    "Concept",
    "Condition",
    "Entry",
    "Figure",
    "Kind",
    "Paper",
    "ReadingPath",
    "Ref",
    "Shape",
    "Signature",
    "Sort",
    "Source",
    "Statement",
    "Theorem",
    "Trait",
    "Variant",
    "Verdict",
]
