"""Notebooks: every architecture has one, no text of an entry becomes code or markup, and one is executed."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import nbformat
import pytest
from bundled import BASE
from commands import kb
from small import Miniature

from kb.notebooks import execute, notebook
from kb.schema import Architecture

HOSTILE = (
    """x'); import os #  <script>alert(1)</script> [a](javascript:alert(1)) ![b](http://example.org) $x$ `c` *d* # e"""
)


def test_every_architecture_has_a_notebook(architecture: Architecture) -> None:
    made = notebook(BASE, architecture.id)
    nbformat.validate(made)
    assert made == notebook(BASE, architecture.id)
    sources = [cell.source for cell in made.cells if cell.cell_type == "code"]
    for source in sources:
        ast.parse(source)
    headings = [cell.source.split("\n")[0] for cell in made.cells if cell.cell_type == "markdown"]
    assert "## Look inside" in headings
    assert ("## Train it" in headings) is (architecture.task is not None)
    assert any(heading.startswith(("## Compare", "## Check what")) for heading in headings)


def test_a_text_of_an_entry_is_neither_markup_nor_code(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.architecture("victim")
    path = next(tmp_path.glob("entries/architectures/*/victim.yaml"))
    lines = [f"name: {json.dumps(HOSTILE)}", f"summary: {json.dumps(HOSTILE)}"]
    kept = [line for line in path.read_text().splitlines() if not line.startswith(("name:", "summary:"))]
    path.write_text("\n".join([*lines, *kept]) + "\n")
    made = notebook(small.load(), "victim", folder="a 'folder' of\n\"theirs\"")
    title = made.cells[0].source
    assert "script" in title
    assert not set("<>[]()$`*!'\"") & set(title.replace("&#", "").replace(";", ""))
    for cell in made.cells:
        if cell.cell_type == "code":
            assert "import os" not in cell.source
            ast.parse(cell.source)
    load = ast.parse(made.cells[1].source).body[1]
    assert ast.literal_eval(load.value.args[0]) == "a 'folder' of\n\"theirs\""


def test_the_command_executes_what_it_writes(tmp_path: Path) -> None:
    path = tmp_path / "linear.ipynb"
    result = kb("notebook", "linear-model", "--save", str(path), "--json")
    assert result.exit_code == 0, result.output
    made = nbformat.read(path, as_version=4)
    assert json.loads(result.stdout)["cells"] == len(made.cells)
    outputs = [output for cell in made.cells if cell.cell_type == "code" for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {"stream", "display_data", "execute_result"}
    assert not any(output.get("name") == "stderr" for output in outputs)
    printed = "".join(output.text for output in outputs if output.output_type == "stream")
    assert "trivial baseline" in printed
    assert any("image/png" in output.get("data", {}) for output in outputs), "the learning curve"
    assert any("image/svg+xml" in output.get("data", {}) for output in outputs), "the picture"


def test_a_cell_that_fails_is_named() -> None:
    made = notebook(BASE, "linear-model")
    made.cells = made.cells[:2]
    made.cells[1].source = "1 / 0"
    with pytest.raises(ValueError, match="cell 2 of the notebook failed: ZeroDivisionError: division by zero"):
        execute(made)


def test_another_ending_is_refused() -> None:
    result = kb("notebook", "gcn", "--save", "gcn.txt")
    assert result.exit_code == 1
    assert "expected a name ending in .ipynb" in " ".join(result.output.split())
