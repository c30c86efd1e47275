"""Measurements: one line of a file each, as raw numbers; `kb.evidence.judging` says what follows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from kb.schema import DEFAULT_VARIANT

Kind = Literal["size", "cost", "widening", "trait", "curve", "peer", "check", "seed", "thorough", "picture"]


class Record(BaseModel):
    """Base of all records of evidence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Stage(Record):
    """One box of a block diagram: a child module in the order in which it ran."""

    name: str
    module: str
    shape: list[int]
    parameters: int


class _Measurement(Record):
    """What every measurement has.

    Args:
        digest: Of everything that the numbers depend on: fields of the entry, syntax of the code, way of measuring.
        libraries: Versions of the libraries that it was measured with.
        seconds: About how much time of a processor it took, in steps of 1, 2 and 5: for estimates, not comparisons.
    """

    digest: str
    libraries: dict[str, str] = {}
    seconds: float = 0.0

    @property
    def key(self) -> tuple[str, ...]:
        """What was measured, unique within the file."""
        raise NotImplementedError


class Size(_Measurement):
    """The size of one variant, for one example. `flops` counts 2 for each multiply-add of one forward pass.

    `active` are the parameters that one position uses, where it chooses among experts.
    `depth` counts the layers with weights on the longest path, `receptive_field` the side of the input patch behind a
    unit of the last feature map.
    """

    measured: Literal["size"] = "size"
    variant: str
    parameters: int
    active: int | None = None
    flops: int | None = None
    depth: int | None = None
    receptive_field: int | None = None
    inputs: dict[str, list[int]] = {}
    stages: list[Stage] = []

    @property
    def key(self) -> tuple[str, ...]:
        """Kind and variant."""
        return self.measured, self.variant


class Cost(_Measurement):
    """The FLOPs of one forward pass as a polynomial of sizes: the factor of every term, such as `B T U^2`.

    Sizes are those of example inputs, and those that the entry names; where one scales a list, it is 1 for the list as
    it is.
    """

    measured: Literal["cost"] = "cost"
    terms: dict[str, float]

    @property
    def key(self) -> tuple[str, ...]:
        """Kind alone: an entry has one cost."""
        return (self.measured,)


class Widening(_Measurement):
    """A narrower network that a variant of a published size contains: its units, each copied so many times.

    The variant, of so many `parameters`, is `factor` times as wide: 1 where there is no narrower one of the same
    modules that can be run. `sizes` are the arguments of the constructor that are divided by it. `copies` is in what
    order units and their copies stand, and empty where no order leaves the function as it is. `multiple` is how many
    copies the network had that was compared, as large as one that is run may be; `errors` are the largest relative
    differences of the outputs from copies, in evaluation mode and in training mode. `outside` says whether inputs and
    outputs have copies too, as those of a state that is carried.
    """

    measured: Literal["widening"] = "widening"
    variant: str
    parameters: int
    factor: int = 1
    sizes: list[str] = []
    copies: Literal["", "interleaved", "tiled"] = ""
    multiple: int = 1
    errors: list[float] = []
    outside: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """Kind and variant."""
        return self.measured, self.variant


class TraitErrors(_Measurement):
    """What a probe measured of a variant: an error for every draw of weights and inputs, NaN where it decided nothing.

    `witness` says where to see the largest error, if it refutes the bias, or the smallest, if one example shows it: the
    draw, and what the probe tells of it. `narrowed` is above 1 where a network so many times as narrow was measured.
    `declined` is why nothing was.
    """

    measured: Literal["trait"] = "trait"
    bias: str
    variant: str
    errors: list[float]
    witness: dict[str, JsonValue] | None = None
    narrowed: int = 1
    declined: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Kind, bias and variant."""
        return self.measured, self.bias, self.variant


class Curve(Record):
    """By how much something is broken: an error for every size of what is done to the inputs, such as an angle.

    Errors are relative to the variation of the output: 0 where nothing is broken, about 1 where the outputs have no
    more in common than those of two unrelated inputs.
    """

    what: str
    sizes: list[float]
    errors: list[float]


class Curves(_Measurement):
    """By how much a bias is broken in a variant."""

    measured: Literal["curve"] = "curve"
    bias: str
    variant: str
    curves: list[Curve]

    @property
    def key(self) -> tuple[str, ...]:
        """Kind, bias and variant."""
        return self.measured, self.bias, self.variant


class PeerErrors(_Measurement):
    """Largest relative differences from the peer in one case: of outputs, and of gradients of inputs and weights.

    There is one number for every draw, whose inputs are of other sizes than those of the last. In training mode the
    buffers after the pass are compared too. `declined` is why the peer cannot express the case, if it cannot.
    """

    measured: Literal["peer"] = "peer"
    case: str = DEFAULT_VARIANT
    outputs: list[float] = []
    gradients: list[float] = []
    training_outputs: list[float] = []
    training_gradients: list[float] = []
    training_buffers: list[float] = []
    compared: int = 0
    declined: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Kind and case."""
        return self.measured, self.case


ERRORS_OF_PEERS = ("outputs", "gradients", "training_outputs", "training_gradients", "training_buffers")
"""The fields of the errors in a comparison with a peer."""


class Box(Record):
    """A box of a picture.

    Args:
        what: The class of a module, as `module:Class`, or as in `op:add` a function, an input (`in`), an output
            (`out`), a weight (`weight`) or `noise`.
        role: What the code calls the module.
        detail: What distinguishes it from others of its class.
        holds: Of a sequence, the classes in it, each with what distinguishes it.
        weights: Parameters that the function uses itself.
        times: How many such there are, in a row or side by side; empty for one.
        rounds: How often it runs; empty for once.
        frame: The frame in which it stands.
    """

    what: str
    role: str = ""
    detail: str = ""
    holds: list[str] = []
    weights: list[str] = []
    times: str = ""
    rounds: str = ""
    frame: int | None = None


class Frame(Record):
    """A frame around boxes: an opened module, a piece that is repeated, or one round of a loop; fields as of a box."""

    what: str = ""
    role: str = ""
    times: str = ""
    rounds: str = ""
    frame: int | None = None


class Arrow(Record):
    """An arrow between boxes: the shape that passes, and what the code calls it.

    `back` means that it leads to the next round, `index` that what passes are positions or marks.
    """

    start: int
    end: int
    shape: str = ""
    name: str = ""
    back: bool = False
    index: bool = False


class Picture(_Measurement):
    """A block diagram, derived from what the code does: of the whole, of a block in it, or of a cell.

    There are no boxes where an architecture has no such level.
    """

    measured: Literal["picture"] = "picture"
    level: int
    what: str = ""
    role: str = ""
    boxes: list[Box] = []
    frames: list[Frame] = []
    arrows: list[Arrow] = []

    @property
    def key(self) -> tuple[str, ...]:
        """Kind and level."""
        return self.measured, str(self.level)


class CheckErrors(_Measurement):
    """The relative error of an exact check for every draw."""

    measured: Literal["check"] = "check"
    check: str
    errors: list[float]

    @property
    def key(self) -> tuple[str, ...]:
        """Kind and name of the check."""
        return self.measured, self.check


class SeedResult(_Measurement):
    """What an experiment, or its larger form, returned for one seed."""

    measured: Literal["seed", "thorough"] = "seed"
    seed: int
    measures: dict[str, float]
    series: dict[str, list[float]] = {}

    @property
    def key(self) -> tuple[str, ...]:
        """Kind and seed."""
        return self.measured, str(self.seed)


Measurement = Annotated[
    Size | Cost | Widening | Picture | TraitErrors | Curves | PeerErrors | CheckErrors | SeedResult,
    Field(discriminator="measured"),
]


def order(measurement: Any) -> tuple[int, int, tuple[str, ...]]:
    """The place of a measurement in its file: by kind, seeds by number, the rest by name."""
    kinds = ("size", "cost", "picture", "peer", "check", "widening", "trait", "curve", "seed", "thorough")
    return kinds.index(measurement.measured), getattr(measurement, "seed", 0), measurement.key


def seconds_in_steps(seconds: float) -> float:
    """Round up to 1, 2 or 5 times a power of ten, from 0.1 on: a re-run makes no noise.

    Examples:
        >>> seconds_in_steps(0.03), seconds_in_steps(3.2), seconds_in_steps(14)
        (0.0, 5.0, 20.0)
    """
    if seconds < 0.1:
        return 0.0
    steps = [step * 10.0**power for power in range(-1, 5) for step in (1, 2, 5)]
    return next((step for step in steps if seconds <= step), steps[-1])
