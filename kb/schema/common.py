"""What entries have in common: sources, equations, and the entry itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from kb import display
from kb.characters import printable, shortened
from kb.importing import Code
from kb.links import PACKAGE, readable_source
from kb.schema.fields import (
    CodePlace,
    DeckEquation,
    DeckPlace,
    ForeignName,
    Id,
    Line,
    PythonName,
    Text,
    Url,
)
from kb.schema.frozen import Many
from kb.schema.model import Kind, Model, PaperRef, Path, Ref, references_in

Standing = Literal["with a place", "place not checked", "our own"]


class Source(Model):
    """Where a statement can be checked: a place in a paper, a page, or a slide of the lecture."""

    paper: PaperRef | None = None
    url: Url | None = None
    deck: DeckPlace | None = Field(
        default=None, description="Section of the lecture, with the heading of a slide: `S13, flat minima`."
    )
    at: Line | None = Field(default=None, description="Equation, section, table or page.")

    @model_validator(mode="after")
    def _exactly_one_origin(self) -> Self:
        if sum(origin is not None for origin in (self.paper, self.url, self.deck)) != 1:
            raise ValueError("a source names exactly one of `paper`, `url` and `deck`")
        return self

    @property
    def standing(self) -> Standing:
        """Whether its place is known: a slide of the lecture is one, a paper or a page needs `at`."""
        return "with a place" if self.at or self.deck else "place not checked"


class Erratum(Model):
    """A slip of the lecture, and what is right."""

    at: DeckPlace
    says: Line
    right: Line


class SeeAlso(Model):
    """A pointer to a related entry, with the reason for following it."""

    entry: Ref
    because: Line


class Equation(Model):
    """A formula in LaTeX, with the place it was taken from, or what it rests on."""

    latex: Line
    name: Line | None = None
    deck: Many[DeckEquation] = Field(
        default_factory=tuple, description="Its numbers in the inventory of the lecture's equations."
    )
    code: Many[CodePlace] = Field(
        default_factory=tuple,
        description="What computes it in the entry's code: a method, or what one does with a name (`LSTM._step:c`).",
    )
    source: Source | None = None
    basis: Line | None = Field(
        default=None,
        description="Where it is our own and has no source: that it is a definition, or what it follows from.",
    )

    @model_validator(mode="after")
    def _taken_from_somewhere_or_our_own(self) -> Self:
        if bool(self.source) == bool(self.basis):
            raise ValueError("an equation has a `source`, or in `basis` what it rests on where it is our own")
        return self

    @property
    def standing(self) -> Standing:
        """Whether its place in the source is known, was not checked, or there is none because it is our own."""
        return self.source.standing if self.source else "our own"


Draw = Callable[[str, int], Any]


class Own:
    """What an entry has beside its fields: where it belongs, and what was found out about it and is kept.

    Args:
        code: The code of the knowledge base that it belongs to.
        introduced: The year of the paper that introduced it.
        draw: What draws it, by id and level. It names boxes after other entries, so a copy without these has none.
    """

    __slots__ = ("code", "draw", "has_peer", "introduced", "refs", "signatures")

    def __init__(self, code: Code | None = None, introduced: int | None = None, draw: Draw | None = None) -> None:
        self.code, self.introduced, self.draw = code, introduced, draw
        self.has_peer: bool | None = None
        self.signatures: dict[str, Any] = {}
        self.refs: tuple[tuple[Path, Ref], ...] | None = None

    def __reduce__(self) -> tuple[type[Own], tuple[Code | None, int | None]]:
        """What can be found out again is left out of copies and pickles, which stay as small as the entry."""
        return Own, (self.code, self.introduced)


class Entry(Model):
    """One YAML file. Its id, group and file come from the path and are never written in the file."""

    kind: ClassVar[Kind]
    id: Id = Field(description="From the file's name.")
    group: Id = Field(description="From the file's folder.")

    aliases: Many[Line] = Field(default_factory=tuple, description="Other names and abbreviations.")
    formerly: Many[Id] = Field(default_factory=tuple, description="Ids that it had before; they lead here for ever.")
    description: Text | None = Field(default=None, description="Markdown.")
    references: Many[Source] = Field(default_factory=tuple)
    see_also: Many[SeeAlso] = Field(default_factory=tuple)
    errata: Many[Erratum] = Field(
        default_factory=tuple, description="Where the lecture's slides err about it, or leave out a condition."
    )

    @cached_property
    def _own(self) -> Own:
        """Made when it is first asked for: a private attribute of pydantic's would be made for every entry."""
        return Own()

    @property
    def title(self) -> str:
        """The name shown to people."""
        raise NotImplementedError

    @property
    def gist(self) -> str:
        """The one sentence shown beside the name."""
        raise NotImplementedError

    @property
    def year(self) -> int | None:
        """The year of the paper that introduced it, where one did; never typed twice."""
        return self._own.introduced

    def belong(self, code: Code | None, introduced: int | None, draw: Draw | None = None) -> None:
        """Make this an entry of a knowledge base: with its code, its year, and what draws it; see `Own`."""
        self.__dict__["_own"] = Own(code, introduced, draw)

    def __copy__(self) -> Self:
        """A copy finds out for itself what follows from its fields: `model_copy` may change them."""
        copied = super().__copy__()
        copied.belong(self._own.code, self._own.introduced)
        return copied

    def __eq__(self, other: object) -> bool:
        """Entries are equal if their files say the same, whatever they were loaded from."""
        if type(self) is not type(other):
            return False
        mine, others = self.__dict__, other.__dict__
        return all(mine[name] == others[name] for name in type(self).model_fields)

    def __hash__(self) -> int:
        return hash((self.kind, self.id))

    def __repr__(self) -> str:
        year = f" ({self.year})" if self.year else ""
        return printable(f"<{type(self).__name__} {shortened(self.id)}: {shortened(self.title)}{year}>")

    __str__ = __repr__

    def _repr_html_(self) -> str:
        year = f" ({self.year})" if self.year else ""
        about = f"{self.kind} <code>{display.text(self.id)}</code>{self._where()}"
        lines = (f"<p>{about}</p>", f"<p>{display.sentence(self.gist)}</p>", self._drawn())
        return display.card(f"{display.sentence(self.title)}{year}", lines, self._facts())

    def _where(self) -> str:
        return f" in {display.text(self.family)}"

    def _drawn(self) -> str:
        """Its picture in HTML, where it has one."""
        return ""

    def _described(self) -> Iterator[tuple[str, str]]:
        """What only entries of its kind have of that."""
        yield from ()

    def _facts(self) -> Iterator[tuple[str, str]]:
        """What a notebook shows of its fields: names, and pieces of HTML."""
        yield "also called", ", ".join(map(display.sentence, self.aliases))
        yield from self._described()
        equations = getattr(self, "equations", ())
        yield "equations", display.listed(display.formula(each.latex, display=True) for each in equations)

    @property
    def family(self) -> str:
        """The folder of its file: what `select(family=...)` and `in ...` ask for."""
        return self.group

    @property
    def code(self) -> Code:
        """The code of the knowledge base that the entry belongs to.

        Raises:
            ValueError: It belongs to none.
        """
        if self._own.code is None:
            raise ValueError(f"{self.id} belongs to no knowledge base: its code is loaded from the folder of one")
        return self._own.code

    def beside(self, wing: str, name: str) -> str:
        """The link to what a file of code that mirrors this entry's file defines.

        Args:
            wing: The folder of `implementations`: architectures, concepts, biases, claims, peers or checks.
            name: What it defines.
        """
        return ".".join((PACKAGE, wing, self.group.replace("-", "_"), f"{self.id.replace('-', '_')}:{name}"))

    @property
    def peer(self) -> str | None:
        """The link to a trusted implementation of the same, where a file of the entry's name is among the peers."""
        if self.kind not in ("architecture", "concept"):
            return None
        link = self.beside("peers", "peer")
        if self._own.has_peer is None:
            self._own.has_peer = readable_source(self.code.root, link) is not None
        return link if self._own.has_peer else None

    def load(self) -> Any:
        """Import and return the entry's own code: a class, a probe or an experiment. This imports torch.

        Raises:
            ValueError: The entry has no code, or belongs to no knowledge base, from whose folder it could be loaded.
            ImportError: A library that the code needs is missing.
        """
        link = next(
            filter(None, (getattr(self, name, None) for name in ("implementation", "probe", "experiment"))), None
        )
        if link is None:
            raise ValueError(f"{self.id} is a {self.kind} without code")
        return self.code.load(link)

    def refs(self) -> tuple[tuple[Path, Ref], ...]:
        """Every reference in the entry, with the path of fields and indices that leads to it."""
        own = self._own
        if own.refs is None:
            own.refs = references_in(self)
        return own.refs


class Check(Model):
    """An exact check of an implementation, beside a peer or without one: a limit, a special case, an example."""

    statement: Line = Field(description="The identity that is checked.")
    check: PythonName = Field(
        description="A function in the entry's file of `implementations/checks`: takes a generator, returns a relative "
        "error in float64."
    )
    tolerance: float = Field(default=1e-10, gt=0, le=1e-4, description="More than rounding only for differences.")
    source: Source | None = None


class Deviation(Model):
    """A place where the reference implementation deviates from the paper."""

    paper: Line
    ours: Line
    why: Line


class NamedEntry(Entry):
    """An entry with a name and a one-sentence summary of its own (papers have a title instead)."""

    name: Line
    summary: Line = Field(description="One sentence.")

    @property
    def title(self) -> str:
        """The name."""
        return self.name

    @property
    def gist(self) -> str:
        """The summary."""
        return self.summary


Match = Literal["exact", "close", "broad", "narrow"]


class SameAs(Model):
    """What an entry, or one of its variants, is called in another vocabulary or library."""

    name: ForeignName
    match: Match = Field(
        default="exact",
        description="As in SKOS: `broad` if what is named there is more than this entry, `narrow` if it is a part.",
    )
    variant: Id | None = Field(default=None, description="The variant that is meant, where it is one.")

    @property
    def source(self) -> str:
        """The vocabulary or library."""
        return self.name.partition(":")[0]

    @property
    def local(self) -> str:
        """What it is called there."""
        return self.name.partition(":")[2]

    @property
    def limits(self) -> str:
        """What is not the same: the variant that is meant, and how it matches if not exactly."""
        return ", ".join(filter(None, (self.variant, f"{self.match} match" if self.match != "exact" else "")))

    def __str__(self) -> str:
        return f"{self.name} ({self.limits})" if self.limits else self.name


class Invention(NamedEntry):
    """An entry that goes back to a publication: who had it first, and to whom it owes its name and its standing."""

    introduced_by: PaperRef | None = Field(
        default=None, description="The first to publish it; its year is the entry's."
    )
    named_by: Many[PaperRef] = Field(default_factory=tuple, description="Where it got its name, if later.")
    analysed_by: Many[PaperRef] = Field(
        default_factory=tuple, description="What explained, bounded or worked it out, if later."
    )
    popularised_by: Many[PaperRef] = Field(default_factory=tuple, description="What brought it into use, if later.")
    same_as: Many[SameAs] = Field(
        default_factory=tuple, description="Names in other vocabularies and libraries, each of them looked up there."
    )

    @property
    def credits(self) -> list[tuple[str, PaperRef]]:
        """The papers that it goes back to, each with what it did: it introduced, named, analysed or popularised it."""
        first = [("introduced", self.introduced_by)] if self.introduced_by else []
        later = (("named", self.named_by), ("analysed", self.analysed_by), ("popularised", self.popularised_by))
        return [*first, *((did, paper) for did, papers in later for paper in papers)]
