"""What is wrong with a value, said in the words of YAML and of our fields rather than in those of pydantic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from kb.characters import shortened, shown, unseen_problem
from kb.problems import suggestion
from kb.schema.fields import FORMS, TEXT_PATTERN

if TYPE_CHECKING:
    from kb.positions import Steps

FROM_PATH = ("id", "kind", "group")
LONGEST_REASON = 400
"""Characters of a reason that a model gives; it may quote every name in the file."""


def steps_to(detail: ErrorDetails, data: object) -> Steps:
    """Return the fields and numbers that lead to what is wrong, as they are in the file.

    Pydantic also names the types that it tried on the way, and fields that a short form leaves out.
    """
    steps: list[str | int] = []
    node = data
    for step in detail["loc"]:
        is_item = isinstance(node, list) and isinstance(step, int) and step < len(node)
        if is_item or (isinstance(node, dict) and step in node):
            node = node[step]  # type: ignore[index]
            steps.append(step)
    if detail["type"] == "missing":
        steps.append(detail["loc"][-1])
    return tuple(steps)


def explain(detail: ErrorDetails, steps: Steps, model: type[BaseModel]) -> str:
    """Say what was expected, what came, and how to mend it.

    Args:
        detail: One error of a validation.
        steps: Where it is; see `steps_to`.
        model: What the whole file was read as.
    """
    came = detail["input"]
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            name = detail["loc"][-1]  # not among the steps where a key above it is no text
            return _unknown_field(str(name), field_names(model, steps[:-1] if name in steps[-1:] else steps))
        case "invalid_key":
            return f"expected the name of a field, came {shown(came)}"
        case "missing":
            return "required field is missing"
        case "string_type":
            return _no_text(came)
        case "string_pattern_mismatch":
            return _wrong_form(came, context["pattern"])
        case "string_too_short":
            return "expected text, came nothing"
        case "model_type" | "model_attributes_type":
            names = ", ".join(field_names(model, steps))
            return f"expected fields{f' ({names})' if names else ''}, came {worded(came)}"
        case "dict_type":
            return f"expected fields, came {worded(came)}"
        case "list_type" | "tuple_type":
            return f"expected a list, came {worded(came)}"
        case "too_short":
            return "expected at least one item, came none"
        case "int_type":
            return f"expected a whole number, came {worded(came)}"
        case "float_type":
            return f"expected a number, came {worded(came)}"
        case "bool_type":
            return f"expected true or false, came {worded(came)}"
        case "finite_number":
            return f"expected a finite number, came {shown(came)}, to which nothing compares"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            return f"{detail['msg'].replace('Input should be', 'expected a number')}, came {shown(came)}"
        case "value_error":
            return shortened(str(context["error"]), LONGEST_REASON)
        case "wrong_type":
            return f"{detail['msg']}, came {worded(came)}"
        case _:
            message = detail["msg"].replace("Input should be", "expected")
            return f"{message[0].lower()}{message[1:]}; came {shown(came)}"


def _unknown_field(name: str, known: tuple[str, ...]) -> str:
    near = suggestion(name, known)
    fields = f"; the fields here are {', '.join(known)}" if known and not near else ""
    return f"unknown field {shown(name)}{near}{fields}"


def worded(came: object) -> str:
    """Return a value for a message, collections only by their kind."""
    if came is None:
        return "nothing"
    if isinstance(came, list):
        return "a list"
    return "fields" if isinstance(came, dict) else shown(came)


def _no_text(came: object) -> str:
    """What YAML made of a text without quotes is no text, or there is no text at all."""
    if isinstance(came, bool):
        what = f"the truth value {str(came).lower()}"
    elif isinstance(came, int | float):
        what = f"the number {shown(came)}"
    elif isinstance(came, date):
        what = f"the date {came}"
    elif isinstance(came, time):
        what = f"the time {came}"
    else:
        return f"expected text, came {worded(came)}"
    return f"expected text, came {what}: put it in quotes as it is written in the source"


def _wrong_form(came: str, pattern: str) -> str:
    unseen = unseen_problem(came, allowed="\n" if pattern == TEXT_PATTERN else "")
    return unseen or f"expected {FORMS.get(pattern, f'text of the form {pattern}')}; came {shown(came)}"


@lru_cache(maxsize=256)
def field_names(model: type[BaseModel], steps: Steps) -> tuple[str, ...]:
    """Return the names of the fields that may stand where `steps` lead to, those that come from the path left out."""
    schema, definitions = _schema(model)
    nodes = [schema]
    for step in steps:
        nodes = [below for node in nodes for option in _options(node, definitions) for below in _below(option, step)]
    names = [name for node in nodes for option in _options(node, definitions) for name in option.get("properties", ())]
    return tuple(name for name in dict.fromkeys(names) if name not in FROM_PATH)


@cache
def _schema(model: type[BaseModel]) -> tuple[dict[str, Any], dict[str, Any]]:
    schema = model.model_json_schema()
    return schema, schema.get("$defs", {})


def _options(node: dict[str, Any], definitions: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The node itself, or what it refers to or chooses among."""
    if "$ref" in node:
        yield from _options(definitions[node["$ref"].rpartition("/")[2]], definitions)
        return
    yield node
    for option in [*node.get("anyOf", ()), *node.get("oneOf", ())]:
        yield from _options(option, definitions)


def _below(node: dict[str, Any], step: str | int) -> Iterator[dict[str, Any]]:
    """What is one step below a node: an item, a field, or a value of a mapping with free names."""
    if isinstance(step, int):
        yield from (node[name] for name in ("items",) if name in node)
    elif step in node.get("properties", {}):
        yield node["properties"][step]
    else:
        more = [*node.get("patternProperties", {}).values(), node.get("additionalProperties")]
        yield from (below for below in more if isinstance(below, dict))
