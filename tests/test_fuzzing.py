"""Entries as a stranger might write them, read by the hundred in a process of its own: see `fuzzing.py`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

FUZZING = Path(__file__).parent / "fuzzing.py"


def test_whatever_a_file_holds_is_read_or_explained(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(FUZZING.parent.parent)}
    command = [sys.executable, str(FUZZING), str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    last = tmp_path / "last.yaml"
    seen = last.read_bytes()[:500] if last.is_file() else b""
    assert done.returncode == 0, (done.returncode, done.stdout[-3000:], done.stderr[-3000:], seen)
    assert "accepted and shown" in done.stdout
