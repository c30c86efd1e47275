"""The explorer answers as the library does, and is light."""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from bundled import BASE
from conditions import WRITTEN, answer, generated
from conftest import served
from small import Miniature

from kb.folders import bundled_root
from kb.query.route import PER_HOP
from kb.site.comparing import Comparing
from kb.site.explorer import BASE as BASE_FILE
from kb.site.explorer import FOLDER, MAP, PROOFS, files
from kb.site.explorer.choosing import DATA, NEEDS, gaps, questions
from kb.site.explorer.mapping import HEIGHT
from kb.site.pages import write_file

BUDGETS = {BASE_FILE: 60_000, MAP: 20_000}
"""Bytes of what the explorer loads, compressed."""
PROOFS_BUDGET = 6_000
"""Bytes of the evidence for one architecture's traits, compressed."""
SCRIPTS_BUDGETS = {"page.js": 35_000, "choose.js": 25_000, "comparing.js": 18_000}
"""Bytes of all scripts that a page loads sooner or later, compressed, by the one that loads the others."""
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the explorer loads, and its scripts, beside an empty page."""
    folder = tmp_path_factory.mktemp("explorer")
    for path, make in files(BASE, Comparing(BASE)).items():
        write_file(folder / path.removeprefix("assets/"), make())
    for script in (bundled_root() / "docs/assets").rglob("*.js"):
        target = folder / script.relative_to(bundled_root() / "docs/assets")
        target.parent.mkdir(exist_ok=True)
        shutil.copy(script, target)
    (folder / "index.html").write_text("<!doctype html><title>Explorer</title>")
    return folder


def test_what_the_explorer_loads_is_small(folder: Path) -> None:
    sizes = {file.name: len(gzip.compress(file.read_bytes())) for file in (folder / FOLDER).glob("*.json")}
    assert sizes.keys() == BUDGETS.keys()
    assert all(sizes[name] < budget for name, budget in BUDGETS.items())
    proofs = {file.stem: len(gzip.compress(file.read_bytes())) for file in (folder / FOLDER / PROOFS).glob("*.json")}
    assert proofs.keys() == BASE.architectures.keys()
    assert max(proofs.values()) < PROOFS_BUDGET


def loaded(script: Path) -> set[Path]:
    """A script and all those that it loads, and they load."""
    found, queue = {script}, [script]
    for file in queue:  # which grows
        named = re.findall(r"""(?:from |import\()"(\.[^"]+)\"""", file.read_text(encoding="utf-8"))
        new = {(file.parent / name).resolve() for name in named} - found
        found |= new
        queue += new
    return found


def test_scripts_of_a_page_are_small(folder: Path) -> None:
    scripts = folder.resolve() / FOLDER
    sizes = {
        name: sum(len(gzip.compress(file.read_bytes())) for file in loaded(scripts / name)) for name in SCRIPTS_BUDGETS
    }
    assert all(sizes[name] < budget for name, budget in SCRIPTS_BUDGETS.items()), sizes
    reached = {file for name in SCRIPTS_BUDGETS for file in loaded(scripts / name)}
    assert reached >= set(scripts.glob("*.js"))


@pytest.fixture(scope="module")
def explorer(browser: Any, folder: Path) -> Iterator[Any]:
    """An empty page on which the explorer's core is loaded, with the bundled base."""
    with served(folder) as address:
        page = browser.new_page()
        page.goto(address)
        page.evaluate(
            """async () => {
              const { Base } = await import("/explore/base.js");
              window.base = new Base(await (await fetch("/explore/base.json")).json());
              window.answers = await import("/explore/answers.js");
            }"""
        )
        yield page
        page.close()


ANSWER = """texts => texts.map((text) => {
  let condition;
  try { condition = base.condition(text); } catch (error) { return { error: error.message }; }
  const { select, grounds, worded, whyNone } = answers, found = select(base, condition);
  const shown = [...found.slice(0, 3), ...base.architectures.filter((_, place) => place % 20 === 0)];
  const result = {
    text: String(condition),
    found: found.map(({ id }) => id),
    verdicts: base.architectures.map((entry) => condition.judge(base, entry)),
    reasons: shown.map((entry) => grounds(base, entry, condition).map((ground) => worded(base, entry, ground))),
  };
  if (!found.length) {
    try {
      const { verdict, lines } = whyNone(base, condition);
      Object.assign(result, { verdict, lines });
    } catch (error) { Object.assign(result, { verdict: "not examined", lines: [error.message] }); }
  }
  return result;
})"""


@pytest.mark.browser
def test_the_explorer_answers_as_the_library_does(explorer: Any) -> None:
    texts = [*WRITTEN, *generated(250)]
    seen = set()
    for text, theirs in zip(texts, explorer.evaluate(ANSWER, texts), strict=True):
        ours = answer(text)
        assert theirs == ours, text
        seen.add(ours.get("verdict", "error" if "error" in ours else "found"))
    assert seen == {"impossible", "unknown", "none", "not examined", "error", "found"}


def test_every_answer_of_the_chooser_is_a_condition_of_the_bundled_base() -> None:
    answered = questions(BASE)
    assert [[each.answer for each in answers] for _, answers in answered] == [
        list(question.answers) for question in (DATA, *NEEDS)
    ]
    names = [answer.id for question in (DATA, *NEEDS) for answer in question.answers]
    assert len(names) == len(set(names))
    for data in DATA.answers:
        assert BASE.select(where=data.where), data.id


def test_gaps_are_empty_and_can_be_asked() -> None:
    found = gaps(BASE)
    assert found
    for gap in found:
        assert BASE.select(where=gap.where) == []
        assert BASE.why_none(where=gap.where).verdict == gap.verdict
        applies = [BASE.trait(entry.id, gap.need.where).value for entry in BASE.select(where=gap.data.where)]
        assert set(applies) - {"not-applicable"}


def test_the_chooser_asks_only_what_a_base_can_speak_of(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.bias("causality")
    small.architecture("a", "exhibits: [{bias: causality, because: so it is}]\n")
    base = small.load()
    assert [each.answer.id for _, answers in questions(base) for each in answers if each.biases] == ["causal"]
    assert gaps(base) == []


@pytest.mark.browser
def test_the_map_finds_the_shortest_paths(explorer: Any, folder: Path) -> None:
    """As heavy as those that networkx finds, and chains of what the map has."""
    drawn = json.loads((folder / FOLDER / MAP).read_text())
    graph: nx.Graph[int] = nx.Graph()
    for start, end, relation, *_ in drawn["edges"]:
        weight = drawn["relations"][relation][2] + PER_HOP
        if start != end and (not graph.has_edge(start, end) or weight < graph[start][end]["weight"]):
            graph.add_edge(start, end, weight=weight)
    generator = random.Random(0)
    pairs = [generator.sample(range(len(drawn["nodes"])), 2) for _ in range(60)]
    theirs = explorer.evaluate(
        """async (pairs) => {
          const { Graph } = await import("/explore/map.js");
          const graph = new Graph(await (await fetch("/explore/map.json")).json());
          return pairs.map(([start, end]) => graph.path(graph.nodes[start], graph.nodes[end])
            .map((edge) => [edge.start.place, edge.end.place, edge.relation]));
        }""",
        pairs,
    )
    for (start, end), path in zip(pairs, theirs, strict=True):
        connected = start in graph and end in graph and nx.has_path(graph, start, end)
        assert bool(path) == connected
        if connected:
            weight = sum(drawn["relations"][relation][2] + PER_HOP for *_, relation in path)
            assert weight == pytest.approx(nx.shortest_path_length(graph, start, end, weight="weight"))
            at = start
            for one, other, _ in path:
                at = {one: other, other: one}[at]
            assert at == end


def test_places_of_the_map_do_not_overlap(folder: Path) -> None:
    places = [tuple(node[-2:]) for node in json.loads((folder / FOLDER / MAP).read_text())["nodes"]]
    assert len(set(places)) == len(places)
    rows: dict[int, list[int]] = {}
    for x, y in places:
        rows.setdefault(x, []).append(y)
    assert all(b - a >= HEIGHT for ys in rows.values() for a, b in pairwise(sorted(ys)))
