"""The code of a knowledge base is run from its own folder, whatever else is loaded or can be imported."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
import torch

import kb

TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(TINY, tmp_path / "base")
    return tmp_path / "base"


def test_two_knowledge_bases_each_run_their_own_code(copy: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(copy, other)
    code = other / "implementations" / "architectures" / "feedforward" / "line.py"
    code.write_text(code.read_text().replace("self.slope * x + 1", "self.slope * x + 100"))
    path = list(sys.path)
    x = torch.zeros(1, 1)
    first, second = kb.load(copy), kb.load(other)
    for _ in range(2):  # whichever comes first
        assert first["line"].build()(x=x).item() == 1
        assert second["line"].build()(x=x).item() == 100
        assert kb.load()["mlp"].build() is not None
    assert sys.path == path
    code.write_text(code.read_text().replace("100", "1000"))
    assert kb.load(other)["line"].build()(x=x).item() == 1000, "loaded again, it runs the code as it is now"
    assert not list(copy.rglob("__pycache__")), "nothing is written into a folder of others"


def test_code_reaches_only_its_own_folder(copy: Path, tmp_path: Path) -> None:
    """Neither an import of what only the library has, nor a symbolic link, leads out of the folder."""
    code = copy / "implementations" / "architectures" / "feedforward" / "line.py"
    text = code.read_text()
    code.write_text("from implementations.concepts.component.dropout import Dropout\n" + text)
    with pytest.raises(ImportError, match=r"no module implementations\.concepts"):
        kb.load(copy)["line"].build()
    (tmp_path / "outside.py").write_text("raise SystemExit('ran')\n")
    (copy / "implementations" / "outside.py").symlink_to(tmp_path / "outside.py")
    code.write_text("import implementations.outside\n" + text)
    with pytest.raises(ImportError, match=r"no module implementations\.outside"):
        kb.load(copy)["line"].build()
    code.unlink()
    code.symlink_to(tmp_path / "outside.py")
    with pytest.raises(ImportError, match="not a symbolic link"):
        kb.load(copy)["line"].build()


def test_every_form_of_import_stays_inside(copy: Path) -> None:
    folder = copy / "implementations"
    (folder / "helping.py").write_text("VALUE = 7.0\n")
    code = folder / "architectures" / "feedforward" / "line.py"
    text = code.read_text()
    for line, use in (
        ("import implementations.helping", "implementations.helping.VALUE"),
        ("import implementations.helping as h", "h.VALUE"),
        ("from implementations import helping", "helping.VALUE"),
        ("from implementations.helping import VALUE as v", "v"),
        ("from ...helping import VALUE", "VALUE"),
    ):
        code.write_text(f"{line}\n" + text.replace("+ 1", f"+ {use}"))
        assert kb.load(copy)["line"].build()(x=torch.zeros(1, 1)).item() == 7, line


def test_an_entry_of_no_knowledge_base_has_no_code() -> None:
    line = kb.load(TINY)["line"]
    alone = type(line).model_validate(line.model_dump(by_alias=True))
    with pytest.raises(ValueError, match="belongs to no knowledge base"):
        alone.load()
