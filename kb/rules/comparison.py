"""Rules on what an entry is compared with, so that it can turn out wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kb import links
from kb.base import Base
from kb.configurations import layouts
from kb.evidence import peer_sizes
from kb.evidence.cases import WHOLE
from kb.links import SourceError
from kb.problems import Problem
from kb.schema import Architecture, Concept

LEAST_CHECKS = 2
EXACT, BROKEN = 1e-12, 1e-2


def architectures_have_a_peer_or_checks(base: Base) -> Iterator[Problem]:
    """An architecture has a peer, or passes at least two exact checks."""
    for entry in base.architectures.values():
        if not _whole_has_peer(base, entry) and len(entry.checks) < LEAST_CHECKS:
            message = (
                f"without a peer of the whole at least {LEAST_CHECKS} exact `checks` are needed, "
                f"came {len(entry.checks)}: a limit, a special case, an example worked by hand"
            )
            yield base.problem(entry.id, ("checks",) if entry.peer else ("no_peer",), message)
        if bool(entry.peer) == bool(entry.no_peer):
            file = links.source_file(Path(), entry.beside("peers", "peer")).as_posix()
            message = (
                f"there is a peer, {file}: drop `no_peer`"
                if entry.peer
                else f"there is no peer, {file}: write it, or say in `no_peer` why no trusted one exists"
            )
            yield base.problem(entry.id, ("no_peer",), message)


def _whole_has_peer(base: Base, entry: Architecture) -> bool:
    """Whether there is a peer of the whole. A file in which nothing can be read is reported where links are checked."""
    if entry.peer is None:
        return False
    defined = base.syntax.defined(entry.peer.partition(":")[0])
    return not defined or WHOLE in defined


def peers_name_their_sizes(base: Base) -> Iterator[Problem]:
    """An entry with a peer has an implementation, and `SIZES` in the peer's file names arguments of its constructor."""
    for entry in base.values():
        if not isinstance(entry, Architecture | Concept) or entry.peer is None:
            continue
        if entry.implementation is None:
            yield base.problem(entry.id, ("peer",), "there is no `implementation` that could be compared with the peer")
        try:
            peer_sizes(entry, base.syntax)
        except SourceError:
            continue  # the check of links reports a file that cannot be read
        except ValueError as error:
            message = f"SIZES in its file: {error}; correct it, as in SIZES = {{'narrow': {{'width': 3}}}}"
            yield base.problem(entry.id, ("peer",), message)


def configurations_can_be_read(base: Base) -> Iterator[Problem]:
    """`CONFIGURATIONS` in the file of a peer finds arguments of our constructor in configurations of its library."""
    for entry in base.architectures.values():
        try:
            layouts(entry, base.syntax)
        except SourceError:
            continue  # the check of links reports a file that cannot be read
        except ValueError as error:
            form = "CONFIGURATIONS = {'gpt2': {'arguments': {'width': 'n_embd'}}}"
            yield base.problem(entry.id, ("peer",), f"CONFIGURATIONS in its file: {error}; correct it, as in {form}")


def relations_are_exact_and_can_fail(base: Base) -> Iterator[Problem]:
    """An exact relation has a witness at rounding error, unless it is a limit, and a control without its condition."""
    for claim in base.claims.values():
        if claim.relation is None:
            continue
        exact = any(c.at_most is not None and c.at_most <= EXACT for c in claim.expect)
        if not exact and claim.relation.kind != "limit-of":
            message = f"an exact relation needs a condition with `at_most` {EXACT:g} or less"
            yield base.problem(claim.id, ("expect",), message)
        if not any(c.at_least is not None and c.at_least >= BROKEN for c in claim.controls):
            message = f"an exact relation needs a control that breaks it, with `at_least` {BROKEN:g} or more"
            yield base.problem(claim.id, ("controls",), message)
