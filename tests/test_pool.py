"""Processes that measure: whatever ends the run, none of them is left, and what was finished is kept."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kb
from kb import evidence, verify

TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
SECONDS = 90
QUICK = 9
"""The measurements of the miniature that need no probe: sizes, the cost, pictures, checks and the seed."""
COUNTED = ("size", "cost", "picture")
"""What is measured by running the module as a whole, for which torch loads much: a few seconds in every process."""

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs the process table of Linux")


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A knowledge base one of whose probes takes for ever, while the rest is measured at once."""
    shutil.copytree(TINY, tmp_path / "base")
    for path in (tmp_path / "base" / "evidence").rglob("*.jsonl"):
        evidence.write(path, [found for key, found in evidence.read(path).measurements.items() if key[0] in COUNTED])
    probe = tmp_path / "base" / "implementations" / "biases" / "symmetry" / "oddness.py"
    probe.write_text(probe.read_text().replace("flipped =", "__import__('time').sleep(600)\n    flipped ="))
    return tmp_path / "base"


def start(root: Path) -> subprocess.Popen[str]:
    """Measure with two processes, and wait until something is kept and the workers are at the probe."""
    command = [sys.executable, "-m", "kb", "--folder", str(root), "verify", "--jobs", "2"]
    # Where the tests run in the background of a shell, Ctrl-C is ignored by all that they start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, before)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and kept(root) < QUICK:
        time.sleep(0.2)
    assert kept(root) == QUICK
    return process


def kept(root: Path) -> int:
    return sum(len(evidence.read(path).measurements) for path in (root / "evidence").rglob("*.jsonl"))


def children(process: subprocess.Popen[str]) -> set[int]:
    """The processes that it has started, and those that they have, but for the tracker that multiprocessing keeps."""
    found, pending = set(), [process.pid]
    while pending:
        listed = Path(f"/proc/{(pid := pending.pop())}/task/{pid}/children")
        new = {int(word) for word in listed.read_text(encoding="utf-8").split()} if listed.exists() else set()
        found |= new
        pending += new
    return {pid for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def gone(pids: set[int]) -> bool:
    """Whether all of these have ended within a few seconds."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        alive = [pid for pid in pids if Path(f"/proc/{pid}/stat").exists() and not _is_zombie(pid)]
        if not alive:
            return True
        time.sleep(0.1)
    return False


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize(
    ("number", "status", "result"),
    [
        (signal.SIGTERM, 143, "kb: stopped by SIGTERM; 3 of 5 measured are kept"),
        (signal.SIGINT, 130, "kb: stopped by SIGINT; 3 of 5 measured are kept"),
        (signal.SIGKILL, -9, ""),
    ],
)
def test_no_process_outlives_the_run(slow: Path, number: signal.Signals, status: int, result: str) -> None:
    process = start(slow)
    workers = children(process)
    assert len(workers) == 2
    process.send_signal(number)
    _, stderr = process.communicate(timeout=SECONDS)
    assert process.returncode == status
    assert gone(workers)
    assert kept(slow) == QUICK
    if result:
        assert stderr.splitlines()[-1] == result
        assert "Traceback" not in stderr


def test_a_killed_worker_is_reported_in_one_sentence(slow: Path) -> None:
    process = start(slow)
    workers = children(process)
    os.kill(min(workers), signal.SIGKILL)
    _, stderr = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert stderr.splitlines()[-1] == (
        "kb: a worker process was ended from outside (out of memory?); 3 of 5 measured are kept; run again for the rest"
    )
    assert "Traceback" not in stderr
    assert gone(workers)
    assert {job.key[0] for job in verify.plan(kb.load(slow))} == {"trait"}
