"""Forked children: each begins with the libraries loaded and the fault in its tree, and says what noticed it."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

SECONDS = 60
"""Of processor time for what meets one mutant; what is still to come then is left out, and the record says so."""


class Found(NamedTuple):
    """What became of a mutant, and what noticed it.

    `killed` is a wrong number, `crashed` an error that the code itself raised, `timeout` an endless loop; `survived`
    met everything, and `cut` what there was time for.
    """

    status: str
    by: str = ""


class Noticed(Exception):  # noqa: N818 - it is what is hoped for, and no error
    """Something noticed the fault.

    Args:
        by: What.
        crashed: Whether it was only that the code raised an error.
    """

    def __init__(self, by: str, crashed: bool = False) -> None:
        super().__init__(by)
        self.status = "crashed" if crashed else "killed"


def in_child(act: Callable[[], str], log: Path) -> Found:
    """Do something in a forked process: it raises `Noticed`, or returns what it had to leave out."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _silence(log)
        resource.setrlimit(resource.RLIMIT_CPU, (3 * SECONDS, 3 * SECONDS + 5))
        signal.alarm(8 * SECONDS)  # for what waits for ever
        try:
            left_out = act()
            found = Found("cut", left_out) if left_out else Found("survived")
        except Noticed as reason:
            found = Found(reason.status, str(reason))
        except BaseException as error:  # whatever it is, somebody would have seen it
            traceback.print_exc()
            found = Found("crashed", f"{type(error).__name__}: {error}"[:200])
        with suppress(OSError):
            os.write(writing, json.dumps(found).encode())
        os._exit(0)
    os.close(writing)
    with open(reading, encoding="utf-8") as stream:
        reply = stream.read()
    os.waitpid(child, 0)
    return Found(*json.loads(reply)) if reply else Found("timeout", f"more than {3 * SECONDS} s")


def _silence(log: Path) -> None:
    stream = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(stream, 1)
    os.dup2(stream, 2)
    sys.stdout = os.fdopen(1, "w", buffering=1)
    sys.stderr = os.fdopen(2, "w", buffering=1)


def late() -> bool:
    """Whether this child has had its time."""
    return time.process_time() > SECONDS


class Narrow:
    """Keeps those cases of parametrised tests that are about some entries or modules, and no other tests.

    Args:
        selected: Ids of entries, and names of modules.
        known: All of them.
    """

    def __init__(self, selected: set[str], known: set[str]) -> None:
        self.selected, self.known = selected, known

    @pytest.hookimpl(tryfirst=True)
    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Narrow what `parametrize` is given: in `conftest.py`, and by decorators."""
        whole = metafunc.parametrize

        def narrowed(names: object, values: Iterable[object], *args: Any, ids: Any = None, **kwargs: Any) -> None:
            kwargs.pop("_param_mark", None)  # it remembers the names of the cases of an earlier run
            values = list(values)
            named = [str(name) for name in (values if ids is None or callable(ids) else ids)]
            if named and about(named[0], self.known):
                kept = [n for n, name in enumerate(named) if about(name, self.selected)]
                values, ids = [values[n] for n in kept], [named[n] for n in kept]
            whole(names, values, *args, ids=ids, **kwargs)

        metafunc.parametrize = narrowed

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out tests that are about no entry."""
        items[:] = [
            item for item in items if any(selected in item.name.partition("[")[2] for selected in self.selected)
        ]


def about(name: str, ids: set[str]) -> bool:
    """Whether a case is about one of some entries: it is named after it, or after a variant of it."""
    parts = name.split("-")
    return any("-".join(parts[:length]) in ids for length in range(1, len(parts) + 1))


class First:
    """Remembers the first test that fails."""

    def __init__(self) -> None:
        self.failed, self.crashed = "", False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure."""
        if report.failed and not self.failed:
            self.failed = report.nodeid
            crash = getattr(report.longrepr, "reprcrash", None)
            self.crashed = crash is None or not crash.message.startswith(("assert", "Assertion", "Failed"))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a module that cannot be imported."""
        if report.failed and not self.failed:
            self.failed, self.crashed = report.nodeid, True


QUIET = ("-p", "no:cacheprovider", "-p", "no:cov", "-W", "ignore:Module already imported")
"""Plugins cannot have their assertions rewritten when their libraries are loaded already; nothing is to be written."""


def run_tests(tree: Path, names: list[str], *plugins: object) -> None:
    """Run tests until the first that fails.

    Raises:
        Noticed: One failed; its name.
    """
    first = First()
    os.chdir(tree)
    status = pytest.main(["-x", "-q", *QUIET, *names], [first, *plugins])
    if first.failed or status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise Noticed(first.failed or f"pytest ended with {status}", first.crashed)
