"""`kb check` on miniature knowledge bases: a valid one, and files laid over it that make it invalid in one way each.

Each folder under `miniature/invalid` holds the files that it changes and `problems.txt`, the exact problems expected. A
name ending in `.delete` stands for a file that is taken away. One ending in `.edit` holds two lines: the second takes
the place of the first.
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import kb
from kb.cli import app
from kb.formatting import format_folder
from kb.rules.structure import FOLDER_LIMIT

MINIATURES = Path(__file__).parent / "miniature"
TINY = MINIATURES / "valid" / "tiny"
INVALID = sorted(path.name for path in (MINIATURES / "invalid").iterdir())


def lay_over(case: str, target: Path) -> None:
    shutil.copytree(MINIATURES / "valid" / "tiny", target)
    overlay = MINIATURES / "invalid" / case
    for path in overlay.rglob("*"):
        place = target / path.relative_to(overlay)
        if path.suffix == ".delete":
            place.with_suffix("").unlink()
        elif path.suffix == ".edit":
            text, (old, new) = place.with_suffix("").read_text(), path.read_text().splitlines()
            assert old in text
            place.with_suffix("").write_text(text.replace(old, new, 1))
        elif path.is_file() and path.name != "problems.txt":
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)


def test_the_valid_miniature_has_no_problems() -> None:
    assert kb.check(MINIATURES / "valid" / "tiny") == []


@pytest.mark.parametrize("case", INVALID)
def test_problems_are_found_and_placed(case: str, tmp_path: Path) -> None:
    lay_over(case, tmp_path / "base")
    found = "\n".join(map(str, kb.check(tmp_path / "base")))
    expected = (MINIATURES / "invalid" / case / "problems.txt").read_text().strip()
    assert found == expected


def sentences(path: Path) -> Iterator[str]:
    """The fixed parts of what the functions of a module say: texts of several words that are no docstrings."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef):
            documentation = ast.get_docstring(function, clean=False)
            for node in (inner for statement in function.body for inner in ast.walk(statement)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count(" ") > 1:
                    yield from {node.value.strip()} - {(documentation or "").strip()}


def test_a_miniature_shows_every_sentence_of_a_rule() -> None:
    shown = "".join(path.read_text() for path in (MINIATURES / "invalid").rglob("problems.txt"))
    shown += Path(__file__).read_text(encoding="utf-8")
    rules = (Path(kb.__file__).parent / "rules").glob("*.py")
    assert [sentence for path in sorted(rules) for sentence in sentences(path) if sentence not in shown] == []


def test_a_folder_outgrows_a_reader(tmp_path: Path) -> None:
    shutil.copytree(TINY, tmp_path / "base")
    folder = tmp_path / "base/entries/concepts/component"
    for number in range(FOLDER_LIMIT):
        copied = (folder / "linear-map.yaml").read_text().replace("Linear map", f"Map {number}")
        (folder / f"map-{number}.yaml").write_text(copied)
    found = [problem for problem in kb.check(tmp_path / "base") if "split the group" in problem.message]
    messages = [(problem.file, problem.message) for problem in found]
    assert messages == [("entries/concepts/component", "26 entries in one folder (at most 25): split the group")]


@pytest.mark.parametrize(
    "record",
    [
        "title: A net\nauthors: [danah boyd, 'Guy L. Steele, Jr.', OpenAI]\nyear: 2016",
        "title: Written in LaTeX for IMAGENET and kNN\nauthors: [Jane Doe]\nyear: 2016",
        "title: A net\nauthors: [Jane Doe]\nyear: 2016\nvenue: CVPR\n"
        "ids: {arxiv: '1512.03385', doi: 10.1109/CVPR.2016.90}",
        "title: A net\nauthors: [Jane Doe]\nyear: 2016\nvenue: 'JMLR, 12:1950-1999'\nids: {arxiv: hep-th/9901001}",
        "title: A net\nauthors: [Jane Doe]\nyear: 2016\nvenue: TPAMI\nids: {doi: 10.1109/TPAMI.2015.2389824}",
        "title: A net\nauthors: [Jane Doe]\nyear: 2016\nids: {doi: '10.1002/(SICI)1097<1661::AID-1>3.0.CO;2-2'}",
        "title: 'The perceptron: a probabilistic model for information storage and organization in the brain'\n"
        "authors: [Jane Doe, Bob Rosenblatt, Frank Rosenblatt Jr.]\nyear: 2016",
    ],
)
def test_records_that_only_look_wrong_are_accepted(record: str, tmp_path: Path) -> None:
    shutil.copytree(MINIATURES / "valid" / "tiny", tmp_path / "base")
    entries = tmp_path / "base" / "entries"
    (entries / "papers" / "2016").mkdir()
    (entries / "papers" / "2016" / "doe2016net.yaml").write_text(
        f"{record}\ncontributes: A net.\nverified_against: [a shelf]\n"
    )
    with (entries / "concepts" / "component" / "linear-map.yaml").open("a") as concept:
        concept.write("references: [{paper: doe2016net}]\n")
    format_folder(tmp_path / "base")
    assert kb.check(tmp_path / "base") == []


def test_all_problems_are_reported_together(tmp_path: Path) -> None:
    target = tmp_path / "base"
    shutil.copytree(MINIATURES / "valid" / "tiny", target)
    for case in ("unknown-field", "unquoted-arxiv-number", "malformed-yaml"):
        shutil.copytree(MINIATURES / "invalid" / case / "entries", target / "entries", dirs_exist_ok=True)
    problems = kb.check(target)
    assert len({problem.file for problem in problems}) == 3
    with pytest.raises(kb.KnowledgeBaseError) as caught:
        kb.load(target)
    assert caught.value.problems == problems


def test_a_folder_without_entries_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected a folder `entries`"):
        kb.load(tmp_path)


def test_loading_runs_no_code(tmp_path: Path) -> None:
    """An implementation that would leave a trace when imported leaves none when loaded and checked."""
    lay_over(INVALID[0], tmp_path / "base")
    shutil.rmtree(tmp_path / "base")
    shutil.copytree(MINIATURES / "valid" / "tiny", tmp_path / "base")
    code = tmp_path / "base" / "implementations" / "architectures" / "feedforward" / "line.py"
    code.write_text(code.read_text() + f"\nopen({str(tmp_path / 'trace')!r}, 'w').close()\n")
    kb.check(tmp_path / "base")
    assert not (tmp_path / "trace").exists()


def test_broken_entries_can_be_left_out_and_are_named(tmp_path: Path) -> None:
    """With them goes what refers to them, and nothing else."""
    lay_over("dangling-reference", tmp_path / "base")
    base = kb.load(tmp_path / "base", skip_broken=True)
    assert "line" not in base
    assert "a-line-has-two-ends" not in base, "it is about the line"
    assert {"oddness", "linear-map", "rosenblatt1958perceptron"} <= set(base)
    result = [str(problem) for problem in base.left_out]
    assert any("no entry 'rosenblat1958perceptron'" in line for line in result)
    assert any("no entry 'line'" in line for line in result)
    assert kb.load(TINY, skip_broken=True).left_out == ()
    result = CliRunner().invoke(app, ["--folder", str(tmp_path / "base"), "--skip-broken", "show", "oddness"])
    assert result.exit_code == 0
    assert "left out: entries/architectures/feedforward/line.yaml:3" in result.stderr


def test_what_a_machine_can_mend_is_mended_and_nothing_else(tmp_path: Path) -> None:
    shutil.copytree(TINY, tmp_path / "base")
    path = tmp_path / "base/entries/concepts/component/linear-map.yaml"
    good = path.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + good.replace(b"\n", b"  \r\n", 2) + b"\n\n")
    assert kb.check(tmp_path / "base")
    result = CliRunner().invoke(app, ["--folder", str(tmp_path / "base"), "check", "--fix"])
    assert result.exit_code == 0, result.output
    assert path.read_bytes() == good
    assert result.stderr.count("mended") == 1
