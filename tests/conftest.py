"""Tests come from the knowledge base: an entry is a test parameter, so `pytest -k lstm` runs all about the LSTM."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from pathlib import Path

import pytest
import torch
from bundled import BASE, architecture_subjects, component_subjects, engine_once, problems_once
from small import Miniature

import kb
from kb import knowledge_base, state
from kb.cli import querying
from kb.cli.answers import E, engine_of
from kb.cli.application import chosen_folder
from kb.schema import Entry

SITE = Path(__file__).parent / "site"


@pytest.fixture
def bundled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundled knowledge base is loaded, checked and put into engines once, other folders every time."""
    load, check = kb.load, knowledge_base.problems

    def loaded(folder: Path | None = None, *, skip_broken: bool = False) -> kb.KnowledgeBase:
        return BASE if folder is None and not skip_broken else load(folder, skip_broken=skip_broken)

    def engine(kind: type[E]) -> E:
        return engine_once(kind) if chosen_folder() is None else engine_of(kind)

    monkeypatch.setattr(kb, "load", loaded)
    monkeypatch.setattr(querying, "engine_of", engine)
    monkeypatch.setattr(knowledge_base, "problems", lambda base: [*problems_once()] if base is BASE else check(base))


def _ids(entries: Iterable[Entry]) -> list[str]:
    return [entry.id for entry in entries]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrise by the name of the argument."""
    singles = {
        "entry": list(BASE.values()),
        "architecture": list(BASE.architectures.values()),
        "bias": list(BASE.biases.values()),
        "claim": [claim for claim in BASE.claims.values() if claim.experiment],
        "component": [subject.entry for subject in component_subjects()],
        "paper": list(BASE.papers.values()),
        "task": [entry for entry in BASE.concepts.values() if entry.category.endswith("task")],
    }
    subjects = {
        "subject": lambda: architecture_subjects() + component_subjects(),
        "variant_subject": architecture_subjects,
    }
    for name, entries in singles.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, entries, ids=_ids(entries))
    for name, make in subjects.items():
        if name in metafunc.fixturenames:
            found = make()
            metafunc.parametrize(name, found, ids=[subject.label for subject in found])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`pytest -k ID` takes seconds: tests that need the whole site are left out, though an entry is in their names."""
    if config.option.keyword not in BASE:
        return
    of_site = [item for item in items if SITE in item.path.parents]
    items[:] = [item for item in items if SITE not in item.path.parents]
    config.hook.pytest_deselected(items=of_site)


def pytest_collection_finish() -> None:
    """What stands now stands to the end: the garbage collector need not look at thousands of tests again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def base() -> kb.KnowledgeBase:
    """The bundled knowledge base."""
    return BASE


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.default_generator.manual_seed(0)  # `torch.manual_seed` takes a thousand times as long, for other devices


@pytest.fixture(autouse=True)
def _unremembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands answer again: an answer of another run would hide what a test replaces."""
    monkeypatch.setattr(state, "state_of", lambda root, since=0.0: None)


@pytest.fixture
def family(tmp_path: Path) -> Miniature:
    """`child` specialises `parent`; both have `seen`, only the child lacks `unseen`; `later` needs `earlier`."""
    small = Miniature(tmp_path)
    small.paper("paper2010", 2010)
    small.bias("seen")
    small.bias("unseen")
    small.concept("earlier")
    small.concept("later", "requires: [{concept: earlier, because: it comes first}]\n")
    small.concept("part", "requires: [{concept: later, because: it is built on it}]\n", category="component")
    exhibits = "exhibits: [{bias: seen, because: so it is}]\n"
    small.architecture("parent", exhibits)
    child = "specialises: [parent]\nlacks: [{bias: unseen, because: so it is not}]\n"
    small.architecture("child", exhibits + child, paper2000="paper2010")
    return small
