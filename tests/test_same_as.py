"""Names elsewhere: every name of a library is one, of the same number of parameters, and finds its entry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bundled import BASE
from pydantic import ValidationError
from small import Miniature
from typer.testing import CliRunner

import kb
from implementations.peers.timm_models import import_timm
from implementations.peers.torchvision_models import import_torchvision
from kb.cli import app
from kb.export import sssom
from kb.export.mapping import ELSEWHERE
from kb.export.rdf import Addresses
from kb.schema import Architecture, Concept
from kb.schema.common import SameAs
from kb.schema.fields import ELSEWHERE as FORMS

MAPPINGS = [
    (entry, same) for entry in BASE.values() if isinstance(entry, Architecture | Concept) for same in entry.same_as
]
MODELS = [(entry.id, same) for entry, same in MAPPINGS if same.source in ("timm", "torchvision")]


@pytest.mark.filterwarnings("ignore")  # of how the libraries will initialise weights some day
@pytest.mark.parametrize(("entry_id", "same"), MODELS, ids=[f"{entry}-{same.name}" for entry, same in MODELS])
def test_a_model_of_a_library_has_as_many_parameters_as_the_variant(entry_id: str, same: SameAs) -> None:
    import torch

    with torch.device("meta"):
        if same.source == "timm":
            model = import_timm("models").create_model(same.local)
        else:
            model = import_torchvision().models.get_model(same.local)
    assert same.variant
    counted = BASE.evidence[entry_id].variants[same.variant].parameters
    assert sum(parameter.numel() for parameter in model.parameters()) == counted


def test_model_types_are_those_of_transformers() -> None:
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES

    named = {same.local for _, same in MAPPINGS if same.source == "transformers"}
    assert len(named) > 5
    assert named <= CONFIG_MAPPING_NAMES.keys()


def test_every_source_has_a_form_and_an_address() -> None:
    assert FORMS.keys() == ELSEWHERE.keys()


def test_an_exact_name_finds_its_entry_and_a_near_one_does_not() -> None:
    for entry, same in MAPPINGS:
        if same.match == "exact":
            assert BASE[same.local] is entry, same
    assert BASE.search("resnet50")[0].id == "resnet"
    assert "DeepFeedForward" not in BASE
    assert "timm:resnet50 (resnet-50)" in CliRunner().invoke(app, ["show", "resnet"]).stdout


def test_sssom_has_a_row_for_every_name_and_the_head_that_the_standard_asks_for() -> None:
    text = sssom(BASE, Addresses(BASE))
    assert text.endswith("\n")
    head = [line for line in text.splitlines() if line.startswith("#")]
    columns, *rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    assert {line.split(":")[0] for line in head} >= {"# mapping_set_id", "# license", "# curie_map"}
    assert {"subject_id", "predicate_id", "object_id", "mapping_justification"} <= set(columns)
    assert len(rows) == len(MAPPINGS)
    prefixes = {line.split(":")[0].strip("# ") for line in head}
    for row in rows:
        cells = dict(zip(columns, row, strict=True))
        for name in ("subject_id", "predicate_id", "object_id"):
            assert cells[name].partition(":")[0] in prefixes
        assert re.fullmatch("skos:(exact|close|broad|narrow)Match", cells["predicate_id"])
    assert ["kb:variant/resnet/resnet-50", "Residual network, resnet-50", "skos:exactMatch", "timm:resnet50"] in [
        row[:4] for row in rows
    ]


@pytest.mark.parametrize(
    "name",
    [
        "resnet50",
        "timm:",
        "timm:ResNet 50",
        "pwc:resnet",
        "wikidata:12",
        "wikidata:Q012",
        "aio:a b",
        "cso:A",
        "timm:a\n",
    ],
)
def test_a_name_has_a_source_and_its_form(name: str) -> None:
    with pytest.raises(ValidationError):
        SameAs(name=name)


def test_a_variant_exists_and_only_an_architecture_has_one(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.concept("twice", "same_as: [{name: 'aio:X', variant: a}]\n")
    with pytest.raises(kb.KnowledgeBaseError, match="only an architecture has variants"):
        small.load()
    fields = BASE["resnet"].model_dump(by_alias=True, exclude_unset=True)
    fields["same_as"] = [{"name": "timm:resnet50", "variant": "nope"}]
    with pytest.raises(ValidationError, match="variant 'nope' is not defined"):
        Architecture.model_validate(fields)


def test_one_name_elsewhere_means_one_entry(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.concept("first", "same_as: [{name: 'aio:Same'}]\n")
    small.concept("second", "same_as: [{name: 'cso:same'}]\n")
    small.load()
    found = [problem for problem in kb.check(tmp_path) if "is also a name of 'first'" in problem.message]
    assert [problem.field for problem in found] == ["same_as.0.name"]
