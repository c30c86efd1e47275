"""Puts small faults into the code one at a time, and counts those that a test or a measurement notices.

    python -m scripts.mutants [--number N] [--seed SEED] [--again FILE] [FOLDER...]

The sample follows from the seed: as many of every kind of fault in every folder as of another. The checkout is never
touched: everything happens in a copy. A mutant of `implementations/` meets the measurements and tests of the entries
that use it; one of `kb/` the tests that run its line. Each is a line of `build/mutants/SEED/results.jsonl` as soon as
it is settled, and a run that was interrupted goes on where it was (`make clean` forgets it). `--again FILE` tries the
survivors in such a file once more. Mutants that mean the same as the code are listed in `equivalent.yaml`, with the
reason. The exit status is 1 if fewer are noticed than `LIMITS` ask for.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import yaml

from scripts.mutants.children import Found
from scripts.mutants.operators import Mutant, mutants

ROOT = Path(__file__).parents[2]
FOLDERS = ["implementations/architectures", "implementations/concepts", "kb"]
LEFT_OUT = "kb/site/"
"""Every test of it builds the whole site."""
LIMITS = {"implementations": 0.95, "kb": 0.92}
EQUIVALENT = Path(__file__).with_name("equivalent.yaml")
HEAVY = ("torch", "torch_geometric", "sklearn", "matplotlib", "hypothesis", "pydantic", "typer", "rich", "networkx")
"""Libraries that children need not import again."""


def sample(folders: list[str], number: int, seed: str) -> list[Mutant]:
    """Return some mutants of every folder: of each operator in turn, from the files that have had fewest."""
    chosen: list[Mutant] = []
    for folder in folders:
        chance, by_operator, had = random.Random(f"{seed} {folder}"), {}, Counter[str]()
        paths = [ROOT / folder] if folder.endswith(".py") else sorted((ROOT / folder).rglob("*.py"))
        for path in paths:
            file = str(path.relative_to(ROOT))
            if file.startswith(LEFT_OUT):
                continue
            for mutant in mutants(file, path.read_text()):
                by_operator.setdefault(mutant.operator, []).append(mutant)
        for found in by_operator.values():
            chance.shuffle(found)
        start = len(chosen)
        while len(chosen) - start < number and any(by_operator.values()):
            for found in filter(None, by_operator.values()):
                mutant = min(found, key=lambda mutant: had[mutant.file])
                found.remove(mutant)
                if len(chosen) - start < number and _is_valid(mutant):
                    had[mutant.file] += 1
                    chosen.append(mutant)
    return chosen


def _is_valid(mutant: Mutant) -> bool:
    try:
        ast.parse(mutant.applied((ROOT / mutant.file).read_text()) or "(")
    except SyntaxError:
        return False
    return True


def again(results: Path) -> list[Mutant]:
    """Return the mutants of an earlier run that survived, as far as their lines still stand."""
    return [mutant for mutant, found in read(results) if found.status in ("survived", "cut") and _is_valid(mutant)]


def read(results: Path) -> list[tuple[Mutant, Found]]:
    """Return what is settled."""
    lines = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()] if results.exists() else []
    return [(Mutant(**line["mutant"]), Found(line["status"], line["by"])) for line in lines]


def copy(tree: Path) -> None:
    """Copy all files of the checkout that git knows or does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tree / name)


def settle(chosen: list[Mutant], tree: Path, state: Path) -> None:
    """Let every mutant that is not settled yet meet what may notice it, those of one side in a process of their own."""
    settled = {mutant.key for mutant, _ in read(state / "results.jsonl")}
    for is_library in (False, True):
        waiting = [m for m in chosen if m.file.startswith("kb/") == is_library and m.key not in settled]
        if waiting and os.fork() == 0:
            try:
                _settle(waiting, is_library, tree, state)
            except BaseException as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr)
                os._exit(1)
            os._exit(0)
        if waiting and os.wait()[1]:
            raise SystemExit("it could not go on")


def _settle(waiting: list[Mutant], is_library: bool, tree: Path, state: Path) -> None:
    from scripts.mutants.entries import Entries
    from scripts.mutants.library import Library

    meets = Library(tree, state) if is_library else Entries(tree)
    control = meets.meet(waiting[0], state / "child.log")  # nothing has been changed yet
    if control.status not in ("survived", "cut"):
        raise RuntimeError(f"without a fault, too, something fails: {control.by}")
    for mutant in waiting:
        file, start = tree / mutant.file, time.perf_counter()
        source = file.read_text()
        file.write_text(mutant.applied(source) or "")
        try:
            found = meets.meet(mutant, state / "child.log")
        finally:
            file.write_text(source)
        record = {"mutant": asdict(mutant), **found._asdict(), "seconds": round(time.perf_counter() - start, 1)}
        with (state / "results.jsonl").open("a") as stream:
            stream.write(json.dumps(record) + "\n")
        print(f"{found.status:9}{mutant.file}:{mutant.number} {mutant.operator}  {found.by}", flush=True)


def equivalents() -> dict[tuple[str, str, str], str]:
    """Return the mutants that mean the same as the code, with the reasons."""
    listed = yaml.safe_load(EQUIVALENT.read_text()) or []
    return {Mutant(one["file"], "", 0, one["line"], one["becomes"]).key: one["because"] for one in listed}


def report(chosen: list[Mutant], results: list[tuple[Mutant, Found]]) -> bool:
    """Print kill rates and survivors, and return whether the rates are high enough."""
    same, found = equivalents(), {mutant.key: result for mutant, result in results}
    settled = [(mutant, found[mutant.key]) for mutant in chosen if mutant.key in found]
    alive = [(m, f) for m, f in settled if f.status in ("survived", "cut") and m.key not in same]
    for mutant, result in alive:
        print(f"\n{mutant.file}:{mutant.number} ({mutant.operator}) {result.status} {result.by}")
        print(
            "\n".join(
                line
                for line in difflib.ndiff(*(t.split("\n") for t in (mutant.line, mutant.becomes)))
                if line[0] in "+-"
            )
        )
    enough = True
    for title, key in (("folder", _folder), ("operator", lambda m: m.operator), ("", lambda m: m.file.split("/")[0])):
        rows: dict[str, Counter[str]] = {}
        for mutant, result in settled:
            is_same = result.status in ("survived", "cut") and mutant.key in same
            rows.setdefault(key(mutant), Counter())["equivalent" if is_same else result.status] += 1
        print(f"\n{title:38}{'tried':>8}{'killed':>8}{'crashed':>8}{'same':>8}{'alive':>8}{'rate':>8}")
        for name, row in sorted(rows.items()):
            killed, crashed, lived = row["killed"], row["crashed"] + row["timeout"], row["survived"] + row["cut"]
            rate = 1 - lived / (row.total() - row["equivalent"]) if row.total() > row["equivalent"] else 1.0
            print(f"{name:38}{row.total():8}{killed:8}{crashed:8}{row['equivalent']:8}{lived:8}{rate:8.1%}")
            enough &= rate >= LIMITS.get(name, 0.0)
    return enough


def _folder(mutant: Mutant) -> str:
    return "/".join(mutant.file.split("/")[: 3 if mutant.file.startswith("implementations") else 2]).removesuffix(".py")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", metavar="FOLDER", default=FOLDERS)
    parser.add_argument("--number", type=int, default=40, metavar="N", help="mutants of every folder")
    parser.add_argument(
        "--seed", default=time.strftime("%G-%V"), help="what the sample follows from (this week's number)"
    )
    parser.add_argument(
        "--again", type=Path, metavar="FILE", help="the survivors in a file of results, in place of a sample"
    )
    arguments = parser.parse_args()
    again_of = arguments.again and f"again-{arguments.again.resolve().parent.name}-{arguments.again.stem}"
    state = ROOT / "build" / "mutants" / (again_of or arguments.seed)
    state.mkdir(parents=True, exist_ok=True)
    if arguments.again:
        chosen = again(arguments.again)
        (state / "results.jsonl").unlink(missing_ok=True)
    else:
        chosen = sample(arguments.folders, arguments.number, arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder).resolve()
        copy(tree)
        os.environ |= {"PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        os.chdir(tree)
        sys.path.insert(0, str(tree))
        sys.dont_write_bytecode = True
        for name in HEAVY:
            __import__(name)
        settle(chosen, tree, state)
    sys.exit(not report(chosen, read(state / "results.jsonl")))


if __name__ == "__main__":
    main()
