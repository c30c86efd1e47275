"""What changed between two states, editions, and the feed of them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bundled import BASE
from small import Miniature
from typer.testing import CliRunner, Result

import kb
from kb.changes import NOTHING, Change, State, between
from kb.cli import app
from kb.editions import editions
from kb.export import base_json
from kb.site.build import make
from kb.site.feed import ATOM, feed
from kb.strict_json import dumps


@pytest.fixture
def small(tmp_path: Path) -> Miniature:
    small = Miniature(tmp_path / "small")
    small.bias("b")
    small.architecture("net")
    small.concept("idea", "see_also: [{entry: net, because: 'as in [it](kb:net)'}]\n")
    small.trait("net", "b", "unknown")
    return small


def state(small: Miniature) -> State:
    return json.loads(dumps(base_json(small.load())))


def run(small: Miniature, *words: str) -> Result:
    return CliRunner().invoke(app, ["--folder", str(small.root), "diff", *words], env={"COLUMNS": "80"})


def rename(small: Miniature) -> None:
    """Give `net` another id, and everything that names it that id."""
    small.architecture("web", "formerly: [net]\n")
    for path in (small.root / "entries").rglob("net.yaml"):
        path.unlink()
    (small.root / "evidence/architectures/family/net.jsonl").unlink()
    small.concept("idea", "see_also: [{entry: web, because: 'as in [it](kb:web)'}]\n")
    small.trait("web", "b", "unknown")


def test_nothing_changes_by_itself(small: Miniature) -> None:
    assert not between(state(small), state(small))


def test_entries_come_and_go_and_say_something_else(small: Miniature) -> None:
    before = state(small)
    small.concept("new")
    (small.root / "entries/concepts/theory/idea.yaml").unlink()
    small.architecture("net", **{"An architecture.": "Another one."})
    changes = between(before, state(small))
    assert changes.added == ["concepts/theory/new"]
    assert changes.removed == ["concepts/theory/idea"]
    assert changes.fields == {"net": [Change("summary", "An architecture.", "Another one.")]}


def test_a_new_name_is_no_change_of_what_mentions_it(small: Miniature) -> None:
    before = state(small)
    rename(small)
    changes = between(before, state(small))
    assert changes.moved == {"architectures/family/net": "architectures/family/web"}
    assert changes.fields.keys() == {"web"}  # its own name and code
    assert (changes.added, changes.removed, changes.traits) == ([], [], [])


def test_another_group_is_another_place(small: Miniature) -> None:
    before = state(small)
    (small.root / "entries/concepts/setting").mkdir()
    (small.root / "entries/concepts/theory/idea.yaml").rename(small.root / "entries/concepts/setting/idea.yaml")
    changes = between(before, state(small))
    assert changes.moved == {"concepts/theory/idea": "concepts/setting/idea"}
    assert not changes.fields


def test_facts_verdicts_and_sizes_are_compared(small: Miniature) -> None:
    small.architecture("other")
    claim = small.relation("net", "special-case-of", "other")
    small.measure()
    before = state(small)
    small.trait("net", "b", "lacks")
    small.relation("net", "special-case-of", "other", verdict="refuted")
    now = state(small)
    now["evidence"]["net"]["variants"]["default"]["parameters"] = 7_000
    changes = between(before, now)
    assert [str(change) for change in changes.traits] == ["net b: unknown -> lacks"]
    assert changes.verdicts == [Change(claim, "supported", "refuted")]
    assert [str(change) for change in changes.sizes] == ["net default, parameters: 4 -> 7,000"]


def test_folders_bundles_and_nothing_are_states(small: Miniature, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json"
    bundle.write_text(dumps(state(small)))
    assert run(small, str(bundle)).stdout == run(small, str(small.root)).stdout == "nothing changed\n"
    found = json.loads(run(small, "nothing", str(bundle), "--json").stdout)
    assert "architectures/family/net" in found["added"]
    assert "Added (5)\n  architectures/family/net\n" in run(small, "nothing").stdout


@pytest.mark.parametrize("text", ["[]", "{}", "{", '{"entries": {}, "traits": {}, "evidence": {}}'])
def test_another_file_is_no_state(small: Miniature, tmp_path: Path, text: str) -> None:
    (tmp_path / "other.json").write_text(text)
    refused = run(small, str(tmp_path / "other.json"))
    assert refused.exit_code == 1
    assert "expected what `kb export json` writes" in refused.stderr


def test_a_revision_is_a_state(small: Miniature) -> None:
    def git(*words: str) -> None:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", "-C", str(small.root), *who, *words], check=True, capture_output=True)

    (small.root / "implementations/architectures/family/net.py").touch()
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "x")
    assert run(small, "HEAD").stdout == "nothing changed\n"
    small.concept("new")
    assert run(small, "HEAD").stdout == "Added (1)\n  concepts/theory/new\n"
    refused = run(small, "nowhere")
    assert refused.exit_code == 1
    assert "nowhere is no folder, no file and no revision" in refused.stderr
    assert run(small, "--", "--output=x").exit_code == 1
    assert not (small.root / "x").exists()


def test_an_edition_is_recorded_and_read(small: Miniature) -> None:
    assert run(small, "nothing", "--record", "2026-01-31").exit_code == 0
    assert run(small, "nothing", "--record", "yesterday").exit_code == 1
    assert run(small, "nothing", str(small.root), "--record", "2026-02-01").exit_code == 1
    (edition,) = editions(small.root)
    assert edition.date == "2026-01-31"
    assert "concepts/theory/idea" in edition.added


def test_an_id_of_an_edition_leads_somewhere_for_ever(small: Miniature) -> None:
    run(small, "nothing", "--record", "2026-01-31")
    rename(small)
    assert not [problem for problem in kb.check(small.root) if "published" in problem.message]
    (small.root / "entries/concepts/theory/idea.yaml").unlink()
    found = [problem.message for problem in kb.check(small.root) if "published" in problem.message]
    assert found == ["'idea' was published then: name it in `formerly` of the entry that took its place"]


def test_earlier_places_lead_on_and_the_feed_tells_what_changed(small: Miniature) -> None:
    run(small, "nothing", "--record", "2026-01-31")
    before = state(small)
    (small.root / "entries/concepts/setting").mkdir()
    (small.root / "entries/concepts/theory/idea.yaml").rename(small.root / "entries/concepts/setting/idea.yaml")
    (small.root / "old.json").write_text(dumps(before))
    run(small, str(small.root / "old.json"), "--record", "2026-02-28")
    site = make(small.load(), small.root / "build", url="https://example.org/kb")
    moved = (site / "concepts/theory/idea/index.html").read_text(encoding="utf-8")
    assert '<meta http-equiv="refresh" content="0; url=../../setting/idea/">' in moved
    items = ElementTree.parse(site / "feed.xml").findall(f"{{{ATOM}}}entry")
    titles = [item.findtext(f"{{{ATOM}}}title") for item in items]
    assert titles == ["2026-02-28: 1 moved", "2026-01-31: 5 added"]
    content = str(items[0].findtext(f"{{{ATOM}}}content"))
    assert '<a href="https://example.org/kb/concepts/setting/idea/">idea</a>' in content
    home = (site / "index.html").read_text(encoding="utf-8")
    assert 'type="application/atom+xml" href="https://example.org/kb/feed.xml"' in home


def test_a_feed_escapes_what_entries_say(small: Miniature) -> None:
    small.entry("concepts/theory/odd", {"name": "<b>&]]>", "summary": "X.", "definition": "x"})
    run(small, "nothing", "--record", "2026-01-31")
    root = ElementTree.fromstring(feed(small.load(), "https://example.org/"))
    content = str(root.findtext(f"{{{ATOM}}}entry/{{{ATOM}}}content"))
    assert ">&lt;b&gt;&amp;]]&gt;</a>" in content


def test_the_bundled_entries_have_an_edition() -> None:
    assert editions(BASE.root)
    assert between(NOTHING, json.loads(dumps(base_json(BASE)))).added
