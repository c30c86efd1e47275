"""Loading, as a ratio to bare parsing of the same files with the fastest YAML parser there is for Python (yaml-rs)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
import yaml_rs

import kb
from tests.benchmarks.conftest import fastest


def parse_all(root: Path) -> int:
    return sum(len(yaml_rs.loads(path.read_text(encoding="utf-8"))) for path in (root / "entries").rglob("*.yaml"))


def parse_all_with_pyyaml(root: Path) -> int:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    paths = (root / "entries").rglob("*.yaml")
    return sum(len(yaml.load(path.read_text(encoding="utf-8"), Loader=loader)) for path in paths)


@pytest.mark.parametrize("which", ["bundled", "generated"])
def test_load(which: str, generated: Path, base: kb.KnowledgeBase, benchmark: Any) -> None:
    root = base.root if which == "bundled" else generated
    floor = fastest(lambda: parse_all(root))
    loaded = benchmark.pedantic(kb.load, args=(root,), rounds=3, warmup_rounds=1)
    benchmark.extra_info |= {
        "entries": len(loaded),
        "parsing_seconds": round(floor, 3),
        "ratio_to_parsing": round(benchmark.stats.stats.min / floor, 2),
        "ratio_to_pyyaml_c": round(benchmark.stats.stats.min / fastest(lambda: parse_all_with_pyyaml(root), 1), 2),
    }
    print(f"\n{which}: {benchmark.extra_info}")


def test_graph_of_generated(generated: Path, benchmark: Any) -> None:
    loaded = kb.load(generated)
    from kb.graph import build

    graph = benchmark.pedantic(build, args=(loaded,), rounds=3)
    benchmark.extra_info |= {"nodes": graph.number_of_nodes(), "edges": graph.number_of_edges()}
