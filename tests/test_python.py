"""At home in Python: values that cannot change, lines and tables to look at, names for everything, threads."""

from __future__ import annotations

import copy
import inspect
import io
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from threading import Barrier
from typing import Any

import networkx as nx
import pytest
from bundled import BASE
from shown import ONE_OF_EACH, SHOWN, answer

import kb
from kb.answers import Answers
from kb.knowledge_base import KnowledgeBase
from kb.naming import names_of
from kb.query import select as selecting
from kb.query.language import ATOMS
from kb.schema import Architecture, Bias, Entry
from kb.schema.frozen import Frozen
from kb.schema.model import Model

IDS = [entry.id for entry in ONE_OF_EACH]
ATOMIC = (str, int, float, bool, type(None))


# Values


def inside(value: object, place: str) -> Iterator[tuple[str, object]]:
    """Everything that a value holds, at any depth, and where."""
    yield place, value
    if isinstance(value, Model):
        for name in type(value).model_fields:
            yield from inside(getattr(value, name), f"{place}.{name}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from inside(item, f"{place}[{key!r}]")
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from inside(item, f"{place}[{number}]")


def test_entries_hold_nothing_that_can_change() -> None:
    found = [pair for entry in BASE.values() for pair in inside(entry, entry.id)]
    assert len(found) > 50_000
    wrong = {place: type(value) for place, value in found if not isinstance(value, (*ATOMIC, Model, tuple, Frozen))}
    assert not wrong
    assert all(hash(value) == hash(value) for _, value in found)
    assert len({BASE.trait("lstm", bias) for bias in BASE.biases}) == len(BASE.biases)


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: setattr(entry, "name", "x"),
        lambda entry: entry.parts.append(None),
        lambda entry: entry.variants.update(x=1),
        lambda entry: entry.variants.pop("adding"),
        lambda entry: entry.variants.setdefault("x", 1),
        lambda entry: entry.variants["adding"].arguments.clear(),
        lambda entry: entry.variants.__setitem__("x", 1),
        lambda entry: entry.variants.__delitem__("adding"),
        lambda entry: entry.variants.popitem(),
        lambda entry: BASE.architectures.update(x=entry),
        lambda entry: BASE.evidence.pop(entry.id),
    ],
)
def test_no_change_gets_through(change: Callable[[Any], object]) -> None:
    before = BASE["lstm"].model_dump_json()
    with pytest.raises((TypeError, ValueError, AttributeError)):
        change(BASE["lstm"])
    assert BASE["lstm"].model_dump_json() == before
    assert {"lstm"} <= BASE.architectures.keys() & BASE.evidence.keys()


def test_adding_to_a_frozen_mapping_makes_another() -> None:
    first = second = Frozen(a=1)
    second |= {"b": 2}  # type: ignore[assignment]
    assert (first, second) == ({"a": 1}, {"a": 1, "b": 2})
    assert first | {"a": 2} == {"a": 2}
    assert repr(first) == "{'a': 1}"


def test_entries_of_two_loads_are_equal_by_content() -> None:
    other = kb.load()
    assert all(BASE[entry_id] == other[entry_id] for entry_id in other)
    assert set(BASE.values()) == set(other.values())
    changed = other["lstm"].model_copy(update={"summary": "Another one."})
    assert changed != BASE["lstm"]
    assert hash(changed) == hash(BASE["lstm"])


@pytest.mark.parametrize("entry_id", IDS)
def test_copies_and_pickles_are_the_entry_alone(entry_id: str) -> None:
    entry = BASE[entry_id]
    entry.refs()
    for again in (copy.copy(entry), copy.deepcopy(entry), pickle.loads(pickle.dumps(entry))):
        assert again == entry
        assert (hash(again), again.year, again.refs()) == (hash(entry), entry.year, entry.refs())
    assert len(pickle.dumps(entry)) < 2 * len(BASE.files[entry_id].read_bytes()) + 2_000


def test_a_changed_copy_finds_out_its_own_references() -> None:
    entry = BASE["lstm"]
    assert len(entry.model_copy(update={"parts": ()}).refs()) == len(entry.refs()) - len(entry.parts)


def test_an_unpickled_entry_still_builds() -> None:
    again = pickle.loads(pickle.dumps(BASE["gcn"]))
    assert type(again.build()) is type(BASE["gcn"].build())


def test_constructors_get_the_arguments_of_the_file() -> None:
    """Lists of a file come as tuples, which every constructor takes that asks for a sequence."""
    nested = BASE.architectures["googlenet"].variants["digits"].arguments["stages"]
    assert nested[0] == ((8, 8, 8, 4, 8, 8),)
    assert BASE["googlenet"].build("digits")


# The graph


def test_the_graph_cannot_change() -> None:
    graph = BASE.graph
    with pytest.raises(nx.NetworkXError):
        graph.add_node("zzz")
    with pytest.raises(nx.NetworkXError):
        graph.remove_edge(*next(iter(graph.edges)))
    with pytest.raises(TypeError):
        nx.set_node_attributes(graph, 1, "rank")
    with pytest.raises(TypeError):
        nx.set_edge_attributes(graph, 1, "rank")
    free = graph.copy()
    free.add_node("zzz")
    nx.set_node_attributes(free, 1, "rank")
    assert "rank" not in graph.nodes["lstm"]


def test_nothing_in_the_graph_is_without_a_value() -> None:
    carried = [data for _, data in BASE.graph.nodes(data=True)] + [data for *_, data in BASE.graph.edges(data=True)]
    assert {type(value) for data in carried for value in data.values()} == {str, int}
    assert any("year" not in data for data in carried)


WRITERS: dict[str, Callable[[Any, Any], object]] = {
    name.removeprefix("write_"): getattr(nx, name)
    for name in dir(nx)
    if name.startswith("write_") and name.removeprefix("write_") not in ("latex", "network_text", "graph6", "sparse6")
}
"""Every writer of networkx but those of drawings and of simple undirected graphs."""
DATA = {"node_link": nx.node_link_data, "cytoscape": nx.cytoscape_data, "adjacency": nx.adjacency_data}


@pytest.mark.filterwarnings("ignore:Node attribute year is not processed")  # Pajek's own attributes are all text
@pytest.mark.parametrize("form", WRITERS)
def test_every_writer_of_networkx_writes_it(form: str) -> None:
    stream = io.BytesIO()
    WRITERS[form](BASE.graph, stream)
    assert b"lstm" in stream.getvalue()


def test_there_are_as_many_writers_as_we_know() -> None:
    assert {"adjlist", "edgelist", "gexf", "gml", "graphml", "multiline_adjlist", "pajek"} <= WRITERS.keys()


@pytest.mark.parametrize(
    ("write", "read"),
    [(nx.write_graphml, nx.read_graphml), (nx.write_gexf, nx.read_gexf), (nx.write_gml, nx.read_gml)],
)
def test_what_was_written_is_read_back(write: Callable[..., None], read: Callable[..., Any], tmp_path: Path) -> None:
    write(BASE.graph, tmp_path / "graph")
    again = read(tmp_path / "graph")
    assert again.number_of_nodes() == BASE.graph.number_of_nodes()
    assert again.number_of_edges() == BASE.graph.number_of_edges()
    assert again.nodes["lstm"]["year"] == 1997


@pytest.mark.parametrize("form", DATA)
def test_data_for_json_has_every_node(form: str) -> None:
    data = DATA[form](BASE.graph, **({"edges": "edges"} if form == "node_link" else {}))
    assert str(data).count("'lstm'") > 1


# What one sees


@pytest.mark.parametrize("name", SHOWN)
def test_a_line_says_what_it_is(name: str) -> None:
    line = repr(answer(name))
    assert line.startswith("<")
    assert line.isprintable()
    assert len(line) <= 130


def test_there_is_a_version() -> None:
    assert kb.__version__ == metadata.version("deep-learning-taxonomy")
    assert not hasattr(kb, "no_such_thing")


def test_keys_are_completed_by_id_and_by_name() -> None:
    keys = BASE._ipython_key_completions_()
    assert keys[: len(BASE)] == list(BASE)
    assert {"LSTM", "Long short-term memory", "hochreiter1997lstm"} <= {*keys}
    assert all(key in BASE for key in keys)
    assert {"LSTM", "lstm"} <= {*BASE.architectures._ipython_key_completions_()}
    assert "gating" not in BASE.architectures._ipython_key_completions_()


# Tables


@pytest.mark.parametrize("name", ["selection", "hits", "no hits", "matrix", "edges", "findings", "route"])
def test_answers_become_a_frame(name: str) -> None:
    answers: Any = answer(name)
    frame = answers.to_frame()
    assert len(frame) == len(answers)
    assert [*frame.columns] == [*answers.columns]
    assert list(answers) == list(answers[:])
    assert pickle.loads(pickle.dumps(answers)) == answers
    assert type(answers[:3]) is Answers


def test_the_matrix_and_the_evidence_have_their_values() -> None:
    wide = BASE.matrix().to_frame().pivot(index="architecture", columns="bias", values="value")
    assert wide.loc["lstm", "causality"] == "holds"
    assert wide.shape == (len(BASE.architectures), len(BASE.biases))
    found = BASE.findings().to_frame()
    one = found[(found.entry == "lstm") & (found.name == "causality") & (found.place == "default")]
    assert one.value.item() == "holds"
    assert one.error.item() <= one.tolerance.item()
    years = BASE.select().to_frame().year
    assert str(years.dtype) == "Int64"


def test_a_missing_library_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pip install -e '\.\[notebook\]'"):
        BASE.select().to_frame()


# Names


@pytest.mark.parametrize("name", ["LSTM", "long short-term memory", "Long Short Term Memory"])
def test_a_name_does_wherever_an_id_does(name: str) -> None:
    for ask in (
        lambda it: BASE[it],
        lambda it: BASE.architectures[it],
        lambda it: BASE.architectures.get(it),
        lambda it: BASE.evidence[it].cost,
        lambda it: BASE.evidence.get(it).cost,
        lambda it: it in BASE and it in BASE.architectures and it in BASE.evidence,
        lambda it: BASE.compare(it, "GRU"),
        lambda it: BASE.route(it, "Graph attention network"),
        lambda it: BASE.lineage(it),
        lambda it: BASE.prerequisites(it),
        lambda it: BASE.trait(it, "Causality"),
        lambda it: BASE.why(it, "Causality").cell,
        lambda it: BASE.cells(it, "Causality"),
        lambda it: BASE.evidence_file(it),
        lambda it: BASE.stale(it),
        lambda it: BASE.takes(it),
        lambda it: BASE.gives(it),
        lambda it: BASE.parameters(it),
        lambda it: BASE.unknown(it),
        lambda it: BASE.reasons(it, "Causality"),
        lambda it: BASE.represents(it, "GRU"),
        lambda it: BASE.diagram(it).svg,
    ):
        assert ask(name) == ask("lstm")


@pytest.mark.parametrize(
    ("named", "by_id"),
    [
        ({"exhibits": "Causality"}, {"exhibits": "causality"}),
        ({"lacks": ["Locality"]}, {"lacks": "locality"}),
        ({"uses": "Peephole connection"}, {"uses": "peephole-connection"}),
        ({"family": "Recurrent"}, {"family": "recurrent"}),
        (
            {"where": "uses 'Peephole connection' and has Causality"},
            {"where": "uses peephole-connection and causality"},
        ),
    ],
)
def test_values_of_conditions_are_names_too(named: dict[str, Any], by_id: dict[str, Any]) -> None:
    assert BASE.select(**named) == BASE.select(**by_id) != []


def test_an_id_is_that_of_its_entry_alone() -> None:
    for entry in BASE.values():
        assert (entry.id in BASE.architectures) == isinstance(entry, Architecture)
    assert BASE.architectures.get("no such thing", 7) == 7


def test_conditions_are_called_as_what_they_ask_for() -> None:
    """Every condition names an attribute of an entry, or a question to the base that takes an architecture."""
    for verb, atom in ATOMS.items():
        on_entry, on_base = hasattr(Architecture, atom.attribute), hasattr(KnowledgeBase, atom.attribute)
        assert on_entry or on_base or atom.attribute in Architecture.model_fields, verb
    same = {"since": "year", "until": "year", "scope": "scope"}
    for name in inspect.signature(selecting).parameters.keys() - {"base", "kind", "where"}:
        attribute = same.get(name, name)
        owners = (Architecture.model_fields, Bias.model_fields, vars(Entry), vars(Architecture), vars(KnowledgeBase))
        assert any(attribute in owner for owner in owners), name


@pytest.mark.parametrize("entry_id", ["lstm", "gcn", "resnet"])
def test_what_an_entry_says_of_itself_selects_it(entry_id: str) -> None:
    entry = BASE.architectures[entry_id]
    conditions = [
        f"in {entry.family}",
        f"since {entry.year}",
        f"until {entry.year}",
        *(f"uses {name}" for name in entry.uses),
    ]
    conditions += [f"trained-on {entry.trained_on}"] if entry.trained_on else []
    conditions += [f"takes {axis}" for axis in BASE.takes(entry_id)] + [
        f"gives {axis}" for axis in BASE.gives(entry_id)
    ]
    conditions += [f"unknown {bias}" for bias in BASE.unknown(entry_id)]
    conditions += [f"at-least {least} and at-most {least}" for least in list(BASE.parameters(entry_id).values())[:1]]
    for condition in conditions:
        assert entry in BASE.select(where=condition), condition


# Threads


def test_many_threads_may_start_on_a_fresh_base(tmp_path: Path) -> None:
    """All lazily made things are asked for at once, by more threads than there are processors, often interrupted."""
    questions: list[Callable[[KnowledgeBase], Any]] = [
        lambda base: base["LSTM"].refs(),
        lambda base: base.select(exhibits="causality", lacks="locality"),
        lambda base: [hit.id for hit in base.search("gated recurent unit")],
        lambda base: base.compare("lstm", "gru").as_dict(),
        lambda base: base.route("mlp", "gat"),
        lambda base: base.why("resnet", "translation-equivariance").proofs,
        lambda base: base.lineage("transformer"),
        lambda base: base.graph.number_of_edges(),
        lambda base: base.stale("gcn"),
        lambda base: base.architectures["lstm"].signature_of().as_dict(),
        lambda base: base.prerequisites("transformer"),
        lambda base: len(base.facts),
    ]
    expected = [question(BASE) for question in questions]
    fresh, count = kb.load(), 2 * len(questions)
    barrier, before = Barrier(count), sys.getswitchinterval()

    def ask(number: int) -> list[Any]:
        barrier.wait()
        order = [(number + step) % len(questions) for step in range(len(questions))]
        found = {place: questions[place](fresh) for place in order}
        return [found[place] for place in range(len(questions))]

    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(count) as pool:
            assert all(answers == expected for answers in pool.map(ask, range(count)))
    finally:
        sys.setswitchinterval(before)


def test_threads_may_load_at_the_same_time() -> None:
    import gc

    with ThreadPoolExecutor(4) as pool:
        assert [len(base) for base in pool.map(lambda _: kb.load(), range(4))] == [len(BASE)] * 4
    assert gc.isenabled()


# What is imported


def test_loading_imports_nothing_that_only_questions_need() -> None:
    code = "import sys, kb; kb.load(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "networkx", "lark", "pandas", "rich", "rapidfuzz", "kb.evidence", "kb.query"} & {*loaded}


def test_every_name_of_an_entry_is_a_key() -> None:
    assert all(BASE.names.meanings(name) for entry in BASE.values() for name in names_of(entry))
