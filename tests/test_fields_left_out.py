"""What a field means that an entry leaves out, and the numbers that fields take: each bound from both sides."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from bundled import BASE
from pydantic import TypeAdapter, ValidationError

from kb.schema import Architecture, Bias, Claim, Condition, Paper, ReadingPath, Source, Statement, Theorem, Variant
from kb.schema.architecture import Part, Trait
from kb.schema.bias import Scope
from kb.schema.claim import Axis, Figure
from kb.schema.common import Check, SameAs
from kb.schema.complexity import Complexity
from kb.schema.concept import Concept, Usage
from kb.schema.frozen import Frozen
from kb.schema.model import Model
from kb.schema.signature import SignatureNotes
from kb.schema.training import TASK, Procedure, Schedule, Training, Update

LEFT_OUT: dict[type[Model], dict[str, object]] = {
    Architecture: {"canonical": "default", "signature": SignatureNotes(), "variants": {}, "networks": {}, "axes": {}},
    Bias: {"least_axes": 1, "of_state": False, "metric": False, "composes": False, "symmetry": None},
    Check: {"tolerance": 1e-10},
    Claim: {"status": "testable", "seeds": 1, "share": 1.0, "expect": (), "controls": (), "relation": None},
    Complexity: {"of": {}, "where": {}, "constant": (), "unchecked": {}, "counted_at": {}},
    Concept: {"checks": (), "requires": (), "effects": {}, "primitives": (), "broader": ()},
    Condition: {"counted": False, "at_most": None, "at_least": None, "equals": None},
    Axis: {"scale": "linear"},
    Figure: {"form": "line", "y": None, "height": None},
    Paper: {"authors_complete": True, "venue": None},
    Part: {"residual": False, "variants": (), "over": None},
    Procedure: {"updates": (Update(objective=TASK),), "teacher_forcing": False, "average": None, "clip": None},
    Schedule: {"warm_up": 0, "decay": "none"},
    SameAs: {"match": "exact", "variant": None},
    Scope: {"axes": "every"},
    SignatureNotes: {"returns": 1, "indexes": {}, "where": {}, "without": ()},
    Statement: {"value": "holds"},
    Training: {"value": "exact", "arguments": {}},
    Trait: {"variant": None, "network": None},
    Update: {"optimiser": "adam", "times": 1, "networks": ()},
    Usage: {"ours": False},
    Variant: {"large": False, "arguments": {}, "sizes": {}},
}


def adapter(model: type[Model], name: str) -> TypeAdapter[Any]:
    """What reads one field of a model."""
    field = model.model_fields[name]
    return TypeAdapter(Annotated[(field.annotation, *field.metadata, "its bounds")])  # type: ignore[index]


@pytest.mark.parametrize("model", LEFT_OUT)
def test_a_field_that_is_left_out_has_its_usual_value(model: type[Model]) -> None:
    found = {name: model.model_fields[name].get_default(call_default_factory=True) for name in LEFT_OUT[model]}
    assert found == LEFT_OUT[model]
    assert not [name for name in found if model.model_fields[name].is_required()]


@pytest.mark.parametrize(
    ("model", "name", "within", "beyond"),
    [
        (Bias, "least_axes", [1, 26], [0, 27]),
        (Bias, "tolerance", [1e-300, 0.0099], [0.0, 0.01, -1.0]),
        (Check, "tolerance", [1e-300, 1e-4], [0.0, 1.01e-4]),
        (Claim, "seeds", [1, 20], [0, 21]),
        (Claim, "share", [0.51, 1.0], [0.5, 1.01]),
        (Paper, "published", [1600, 2100], [1599, 2101]),
        (SignatureNotes, "returns", [1, 9], [0, 10]),
        (Procedure, "average", [0.01, 0.99], [0.0, 1.0]),
        (Procedure, "clip", [0.01], [0.0, -1.0]),
        (Schedule, "warm_up", [0, 10**15], [-1, 10**15 + 1]),
        (Update, "times", [1, 100], [0, 101]),
        (Variant, "parameters", [0, 10**15], [-1, 10**15 + 1]),
    ],
)
def test_a_number_is_within_its_bounds(model: type[Model], name: str, within: list[Any], beyond: list[Any]) -> None:
    taken = adapter(model, name)
    assert [taken.validate_python(value) for value in within] == within
    for value in beyond:
        with pytest.raises(ValidationError):
            taken.validate_python(value)


@pytest.mark.parametrize("value", [10**15, -(10**15), 1.5, True, None, "text", [1, ["two"]], {"a": {"b": 1}}])
def test_what_a_constructor_can_be_given(value: object) -> None:
    assert Variant.model_validate({"arguments": {"size": value}}).model_dump(mode="json")["arguments"] == {
        "size": value
    }


@pytest.mark.parametrize("value", [10**15 + 1, -(10**15) - 1, float("nan"), float("inf"), " ", object(), {"1": 1}])
def test_what_a_constructor_can_not_be_given(value: object) -> None:
    with pytest.raises(ValidationError):
        Variant.model_validate({"arguments": {"size": value}})


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (Architecture, "parts"), (Architecture, "equations"), (Bias, "acts_on"), (Claim, "about"), (Paper, "authors"),
        (Paper, "verified_against"), (ReadingPath, "sections"), (Theorem, "premises"), (Procedure, "updates"),
    ],
)  # fmt: skip
def test_some_lists_have_something_in_them(model: type[Model], name: str) -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        adapter(model, name).validate_python([])


def test_a_source_has_one_origin_and_a_place_or_is_not_checked() -> None:
    for given, standing in (
        ({"paper": "p", "at": "sec. 2"}, "with a place"), ({"paper": "p"}, "place not checked"),
        ({"url": "https://a.org"}, "place not checked"), ({"deck": "S1"}, "with a place"),
    ):  # fmt: skip
        assert Source.model_validate(given).standing == standing
    for wrong in ({"at": "sec. 2"}, {"paper": "p", "deck": "S1"}, {"paper": "p", "url": "https://a.org"}):
        with pytest.raises(ValidationError, match="exactly one of"):
            Source.model_validate(wrong)


def test_a_name_elsewhere_has_its_source_and_its_limits() -> None:
    plain = SameAs(name="timm:resnet50")
    assert (plain.source, plain.local, plain.limits, str(plain)) == ("timm", "resnet50", "", "timm:resnet50")
    near = SameAs(name="timm:resnet50", match="broad", variant="resnet-50")
    assert str(near) == "timm:resnet50 (resnet-50, broad match)"
    assert SameAs(name="timm:resnet50", match="close").limits == "close match"


def test_entries_are_equal_if_they_say_the_same() -> None:
    lstm = BASE["lstm"]
    same, other = lstm.model_copy(), lstm.model_copy(update={"summary": "Another."})
    assert lstm == same
    assert hash(lstm) == hash(same)
    assert lstm != other
    assert lstm != "lstm"
    assert lstm.__eq__(BASE["gru"]) is lstm.__eq__("lstm") is False


def test_papers_are_credited_with_what_they_did() -> None:
    fields = {"introduced_by": "a", "named_by": ("b",), "analysed_by": ("c", "d"), "popularised_by": ("e",)}
    credited = BASE["lstm"].model_copy(update=fields).credits
    assert credited == [
        ("introduced", "a"), ("named", "b"), ("analysed", "c"), ("analysed", "d"), ("popularised", "e")
    ]  # fmt: skip
    without = dict.fromkeys(("named_by", "analysed_by", "popularised_by"), ())
    assert BASE["lstm"].model_copy(update={**without, "introduced_by": None}).credits == []


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: kept.__setitem__("a", 2), lambda kept: kept.__delitem__("a"), lambda kept: kept.clear(),
        lambda kept: kept.pop("a"), lambda kept: kept.popitem(), lambda kept: kept.setdefault("b", 1),
        lambda kept: kept.update(b=1),
    ],
)  # fmt: skip
def test_a_frozen_mapping_cannot_change(change: Any) -> None:
    kept = Frozen(a=1)
    with pytest.raises(TypeError, match="cannot change"):
        change(kept)
    assert kept == {"a": 1}
    assert hash(kept) == hash(Frozen(a=1)) != hash(Frozen(a=2))
