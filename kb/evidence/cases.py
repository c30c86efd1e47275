"""The cases in which a peer is compared, found without running anything: variants, and sizes that its file names.

The file of a peer may have a constant `SIZES`, which names constructor arguments (and, by their capital letters, sizes
of inputs) that no variant has: `SIZES = {"narrow": {"width": 3, "T": 5}}`.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError

from kb.schema import DEFAULT_VARIANT, Architecture, Concept
from kb.schema.fields import Argument, Id, PythonName
from kb.syntax import Syntax

_sizes: TypeAdapter[dict[str, dict[str, Any]]] = TypeAdapter(dict[Id, dict[PythonName, Argument]])


def peer_cases(entry: Architecture | Concept, syntax: Syntax) -> dict[str, dict[str, Any]]:
    """Return the arguments of every case by its name: of all small variants, and of the sizes in the peer's file.

    A rule reports sizes that are wrong; here they are left out.
    """
    small = entry.small_variants if isinstance(entry, Architecture) else {}
    variants = {name: dict(variant.arguments) for name, variant in small.items()} or {DEFAULT_VARIANT: {}}
    try:
        return variants | peer_sizes(entry, syntax)
    except ValueError:
        return variants


def peer_sizes(entry: Architecture | Concept, syntax: Syntax) -> dict[str, dict[str, Any]]:
    """Return what `SIZES` in the file of a peer says.

    Raises:
        ValueError: It is not a literal of that form, it takes the name of a variant, or the file cannot be read.
    """
    assert entry.peer is not None
    literal = syntax.constant(entry.peer.partition(":")[0], "SIZES")
    try:
        found = _sizes.validate_python({} if literal is None else literal)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) or repr(literal)
        raise ValueError(f"expected names such as 'two-layers' with arguments, came {place}") from None
    taken = found.keys() & getattr(entry, "all_variants", {DEFAULT_VARIANT: None}).keys()
    if taken:
        raise ValueError(f"{', '.join(sorted(taken))}: a variant has this name, and is compared anyway")
    return found
