"""Run a check where a hang, a crash of native code or a flood of memory ends a child process and not the tests."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 2.0
MEGABYTES = 300
ROOT = Path(__file__).parent.parent

PROGRAM = """
import json, os, resource, sys, time
import kb, kb.formulas, kb.site.text

def check(folder):
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    started = time.process_time()
    try:
        found = [problem.as_dict() | {"printed": str(problem)} for problem in kb.check(folder)]
    except FileNotFoundError as error:
        found = [{"file": "", "line": 1, "field": "", "message": str(error), "printed": str(error)}]
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps([found, time.process_time() - started, megabytes]), flush=True)

for line in sys.stdin:
    child = os.fork()
    if not child:
        check(json.loads(line))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        print(json.dumps(f"the check ended with status {status}"), flush=True)
"""
"""Imports once, and forks for every folder whose name comes in."""


@dataclass(frozen=True)
class Checked:
    """What `kb check` found in a folder, and what it cost."""

    problems: list[dict[str, Any]]
    seconds: float
    megabytes: int

    @property
    def messages(self) -> str:
        return "\n".join(problem["printed"] for problem in self.problems)


Check = Callable[[Path], Checked]


@contextmanager
def checking() -> Iterator[Check]:
    """Yield a function that checks a folder, and fails if the check does not come back or costs too much."""
    command = [sys.executable, "-c", PROGRAM]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as server:
        request, result = server.stdin, server.stdout
        assert request
        assert result

        def check(folder: Path) -> Checked:
            request.write(json.dumps(str(folder)) + "\n")
            request.flush()
            answer = json.loads(result.readline())
            assert isinstance(answer, list), answer
            checked = Checked(*answer)
            assert checked.seconds < SECONDS
            assert checked.megabytes < MEGABYTES
            return checked

        yield check
