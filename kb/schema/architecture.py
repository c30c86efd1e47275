"""Architectures: what they are made of, what they assume, and which code shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field, model_validator

from kb import annotated, display
from kb.diagram import Diagram
from kb.links import SourceError
from kb.problems import NoSuchEntryError
from kb.schema.common import Check, Deviation, Equation, Invention, Source
from kb.schema.complexity import Complexity
from kb.schema.fields import (
    Argument,
    Arithmetic,
    AxisId,
    AxisName,
    Count,
    Id,
    Line,
    Link,
    PythonName,
    Rounded,
    Size,
)
from kb.schema.frozen import Frozen, Many
from kb.schema.model import ArchitectureRef, BiasRef, ConceptRef, Kind, Model, PaperRef
from kb.schema.signature import Signature, SignatureNotes, signature
from kb.schema.training import TASK, Objective, Procedure, Sampling, Stochastic, Times, Training

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module


VariantName = Id
DEFAULT_VARIANT = "default"
LARGE = 200_000
"""Parameters from which on a variant is marked as large."""
NARROWER = "~"
"""Stands before how many times as narrow a network is, in the name of a place such as `resnet-50~16`."""


class Part(Model):
    """A component and the role it plays."""

    component: ConceptRef
    role: Line
    variants: Many[VariantName] = Field(default_factory=tuple, description="Where only some variants have it.")
    network: PythonName | None = Field(default=None, description="The sub-network that it is in.")
    times: Times | None = Field(default=None, description="How often, or the constructor argument that says it.")
    residual: bool = Field(default=False, description="Whether its input is added to its output.")
    over: AxisName | None = Field(default=None, description="The axis along which it is applied again and again.")
    attends_to: PythonName | None = Field(
        default=None, description="The input or sub-network whose output it attends to."
    )

    @property
    def standing(self) -> str:
        """Where it stands and how often, in words; empty where nothing is said."""
        stated = (
            (self.network, f"in the {self.network}".replace("_", " ")),
            (self.times, f"{self.times} times"),
            (self.residual, "residual"),
            (self.over, f"step by step along {self.over}"),
            (self.attends_to, f"attends to {self.attends_to}"),
        )
        return ", ".join(words for value, words in stated if value)


class Variant(Model):
    """A named set of constructor arguments, with what is known of its size."""

    arguments: Frozen[PythonName, Argument] = Field(default_factory=Frozen)
    summary: Line | None = None
    parameters: Count | None = Field(default=None, description="Trainable parameters, as the source states them.")
    stated: Rounded | None = Field(default=None, description="The same where the source rounds: 4.3 million.")
    arithmetic: Arithmetic | None = Field(
        default=None, description="How they follow from the sizes: (784 + 1) * 256 + (256 + 1) * 10."
    )
    large: bool = Field(default=False, description="Of a real size: measured once, and not run again and again.")
    source: Source | None = None
    signature: SignatureNotes | None = Field(default=None, description="Where it differs from the entry's.")
    network_notes: Frozen[PythonName, SignatureNotes] = Field(
        default_factory=Frozen, description="Where the signatures of sub-networks differ, such as another stride."
    )
    sizes: Frozen[AxisName, Size] = Field(
        default_factory=Frozen, description="Input sizes for its FLOPs, such as {H: 224, W: 224}."
    )


class Trait(Model):
    """An inductive bias that the architecture exhibits or lacks."""

    bias: BiasRef
    variant: VariantName | None = Field(default=None, description="Absent: holds of the default variant.")
    network: PythonName | None = Field(
        default=None, description="The sub-network of which it holds; else of the whole."
    )
    because: Line | None = None
    source: Source | None = None

    @property
    def place(self) -> str:
        """What it is said of: a variant, or a sub-network of one, as in `default/encoder`."""
        variant = self.variant or DEFAULT_VARIANT
        return f"{variant}/{self.network}" if self.network else variant


class Descent(Model):
    """An architecture that this one was made from, and what was changed."""

    architecture: ArchitectureRef
    change: Line
    source: Source | None = None


class Stack(Model):
    """An architecture of which this one is several in a row, and what each of them is as one of its kind."""

    architecture: ArchitectureRef
    because: Line
    source: Source | None = None


class Phenomenon(Model):
    """A phenomenon that the architecture mitigates or suffers from."""

    concept: ConceptRef
    because: Line
    source: Source | None = None


PLAIN = Variant()
"""What the constructor without arguments makes."""


class Architecture(Invention):
    """A family of functions with a reference implementation."""

    kind: ClassVar[Kind] = "architecture"

    introduced_by: PaperRef = Field(description="The first to publish it; its year is the entry's.")
    specialises: Many[ArchitectureRef] = Field(default_factory=tuple, description="Strict is-a.")
    stack_of: Many[Stack] = Field(
        default_factory=tuple, description="What it is several of in a row: every layer is one, the whole is none."
    )
    derives_from: Many[Descent] = Field(
        default_factory=tuple, description="What it was made from, and what was changed: its history, not is-a."
    )
    parts: Many[Part] = Field(min_length=1)
    addresses: Many[Phenomenon] = Field(default_factory=tuple)
    suffers_from: Many[Phenomenon] = Field(default_factory=tuple)
    equations: Many[Equation] = Field(min_length=1)
    symbols: Frozen[Line, Line] = Field(default_factory=Frozen)
    axes: Frozen[AxisName, AxisId] = Field(
        default_factory=Frozen,
        description="What letters of the signature mean here, where it is not what they mean elsewhere.",
    )
    signature: SignatureNotes = Field(
        default_factory=SignatureNotes, description="What the annotations of `forward` cannot say."
    )
    implementation: Link
    networks: Frozen[PythonName, Line] = Field(
        default_factory=Frozen,
        description="Sub-networks: the attribute or the method of the module, and what it does. The `trunk` is what "
        "comes before a pooled or flattened read-out.",
    )
    network_notes: Frozen[PythonName, SignatureNotes] = Field(
        default_factory=Frozen, description="What the annotations of sub-networks cannot say, by sub-network."
    )
    stochastic: Many[Stochastic] = Field(default_factory=tuple, description="Outputs that are random.")
    objectives: Many[Objective] = Field(default_factory=tuple, description="Its own training objectives.")
    sampling: Sampling | None = None
    procedure: Procedure | None = Field(
        default=None, description="The training procedure, where it is not Adam on one loss."
    )
    no_peer: Line | None = Field(default=None, description="Why no trusted peer exists.")
    checks: Many[Check] = Field(default_factory=tuple, description="At least two where there is no peer.")
    variants: Frozen[VariantName, Variant] = Field(default_factory=Frozen)
    canonical: VariantName = Field(
        default=DEFAULT_VARIANT,
        description="The variant that is built as the published architecture is, of whatever size: the matrix and "
        "questions are about it. Absent: the one without arguments, which tests use.",
    )
    exhibits: Many[Trait] = Field(default_factory=tuple)
    lacks: Many[Trait] = Field(default_factory=tuple)
    complexity: Complexity
    deviations: Many[Deviation] = Field(default_factory=tuple)
    task: Training | None = None

    @model_validator(mode="after")
    def _variants_exist(self) -> Self:
        named = {trait.variant for trait in [*self.exhibits, *self.lacks]}
        named |= {name for part in self.parts for name in part.variants} | {same.variant for same in self.same_as}
        named |= {self.canonical, *({self.task.variant} if self.task else ())}
        unknown = sorted(name for name in named if name and name not in self.all_variants)
        if unknown:
            known = ", ".join(self.all_variants)
            raise ValueError(f"variant {', '.join(map(repr, unknown))} is not defined (variants: {known})")
        return self

    @model_validator(mode="after")
    def _networks_exist(self) -> Self:
        named = {trait.network for trait in [*self.exhibits, *self.lacks]} | {part.network for part in self.parts}
        named |= {name for update in self.procedure.updates for name in update.networks} if self.procedure else set()
        named |= set(self.network_notes) | {name for each in self.variants.values() for name in each.network_notes}
        unknown = sorted(name for name in named if name and name not in self.networks)
        if unknown:
            known = ", ".join(self.networks) or "none are"
            raise ValueError(f"sub-network {', '.join(map(repr, unknown))} is not named in `networks` ({known})")
        return self

    @model_validator(mode="after")
    def _objectives_exist(self) -> Self:
        updates = self.procedure.updates if self.procedure else []
        named = [name for update in updates for name in (update.objective, *update.auxiliary)]
        known = [objective.method for objective in self.objectives]
        for name in named:
            if name not in (*known, TASK):
                raise ValueError(f"no objective has the method {name!r} (methods: {', '.join((*known, TASK))})")
        return self

    @property
    def all_variants(self) -> dict[str, Variant]:
        """The named variants, and `default` for the constructor without arguments."""
        return {DEFAULT_VARIANT: PLAIN} | self.variants

    @property
    def small_variants(self) -> dict[str, Variant]:
        """The variants that tests and probes run; those of a published, real size are only counted."""
        return {name: variant for name, variant in self.all_variants.items() if not variant.large}

    @property
    def large_variants(self) -> dict[str, Variant]:
        """The variants of a published, real size."""
        return {name: variant for name, variant in self.variants.items() if variant.large}

    def variant_of(self, place: str) -> Variant:
        """The variant that a place is in, such as that of `default/encoder` or of `default@T`."""
        return self.all_variants[place.partition("@")[0].partition("/")[0]]

    @property
    def uses(self) -> tuple[str, ...]:
        """The components among its parts, each once: what `select(uses=...)` asks for."""
        return tuple(dict.fromkeys(str(part.component) for part in self.parts))

    @property
    def trained_on(self) -> str | None:
        """Its training task, if it has one: what `trained-on ...` asks for."""
        return str(self.task.concept) if self.task else None

    def diagram(self, level: int = 1) -> Diagram:
        """Return its block diagram, which a notebook shows; see `kb.KnowledgeBase.diagram`.

        Raises:
            ValueError: It belongs to no knowledge base, whose entries name the boxes: a copy does not.
            NoSuchEntryError: It has no picture of this level.
        """
        if self._own.draw is None:
            raise ValueError(f"{self.id} belongs to no knowledge base, whose entries name the boxes of its picture")
        drawn: Diagram = self._own.draw(self.id, level)
        return drawn

    @property
    def outer_axes(self) -> set[str]:
        """The axes of inputs and outputs, unless these are states."""
        signature = self.signature_of()
        sides = (*signature.inputs.items(), *signature.outputs.items())
        return {letter for name, shape in sides if name not in signature.states for letter in shape.letters}

    def parts_of(self, place: str = DEFAULT_VARIANT) -> list[Part]:
        """The parts of a variant: those of all variants, and its own.

        Of a sub-network, as in `default/encoder`, these are the ones in it, and those of which it is not said where
        they are.
        """
        variant, _, network = place.partition("/")
        own = [part for part in self.parts if not part.variants or variant in part.variants]
        return [part for part in own if not network or part.network in (None, network)]

    @property
    def places(self) -> list[str]:
        """What traits and sizes can be said of: the variants, and the sub-networks of each, as in `default/encoder`."""
        return [*self.all_variants, *(f"{name}/{network}" for name in self.all_variants for network in self.networks)]

    def has_place(self, place: str) -> bool:
        """Whether there is such a place; one of some axes only, as in `default@T`, is where these axes are."""
        return place.partition("@")[0].partition(NARROWER)[0] in self.places

    def notes_of(self, place: str = DEFAULT_VARIANT) -> SignatureNotes:
        """What is said of the signature of a variant, or of a sub-network of one, beside the annotations."""
        variant, _, network = place.partition("/")
        own = self.all_variants[variant]
        if not network:
            return self.signature.overlaid(own.signature)
        return self.network_notes.get(network, SignatureNotes()).overlaid(own.network_notes.get(network))

    def signature_of(self, variant: str = DEFAULT_VARIANT) -> Signature:
        """The signature of a variant, from the annotations of the code; one without axes where they cannot be read.

        Raises:
            ValueError: The entry belongs to no knowledge base, from whose folder its code could be read.
        """
        variant = variant.partition("@")[0].partition(NARROWER)[0]
        if variant not in self._own.signatures:
            network = variant.partition("/")[2]
            try:
                read = annotated.read_network(self.code.root, self.implementation, network)
                found = signature(read, self.notes_of(variant))
            except SourceError:  # which a rule reports
                found = Signature({}, {})
            self._own.signatures[variant] = found
        known: Signature = self._own.signatures[variant]
        return known

    def build(self, variant: str = DEFAULT_VARIANT) -> Module:
        """Construct a variant, with freshly initialised weights, or a sub-network of one. This imports torch.

        Args:
            variant: Its name, or as in `default/encoder` that of a sub-network with it. A sub-network has its own
                `forward`, and gets its example inputs from the whole.

        Raises:
            NoSuchEntryError: There is no such variant, or no such sub-network.

        Examples:
            >>> import kb
            >>> lstm = kb.load()["lstm"]
            >>> outputs = lstm.build()(**lstm.example_inputs())
        """
        name, _, network = variant.partition("@")[0].partition("/")
        if name not in self.all_variants:
            raise NoSuchEntryError(name, self.all_variants, what="variant")
        if network and network not in self.networks:
            raise NoSuchEntryError(network, self.networks, what="sub-network")
        module: Module = self.load()(**self.all_variants[name].arguments)
        if not network:
            return module
        from kb.subnetworks import SubNetwork

        return SubNetwork(module, network)

    def example_inputs(self, variant: str = DEFAULT_VARIANT, seed: int = 0, **sizes: int) -> dict[str, Tensor]:
        """Return inputs for a variant, by the names of `forward`; `sizes` are axis letters, such as `T=7`."""
        import torch

        method: Callable[..., dict[str, Tensor]] = self.build(variant).example_inputs  # type: ignore[assignment]
        return method(torch.Generator().manual_seed(seed), **sizes)

    def _drawn(self) -> str:
        """The picture; where there is none, or no Graphviz to draw it, why."""
        try:
            return display.picture(self.diagram())
        except (NoSuchEntryError, ValueError):
            return ""
        except ImportError as error:
            from kb.extras import how_to_install

            needed = f"its picture needs {display.text(error.name)}"
            return f"<p>{needed}: <code>{display.text(how_to_install(error.name or '') or '')}</code></p>"

    def _described(self) -> Iterator[tuple[str, str]]:
        parts = (f"{display.text(part.component)}: {display.sentence(part.role)}" for part in self.parts)
        yield "introduced by", display.text(self.introduced_by or "")
        yield "parts", display.listed(parts)
        yield "variants", ", ".join(f"<code>{display.text(name)}</code>" for name in self.all_variants)
        yield "time", display.text(self.complexity.time)
