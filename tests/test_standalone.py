"""The code of an architecture in one file: it runs with torch alone, and computes the same to the last bit."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from bundled import BASE
from small import MODULE, Miniature
from typer.testing import CliRunner

from kb.cli import app
from kb.export import file_name, standalone

RUNNER = """
import sys, importlib.util, torch

torch.set_num_threads(1)
for name in ("kb", "implementations", "jaxtyping", "torch_geometric", "sklearn"):
    sys.modules[name] = None  # to import it is an error
found = {}
for pair in sys.argv[2:]:
    name, _, path = pair.partition("=")
    spec = importlib.util.spec_from_file_location(f"alone_{len(found)}", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    torch.default_generator.manual_seed(0)
    model = getattr(module, name)()
    outputs = model(**model.example_inputs(torch.Generator().manual_seed(0)))
    found[path] = list(outputs) if isinstance(outputs, tuple) else [outputs]
torch.save(found, sys.argv[1])
"""
"""Runs files and keeps their outputs."""


def text_of(entry_id: str) -> str:
    return standalone(BASE, BASE.title, BASE.version, BASE[entry_id])


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files of all architectures."""
    folder = tmp_path_factory.mktemp("alone")
    written = {}
    for entry_id, entry in BASE.architectures.items():
        written[entry_id] = folder / file_name(entry)
        written[entry_id].write_text(text_of(entry_id), encoding="utf-8")
    return written


@pytest.fixture(scope="module")
def outputs(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[torch.Tensor]]:
    """What the files give, all run in one process in which there is no library but torch."""
    kept = tmp_path_factory.mktemp("outputs") / "outputs.pt"
    pairs = [f"{BASE.architectures[name].implementation.partition(':')[2]}={path}" for name, path in files.items()]
    subprocess.run([sys.executable, "-c", RUNNER, str(kept), *pairs], check=True, cwd=kept.parent)
    return torch.load(kept)


@pytest.mark.parametrize("entry_id", BASE.architectures)
def test_a_file_by_itself_computes_the_same_to_the_last_bit(
    entry_id: str, files: dict[str, Path], outputs: dict[str, list[torch.Tensor]]
) -> None:
    torch.default_generator.manual_seed(0)
    model = BASE.architectures[entry_id].build()
    made = model(**model.example_inputs(torch.Generator().manual_seed(0)))
    expected, found = list(made) if isinstance(made, tuple) else [made], outputs[str(files[entry_id])]
    assert len(found) == len(expected)
    for ours, theirs in zip(expected, found, strict=True):
        assert torch.equal(ours, theirs)


def test_files_name_no_library_but_torch(files: dict[str, Path]) -> None:
    for path in files.values():
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        froms = [node for node in nodes if isinstance(node, ast.ImportFrom | ast.Import)]
        modules = {node.module if isinstance(node, ast.ImportFrom) else node.names[0].name for node in froms}
        assert {module.partition(".")[0] for module in modules} - sys.stdlib_module_names == {"torch"}, path


def test_the_head_says_where_it_comes_from_and_how_to_run_it() -> None:
    head = text_of("gated-transformer-xl").split('"""')[2]
    assert "From: Deep Learning Taxonomy" in head
    assert "Licence: MIT" in head
    assert "Needs: torch\n" in head
    assert "Run: python gated_transformer_xl.py" in head
    assert BASE.papers[str(BASE.architectures["gated-transformer-xl"].introduced_by)].title in head


def test_a_file_shows_shapes_when_it_is_run(files: dict[str, Path]) -> None:
    done = subprocess.run([sys.executable, str(files["lstm"])], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[:2] == ["258 parameters", "x: [3, 7, 3]"]


PART = "States = int\n\n\ndef helper(x):\n    return States(x)\n"
WHOLE = f"from implementations.concepts.component.part import helper\n\n\nStates = float\n\n\n{MODULE}"


@pytest.fixture
def small(tmp_path: Path) -> Miniature:
    """An architecture whose code has a name that what it imports has too."""
    small = Miniature(tmp_path)
    small.code("concepts/component/part", PART)
    small.architecture("net", module=WHOLE)
    return small


def alone(small: Miniature) -> str:
    base = small.load()
    return standalone(base, base.title, base.version, base["net"])


def test_a_name_that_two_modules_have_is_told_apart(small: Miniature) -> None:
    text = alone(small)
    assert "StatesOfPart = int" in text
    assert "return StatesOfPart(x)" in text
    assert "\nStates = float" in text


def test_what_has_no_place_in_one_file_is_refused(small: Miniature) -> None:
    for part, message in (
        ("def helper(x):\n    from implementations.concepts.component import other\n    return x\n", "imports implem"),
        ("States = int\n\n\ndef helper(x):\n    States = x\n    return States\n", "has variables with the names"),
        ("import kb.training\n\n\ndef helper(x): ...\n", "imports kb.training"),
        ("import math as torch\n\n\ndef helper(x): ...\n", ""),
    ):
        small.code("concepts/component/part", part)
        small.code("architectures/family/net", f"import torch\n{WHOLE}")
        with pytest.raises(ValueError, match=message or "torch means different things"):
            alone(small)


def test_code_is_printed_and_written(tmp_path: Path) -> None:
    runner = CliRunner()
    printed = runner.invoke(app, ["code", "LSTM"])
    path = BASE.root / "implementations/architectures/recurrent/lstm.py"
    assert printed.stdout == path.read_text(encoding="utf-8")
    assert runner.invoke(app, ["code", "lstm", "--standalone", "--out", str(tmp_path / "lstm.py")]).exit_code == 0
    assert (tmp_path / "lstm.py").read_text(encoding="utf-8") == text_of("lstm")
    found = json.loads(runner.invoke(app, ["code", "causality", "--json"]).stdout)
    assert found["source"].endswith("/causality.py")
    refused = runner.invoke(app, ["code", "he2016deep"])
    assert refused.exit_code == 1
    assert "he2016deep is a paper without code" in refused.stderr
