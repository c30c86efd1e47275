"""What running measured: kept as raw measurements, never written by hand, and judged when it is read.

Nothing here needs torch: the site and `kb.load()` read evidence, only `kb.verify` makes it.
"""

from kb.evidence.cases import Comparison, peer_cases, peer_sizes, peers_of
from kb.evidence.jobs import Job, Surroundings, jobs, links_of
from kb.evidence.judging import (
    PEER_TOLERANCE,
    VIOLATION,
    CheckEvidence,
    ClaimEvidence,
    Evidence,
    PeerCase,
    PeerEvidence,
    TraitEvidence,
    Value,
    judge,
)
from kb.evidence.record import (
    CheckErrors,
    Cost,
    Curve,
    Curves,
    Measurement,
    PeerErrors,
    Picture,
    SeedResult,
    Size,
    Stage,
    TraitErrors,
    Widening,
)
from kb.evidence.speeds import SPEED_FILE, Speed, keep_speed, read_speeds
from kb.evidence.store import Lines, evidence_file, keep, read, tidy, write

__all__ = [
    "PEER_TOLERANCE", "SPEED_FILE", "VIOLATION", "CheckErrors", "CheckEvidence", "ClaimEvidence", "Comparison",
    "Cost", "Curve", "Curves", "Evidence", "Job", "Lines", "Measurement", "PeerCase", "PeerErrors", "PeerEvidence",
    "Picture", "SeedResult", "Size", "Speed", "Stage", "Surroundings", "TraitErrors", "TraitEvidence", "Value",
    "Widening", "evidence_file", "jobs", "judge", "keep", "keep_speed", "links_of", "peer_cases", "peer_sizes",
    "peers_of", "read", "read_speeds", "tidy", "write",
]  # fmt: skip
