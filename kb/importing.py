"""Running the code of a knowledge base: always from its own folder, and of several folders in one process.

The code of every knowledge base is called `implementations`. Python knows one package of that name, so the folder that
this name would find anyway keeps it (what is built from it can be pickled, and is of the classes that `from
implementations... import` gives). The code of any other folder is loaded under a name of its own, with the imports of
`implementations` in its sources renamed to it: for what comes with the installed library that is `kb.implementations`,
which every process can import. Neither `sys.path` nor what is loaded already decides whose code runs.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import find_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from kb import links
from kb.folders import is_bundled

BUNDLED = "kb.implementations"
_numbers = count(1)


class Code:
    """The code of one knowledge base.

    Args:
        root: The folder that holds `implementations`.

    Examples:
        >>> import kb
        >>> kb.load().code.load("implementations.architectures.graph.gcn:GCN").__name__
        'GCN'
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._package: str | None = None

    def __reduce__(self) -> tuple[type[Code], tuple[Path]]:
        """Another process loads the code again, from the same folder."""
        return Code, (self.root,)

    def load(self, link: str) -> Any:
        """Import and return what a link names. This is where torch gets imported, and not before.

        Raises:
            ImportError: The link leads nowhere or outside `implementations`, or a library that the code needs is
                missing.
        """
        problem = links.problem_with(self.root, link)
        if problem:
            raise ImportError(problem)
        return getattr(self.module(link), link.partition(":")[2])

    def module(self, link: str) -> ModuleType:
        """Import and return the module that a link leads into."""
        module = link.partition(":")[0]
        return import_module(self.package + module.removeprefix(links.PACKAGE))

    @property
    def package(self) -> str:
        """The name of the package that holds this code: `implementations`, or the name that it is loaded under."""
        if self._package is None:
            if _is_importable(self.root):
                self._package = links.PACKAGE
            elif is_bundled(self.root):
                self._package = BUNDLED
            else:
                self._package = f"{links.PACKAGE}_{next(_numbers)}"
                provide(self._package, self.root)
        return self._package


def provide(package: str, root: Path) -> None:
    """Let Python find the code of a folder under another name.

    Args:
        package: The name, such as `implementations_1` or `kb.implementations`.
        root: The folder that holds `implementations`.
    """
    sys.meta_path.insert(0, _Finder(package, root, alias=_is_importable(root)))


def _is_importable(root: Path) -> bool:
    """Whether `import implementations` finds the code of this very folder."""
    spec = find_spec(links.PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return len(places) == 1 and Path(places[0]).resolve() == (root / links.PACKAGE).resolve()


class _Finder(MetaPathFinder):
    """Finds the modules of one package in one folder: regular files there, reached over no symbolic link.

    Args:
        package: Its name.
        root: The folder that holds `implementations`.
        alias: Whether it is another name for `implementations`: then the modules are the same ones.
    """

    def __init__(self, package: str, root: Path, *, alias: bool = False) -> None:
        self.package = package
        self.root = root
        self.alias = alias

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module of the package is, or None for the modules of others."""
        if not f"{fullname}.".startswith(f"{self.package}."):
            return None
        inner = fullname.removeprefix(self.package).split(".")[1:]
        if self.alias:
            return ModuleSpec(fullname, _Alias(".".join([links.PACKAGE, *inner])), is_package=True)
        place = self.root.joinpath(links.PACKAGE, *inner)
        for file in (place / "__init__.py", place.with_suffix(".py")):
            if links.is_own(self.root, file):
                folder = [str(place)] if file.stem == "__init__" else None
                loader = _Loader(fullname, str(file), self.package)
                return spec_from_file_location(fullname, file, loader=loader, submodule_search_locations=folder)
        if place.is_dir() and links.is_own(self.root, place):
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [str(place)]
            return spec
        public = ".".join([links.PACKAGE, *inner])
        raise ModuleNotFoundError(f"no module {public} in {self.root}", name=public)


class _Alias(Loader):
    """Gives a module that has another name: it may replace itself while it is loaded."""

    def __init__(self, name: str) -> None:
        self.name = name

    def exec_module(self, module: ModuleType) -> None:
        """Replace this module by the one that is meant."""
        sys.modules[module.__name__] = import_module(self.name)


class _Loader(SourceFileLoader):
    """Compiles a source as it is now: no cached bytecode is believed, and none is left in a folder of others."""

    def __init__(self, fullname: str, path: str, package: str) -> None:
        super().__init__(fullname, path)
        self.package = package

    def get_code(self, fullname: str) -> CodeType:
        """Return the module's code, with `implementations` in its imports renamed."""
        path = self.get_filename(fullname)
        tree = _Renaming(self.package).visit(ast.parse(self.get_data(path), path))
        return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)


class _Renaming(ast.NodeTransformer):
    """Renames `implementations` in import statements; the names that they bind stay as they were."""

    def __init__(self, package: str) -> None:
        self.package = package

    def _renamed(self, module: str) -> str:
        first, dot, rest = module.partition(".")
        return self.package + dot + rest if first == links.PACKAGE else module

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:
        """Rename in `from implementations.x import y`."""
        if node.module and not node.level:
            node.module = self._renamed(node.module)
        return node

    def visit_Import(self, node: ast.Import) -> list[ast.Import]:
        """Rename in `import implementations.x as y`; without `as` it binds `implementations`, which is kept."""
        bound = any(alias.name.split(".")[0] == links.PACKAGE and not alias.asname for alias in node.names)
        for alias in node.names:
            alias.name = self._renamed(alias.name)
        again = ast.Import(names=[ast.alias(name=self.package, asname=links.PACKAGE)])
        return [node, ast.copy_location(again, node)] if bound else [node]
