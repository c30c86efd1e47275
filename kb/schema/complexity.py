"""What an architecture costs, and what the letters of that mean."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Tag
from typing_extensions import TypeAliasType

from kb.schema.common import Source
from kb.schema.fields import Argument, AxisName, Line, PythonName, by_type, matching
from kb.schema.frozen import Frozen, Many
from kb.schema.model import Model

Scaled = TypeAliasType(
    "Scaled",
    Annotated[
        str,
        matching(
            r"[A-Za-z_][A-Za-z0-9_]*(\.([*]|[0-9]))*",
            "an argument of the constructor, or a part of it such as stages.*.1, the second item of each stage",
        ),
    ],
)


class Complexity(Model):
    """Asymptotic cost. Sizes are those of example inputs, and those that `of` and `where` name."""

    time: Line
    memory: Line
    sequential: Line | None = Field(default=None, description="Steps that cannot run in parallel.")
    of: Frozen[
        AxisName,
        Annotated[
            Annotated[Scaled, Tag("str")] | Annotated[Many[Scaled], Tag("list")], by_type("an argument or a list")
        ],
    ] = Field(
        default_factory=Frozen,
        description="Which arguments of the constructor set a size; those of a list grow in proportion.",
    )
    where: Frozen[AxisName, Line] = Field(default_factory=Frozen, description="Sizes that no argument sets, in words.")
    constant: Many[PythonName] = Field(default_factory=tuple, description="Arguments that are taken for constants.")
    unchecked: Frozen[Line, Line] = Field(
        default_factory=Frozen, description="Terms of the time that counted FLOPs do not show, each with the reason."
    )
    counted_at: Frozen[PythonName, Argument] = Field(
        default_factory=Frozen, description="Arguments with which FLOPs are counted, where the default does not do."
    )
    note: Line | None = None
    source: Source | None = None

    @property
    def scaled(self) -> dict[str, list[str]]:
        """The arguments by the size that they set, also where it is one."""
        return {size: [found] if isinstance(found, str) else [*found] for size, found in self.of.items()}

    @property
    def meaning(self) -> list[str]:
        """What the sizes are, what is left out, and what else there is to say, a sentence each without a full stop."""
        statements = [f"{size} is set by {' and '.join(arguments)}" for size, arguments in self.scaled.items()]
        statements += [f"{size}: {words}" for size, words in self.where.items()]
        sentences = ["; ".join(statements)] if statements else []
        if self.constant:
            sentences.append(f"constants: {', '.join(self.constant)}")
        sentences += [f"the FLOPs do not show {term}: {reason}" for term, reason in self.unchecked.items()]
        return sentences + ([self.note] if self.note else [])
