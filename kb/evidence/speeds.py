"""Speeds relative to peers, as `kb bench` measured them: in one file apart, since they change with the machine."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from kb import files, strict_json
from kb.evidence.record import Record

SPEED_FILE = "evidence/speed.json"


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


def read_speeds(root: Path) -> dict[str, Speed]:
    """Read what `kb bench` kept; empty where it has never run.

    Raises:
        ValueError: The file is broken.
    """
    file = root / SPEED_FILE
    return _speeds(file.read_bytes() if file.is_file() and not file.is_symlink() else b"")


def keep_speed(root: Path, entry_id: str, speed: Speed) -> None:
    """Add the speed of an entry to those that are kept, whoever else is adding one.

    Raises:
        ValueError: The file is broken; it is left as it is.
    """

    def with_it(old: bytes) -> bytes:
        known = {**_speeds(old), entry_id: speed}
        data = {name: one.model_dump(mode="json", exclude_none=True) for name, one in known.items()}
        return f"{strict_json.dumps(data, indent=1, sort_keys=True)}\n".encode()

    files.update(root / SPEED_FILE, with_it)


def _speeds(content: bytes) -> dict[str, Speed]:
    try:
        return TypeAdapter(dict[str, Speed]).validate_json(content or b"{}")
    except ValidationError as error:
        found = error.errors()[0]
        place = ".".join(map(str, found["loc"]))
        what = f"{place}: {found['msg']}" if place else found["msg"]
        raise ValueError(f"{SPEED_FILE}: {what}; mend the file, or delete it and run `kb bench`") from error
