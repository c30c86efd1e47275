"""What every entry has in common: the strict base model, references, sources and equations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, PrivateAttr, model_validator
from pydantic_core import CoreSchema, core_schema

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

Kind = Literal["concept", "architecture", "paper", "bias", "claim", "path"]
ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LINK_PATTERN = r"^implementations(\.[a-z][a-z0-9_]*)+:[A-Za-z][A-Za-z0-9_]*$"
LETTER_PATTERN = r"^[A-Z](/[2-9][0-9]*)?$"
URL_PATTERN = r"^https?://[^\s<>\"']+$"
LINE_PATTERN = r"^[^\n]+$"
FORMS = {
    ID_PATTERN: "an id: lowercase letters, digits and single dashes",
    LINK_PATTERN: "a link to code inside `implementations`, such as implementations.architectures.graph.gcn:GCN",
    LETTER_PATTERN: "an axis: a capital letter, or a letter with a stride such as H/2",
    URL_PATTERN: "a web address that starts with http:// or https://",
    LINE_PATTERN: "text on one line",
}
"""How a pattern reads in an error message."""

Text = Annotated[str, Field(min_length=1, max_length=10_000)]
Line = Annotated[str, Field(min_length=1, max_length=600, pattern=LINE_PATTERN)]
Link = Annotated[str, Field(pattern=LINK_PATTERN)]
Letter = Annotated[str, Field(pattern=LETTER_PATTERN)]
Path = tuple[str | int, ...]


class Ref(str):
    """The id of another entry; subclasses say of which kinds it may be.

    Being a `str`, a reference compares, prints and serialises as the id it holds, while its type lets the
    loader find every reference in an entry without a list of fields.
    """

    kinds: ClassVar[tuple[Kind, ...]] = ("concept", "architecture", "paper", "bias", "claim", "path")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls,
            core_schema.str_schema(pattern=ID_PATTERN, strict=True),
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
        )


class ArchitectureRef(Ref):
    """A reference to an architecture."""

    kinds = ("architecture",)


class BiasRef(Ref):
    """A reference to an inductive bias."""

    kinds = ("bias",)


class ConceptRef(Ref):
    """A reference to a concept."""

    kinds = ("concept",)


class PaperRef(Ref):
    """A reference to a paper."""

    kinds = ("paper",)


class Model(BaseModel):
    """A strict, immutable model: unknown fields and silent conversions are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Source(Model):
    """Where a statement can be checked: a place in a paper, a page, or a line of the lecture."""

    paper: PaperRef | None = None
    url: Annotated[str, Field(pattern=URL_PATTERN)] | None = None
    deck: Line | None = Field(default=None, description="Lines of the lecture's text, such as L115.")
    at: Line | None = Field(default=None, description="Equation, section, table or page.")

    @model_validator(mode="after")
    def _exactly_one_origin(self) -> Self:
        if sum(origin is not None for origin in (self.paper, self.url, self.deck)) != 1:
            raise ValueError("a source names exactly one of `paper`, `url` and `deck`")
        return self


class SeeAlso(Model):
    """A pointer to a related entry, with the reason for following it."""

    entry: Ref
    because: Line


class Equation(Model):
    """A formula in LaTeX, with the place it was taken from."""

    latex: Line
    name: Line | None = None
    source: Source | None = None


class Entry(Model):
    """One YAML file. Its id, group and file come from the path and are never written in the file."""

    kind: ClassVar[Kind]
    id: str = Field(description="From the file's name.")
    group: str = Field(description="From the file's folder.")

    aliases: list[Line] = Field(
        default_factory=list, description="Other names, abbreviations, and ids it had before a rename."
    )
    description: Text | None = Field(default=None, description="Markdown.")
    references: list[Source] = Field(default_factory=list)
    see_also: list[SeeAlso] = Field(default_factory=list)

    _base: KnowledgeBase | None = PrivateAttr(default=None)
    _refs: tuple[tuple[Path, Ref], ...] | None = PrivateAttr(default=None)

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
        origin = getattr(self, "introduced_by", None)
        return self._base.papers[origin].year if origin and self._base else None

    def load(self) -> Any:
        """Import and return the entry's own code: a class, a probe or an experiment. This imports torch.

        Raises:
            ValueError: The entry has no code.
            ImportError: A library that the code needs is missing.
        """
        from kb.links import resolve  # running code is the one thing an entry does that reading it does not need

        link = next(
            filter(None, (getattr(self, name, None) for name in ("implementation", "probe", "experiment"))), None
        )
        if link is None:
            raise ValueError(f"{self.id} is a {self.kind} without code")
        return resolve(link)

    def refs(self) -> tuple[tuple[Path, Ref], ...]:
        """Every reference in the entry, with the path of fields and indices that leads to it."""
        if self._refs is None:
            self._refs = tuple(_walk(self, ()))
        return self._refs


_LEAVES = frozenset({str, int, float, bool, type(None)})


def _walk(value: Any, path: Path) -> Iterator[tuple[Path, Ref]]:
    """Walk a model depth first and yield its references."""
    if isinstance(value, Ref):
        yield path, value
        return
    steps: Iterable[tuple[str | int, Any]]
    if isinstance(value, list):
        steps = enumerate(value)
    elif isinstance(value, dict):
        steps = value.items()
        yield from (((*path, str(key)), key) for key in value if isinstance(key, Ref))
    else:
        steps = value.__dict__.items() if isinstance(value, Model) else ()
    for step, item in steps:
        if item.__class__ not in _LEAVES:
            yield from _walk(item, (*path, str(step) if isinstance(step, str) else step))


class Check(Model):
    """An exact check of an implementation, beside a peer or without one: a limit, a special case, an example."""

    statement: Line = Field(description="What equals what.")
    check: Link = Field(description="A function of a generator that returns a relative error in float64.")
    tolerance: float = Field(default=1e-10, gt=0, le=1e-4, description="More than rounding only for differences.")
    source: Source | None = None


class Deviation(Model):
    """A place where the reference implementation departs from the paper."""

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
