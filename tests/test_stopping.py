"""Being stopped: a signal ends a command in one sentence, which says what is kept."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from processes import command
from typer.testing import CliRunner

import kb
from kb.cli import app
from kb.evidence import Job
from kb.verify import Outcome

TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
ROOT = Path(__file__).parents[1]

WAITS = """
import signal, time, kb.export
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's background jobs ignore
kb.export.base_json = lambda base: (print('ready', flush=True), time.sleep(60))
"""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize("as_json", [False, True])
def test_a_signal_ends_in_one_sentence(number: signal.Signals, status: int, as_json: bool) -> None:
    process = command("--folder", str(TINY), "export", "json", *["--json"] * as_json, before=WAITS)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    stdout, stderr = process.communicate()
    sentence = f"stopped by {number.name}; what was finished is kept"
    assert process.returncode == status
    if as_json:
        assert (json.loads(stdout), stderr) == ({"error": sentence}, "")
    else:
        assert (stdout, stderr) == ("", f"kb: {sentence}\n")


def test_a_stopped_run_says_how_much_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(TINY, tmp_path, dirs_exist_ok=True)

    def ends_after_one(error: BaseException) -> Callable[..., Iterator[Outcome]]:
        def run(base: object, work: list[Job], *_: object) -> Iterator[Outcome]:
            yield Outcome(work[0])
            raise error

        return run

    words = ["--folder", str(tmp_path), "verify", "--all"]
    base = kb.load(TINY)
    total = sum(len(base.jobs(entry_id)) for entry_id in base)
    for error, status, text in (
        (
            BrokenProcessPool(),
            1,
            "a worker process was ended from outside (out of memory?); {}; run again for the rest",
        ),
        (KeyboardInterrupt(), 130, "stopped by SIGINT; {}"),
    ):
        monkeypatch.setattr("kb.verify.run", ends_after_one(error))
        result = CliRunner().invoke(app, words)
        assert result.exit_code == status
        assert result.stderr.splitlines()[-1] == "kb: " + text.format(f"1 of {total} measured are kept")
        assert "Traceback" not in result.stderr


def test_only_the_command_handles_sigterm() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    assert CliRunner().invoke(app, ["--folder", str(TINY), "stats"]).exit_code == 0
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    code = "import signal, kb, kb.cli; kb.load(); assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
    ignoring = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + WAITS.replace("60", "1")
    process = command("--folder", str(TINY), "export", "json", before=ignoring)
    assert process.stdout.readline() == "ready\n"
    process.terminate()
    process.communicate()
    assert process.returncode == 0
