"""What all models of the schema are made of, references among them, and what is found by walking over one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from kb.schema.fields import ID_PATTERN, LONGEST_ID

Kind = Literal["concept", "architecture", "paper", "bias", "claim", "path", "theorem"]
Path = tuple[str | int, ...]


class Ref(str):
    """The id of another entry; subclasses say of which kinds it may be.

    Being a `str`, a reference compares, prints and serialises as the id it holds, while its type lets the
    loader find every reference in an entry without a list of fields.
    """

    kinds: ClassVar[tuple[Kind, ...]] = ("concept", "architecture", "paper", "bias", "claim", "path", "theorem")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls,
            core_schema.str_schema(pattern=ID_PATTERN, max_length=LONGEST_ID, strict=True),
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
    """A strict, immutable model: unknown fields, silent conversions and numbers without a value are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False, defer_build=True)


def references_in(model: Model) -> tuple[tuple[Path, Ref], ...]:
    """Every reference in a model, with the path of fields and indices that leads to it."""
    found: list[tuple[Path, Ref]] = []
    _collect(model, (), found)
    return tuple(found)


def _collect(value: Any, path: Path, found: list[tuple[Path, Ref]]) -> None:
    """Walk a model depth first and collect its references, looking only where its type allows one."""
    if isinstance(value, Ref):
        found.append((path, value))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            _collect(item, (*path, index), found)
    elif isinstance(value, dict):
        found += (((*path, str(key)), key) for key in value if isinstance(key, Ref))
        for key, item in value.items():
            _collect(item, (*path, str(key)), found)
    else:
        fields = value.__dict__
        for name in _referring(value.__class__):
            inside = fields[name]
            if isinstance(inside, Ref):  # which saves a call for most
                found.append(((*path, name), inside))
            elif inside:
                _collect(inside, (*path, name), found)


@cache
def _referring(model: type[Model]) -> tuple[str, ...]:
    """The fields of a model that can hold a reference, as their types say."""
    return tuple(name for name, field in model.model_fields.items() if _may_refer(field.annotation))


def _may_refer(kind: Any) -> bool:
    if isinstance(kind, type) and issubclass(kind, Ref):
        return True
    if isinstance(kind, type) and issubclass(kind, Model):
        return bool(_referring(kind))
    return any(map(_may_refer, get_args(kind)))  # of a union, a tuple, a mapping; aliases are texts and numbers


def texts_in(value: object, steps: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in an entry, with the fields that lead to it."""
    if isinstance(value, str):
        yield steps, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from texts_in(item, (*steps, index))
    elif isinstance(value, dict | Model):
        items = value.items() if isinstance(value, dict) else value.__dict__.items()
        for name, item in items:
            yield from texts_in(item, (*steps, str(name)))
