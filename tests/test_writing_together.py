"""Who else writes: runs at the same time, and runs that are killed, lose and tear nothing."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from processes import ROOT, names

from kb import evidence, files
from kb.evidence import Speed
from kb.scaffold import write_new

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs locks")

KEEP = """
import sys
from pathlib import Path
from kb.evidence import Speed, keep_speed
for number in range(25):
    keep_speed(Path(sys.argv[1]), f"{sys.argv[2]}-{number}", Speed(float64=1.0, rounds=5))
"""


@POSIX
def test_runs_at_the_same_time_keep_all_their_results(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", KEEP, str(tmp_path), str(number)], cwd=ROOT) for number in range(4)
    ]
    threads = [threading.Thread(target=evidence.keep_speed, args=(tmp_path, f"t{n}", SPEED)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [writer.wait() for writer in writers] == [0] * 4
    expected = {f"{run}-{number}" for run in range(4) for number in range(25)} | {f"t{number}" for number in range(10)}
    assert set(evidence.read_speeds(tmp_path)) == expected
    assert names(tmp_path) == [evidence.SPEED_FILE]


SPEED = Speed(float64=1.0, rounds=5)


@POSIX
def test_two_runs_of_new_do_not_overwrite_each_other(tmp_path: Path) -> None:
    (tmp_path / "entries").mkdir()
    result: list[bool] = []

    def run() -> None:
        try:
            result.append(len(write_new(tmp_path, "architecture", "graph/gin")) == 2)
        except FileExistsError:
            result.append(False)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result) == [False] * 7 + [True]
    assert len(names(tmp_path)) == 2


HOLD = """
import sys, time
from pathlib import Path
from kb import files
def slowly(old):
    print("holding", flush=True)
    sys.stdin.readline()
    return old + b"first"
files.update(Path(sys.argv[1]), slowly)
"""


@POSIX
def test_what_a_killed_run_has_left_goes_with_the_next_write_and_what_a_live_one_writes_stays(tmp_path: Path) -> None:
    def hold(path: Path) -> subprocess.Popen[str]:
        words = [sys.executable, "-c", HOLD, str(path)]
        process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "holding\n"
        return process

    live, killed = hold(tmp_path / "live"), hold(tmp_path / "killed")
    killed.kill()
    killed.communicate()
    assert names(tmp_path) == [f".killed{files.ASIDE}", f".live{files.ASIDE}"]
    files.write(tmp_path / "other", "text")
    assert names(tmp_path) == [f".live{files.ASIDE}", "other"]
    waiting = threading.Thread(target=files.update, args=(tmp_path / "live", lambda old: old + b" second"))
    waiting.start()
    time.sleep(0.2)
    assert waiting.is_alive()
    live.communicate("go\n")
    waiting.join()
    assert (tmp_path / "live").read_bytes() == b"first second"
    assert names(tmp_path) == ["live", "other"]


def test_without_locks_files_are_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(errno.ENOSYS, "function not implemented")

    monkeypatch.setattr("fcntl.flock", unsupported)
    (tmp_path / f".other{files.ASIDE}").write_text("perhaps somebody writes this")
    files.write(tmp_path / "a", "old")
    files.write(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"
    assert names(tmp_path) == [f".other{files.ASIDE}", "a"]


def test_a_campaign_of_kills_tears_and_loses_nothing(tmp_path: Path) -> None:
    """`python scripts/kill_campaign.py --random 200 --command 40` does the same at length."""
    words = [sys.executable, str(ROOT / "scripts" / "kill_campaign.py"), "--random", "3"]
    done = subprocess.run(words, cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" killed, 0 torn, 0 lost, 0 left, 0 not done by the next run") == 8
