"""An implementation in one file that needs PyTorch alone: it, and what it imports from `implementations`.

The sources stay as they are written, comments included. Only what would need this library or jaxtyping goes: imports,
guards of arguments and inputs, and of shapes the packages that check them (`Float` becomes a name of
`typing.Annotated`, which stands for the same and checks nothing). Nothing is run, and no torch is needed.
"""

from __future__ import annotations

import ast
import symtable
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from kb import links
from kb.base import Base
from kb.folders import DISTRIBUTION
from kb.schema import Architecture, Concept, Entry
from kb.syntax import GUARDS

SHAPES = "jaxtyping"
"""The package whose annotations say shapes."""
Import = tuple[str, str]
"""A module, and what is imported from it; nothing where it is the module itself."""
Place = tuple[int, int | None]
"""A line and a byte in it; none means the end of the line with its break."""
Edit = tuple[Place, Place, str]
"""Where a part of a source begins and ends, and what takes its place."""
RUN = """
if __name__ == "__main__":
    torch.manual_seed(0)
    model = {name}()
    inputs = model.example_inputs(torch.Generator().manual_seed(0))
    outputs = model(**inputs)
    print(f"{{sum(weight.numel() for weight in model.parameters()):,}} parameters")
    for name, value in inputs.items():
        print(f"{{name}}: {{list(value.shape)}}")
    for value in outputs if isinstance(outputs, tuple) else [outputs]:
        print(f"-> {{list(value.shape)}}")
"""


@dataclass(frozen=True)
class Piece:
    """What of a module stays."""

    name: str
    docstring: str
    text: str
    defined: frozenset[str]
    bound: dict[str, Import]
    """The imports of other libraries, by the name that each binds."""


def standalone(base: Base, title: str, version: str, entry: Entry) -> str:
    """Return an implementation in one file.

    Args:
        base: The knowledge base.
        title: Its name.
        version: Its version; empty where it has none.
        entry: An architecture, or a concept with code.

    Raises:
        ValueError: The entry has no implementation, or it needs more than PyTorch.

    Examples:
        >>> import kb
        >>> base = kb.load()
        >>> text = standalone(base, base.title, base.version, base["lstm"])
        >>> [line for line in text.splitlines() if line.startswith("import ")]
        ['import torch']
    """
    link = entry.implementation if isinstance(entry, Architecture | Concept) else None
    if not link:
        raise ValueError(f"{entry.id} has no implementation")
    pieces = list(_pieces(base.root, link.partition(":")[0]))
    imports = _imports(pieces)
    run = ""
    if isinstance(entry, Architecture):
        imports["torch"], run = ("torch", ""), RUN.format(name=link.partition(":")[2])
    *others, own = pieces
    above = [
        f'"""{own.docstring.strip()}\n"""',
        "\n".join(_head(base, title, version, entry, imports)),
        "\n\n".join(_written(imports)),
    ]
    code = [f"# {_path(piece.name)}\n# {_first(piece.docstring)}\n\n\n{piece.text}" for piece in others]
    return "\n\n\n".join(["\n\n".join(above), *code, own.text]) + f"\n\n{run}".rstrip() + "\n"


def _head(base: Base, title: str, version: str, entry: Entry, imports: dict[str, Import]) -> Iterator[str]:
    """What it is, where it comes from, whose it is, and how to run it."""
    yield f"# {entry.title}, in one file."
    yield f"# From: {f'{title} {version}'.strip()}, `{entry.id}`, without its checks of arguments and inputs"
    if paper := getattr(entry, "introduced_by", None):
        yield f"# Paper: {base.papers[paper].citation}, {base.papers[paper].title}"
    others = sorted({whole.partition(".")[0] for whole, _ in imports.values()} - sys.stdlib_module_names)
    yield f"# Needs: {', '.join(others)}"
    if version:  # the entries that come with the library have its licence
        known = metadata.metadata(DISTRIBUTION)
        yield f"# Licence: {known['License-Expression']}, copyright the contributors of {title}"
    if isinstance(entry, Architecture):
        yield f"# Run: python {file_name(entry)}"


def file_name(entry: Entry) -> str:
    """Return the name of the file of an entry.

    Examples:
        >>> import kb
        >>> file_name(kb.load()["gated-transformer-xl"])
        'gated_transformer_xl.py'
    """
    return f"{entry.id.replace('-', '_')}.py"


def _written(imports: dict[str, Import]) -> list[str]:
    """Imports as they are written: those of Python itself, then those of libraries."""
    lines: dict[str, list[str]] = {}
    for name, (module, item) in sorted(imports.items(), key=lambda pair: (pair[1], pair[0])):
        last = item or module
        renamed = "" if name == last or (not item and name == module.partition(".")[0]) else f" as {name}"
        lines.setdefault(f"from {module} import " if item else f"import {module}", []).append((item or "") + renamed)
    made = [start + ", ".join(items) for start, items in sorted(lines.items(), key=lambda pair: pair[0][:1] == "f")]
    own = [line for line in made if line.split()[1].partition(".")[0] in sys.stdlib_module_names]
    return ["\n".join(group) for group in (own, [line for line in made if line not in own]) if group]


def _path(module: str) -> str:
    return module.replace(".", "/") + ".py"


def _first(docstring: str) -> str:
    return docstring.strip().partition("\n")[0]


def _pieces(root: Path, module: str) -> Iterator[Piece]:
    """What of a module and of all that it imports stays, each after what it imports, under names that differ."""
    order = list(_order(root, module, []))
    taken: set[str] = set()
    names: dict[str, dict[str, str]] = {}
    for name in reversed(order):  # the names of the module itself stay, and those of what it imports give way
        defined = _defined(links.parse(links.source_file(root, name)))
        names[name] = {each: f"{each}Of{_camel(name)}" if each in taken else each for each in defined}
        taken.update(names[name].values())
    for name in order:
        yield _piece(root, name, names)


def _camel(module: str) -> str:
    return "".join(word.capitalize() for word in module.rpartition(".")[2].split("_"))


def _order(root: Path, module: str, seen: list[str]) -> Iterator[str]:
    """A module after all that it imports."""
    seen.append(module)
    for node in links.parse(links.source_file(root, module)).body:
        if isinstance(node, ast.ImportFrom) and _is_own(node) and node.module not in seen:
            yield from _order(root, str(node.module), seen)
    yield module


def _is_own(node: ast.ImportFrom) -> bool:
    return not node.level and str(node.module).partition(".")[0] == links.PACKAGE


def _defined(tree: ast.Module) -> list[str]:
    """The names that the statements at the top of a module bind, other than imports."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    return found


def _piece(root: Path, module: str, names: dict[str, dict[str, str]]) -> Piece:
    """What of a module stays, under the names that all modules have here."""
    path = links.source_file(root, module)
    source, tree = links.read(path), links.parse(path)
    called: dict[str, str] = dict(names[module])
    bound: dict[str, Import] = {}
    guards: set[str] = set()
    edits: list[Edit] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            edits.append((_start(node), _end(node), ""))
            if isinstance(node, ast.ImportFrom) and node.module == GUARDS:
                guards |= {alias.asname or alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and _is_own(node) and node in tree.body:
                of = names[str(node.module)]
                called |= {alias.asname or alias.name: of.get(alias.name, alias.name) for alias in node.names}
            else:
                bound |= dict(_bound(module, node))
    docstring = ast.get_docstring(tree) or ""
    if docstring:
        edits.append((_start(tree.body[0]), _end(tree.body[0]), ""))
    edits += [edit for node in ast.walk(tree) for edit in _without_guards(node, guards)]
    edits += _renamed(module, source, tree, {old: new for old, new in called.items() if old != new})
    return Piece(module, docstring, _edited(source, edits).strip("\n"), frozenset(names[module].values()), bound)


def _without_guards(node: ast.AST, guards: set[str]) -> Iterator[Edit]:
    for decorator in getattr(node, "decorator_list", ()):
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id in guards:
            yield (decorator.lineno, 0), (decorator.end_lineno or decorator.lineno, None), ""


def _start(node: ast.stmt) -> Place:
    return node.lineno, node.col_offset


def _end(node: ast.stmt) -> Place:
    return node.end_lineno or node.lineno, node.end_col_offset


def _edited(source: str, edits: list[Edit]) -> str:
    """Return a source with parts replaced."""
    lines = source.encode().split(b"\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def offset(place: Place) -> int:
        return starts[place[0]] if place[1] is None else starts[place[0] - 1] + place[1]

    data = source.encode()
    for start, end, text in sorted(edits, key=lambda edit: offset(edit[0]), reverse=True):
        data = data[: offset(start)] + text.encode() + data[offset(end) :]
    return data.decode()


def _bound(module: str, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Import]]:
    """What each name means that a statement imports from another library."""
    for alias in node.names:
        whole, item = (alias.name, "") if isinstance(node, ast.Import) else (str(node.module), alias.name)
        if whole.partition(".")[0] in ("kb", links.PACKAGE):
            raise ValueError(f"{_path(module)} imports {whole} in a way that has no place in one file")
        name = alias.asname or (item or whole.partition(".")[0])
        yield name, (("typing", "Annotated") if whole == SHAPES else (whole, item))


def _imports(pieces: Iterable[Piece]) -> dict[str, Import]:
    """The imports of all pieces, by the names that they bind.

    Raises:
        ValueError: A name means something else in one piece than in another.
    """
    found: dict[str, Import] = {}
    defined = {name for piece in pieces for name in piece.defined}
    for piece in pieces:
        for name, meant in piece.bound.items():
            if found.setdefault(name, meant) != meant or name in defined:
                raise ValueError(f"{name} means different things in {_path(piece.name)} and in what it stands beside")
    return found


def _renamed(module: str, source: str, tree: ast.Module, again: dict[str, str]) -> list[Edit]:
    """The edits that give names at the top of a module other ones, wherever they are used.

    Raises:
        ValueError: A function has a variable of the same name.
    """
    if again and (inner := again.keys() & set(_locals(symtable.symtable(source, module, "exec")))):
        raise ValueError(f"{_path(module)} has variables with the names of other code: {', '.join(sorted(inner))}")
    edits: list[Edit] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in again:
            edits.append(((node.lineno, node.col_offset), (node.lineno, node.end_col_offset), again[node.id]))
        elif isinstance(node, ast.ClassDef | ast.FunctionDef) and node in tree.body and node.name in again:
            start = node.col_offset + len("class " if isinstance(node, ast.ClassDef) else "def ")
            edits.append(((node.lineno, start), (node.lineno, start + len(node.name.encode())), again[node.name]))
    return edits


def _locals(table: symtable.SymbolTable) -> Iterator[str]:
    for inner in table.get_children():
        yield from (symbol.get_name() for symbol in inner.get_symbols() if symbol.is_local())
        yield from _locals(inner)
