"""Which architecture, with which arguments, a configuration of another library describes.

The file of a peer may have a constant `CONFIGURATIONS`, for each sort of configuration that the peer's library has of
it: how arguments of our constructor are found in one, the values that ours has where it has no argument, and what the
library takes where a configuration leaves a field out, as older ones do:

    CONFIGURATIONS = {
        "gpt2": {
            "arguments": {"width": "n_embd", "hidden": "n_inner or 4 * n_embd"},
            "only": {"activation_function": ["gelu_new"]},
            "defaults": {"n_positions": 1024},
        }
    }

A configuration of transformers names its sort as `model_type`, one of diffusers as `_class_name`. One of timm names a
model as `architecture`, which `same_as` of an entry has.
"""

from __future__ import annotations

import ast
import contextlib
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, TypeAdapter, ValidationError

from kb import annotated
from kb.characters import shown
from kb.links import SourceError
from kb.problems import suggestion
from kb.schema import Architecture
from kb.schema.fields import PythonName
from kb.schema.model import Model
from kb.syntax import Syntax

if TYPE_CHECKING:
    from kb.base import Base

CONSTANT = "CONFIGURATIONS"
SORTS = ("model_type", "_class_name")
"""The fields in which libraries say what a configuration is one of."""
OPERATORS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}
Fields = Mapping[str, Any]
Value = str | int | float | bool | None


class Layout(Model):
    """Where arguments stand in a configuration."""

    arguments: dict[PythonName, str] = Field(
        description="Arguments of the constructor, each with an expression of fields of the configuration: names, "
        "`a.b` for a field of a field, whole numbers, `+ - * //`, `or`, `==`, `len(a)`, `(a, b)`."
    )
    only: dict[str, list[Value]] = Field(
        default_factory=dict,
        description="Expressions, with the values that ours has; where a field is absent, nothing is compared.",
    )
    defaults: dict[str, Value] = Field(
        default_factory=dict, description="Fields that a configuration may leave out, with what the library takes."
    )


_layouts: TypeAdapter[dict[str, Layout]] = TypeAdapter(dict[str, Layout])


@dataclass(frozen=True)
class Identified:
    """What a configuration describes.

    Args:
        entry: The architecture.
        variant: The variant that has these arguments, if one has.
        arguments: Arguments of the constructor.
        differences: What it has that ours does not have, in sentences.
    """

    entry: Architecture
    variant: str | None
    arguments: dict[str, Any]
    differences: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """How it is constructed."""
        given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{self.entry.implementation.partition(':')[2]}({given})"

    def as_dict(self) -> dict[str, Any]:
        """Return it as a JSON-ready dictionary."""
        found = {"entry": self.entry.id, "variant": self.variant, "arguments": self.arguments, "code": self.code}
        return {**found, "differences": list(self.differences)}


def layouts(entry: Architecture, syntax: Syntax) -> dict[str, Layout]:
    """Return what `CONFIGURATIONS` in the file of the peer says, by the sort of configuration.

    Raises:
        ValueError: It is not of that form, an expression cannot be read, the constructor has no such argument, or the
            file cannot be read.
    """
    if entry.peer is None:
        return {}
    literal = syntax.constant(entry.peer.partition(":")[0], CONSTANT)
    try:
        found = _layouts.validate_python({} if literal is None else literal)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) or repr(literal)
        raise ValueError(f"expected sorts of configurations with `arguments`, came {shown(place)}") from None
    for layout in found.values():
        for expression in (*layout.arguments.values(), *layout.only):
            value_of(expression, {})
        taken = _defaults(syntax.root, entry)
        for name in layout.arguments.keys() - taken.keys():
            raise ValueError(f"the constructor has no argument {shown(name)}{suggestion(name, taken)}")
    return found


def value_of(expression: str, fields: Fields) -> Any:
    """Return what an expression comes to; None where a field is absent that it needs.

    Args:
        expression: See `Layout`.
        fields: The configuration.

    Raises:
        ValueError: It is no such expression.

    Examples:
        >>> value_of("inner or 4 * width", {"inner": None, "width": 8})
        32
        >>> value_of("(image.side, image.side)", {"image": {"side": 224}})
        (224, 224)
    """
    try:
        return _value(ast.parse(expression, mode="eval").body, fields)
    except (SyntaxError, RecursionError, MemoryError, ZeroDivisionError):
        raise ValueError(f"expected an expression of fields, such as `4 * n_embd`, came {shown(expression)}") from None


def _value(node: ast.expr, fields: Fields) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return fields.get(name)
        case ast.Attribute(value=whole, attr=name):
            found = _value(whole, fields)
            return found.get(name) if isinstance(found, Mapping) else None
        case ast.Tuple(elts=parts):
            values = tuple(_value(part, fields) for part in parts)
            return None if None in values else values
        case ast.BoolOp(op=ast.Or(), values=options):
            return next(filter(None, [_value(option, fields) for option in options]), None)
        case ast.Call(func=ast.Name(id="len"), args=[counted]):
            listed = _value(counted, fields)
            return len(listed) if isinstance(listed, Mapping | list) else None
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            sides = _value(left, fields), _value(right, fields)
            return None if None in sides else sides[0] == sides[1]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            numbers = _value(left, fields), _value(right, fields)
            known = all(isinstance(number, int) for number in numbers)
            return OPERATORS[type(op)](*numbers) if known else None
    raise ValueError(f"expected an expression of fields, such as `4 * n_embd`, came {shown(ast.unparse(node))}")


def identify(base: Base, configuration: Fields) -> Identified:
    """Return which architecture a configuration describes, and with which arguments; see `KnowledgeBase.identify`."""
    sort = next((str(configuration[name]) for name in SORTS if configuration.get(name)), "")
    model = configuration.get("architecture")
    if not sort and isinstance(model, str):
        return _of_timm(base, model)
    known = dict(_known(base))
    if not sort:
        raise ValueError(f"expected one of {', '.join(SORTS)} and architecture, which say what it configures")
    if sort not in known:
        raise ValueError(f"no architecture is known to be configured by {shown(sort)}{suggestion(sort, known)}")
    entry, layout = known[sort]
    fields = layout.defaults | dict(configuration)
    arguments = {name: value_of(expression, fields) for name, expression in layout.arguments.items()}
    for name, value in arguments.items():
        if value is None:
            raise ValueError(f"the configuration lacks what {name} is found from: {layout.arguments[name]}")
    return Identified(entry, _variant(base, entry, arguments), arguments, tuple(_differences(layout, fields)))


def _differences(layout: Layout, fields: Fields) -> Iterator[str]:
    """What a configuration has that ours does not have."""
    for expression, values in layout.only.items():
        value = value_of(expression, fields)
        if value is not None and value not in values:
            yield f"{expression} is {shown(value)}; here it is {' or '.join(map(repr, values))}"


def _known(base: Base) -> Iterator[tuple[str, tuple[Architecture, Layout]]]:
    """The sorts of configurations that are known; what is wrong with one is reported by a rule."""
    for entry in base.architectures.values():
        with contextlib.suppress(ValueError):
            yield from ((sort, (entry, layout)) for sort, layout in layouts(entry, base.syntax).items())


def _of_timm(base: Base, model: str) -> Identified:
    """What a model of timm is called here; what follows a dot in its name is where its weights are from."""
    name = f"timm:{model.partition('.')[0]}"
    for entry in base.architectures.values():
        for same in entry.same_as:
            if same.name == name and same.variant and same.match == "exact":
                return Identified(entry, same.variant, dict(entry.all_variants[same.variant].arguments))
    raise ValueError(f"no variant is known to be the model {shown(model)} of timm")


def _defaults(root: Path, entry: Architecture) -> dict[str, Any]:
    """The arguments of the constructor with their defaults; none where it cannot be read."""
    try:
        return annotated.defaults(root, entry.implementation)
    except SourceError:  # another rule reports it
        return {}


def _variant(base: Base, entry: Architecture, arguments: dict[str, Any]) -> str | None:
    """The variant with the same arguments, those that it leaves out being the defaults of the constructor."""
    defaults = _defaults(base.root, entry)
    for name, variant in entry.all_variants.items():
        whole = {**defaults, **variant.arguments}
        same = all(whole.get(argument) == value for argument, value in arguments.items())
        if same and all(value == defaults[each] for each, value in whole.items() if each not in arguments):
            return name
    return None
