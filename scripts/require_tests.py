"""Fail when a test run skipped what it must not skip: `require_tests.py report.xml NAME...`.

For every name, at least one test whose class or name contains it must have run, and none may have been skipped.
"""

from __future__ import annotations

import sys
from xml.etree import ElementTree


def main(report: str, names: list[str]) -> int:
    cases = list(ElementTree.parse(report).iter("testcase"))  # our own file, written by pytest a moment ago
    failed = 0
    for name in names:
        chosen = [case for case in cases if name in f"{case.get('classname')}.{case.get('name')}"]
        skipped = [case for case in chosen if case.find("skipped") is not None]
        print(f"{name}: {len(chosen) - len(skipped)} ran, {len(skipped)} skipped")
        failed += len(chosen) == len(skipped)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
