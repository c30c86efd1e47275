"""What running measured: read and written as JSON, never by hand, and stale as soon as its sources change.

Nothing here needs torch: the site and `kb.load()` read evidence, only `kb.verify` makes it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from kb.links import source_file, sources_of
from kb.schema import Architecture, Bias, Claim, Concept, Entry

PEER_TOLERANCE = 1e-10
"""Largest relative difference from a peer, in float64. Honest matches reach 1e-14; a wrong eps shows as 1e-6."""

SPEED_FILE = "evidence/speed.json"

Value = Literal["holds", "lacks", "unknown"]
Verdict = Literal["supported", "not reproduced", "refuted"]


class Record(BaseModel):
    """Base of all evidence records."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Stage(Record):
    """One box of a block diagram: a child module in the order in which it ran."""

    name: str
    module: str
    shape: list[int]
    parameters: int


class VariantEvidence(Record):
    """The size of one variant, for one example. `flops` counts 2 for each multiply-add of one forward pass.

    `depth` counts the layers with weights on the longest path, `receptive_field` the side of the input patch behind a
    unit of the last feature map.
    """

    parameters: int
    flops: int | None = None
    depth: int | None = None
    receptive_field: int | None = None
    inputs: dict[str, list[int]] = {}
    stages: list[Stage] = []


class TraitEvidence(Record):
    """What a probe measured: the largest error over `draws` draws of weights and inputs."""

    bias: str
    variant: str
    error: float
    tolerance: float
    draws: int
    value: Value


class PeerEvidence(Record):
    """Largest relative differences from the peer, over outputs and over the gradients of inputs and weights."""

    variant: str
    outputs: float
    gradients: float
    compared: int


class ConditionEvidence(Record):
    """One condition of a claim, with the median over seeds that it was judged on."""

    condition: str
    control: bool
    median: float
    met: bool


class CheckEvidence(Record):
    """The largest relative error of an exact check, over draws."""

    check: str
    error: float
    tolerance: float

    @property
    def met(self) -> bool:
        """Whether it is within its tolerance; a NaN is not."""
        return self.error <= self.tolerance


class ClaimEvidence(Record):
    """What an experiment returned, and the verdict. Series are those of the first seed."""

    verdict: Verdict
    seeds: int
    measures: dict[str, list[float]]
    series: dict[str, list[float]] = {}
    conditions: list[ConditionEvidence]


class Speed(Record):
    """Time of our forward and backward pass over the peer's, the fastest of interleaved rounds."""

    variant: str | None = None
    """The variant of a realistic size; without one the small sizes of the comparison with the peer were timed."""
    float32: float | None = None
    float64: float
    rounds: int

    def __str__(self) -> str:
        """Both ratios and what was timed, in words."""
        single = f"{self.float32:.2g} times as long as its peer in float32, " if self.float32 is not None else ""
        double = f"{self.float64:.2g} times{'' if single else ' as long as its peer'} in float64"
        sizes = f"variant {self.variant}" if self.variant else "at the small sizes of the comparison"
        return f"{single}{double} ({sizes})"


class Evidence(Record):
    """All that was measured for one entry, with the digest of everything that produced it."""

    digest: str
    libraries: dict[str, str]
    variants: dict[str, VariantEvidence] = {}
    traits: list[TraitEvidence] = []
    peer: PeerEvidence | None = None
    checks: list[CheckEvidence] = []
    claim: ClaimEvidence | None = None


def evidence_file(root: Path, entry: Entry, file: Path) -> Path:
    """Return where the evidence of an entry is kept: the entry's own path, under `evidence/`."""
    return (root / "evidence" / file.relative_to(root / "entries")).with_suffix(".json")


def read(path: Path) -> Evidence | None:
    """Read one evidence file; None where there is none, or where it is not of this version's form."""
    try:
        return Evidence.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def read_speeds(root: Path) -> dict[str, Speed]:
    """Read what `kb bench` kept; empty where it has never run."""
    try:
        return TypeAdapter(dict[str, Speed]).validate_json((root / SPEED_FILE).read_bytes())
    except (FileNotFoundError, ValidationError):
        return {}


def write(path: Path, evidence: Evidence) -> None:
    """Write one evidence file."""
    write_json(path, evidence.model_dump(mode="json", exclude_defaults=True))


def write_json(path: Path, data: object) -> None:
    """Write JSON: aside first, then in one step into place, so that a failure or an interrupt loses nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text + "\n")
        Path(aside).chmod(0o644)
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def needs_evidence(entry: Entry) -> bool:
    """Whether there is something to measure: architecture, claim with an experiment, code with a peer or checks."""
    match entry:
        case Architecture():
            return True
        case Claim():
            return entry.experiment is not None
        case Concept():
            return entry.peer is not None or bool(entry.checks)
        case _:
            return False


def links_of(entry: Entry) -> list[str]:
    """Return every link to code that an entry has."""
    links = [getattr(entry, name, None) for name in ("implementation", "peer", "probe", "experiment")]
    return [link for link in links if link] + [check.check for check in getattr(entry, "checks", [])]


def digest(root: Path, entry: Entry, biases: dict[str, Bias]) -> str:
    """Return a digest of everything that the evidence of an entry depends on.

    Args:
        root: The folder that holds `implementations`.
        entry: The entry.
        biases: All biases by id: every probe is run on every architecture that has its axis.

    Returns:
        A hexadecimal digest over the fields that are measured, and over the sources that are run and that measure.
    """
    material = hashlib.sha256(json.dumps(_measured_fields(entry), sort_keys=True).encode() + _measuring())
    links = links_of(entry)
    if isinstance(entry, Architecture):
        for bias in sorted(biases.values(), key=lambda bias: bias.id):
            fields = [bias.id, bias.acts_on, bias.axis_in, bias.least_axes, bias.tolerance]
            material.update(json.dumps([*fields, "state"] if bias.of_state else fields).encode())
            links.append(bias.probe)
    files = {path for link in links for path in sources_of(root, link)}
    for path in sorted(files):
        material.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return material.hexdigest()[:32]


@cache
def _measuring() -> bytes:
    """A digest of the code that measures. Speed is kept elsewhere, and how work is spread changes no result."""
    package = Path(__file__).parent
    files = [package / "measuring.py", package / "tracing.py", *sorted((package / "verify").glob("*.py"))]
    measures = [path for path in files if path.name not in ("__init__.py", "speed.py")]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in measures)).digest()


def _measured_fields(entry: Entry) -> dict[str, object]:
    """The fields that a measurement depends on; prose may change without making evidence stale."""
    names = {
        "signature", "implementation", "peer", "peer_variant", "checks", "variants", "exhibits", "lacks",
        "experiment", "seeds", "expect", "controls",
    }  # fmt: skip
    data = entry.model_dump(mode="json", include=names, by_alias=True)
    for trait in [*data.get("exhibits", []), *data.get("lacks", [])]:
        del trait["because"], trait["source"]
    for check in data.get("checks", []):
        del check["statement"], check["source"]
    if not data.get("checks"):
        data.pop("checks", None)
    for variant in data.get("variants", {}).values():
        del variant["summary"], variant["source"], variant["parameters"]
    return data


def sources_missing(root: Path, entry: Entry) -> list[str]:
    """Return the links of an entry whose file does not exist."""
    return [link for link in links_of(entry) if not source_file(root, link).is_file()]
