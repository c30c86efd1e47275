"""The explorer answers as the library does, and is light."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bundled import BASE
from conditions import WRITTEN, answer, generated
from conftest import served

from kb.folders import bundled_root
from kb.site.explorer import BASE as BASE_FILE
from kb.site.explorer import FOLDER, write_explorer

BUDGET = 60_000
"""Bytes of the base as the explorer loads it, compressed."""
EVIDENCE_BUDGET = 6_000
"""Bytes of the evidence for one architecture's traits, compressed."""
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the explorer loads, and its scripts, beside an empty page."""
    folder = tmp_path_factory.mktemp("explorer")
    write_explorer(BASE, folder)
    for script in (bundled_root() / "docs/assets").rglob("*.js"):
        target = folder / script.relative_to(bundled_root() / "docs/assets")
        target.parent.mkdir(exist_ok=True)
        shutil.copy(script, target)
    (folder / "index.html").write_text("<!doctype html><title>Explorer</title>")
    return folder


def test_what_the_explorer_loads_is_small(folder: Path) -> None:
    sizes = {file.stem: len(gzip.compress(file.read_bytes())) for file in (folder / FOLDER).glob("*.json")}
    assert set(sizes) == {"base", *BASE.architectures}
    assert sizes.pop(Path(BASE_FILE).stem) < BUDGET
    assert max(sizes.values()) < EVIDENCE_BUDGET


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
    const { verdict, lines } = whyNone(base, condition);
    Object.assign(result, { verdict, lines });
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
    assert seen == {"impossible", "unknown", "none", "error", "found"}
