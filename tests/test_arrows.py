"""Imports point one way: typing imports and those inside functions counted, no module reaches itself."""

from __future__ import annotations

import ast
from pathlib import Path

import networkx as nx

import kb

ROOT = Path(kb.__file__).parent


def imports(*, anywhere: bool = True) -> nx.DiGraph:
    """The modules of the library, with an edge to each that one imports, anywhere in its source or at its top only."""
    files = {
        ".".join(("kb", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
        for path in ROOT.rglob("*.py")
    }
    graph = nx.DiGraph()
    graph.add_nodes_from(files)
    for module, path in files.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree) if anywhere else tree.body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            known = {_module(name, files) for name in names} - {module, "kb", ""}
            graph.add_edges_from((module, other) for other in known)
    return graph


def _module(name: str, files: dict[str, Path]) -> str:
    """The module of the library that a dotted name lies in, or nothing."""
    while name and name not in files:
        name = name.rpartition(".")[0]
    return name


def test_no_module_reaches_itself() -> None:
    circles = [sorted(part) for part in nx.strongly_connected_components(imports()) if len(part) > 1]
    assert circles == []


def test_what_is_below_does_not_depend_on_what_is_above() -> None:
    graph = imports()
    for below, above in (
        ("kb.schema", ("kb.base", "kb.query", "kb.rules", "kb.site", "kb.cli", "kb.verify")),
        ("kb.evidence", ("kb.base", "kb.query", "kb.rules", "kb.verify")),
        ("kb.base", ("kb.knowledge_base", "kb.query", "kb.rules", "kb.search", "kb.site", "kb.cli")),
        ("kb.query", ("kb.knowledge_base", "kb.rules", "kb.site", "kb.cli")),
        ("kb.rules", ("kb.knowledge_base", "kb.site.pages", "kb.cli", "kb.verify")),
    ):
        inside = [module for module in graph if module == below or module.startswith(f"{below}.")]
        reached = set(inside).union(*(nx.descendants(graph, module) for module in inside))
        assert not [module for module in reached if module.startswith(above)], below
