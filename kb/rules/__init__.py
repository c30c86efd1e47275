"""The rules that a knowledge base obeys, each a function that yields problems: the only authority on what is wrong.

A rule is found by being here: every public function of a module of this package, called with the knowledge base. Its
docstring says what must hold, and its message says what came and how to mend it. None runs code of the knowledge base,
and none needs torch.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterable
from importlib import import_module

from kb.base import Base
from kb.problems import Problem

Rule = Callable[[Base], Iterable[Problem]]


def rules() -> list[Rule]:
    """Return all rules, by module and in the order in which they stand there."""
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return [
        function
        for module in modules
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
    ]
