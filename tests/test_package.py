"""The wheel, as users have it: built, installed into an environment of its own, used from another folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
STRANGER = "implementations/__init__.py"
"""What lies in the folder where commands are typed: a package of the name that the code of every folder has."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, in which the other packages of this one can be imported; nothing is fetched."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder)
    python = folder / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps"]
    subprocess.run([*uv, "--python", str(python), str(wheel)], capture_output=True, check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    others = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "others.pth").write_text("\n".join(others) + "\n")
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with a stranger's code of the usual name in it."""
    stranger = tmp_path / STRANGER
    stranger.parent.mkdir()
    stranger.write_text("raise SystemExit('the code of a stranger was run')\n")
    return tmp_path


def used(installed: Path, place: Path, *words: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a program of the environment in a folder."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "KB_"))}
    variables |= {"COLUMNS": "80", "KB_CACHE": str(place / "cache"), "OMP_NUM_THREADS": "1"}
    command = [str(installed / "bin" / words[0]), *words[1:]]
    return subprocess.run(command, cwd=place, env=variables, capture_output=True, text=True, check=False)


def test_the_wheel_has_one_top_level_name_and_all_that_is_needed(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"kb"}
    assert not [name for name in names if name.endswith(".pyc")]
    for folder in ("entries", "evidence", "implementations", "docs"):
        ours = {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert ours == {n.removeprefix("kb/bundled/") for n in names if n.startswith(f"kb/bundled/{folder}/")}


def test_the_metadata_can_be_read_away_from_the_project(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = message_from_string(archive.read(name).decode())
    text = str(metadata.get_payload())
    assert len(text) > 3000
    assert not re.findall(r"\]\((?!https?://)[^)]*\)", text), "a link to a file that is not there"
    assert metadata["License-Expression"] == "MIT AND CC-BY-4.0"
    assert metadata["Maintainer"]
    assert len(metadata.get_all("Classifier")) > 10
    assert {"run", "site", "peers", "dask"} <= set(metadata.get_all("Provides-Extra"))


def test_reading_commands_answer_from_another_folder(installed: Path, elsewhere: Path) -> None:
    for words, expected in {
        ("kb", "--version"): r"\d+\.\d+\.\d+",
        ("deep-learning-taxonomy", "show", "lstm"): "Long short-term memory",
        ("python", "-m", "kb", "why", "lstm", "causality"): "holds",
    }.items():
        done = used(installed, elsewhere, *words)
        assert done.returncode == 0, done.stderr
        assert re.search(expected, done.stdout), words
    code = "import kb; b = kb.load(); print(b.search('gated recurent unit', 1), b.select(uses='peephole-connection'))"
    assert {"gru", "lstm"} <= set(re.findall(r"\w+", used(installed, elsewhere, "python", "-c", code).stdout))


def test_networks_run_from_another_folder(installed: Path, elsewhere: Path) -> None:
    code = """
import pickle
from kb.implementations.architectures.recurrent.lstm import LSTM
import kb
from kb.cli import app
net = kb.load()["lstm"].build()
assert type(net) is LSTM and type(pickle.loads(pickle.dumps(net))) is LSTM
assert LSTM.__module__ == "kb.implementations.architectures.recurrent.lstm"
app(["run", "lstm", "--json"])
"""
    done = used(installed, elsewhere, "python", "-c", code)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["parameters"] > 0


def test_a_folder_of_ones_own_is_measured_and_becomes_a_site(installed: Path, elsewhere: Path) -> None:
    own = elsewhere / "own"
    shutil.copytree(TINY, own)
    shutil.rmtree(own / "evidence")
    measured = used(installed, elsewhere, "kb", "--folder", "own", "verify", "--jobs", "1")
    assert measured.returncode == 0, measured.stderr
    assert list(own.rglob("evidence/**/*.jsonl"))
    built = used(installed, elsewhere, "kb", "--folder", "own", "site", "build", "--target", "out", "--json")
    assert built.returncode == 0, built.stderr
    site = elsewhere / json.loads(built.stdout)["site"]
    page = site / "architectures" / "feedforward" / "line" / "index.html"
    for needed in (site / "index.html", site / "assets" / "style.css", site / "404.html", page):
        assert needed.is_file(), needed
    started = used(installed, elsewhere, "kb", "--folder", "own", "new", "concept", "theory/entropy")
    assert started.returncode == 0, started.stderr


def test_nothing_is_written_into_the_package(installed: Path, elsewhere: Path) -> None:
    for words in (["new", "concept", "theory/entropy"], ["format"], ["check", "--fix"], ["verify", "gcn"]):
        done = used(installed, elsewhere, "kb", *words)
        assert done.returncode == 1, words
        assert "part of the installed package: say with --folder where to write" in done.stderr, words
    assert not list((installed / "lib").rglob("bundled/**/*entropy*"))


def test_a_missing_library_is_named_with_the_command_that_installs_it(installed: Path, elsewhere: Path) -> None:
    for library, words, extra in (("torch", ["run", "lstm"], "run"), ("pygraphviz", ["diagram", "lstm"], "site")):
        code = f"import sys; sys.modules[{library!r}] = None; sys.argv[1:] = {words}; from kb.cli import app; app()"
        done = used(installed, elsewhere, "python", "-c", code)
        command = f"install it with: pip install 'deep-learning-taxonomy[{extra}]'"
        assert (done.returncode, done.stderr) == (1, f"kb: this needs {library}, which is not installed; {command}\n")
