"""Running the code of a knowledge base: always from its own folder, and of several folders in one process.

The code of every knowledge base is called `implementations`. Python knows one package of that name, so the folder that
this name would find anyway keeps it (what is built from it can be pickled, and is of the classes that `from
implementations... import` gives). The code of any other folder is loaded under a name of its own, with the imports of
`implementations` in its sources renamed to it. Neither `sys.path` nor what is loaded already decides whose code runs.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import find_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from kb import links

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
        """The name of the package that holds this code: `implementations`, or one like `implementations_1`."""
        if self._package is None:
            self._package = links.PACKAGE if self._is_installed() else self._own_package()
        return self._package

    def _is_installed(self) -> bool:
        """Whether `import implementations` finds this very folder."""
        spec = find_spec(links.PACKAGE)
        places = list(spec.submodule_search_locations or ()) if spec else []
        return len(places) == 1 and Path(places[0]).resolve() == (self.root / links.PACKAGE).resolve()

    def _own_package(self) -> str:
        package = f"{links.PACKAGE}_{next(_numbers)}"
        sys.meta_path.insert(0, _Finder(package, self.root))
        return package


class _Finder(MetaPathFinder):
    """Finds the modules of one package in one folder: regular files there, reached over no symbolic link."""

    def __init__(self, package: str, root: Path) -> None:
        self.package = package
        self.root = root

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module of the package is, or None for the modules of others."""
        name, *inner = fullname.split(".")
        if name != self.package:
            return None
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
