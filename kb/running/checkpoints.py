"""Checkpoints: files from which a training goes on as if it had never stopped.

A checkpoint is a file of safetensors: tensors with names, and one line of JSON that says of which training they are. It
holds no code, and reading it runs none. Nothing in it is trusted: the line is checked here, and every tensor by what
takes it (`kb.running.course`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from torch import Tensor

from kb import files
from kb.running.closed import Solution
from kb.running.course import Course
from kb.schema import Architecture

ENDING = ".safetensors"
FORMAT = "kb"
"""Under which name the line of JSON stands."""
VERSION = 1
"""Version of the format. Raise it when older files cannot be taken up any more."""


class _Versioned(BaseModel):
    model_config = ConfigDict(strict=True)
    version: int


class Header(_Versioned):
    """Of which training a checkpoint is.

    Args:
        version: Version of the format.
        architecture: Id of the architecture.
        variant: Name of the variant.
        task: Id of the task.
        seed: Of data, weights and batches.
        steps: How many steps the training takes.
        done: How many of them were taken.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    architecture: str
    variant: str
    task: str
    seed: int
    steps: int = Field(ge=1)
    done: int = Field(ge=0)

    def check(self, path: Path, entry: Architecture, variant: str | None, seed: int | None) -> None:
        """Raise a ValueError if this is not what was asked for; None means whatever it is."""
        task = entry.task.concept if entry.task else None
        if self.architecture not in (entry.id, *entry.formerly):
            raise ValueError(f"{path} is a checkpoint of {self.architecture}, not of {entry.id}")
        if self.variant not in entry.all_variants:
            raise ValueError(f"{path} is of the variant {self.variant!r}, which {entry.id} has not (any more)")
        for what, own, given in (("variant", self.variant, variant), ("seed", self.seed, seed)):
            if given not in (None, own):
                raise ValueError(f"{path} is of the {what} {own!r}, not of {given!r}")
        if self.task != task:
            raise ValueError(f"{path} was trained on {self.task}, and {entry.id} is now trained on {task}")

    def total(self, steps: int | None, entry: Architecture) -> int:
        """Return how many steps there are in all, or raise a ValueError where it cannot be as many as are asked for."""
        if steps is None or steps == self.steps:
            return self.steps
        if steps < self.done:
            raise ValueError(f"{self.done} steps were taken already: it cannot be {steps} in all")
        if entry.procedure and entry.procedure.schedule:
            raise ValueError(f"learning rates of {entry.id} fall over all {self.steps} steps: it cannot be {steps} now")
        return steps


def check_target(path: Path) -> None:
    """Raise a ValueError where a checkpoint cannot be saved, before hours are spent on it."""
    if path.suffix != ENDING or not path.parent.is_dir():
        raise ValueError(
            f"cannot save a checkpoint as {path}: expected a name ending in {ENDING}, in a folder that exists"
        )
    if path.exists():
        read(path)  # what is no checkpoint is not overwritten


def write(path: Path, header: Header, state: Mapping[str, Tensor]) -> None:
    """Write a checkpoint in one step: a kill leaves the old file or the new one."""
    from safetensors.torch import save

    own = {name: value.detach().cpu().clone().contiguous() for name, value in state.items()}
    files.write(path, save(own, {FORMAT: header.model_dump_json()}))


def read(path: Path) -> tuple[Header, dict[str, Tensor]]:
    """Read a checkpoint.

    Raises:
        ValueError: The file is no checkpoint, or one of another version.
        OSError: It cannot be read.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise ValueError(f"{path}: no such file")
    try:
        with safe_open(path, "pt") as file:
            line = (file.metadata() or {})[FORMAT]
            version = _Versioned.model_validate_json(line).version
            if version != VERSION:
                raise ValueError(f"{path} has version {version} of the format of checkpoints; this kb reads {VERSION}")
            return Header.model_validate_json(line), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, KeyError, ValidationError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"{path} is no checkpoint that kb wrote ({reason})") from error


def restore(path: Path, course: Course | Solution, state: Mapping[str, Tensor]) -> None:
    """Take up a training where a checkpoint left it.

    Raises:
        ValueError: The tensors are not those of this training.
    """
    try:
        course.restore(state)
    except ValueError as error:
        raise ValueError(f"{path} does not fit the network as it is now: {error}") from error
