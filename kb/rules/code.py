"""Rules on code: what its docstring says, what its signature takes, what it imports, and that something leads to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from kb import annotated, links
from kb.base import Base
from kb.evidence import links_of
from kb.problems import Problem, suggestion
from kb.relations import having
from kb.schema import DEFAULT_VARIANT, Architecture, Concept, Entry
from kb.schema.model import Path as Steps
from kb.schema.signature import SignatureNotes

HEADINGS = ("Source:", "Equations:", "Shapes:")
MOST_LINES = 250
OPERATORS = {"Mult": "mul", "MatMult": "matmul", "Div": "truediv"}
"""Signs whose function in `operator` has another name than their class in the syntax tree; `operator.add` is `+`."""
FOR_CODE = frozenset({"kb.guards", "kb.probes", "kb.training"})
"""The modules of the library that code of a knowledge base may import: what is to be alike in every knowledge base."""


def docstrings_are_complete(base: Base) -> Iterator[Problem]:
    """The docstring of an implementation has its parts, and cites no paper that the entry does not."""
    for entry, tree in _implementations(base):
        text = ast.get_docstring(tree) or ""
        starts = [line.strip() for line in text.splitlines()]
        for heading in HEADINGS:
            if not any(line.startswith(heading) for line in starts):
                yield _problem(base, entry, f"the docstring of its module lacks `{heading}`: add that part")
        cited = {str(ref) for _, ref in entry.refs()}
        for paper in re.findall(r"\(([a-z]+\d{4}[a-z]+)\)", text):
            if paper not in cited:
                yield _problem(base, entry, f"{paper} is cited in the code only: cite it in the entry too")


def constructors_have_defaults(base: Base) -> Iterator[Problem]:
    """Every argument of an implementation's constructor is keyword-only and has a default, so that `GCN()` builds."""
    for entry, tree in _implementations(base):
        constructor = _method(tree, entry.implementation, "__init__")
        if constructor:
            arguments = constructor.args
            loose = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)][1:]
            pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            loose += [argument.arg for argument, default in pairs if default is None]
            if loose or arguments.vararg or arguments.kwarg:
                named = ", ".join(loose) or "*args or **kwargs"
                message = f"arguments of its constructor must be keyword-only with a tiny default each: mend {named}"
                yield base.problem(entry.id, ("implementation",), message)


def signatures_can_be_read(base: Base) -> Iterator[Problem]:
    """`forward` of an architecture is annotated with shapes, and what the entry adds is about what stands there."""
    for entry, _ in _implementations(base):
        if isinstance(entry, Architecture):
            try:
                found = annotated.read(base.root, entry.implementation)
            except links.SourceError as error:
                yield _problem(base, entry, f"its code {error}")
                continue
            yield from _notes(base, entry, DEFAULT_VARIANT, ("signature",), entry.signature, found)
            for name, variant in entry.variants.items():
                if variant.signature is not None:
                    yield from _notes(base, entry, name, ("variants", name, "signature"), variant.signature, found)


def notes_on_networks_are_about_what_is_there(base: Base) -> Iterator[Problem]:
    """What an entry adds to the annotations of a sub-network is about what stands there."""
    for entry, _ in _implementations(base):
        if isinstance(entry, Architecture):
            stated: list[tuple[str, Steps, Mapping[str, SignatureNotes]]] = [(DEFAULT_VARIANT, (), entry.network_notes)]
            stated += [(name, ("variants", name), each.network_notes) for name, each in entry.variants.items()]
            for variant, above, notes in stated:
                for network, own in notes.items():
                    try:
                        found = annotated.read_network(base.root, entry.implementation, network)
                    except links.SourceError:
                        continue  # another rule reports it
                    steps = (*above, "network_notes", network)
                    yield from _notes(base, entry, f"{variant}/{network}", steps, own, found)


def _notes(
    base: Base, entry: Architecture, place: str, steps: Steps, own: SignatureNotes, found: annotated.Annotations
) -> Iterator[Problem]:
    """What is wrong with the notes on the signature of a variant, or of a sub-network of one, where they stand."""
    notes, method = entry.notes_of(place), place.partition("/")[2] or "forward"
    for field, given, known in (
        ("indexes", own.indexes, found.inputs),
        ("without", own.without, [name for name, argument in found.inputs.items() if argument.optional]),
        ("where", own.where, [axis.removeprefix("*") for axis in _axes(found)]),
    ):
        for item in given:
            if item not in known:
                what = "an optional input" if field == "without" else "an input" if field == "indexes" else "an axis"
                message = f"{item!r} is not {what} of `{method}`{suggestion(item, known)}: correct it, or drop it"
                yield base.problem(entry.id, (*steps, field), message)
    if own.returns > len(found.returns):
        message = f"the return annotation of `{method}` names {len(found.returns)} of what can come back: choose one"
        yield base.problem(entry.id, (*steps, "returns"), message)
    for axis in _axes(found):
        if axis.startswith("*") and axis[1:] not in notes.where and axis in _axes(found, notes.returns):
            message = f"`{axis}` stands for any number of axes: say in `where` which they are here"
            yield base.problem(entry.id, steps, message)


def _axes(found: annotated.Annotations, returned: int | None = None) -> list[str]:
    """The named axes of annotations, those of all alternatives of what comes back or of one."""
    outputs = found.returns if returned is None else found.returns[returned - 1 : returned]
    shapes = [argument.axes for argument in found.inputs.values()]
    shapes += [axes for fields in outputs for axes in fields.values()]
    return list(dict.fromkeys(axis for axes in shapes for axis in axes if isinstance(axis, str)))


def inputs_are_guarded(base: Base) -> Iterator[Problem]:
    """`forward` of an architecture refuses in a sentence what it cannot take, and a constructor what is no number."""
    for entry, tree in _implementations(base):
        guards = _guards(_method(tree, entry.implementation, "__init__"))
        try:
            sizes = annotated.numbers(base.root, str(entry.implementation), "__init__")
        except links.SourceError:
            sizes = []  # it has no constructor of its own
        if sizes and "checked_arguments" not in guards:
            message = f"its constructor takes {sizes[0]}: put `@checked_arguments()` of `kb.guards` above it"
            yield _problem(base, entry, message)
        forward = _method(tree, entry.implementation, "forward")
        if isinstance(entry, Architecture) and forward:
            taken = {argument.arg for argument in forward.args.args}
            indexes = entry.notes_of(DEFAULT_VARIANT).indexes.items()
            points = ", ".join(f'{name}="{axis}"' for name, axis in indexes if name in taken)
            if _guards(forward).get("checked_inputs") != points:
                yield _problem(base, entry, f"put `@checked_inputs({points})` of `kb.guards` above its `forward`")


def _guards(method: ast.FunctionDef | None) -> dict[str, str]:
    """The decorators of a method that are called, by name, with the arguments that they get."""
    calls = [node for node in (method.decorator_list if method else ()) if isinstance(node, ast.Call)]
    return {
        call.func.id: ", ".join(f"{word.arg}={ast.unparse(word.value)}".replace("'", '"') for word in call.keywords)
        for call in calls
        if isinstance(call.func, ast.Name)
    }


def imports_are_relations(base: Base) -> Iterator[Problem]:
    """What an architecture's code imports is what its entry relates it to, and every part is there in the code."""
    for entry, _ in _implementations(base):
        if isinstance(entry, Architecture) and entry.implementation:
            yield from _imports(base, entry)


def _imports(base: Base, entry: Architecture) -> Iterator[Problem]:
    related = [str(ref) for steps, ref in entry.refs() if str(steps[0]).replace("_", "-") in having("imported")]
    modules = {name: _module_of(base[name]) for name in related}
    imported = links.imported_modules(links.source_file(base.root, entry.implementation))
    for module in sorted(imported - set(modules.values())):
        message = (
            f"its code imports {module}, no part and nothing it specialises or derives from: relate it, or remove the "
            "import"
        )
        yield base.problem(entry.id, ("implementation",), message)
    mentioned = _mentioned(base, entry.implementation)
    for number, part in enumerate(entry.parts):
        component = base[part.component]
        primitives = component.primitives if isinstance(component, Concept) else []
        used = modules[part.component] in imported or {p.rsplit(".", 1)[-1] for p in primitives} & mentioned
        if not used:
            known = f"calls one of {', '.join(primitives)}" if primitives else "has primitives"
            message = f"the code neither imports {part.component} nor {known}: use it there, or drop the part"
            yield base.problem(entry.id, ("parts", number), message)


def _mentioned(base: Base, link: str) -> set[str]:
    """The names in a source and in what it imports: a primitive may stand in a component, as a mask in attention."""
    nodes: list[ast.AST] = []
    for file in links.sources_of(base.root, link):
        with suppress(links.SourceError):  # of which `code_stands_by_itself` tells
            nodes += ast.walk(links.parse(file))
    found = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    found |= {node.id for node in nodes if isinstance(node, ast.Name)}
    operators = {type(node.op).__name__ for node in nodes if isinstance(node, ast.BinOp)}
    return found | {OPERATORS.get(name, name.lower()) for name in operators}


def sources_are_short(base: Base) -> Iterator[Problem]:
    """A reference implementation is read in one go."""
    for entry, _ in _implementations(base):
        assert isinstance(entry, Architecture | Concept)
        assert entry.implementation is not None
        lines = links.read(links.source_file(base.root, entry.implementation)).count("\n")
        if lines >= MOST_LINES:
            message = f"its code has {lines} lines (fewer than {MOST_LINES} are asked): leave out what is not essential"
            yield base.problem(entry.id, ("implementation",), message)


def code_stands_by_itself(base: Base) -> Iterator[Problem]:
    """Code imports nothing of the library but guards, what probes are given, and the loop of training."""
    known = ", ".join(sorted(FOR_CODE))
    for path in _files(base):
        try:
            tree = links.parse(path)
            named = set(re.findall(r"\bkb\b(?:\.\w+)*", links.read(path)))
            imported = _imported_of_library(tree) if named - FOR_CODE else ()
        except links.SourceError as error:
            yield Problem(_shown(base, path), 0, "", f"the file {error}")
            continue
        for line, module in imported:
            if module not in FOR_CODE:
                message = f"code must run without the library: import nothing of {module} (except {known})"
                yield Problem(_shown(base, path), line, "", message)


def _imported_of_library(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name.split(".")[0] == "kb")
        elif isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] == "kb":
            yield node.lineno, str(node.module)


def code_is_reached(base: Base) -> Iterator[Problem]:
    """Some entry leads to every file of code."""
    reached = {
        path for entry in base.values() for link in links_of(entry) for path in links.sources_of(base.root, link)
    }
    for path in _files(base):
        if path not in reached and path.name != "__init__.py":
            yield Problem(_shown(base, path), 0, "", "no entry leads to this file: link it, or delete it")


def _files(base: Base) -> list[Path]:
    folder = base.root / links.PACKAGE
    return sorted(path for path in folder.rglob("*.py") if links.is_own(base.root, path))


def _shown(base: Base, path: Path) -> str:
    return path.relative_to(base.root).as_posix()


def _implementations(base: Base) -> Iterator[tuple[Architecture | Concept, ast.Module]]:
    """Architectures, and components with effects, whose code can be read, with its syntax."""
    for entry in base.values():
        component = isinstance(entry, Concept) and entry.effects and entry.implementation
        if isinstance(entry, Architecture) or component:
            assert isinstance(entry, Architecture | Concept)
            if links.problem_with(base.root, str(entry.implementation)) is None:
                yield entry, links.parse(links.source_file(base.root, str(entry.implementation)))


def _method(tree: ast.Module, link: str | None, name: str) -> ast.FunctionDef | None:
    """The method of the class that a link names, where the class itself defines it."""
    class_name = (link or "").partition(":")[2]
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == class_name]
    methods = [node for found in classes for node in found.body if isinstance(node, ast.FunctionDef)]
    return next((node for node in methods if node.name == name), None)


def _module_of(entry: Entry) -> str:
    return str(getattr(entry, "implementation", None) or "").partition(":")[0]


def _problem(base: Base, entry: Entry, message: str) -> Problem:
    return base.problem(entry.id, ("implementation",), message)
