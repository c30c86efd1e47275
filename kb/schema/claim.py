"""Claims: statements of the literature with an experiment that can fail."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar, Literal, NamedTuple, Self

from pydantic import Field, Tag, model_validator

from kb import display
from kb.schema.common import Equation, NamedEntry, Source
from kb.schema.fields import DeckItem, Line, Measure, Text, by_type
from kb.schema.frozen import Filled, Frozen, Many
from kb.schema.model import Kind, Model, Ref

Verdict = Literal["supported", "refuted", "not settled"]
VERDICTS: dict[Verdict, str] = {
    "supported": "Every condition holds for every seed, or for the share of seeds that the claim stated beforehand.",
    "refuted": "All controls hold, and an expectation fails for every seed, or for that share.",
    "not settled": "Anything else: seeds disagree, or a control does not hold, so that the experiment decides nothing.",
}
"""The possible verdicts on a claim, and when each is given."""

Sort = Literal["identity", "count", "empirical"]


class Words(NamedTuple):
    """How a sort of claim is called, one and many, and what it means."""

    one: str
    many: str
    means: str


SORTS: dict[Sort, Words] = {
    "identity": Words(
        "exact identity", "exact identities", "Two computations agree to rounding errors; only a mistake makes it fail."
    ),
    "count": Words(
        "exact count", "exact counts", "What is counted or computed without chance; it is the same for every seed."
    ),
    "empirical": Words(
        "empirical claim", "empirical claims", "What trained or random networks do; it could have been otherwise."
    ),
}
"""The kind of evidence for a claim, counted separately: an identity that holds is no test of the literature."""

ROUNDING = 1e-10
"""Below this a difference is a rounding error, in float64."""

OneOrMore = Annotated[
    Annotated[Measure, Tag("str")] | Annotated[Many[Measure], Tag("list")], by_type("a measure or a list of measures")
]
Numbers = Annotated[
    Annotated[DeckItem, Tag("str")] | Annotated[Many[DeckItem], Field(min_length=2), Tag("list")],
    by_type("a number of the inventory or a list of them"),
]
Along = Annotated[
    Annotated[Measure, Tag("str")] | Annotated[Many[Line], Tag("list")], by_type("a measure or a list of names")
]


class Condition(Model):
    """A bound on a measure, which every seed is judged by. Bounds given together must all hold."""

    measure: Measure
    at_most: float | None = None
    at_least: float | None = None
    equals: float | None = None
    counted: bool = Field(
        default=False, description="The measure is counted or computed without chance: alike for every seed."
    )
    because: Line | None = None

    @model_validator(mode="after")
    def _has_bound(self) -> Self:
        if self.at_most is None and self.at_least is None and self.equals is None:
            raise ValueError("a condition needs at least one of `at_most`, `at_least` and `equals`")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("nothing can meet a condition whose `at_least` is above its `at_most`")
        return self

    @property
    def sort(self) -> Sort:
        """What it rests on: on rounding errors, on a count, or on what could have been otherwise."""
        if self.at_most is not None and self.at_least is None and 0 <= self.at_most <= ROUNDING:
            return "identity"
        return "count" if self.counted or self.equals is not None else "empirical"

    def follows_from(self, others: Iterable[Condition]) -> bool:
        """Whether no value of the measure fails it that would not fail one of the others too."""
        bounds = [other for other in others if other.measure == self.measure]
        low = max((b for o in bounds for b in (o.at_least, o.equals) if b is not None), default=-math.inf)
        high = min((b for o in bounds for b in (o.at_most, o.equals) if b is not None), default=math.inf)
        return bool(bounds) and (
            (self.at_least is None or low >= self.at_least)
            and (self.at_most is None or high <= self.at_most)
            and (self.equals is None or low == high == self.equals)
        )

    def holds(self, value: float) -> bool:
        """Whether a measured value satisfies every bound; a NaN satisfies none."""
        return (
            (self.at_most is None or value <= self.at_most)
            and (self.at_least is None or value >= self.at_least)
            and (self.equals is None or value == self.equals)
            and value == value
        )

    def __str__(self) -> str:
        bounds = [
            f"{sign} {bound:g}"
            for sign, bound in (("=", self.equals), ("≥", self.at_least), ("≤", self.at_most))
            if bound is not None
        ]
        return f"{self.measure} {' and '.join(bounds)}"


class Axis(Model):
    """An axis of a figure."""

    label: Line
    scale: Literal["linear", "log"] = "linear"


class Figure(Model):
    """A picture of the measured series."""

    form: Literal["line", "points", "bars", "map"] = "line"
    caption: Line = Field(description="What to see in it; also its text alternative.")
    x: Along = Field(description="The measure on the horizontal axis, or names of the bars.")
    y: Measure | None = Field(default=None, description="Of a map: the measure on the vertical axis.")
    series: Annotated[Frozen[Line, OneOrMore], Filled()] = Field(
        description="Legend text to a measured series, or to one single measure for each bar."
    )
    x_axis: Axis
    y_axis: Axis
    height: Axis | None = Field(default=None, description="Of a map: what its series are, which shades stand for.")

    @model_validator(mode="after")
    def _maps_have_two_axes(self) -> Self:
        given = (isinstance(self.x, str), self.y is not None, self.height is not None)
        if self.form == "map" and not all(given):
            raise ValueError("a map needs measures as `x` and `y`, which hold the place of every value, and `height`")
        if self.form != "map" and any(given[1:]):
            raise ValueError(f"`y` and `height` are those of a map, and this figure is {self.form!r}")
        return self

    @property
    def measures(self) -> set[str]:
        """All measures that it shows."""
        shown = {measure for measure in (self.x, self.y) if isinstance(measure, str)}
        for measure in self.series.values():
            shown |= {measure} if isinstance(measure, str) else set(measure)
        return shown


class Scope(Model):
    """What a passed experiment shows, and what it does not."""

    shows: Text
    leaves_open: Text


class Departure(Model):
    """A part of the first criterion that is judged otherwise now, or not at all."""

    before: Line
    now: Line
    why: Line


class Criterion(Model):
    """The criterion that was set first, before anything was measured; for the lecture's claims, the inventory's."""

    asks: Line
    departures: Many[Departure] = Field(
        default_factory=tuple, description="Every difference to `expect` that makes it easier to meet, with its reason."
    )


class Revision(Model):
    """A verdict that was published once and is not today's, or has another ground, and why."""

    was: Verdict
    why: Line


class Relation(Model):
    """An exact relation between two entries, under a condition."""

    subject: Ref
    kind: Literal["special-case-of", "equivalent-to", "limit-of", "can-represent", "cannot-represent"]
    object: Ref
    when: Line


class Claim(NamedEntry):
    """A statement that can turn out wrong."""

    kind: ClassVar[Kind] = "claim"

    statement: Text
    deck: Numbers | None = Field(
        default=None, description="Its number in the inventory of the lecture's claims, or several that are one claim."
    )
    status: Literal["testable", "opinion", "open"] = "testable"
    about: Many[Ref] = Field(min_length=1)
    source: Source
    seeds: int = Field(default=1, ge=1, le=20, description="At least 3 where the experiment is random.")
    share: float = Field(
        default=1.0,
        gt=0.5,
        le=1.0,
        description="Of the seeds, for which each condition has to hold; stated before anything is measured.",
    )
    first: Criterion | None = None
    expect: Many[Condition] = Field(default_factory=tuple)
    controls: Many[Condition] = Field(
        default_factory=tuple, description="What must hold for a run that breaks the assumption."
    )
    revisions: Many[Revision] = Field(default_factory=tuple, description="Verdicts before this one, oldest first.")
    figure: Figure | None = Field(default=None, description="An exact relation has one of its own: its differences.")
    scope: Scope
    equations: Many[Equation] = Field(default_factory=tuple)
    symbols: Frozen[Line, Line] = Field(default_factory=Frozen)
    relation: Relation | None = None

    @model_validator(mode="after")
    def _testable_claims_can_fail(self) -> Self:
        if self.status == "testable" and not (self.expect and self.controls):
            raise ValueError("a testable claim needs `expect` and `controls`")
        if self.status == "testable" and not (self.figure or self.relation):
            raise ValueError("a testable claim needs a `figure`, unless it states a `relation`")
        if self.status != "testable" and (self.expect or self.controls):
            raise ValueError(f"a claim marked {self.status!r} has no `expect` or `controls`")
        return self

    @property
    def numbers(self) -> list[str]:
        """Its numbers in the inventory of the lecture's claims, however many there are."""
        return [self.deck] if isinstance(self.deck, str) else list(self.deck or ())

    @property
    def sources(self) -> list[Source]:
        """Where it is stated, and what else it refers to: each names the place, or is said not to be checked."""
        return [self.source, *self.references]

    @property
    def sort(self) -> Sort:
        """What it rests on: an identity or a count only if all that it expects does; a limit is an identity."""
        found = {condition.sort for condition in self.expect}
        if self.relation and self.relation.kind == "limit-of":
            return "identity"
        return "empirical" if "empirical" in found or not found else "count" if "count" in found else "identity"

    @property
    def experiment(self) -> str | None:
        """The link to the experiment of a testable claim, in the file of code that mirrors the entry's."""
        return self.beside("claims", "run") if self.status == "testable" else None

    @property
    def measures(self) -> set[str]:
        """Everything that conditions and figure need from the experiment."""
        named = {condition.measure for condition in [*self.expect, *self.controls]}
        return named | (self.picture.measures if self.picture else set())

    @property
    def picture(self) -> Figure | None:
        """The figure; for an exact relation without one, every difference that was measured."""
        if self.figure or not self.relation:
            return self.figure
        measures = dict.fromkeys(condition.measure for condition in [*self.expect, *self.controls])
        return Figure(
            form="bars",
            caption="Where the relation holds, the two sides differ by rounding errors; without its condition by more.",
            x=tuple(measure.replace("_", " ") for measure in measures),
            series=Frozen({"relative difference of the two sides": tuple(measures)}),
            x_axis=Axis(label="What was compared"),
            y_axis=Axis(label="Relative difference", scale="log"),
        )

    def _described(self) -> Iterator[tuple[str, str]]:
        yield "statement", display.sentence(" ".join(self.statement.split()))
