"""What meets a mutant of `kb/`: the tests that ran its line when nothing was wrong, then the rest of their files."""

from __future__ import annotations

import ast
import hashlib
import subprocess
import sys
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

from coverage import CoverageData

from scripts.mutants.children import Found, in_child, late, run_tests
from scripts.mutants.entries import is_of_entries
from scripts.mutants.operators import Mutant

LEFT_OUT = ("tests/site", "tests/test_coverage.py")
"""Tests that build the whole site; those that fail by themselves wherever evidence is stale."""
RUNS_CODE, MEASURES = "import torch", "import measure_"
"""What tests that run the code of every entry are known by: they take long, and say little of the library, unless they
call what measures."""
LIMITING = ("RLIMIT_FSIZE",)
"""What tests that limit the size of files are known by: the notes of which test ran which line are a file too."""
TESTS_ALWAYS = ["tests/test_entries.py::test_the_knowledge_base_has_no_problems"]
BATCH = 40


class Library:
    """Which tests run which line of the library, from one run without a fault.

    Args:
        tree: A copy of the checkout.
        state: Where that run is kept.
    """

    def __init__(self, tree: Path, state: Path) -> None:
        self.tree, kept = tree, state.parent / f"baseline-{_digest(tree)}"
        report = kept / "tests.xml"
        if not report.exists():
            kept.mkdir(parents=True, exist_ok=True)
            baseline(tree, kept)
        self.seconds: dict[str, float] = {}
        failed = set()
        for case in ElementTree.parse(report).iter("testcase"):  # our own file, written by pytest
            name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
            self.seconds[name] = float(case.get("time", 0))
            if case.find("failure") is not None or case.find("error") is not None:
                failed.add(name)
        self.seconds = {name: seconds for name, seconds in self.seconds.items() if name not in failed}
        self.data = CoverageData(str(kept / "coverage"))
        self.data.read()

    def tests(self, mutant: Mutant) -> list[str]:
        """Return the tests for a mutant: those that ran its line, quick ones first, then the rest of their files.

        A line that runs on import alone is known to no test: those that ran the function around it stand in, or those
        that ran anything of its file.
        """
        lines = self.data.contexts_by_lineno(mutant.file)
        for numbers in self._around(mutant):
            ran = {context.partition("|")[0] for number in numbers for context in lines.get(number, [])}
            ran &= self.seconds.keys()
            if ran:
                break
        near = sorted(ran, key=self.seconds.__getitem__)
        files = {name.partition("::")[0] for name in near or self.seconds}
        rest = [name for name in self.seconds if name.partition("::")[0] in files and name not in ran]
        return [*near, *TESTS_ALWAYS, *sorted(rest, key=self.seconds.__getitem__)]

    def _around(self, mutant: Mutant) -> list[range]:
        """The lines of a mutant, of each function and class around it from the inside out, and of its file."""
        tree = ast.parse((self.tree / mutant.file).read_text())
        last = mutant.number + mutant.line.count("\n")
        blocks = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        found = [range(node.lineno, (node.end_lineno or node.lineno) + 1) for node in blocks]
        found = sorted((block for block in found if mutant.number in block), key=len)
        return [
            range(mutant.number, last + 1),
            *found,
            range(1, len(tree.body) and (tree.body[-1].end_lineno or 1) + 1),
        ]

    def meet(self, mutant: Mutant, log: Path) -> Found:
        """Return what became of a mutant, whose file has its fault already."""
        return in_child(partial(self._meet, self.tests(mutant)), log)

    def _meet(self, names: list[str]) -> str:
        for start in range(0, len(names), BATCH):
            if late():
                return f"{start} of {len(names)} tests"
            run_tests(self.tree, names[start : start + BATCH])
        return ""


def _digest(tree: Path) -> str:
    """Return what stands for the library and its tests: as long as they stay, so does the run without a fault."""
    digest = hashlib.sha256()
    for path in sorted([*(tree / "kb").rglob("*.py"), *(tree / "tests").rglob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def baseline(tree: Path, kept: Path) -> None:
    """Run the tests of the library once, with a note for every line of which test ran it."""
    texts = {path: path.read_text() for path in (tree / "tests").glob("test_*.py")}
    elsewhere = [
        path for path in texts if is_of_entries(path) and RUNS_CODE in texts[path] and MEASURES not in texts[path]
    ]
    elsewhere += [path for path, text in texts.items() if any(word in text for word in LIMITING)]
    left_out = [*LEFT_OUT, *(str(path.relative_to(tree)) for path in elsewhere)]
    settings = kept / "coverage.ini"
    settings.write_text(f"[run]\nrelative_files = true\nsource = kb\ndata_file = {kept / 'coverage'}\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--cov=kb", f"--cov-config={settings}"]
    command += ["--cov-context=test", "--cov-report=", f"--junit-xml={kept / 'tests.xml'}"]
    command += [f"--ignore={name}" for name in left_out]
    print("The tests run once without a fault.", flush=True)
    subprocess.run(command, cwd=tree, check=False, stdout=(kept / "log.txt").open("w"))
