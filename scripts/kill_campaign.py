"""Kills writers with SIGKILL at every step and at random moments, and counts what was torn, lost or left behind.

    python scripts/kill_campaign.py [--random N] [--command N]

Every scenario runs in a forked child. First it is killed at its first call to the operating system, then at its
second, and so on, before the call and after it (in the middle of it, for a write), until it comes to its end; then
`N` times at a random moment. `--command` kills the `kb` command itself. After every kill the files are looked at; then
the same is run to its end, and nothing may be left behind. The exit status is 0 if every count of failures is.
"""

from __future__ import annotations

import argparse
import functools
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import kb.files
import kb.scaffold
from kb import evidence
from kb.evidence import SeedResult, Speed
from kb.evidence.store import parse
from kb.scaffold import write_new

kb.scaffold.schemas = functools.cache(kb.scaffold.schemas)  # they take longer than writing does

CALLS = ("open", "fsync", "replace", "rename", "unlink", "mkdir", "rmdir", "chmod")
EXPORT = json.dumps(["new"] * 500_000)
ONE = Speed(float64=1.0, rounds=5)
STARTED = 100
"""Speeds or measurements that are kept before a scenario begins."""
SEEDS = [("seed", str(seed)) for seed in range(STARTED + 1)]


@dataclass(frozen=True)
class Scenario:
    """Something that writes: what is there before, what it does, and which contents are right after a kill."""

    name: str
    prepare: Callable[[Path], None]
    act: Callable[[Path], object]
    command: tuple[str, ...]
    torn: Callable[[Path], bool]
    lost: Callable[[Path], bool]
    done: Callable[[Path], bool]


def _row(seed: int) -> SeedResult:
    return SeedResult(seed=seed, measures={"a": 1.0}, series={"s": [0.5] * 5000}, digest="d")


def _measured(folder: Path) -> frozenset[int]:
    """The seeds that are recorded; -1 for every line that cannot be read."""
    path = folder / "evidence" / "a.jsonl"
    return _seeds(path.read_bytes()) if path.is_file() else frozenset()


@functools.cache  # after most kills the file is what it was before, or what it should become
def _seeds(content: bytes) -> frozenset[int]:
    found = parse(content)
    return frozenset({row.seed for row in found.measurements.values()} | {-1 for _ in found.problems})


def _speeds(folder: Path) -> set[str]:
    try:
        return set(evidence.read_speeds(folder))
    except ValueError:
        return set()


def _start_speeds(folder: Path) -> None:
    speeds = {f"old{number}": ONE.model_dump(exclude_none=True) for number in range(STARTED)}
    kb.files.write(folder / evidence.SPEED_FILE, json.dumps(speeds))


def _new_files(folder: Path) -> list[Path]:
    return [folder / "entries/architectures/graph/gin.yaml", folder / "implementations/architectures/graph/gin.py"]


@functools.cache
def _whole() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        write_new(Path(folder), "architecture", "graph/gin")
        return [path.read_bytes() for path in _new_files(Path(folder))]


def _half_new(folder: Path) -> bool:
    pairs = zip(_new_files(folder), _whole(), strict=True)
    return any(path.exists() and path.read_bytes() != content for path, content in pairs)


def _add(folder: Path) -> None:
    try:
        write_new(folder, "architecture", "graph/gin")
    except FileExistsError:
        if not all(path.exists() for path in _new_files(folder)):
            raise


def _exported(folder: Path) -> object:
    path = folder / "out.json"
    return _json(path.read_bytes()) if path.is_file() else None


@functools.cache
def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return None


SCENARIOS = (
    Scenario(
        "kb verify: keep",
        lambda folder: evidence.write(folder / "evidence" / "a.jsonl", map(_row, range(STARTED))),
        lambda folder: evidence.keep(folder / "evidence" / "a.jsonl", _row(STARTED), SEEDS),
        (),
        torn=lambda folder: -1 in _measured(folder),
        lost=lambda folder: not set(range(STARTED)) <= _measured(folder),
        done=lambda folder: STARTED in _measured(folder),
    ),
    Scenario(
        "kb bench: keep_speed",
        _start_speeds,
        lambda folder: evidence.keep_speed(folder, "new", ONE),
        (),
        torn=lambda folder: not _speeds(folder),
        lost=lambda folder: len(_speeds(folder) - {"new"}) != STARTED,
        done=lambda folder: len(_speeds(folder)) == STARTED + 1,
    ),
    Scenario(
        "kb new",
        lambda folder: (folder / "entries").mkdir(parents=True),
        _add,
        ("--folder", ".", "new", "architecture", "graph/gin"),
        torn=_half_new,
        lost=lambda _: False,  # there is nothing before
        done=lambda folder: all(path.exists() for path in _new_files(folder)) and not _half_new(folder),
    ),
    Scenario(
        "kb export",
        lambda folder: kb.files.write(folder / "out.json", '"old"'),
        lambda folder: kb.files.write(folder / "out.json", EXPORT),
        ("export", "json", "--out", "out.json"),
        torn=lambda folder: _exported(folder) is None,
        lost=lambda folder: not _exported(folder),
        done=lambda folder: isinstance(_exported(folder), list),
    ),
)


class Countdown:
    """Ends the process at a certain call to the operating system: before it (even), or in or after it (odd)."""

    def __init__(self, at: int) -> None:
        self.left = at

    def around(self, call: Callable[..., object], half: Callable[..., object] | None = None) -> Callable[..., object]:
        """Return a call that counts; `half` is done in its stead where the process is to end in the middle of it."""

        def counted(*args: object, **kwargs: object) -> object:
            self.tick()
            if self.left == 0 and half:
                half(*args, **kwargs)
            result = call(*args, **kwargs) if self.left or not half else None
            self.tick()
            return result

        return counted

    def tick(self) -> None:
        """Count, or end the process."""
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1

    def install(self) -> None:
        """Count the calls that writing is made of."""
        for name in CALLS:
            setattr(os, name, self.around(getattr(os, name)))
        file = type("Counted", (io.FileIO,), {})
        file.truncate = self.around(io.FileIO.truncate)
        file.write = self.around(
            io.FileIO.write, half=lambda stream, data: io.FileIO.write(stream, data[: len(data) // 2])
        )
        kb.files.FileIO = file


def in_child(act: Callable[[], object], kill_after: float | None = None) -> bool:
    """Do something in a forked process, and return whether that was killed."""
    child = os.fork()
    if child == 0:
        try:
            act()
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
        raise SystemExit("a writer failed by itself")
    return os.WIFSIGNALED(status)


def at_every_call(act: Callable[[], object]) -> Iterator[Callable[[], bool]]:
    """Yield runs that are killed at the first call, at the second, and so on to the last."""
    ended = False

    def run(at: int) -> bool:
        def killed_there() -> None:
            Countdown(at).install()
            act()

        nonlocal ended
        killed = in_child(killed_there)
        ended = not killed
        return killed

    at = 0
    while not ended:
        yield functools.partial(run, at)
        at += 1


def at_random(act: Callable[[], object], times: int, chance: random.Random) -> Iterator[Callable[[], bool]]:
    """Yield runs that write again and again, and are killed at some moment while the first few are under way."""

    def without_end() -> None:
        while True:
            act()

    start = time.perf_counter()
    in_child(act)
    takes = time.perf_counter() - start
    for _ in range(times):
        yield lambda: in_child(without_end, kill_after=chance.uniform(0, 2 * takes))


def of_the_command(
    words: tuple[str, ...], folder: Path, times: int, chance: random.Random
) -> Iterator[Callable[[], bool]]:
    """Yield runs of the `kb` command that are killed at some moment, most of them near their end, when it writes."""
    command = [sys.executable, "-m", "kb", *words]

    def run(kill_after: float) -> bool:
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(kill_after)
        process.kill()
        return process.wait() == -signal.SIGKILL

    start = time.perf_counter()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    takes = time.perf_counter() - start
    for _ in range(times):
        yield functools.partial(run, takes * chance.uniform(0.6, 1.02))


def campaign(scenario: Scenario, runs: Callable[[Path], Iterator[Callable[[], bool]]]) -> dict[str, int]:
    """Make the runs of a scenario, each in a fresh state, and count what went wrong after each."""
    counts = dict.fromkeys(("runs", "killed", "torn", "lost", "left", "not done by the next run"), 0)
    with tempfile.TemporaryDirectory() as parent:
        folder, prepared = Path(parent) / "base", Path(parent) / "prepared"
        scenario.prepare(prepared)

        def fresh() -> None:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(prepared, folder)

        fresh()
        for run in runs(folder):
            fresh()
            counts["runs"] += 1
            counts["killed"] += run()
            counts["torn"] += scenario.torn(folder)
            counts["lost"] += scenario.lost(folder)
            with suppress(OSError, ValueError):  # what a torn file may lead to, and is counted as
                scenario.act(folder)
            counts["not done by the next run"] += not scenario.done(folder)
            counts["left"] += any(path.name.startswith(".") for path in folder.rglob("*"))
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--random", type=int, default=0, metavar="N", help="kills at random moments, for each scenario")
    parser.add_argument("--command", type=int, default=0, metavar="N", help="kills of the kb command, where it has one")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    failed = 0
    for scenario in SCENARIOS:
        ways: dict[str, Callable[[Path], Iterator[Callable[[], bool]]]] = {
            "at every call": lambda folder, act=scenario.act: at_every_call(lambda: act(folder))
        }
        if arguments.random:
            ways["at random"] = lambda folder, act=scenario.act: at_random(
                lambda: act(folder), arguments.random, chance
            )
        if scenario.command and arguments.command:
            ways["the command"] = lambda folder, words=scenario.command: of_the_command(
                words, folder, arguments.command, chance
            )
        for way, runs in ways.items():
            counts = campaign(scenario, runs)
            failed += sum(value for name, value in counts.items() if name not in ("runs", "killed"))
            print(
                f"{scenario.name:22}{way:15}" + ", ".join(f"{value} {name}" for name, value in counts.items()),
                flush=True,
            )
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
