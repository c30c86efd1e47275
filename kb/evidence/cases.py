"""The cases in which a peer is compared, found without running anything: variants, and sizes that its file names.

The file of a peer has a function `peer` for the whole, and one of the name of every sub-network that it is a peer of.
It may have a constant `SIZES`, which names constructor arguments (and, by their capital letters, sizes of inputs) that
no variant has: `SIZES = {"narrow": {"width": 3, "T": 5}}`.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from kb.schema import DEFAULT_VARIANT, Architecture, Concept
from kb.schema.fields import Argument, Id, PythonName
from kb.syntax import Syntax

_sizes: TypeAdapter[dict[str, dict[str, Any]]] = TypeAdapter(dict[Id, dict[PythonName, Argument]])

WHOLE = "peer"
"""The function of a peer's file that stands for the whole; any other has the name of a sub-network."""


@dataclass(frozen=True)
class Comparison:
    """One comparison with a peer.

    Args:
        peer: The link to the function that makes it.
        network: The sub-network that is compared; empty for the whole.
        arguments: Constructor arguments of the whole, and sizes of inputs by their capital letters.
    """

    peer: str
    network: str
    arguments: dict[str, Any]


def peer_cases(entry: Architecture | Concept, syntax: Syntax) -> dict[str, Comparison]:
    """Return every comparison by its name: `narrow` of the whole, `narrow/encoder` of a sub-network.

    There is one for each small variant and for each of the sizes in the peer's file. A rule reports
    sizes that are wrong; here they are left out.
    """
    small = entry.small_variants if isinstance(entry, Architecture) else {}
    sizes = {name: dict(variant.arguments) for name, variant in small.items()} or {DEFAULT_VARIANT: {}}
    with contextlib.suppress(ValueError):
        sizes |= peer_sizes(entry, syntax)
    return {
        f"{name}/{network}" if network else name: Comparison(link, network, arguments)
        for network, link in peers_of(entry, syntax).items()
        for name, arguments in sizes.items()
    }


def peers_of(entry: Architecture | Concept, syntax: Syntax) -> dict[str, str]:
    """Return the links to the functions of a peer's file, by the sub-network that each stands for; empty for the whole.

    There are none where the file cannot be read as Python, which a rule reports.
    """
    assert entry.peer is not None
    defined = syntax.defined(entry.peer.partition(":")[0])
    networks = entry.networks if isinstance(entry, Architecture) else ()
    functions = {"": WHOLE} | {network: network for network in networks}
    return {network: entry.beside("peers", name) for network, name in functions.items() if name in defined}


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
