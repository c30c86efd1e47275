"""What meets a mutant of `implementations/`: measurements and tests of the entries whose code it is, or that use it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from scripts.mutants.children import Found, Narrow, Noticed, in_child, late, run_tests
from scripts.mutants.operators import Mutant

OF_ENTRIES = re.compile(r"def test\w*\([^)]*\b(?:subject|variant_subject|task|rule|bias|entry_id)\b: |>>>|ids=list\(")
"""How a file of tests looks that has a case for every entry."""
SLOW = 2.0
"""Experiments that take longer than this many seconds are not repeated."""


class Entries:
    """The bundled knowledge base of a tree, loaded before any fault: none of its code has been imported.

    Args:
        tree: A copy of the checkout.
    """

    def __init__(self, tree: Path) -> None:
        sys.path.insert(0, str(tree / "tests"))
        from bundled import BASE

        from kb.evidence import links_of
        from kb.links import sources_of

        self.tree, self.base = tree, BASE
        self.jobs = {entry.id: BASE.jobs(entry.id) for entry in BASE.values() if links_of(entry)}
        reached = {
            entry_id: {
                str(path.relative_to(tree)) for link in links_of(BASE[entry_id]) for path in sources_of(tree, link)
            }
            for entry_id in self.jobs
        }
        self.known = {*BASE, *(_module(file) for files in reached.values() for file in files)}
        self.users: dict[str, list[str]] = {}
        for entry_id in sorted(reached, key=lambda entry_id: len(reached[entry_id])):
            for file in reached[entry_id]:
                self.users.setdefault(file, []).append(entry_id)
        self.tests = [str(path) for path in sorted((tree / "tests").glob("test_*.py")) if is_of_entries(path)]

    def meet(self, mutant: Mutant, log: Path) -> Found:
        """Return what became of a mutant, whose file has its fault already."""
        return in_child(partial(self._meet, mutant.file), log)

    def _meet(self, file: str) -> str:
        """Let the file's own entries meet the fault first, then the others from the smallest to the largest."""
        users = self.users.get(file, [])
        own = [entry_id for entry_id in users if self.base.files[entry_id].stem.replace("-", "_") == Path(file).stem]
        others = [entry_id for entry_id in users if entry_id not in own]
        module = _module(file)
        steps: list[Callable[[], None]] = [
            *self._measured(own, ("peer", "check", "size")),
            partial(self._tested, {*own, module}, module),
            *self._measured(own, ("trait", "cost", "seed")),
            *self._measured(others, ("peer", "check", "seed")),
            *[partial(self._tested, {entry_id}, "") for entry_id in others],
        ]
        for number, step in enumerate(steps):
            if late():
                return f"{number} of {len(steps)} steps"
            step()
        return ""

    def _tested(self, selected: set[str], module: str) -> None:
        """Run what `pytest -k ID` selects, and the tests that import the module."""
        naming = [
            str(path) for path in sorted((self.tree / "tests").glob("test_*.py")) if module and _imports(path, module)
        ]
        if naming:
            run_tests(self.tree, naming)
        run_tests(self.tree, self.tests, Narrow(selected, self.known))

    def _measured(self, entry_ids: list[str], kinds: tuple[str, ...]) -> Iterator[Callable[[], None]]:
        for entry_id in entry_ids:
            lines = self.base.measured.get(entry_id)
            for job in self.jobs[entry_id]:
                recorded = lines.measurements.get(job.key) if lines else None
                if job.key[0] in kinds and recorded and (job.key[0] != "seed" or recorded.seconds <= SLOW):
                    yield partial(self._remeasure, job, recorded)

    def _remeasure(self, job: Any, recorded: Any) -> None:
        """Measure again, as `kb verify` would. That the evidence is stale is no verdict: any edit makes it stale."""
        from kb.verify.worker import measure_in

        found = measure_in(self.base, job)
        if isinstance(found, str):
            raise Noticed(f"{job}: {found}"[:200], crashed=True)
        if self._verdict(job, found) != self._verdict(job, recorded):
            raise Noticed(str(job))

    def _verdict(self, job: Any, measurement: Any) -> object:
        """Return what `kb check` makes of a measurement, but for its numbers."""
        from kb.evidence.judging import judge, judge_claim

        entry = self.base[job.entry]
        if job.key[0] == "seed":
            return judge_claim(entry, [measurement]).verdict
        if job.key[0] == "size":
            variant = entry.all_variants[job.key[1].partition("/")[0]]
            stated = variant.parameters or variant.stated or variant.arithmetic
            return stated and measurement.parameters
        if job.key[0] == "cost":
            return sorted(measurement.terms)
        judged = judge(entry, {job.key: measurement}, self.base.biases)
        return [
            judged.peer and (judged.peer.met, [case.declined for case in judged.peer.cases]),
            [check.met for check in judged.checks],
            [trait.value for trait in judged.traits],
        ]


def is_of_entries(path: Path) -> bool:
    """Whether a file of tests has a case for every entry of some kind."""
    return bool(OF_ENTRIES.search(path.read_text(encoding="utf-8")))


def _module(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


def _imports(path: Path, module: str) -> bool:
    package, _, name = module.rpartition(".")
    text = path.read_text(encoding="utf-8")
    return f"from {module} import" in text or bool(re.search(rf"from {package} import .*\b{name}\b", text))
