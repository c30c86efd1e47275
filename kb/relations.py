"""All relations between entries: what each is called from either end, and what it is good for.

An edge of the graph is called after the field of the schema that holds the reference (`introduced_by` gives
`introduced-by`), or after what a claim states. This table is the one place that knows more of it: a new field with
references gets a line here, and a test demands it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Relation:
    """One relation.

    Args:
        name: What edges are called.
        forward: How it reads from the entry that has the field, such as `has the part`.
        backward: How it reads from the other end, such as `part of`.
        weight: What a step over it costs on a route: less for one that explains more.
        exact: Whether a claim states it between two other entries, with a condition.
        transitive: Whether it goes on over several steps; such a relation has no cycles.
        descent: Whether it leads to what an entry came from.
        needed: Whether it leads to what must be understood first.
        drawn: Whether pictures of a neighbourhood show it.
        compared: Whether a comparison lists it among the relations; some have an aspect of their own, some say nothing.
        apart: Whether `kb show` has a section of its own for it.
        imported: Whether code follows it: an implementation imports only what its entry so relates to.
    """

    name: str
    forward: str
    backward: str
    weight: float = 2.5
    exact: bool = False
    transitive: bool = False
    descent: bool = False
    needed: bool = False
    drawn: bool = True
    compared: bool = True
    apart: bool = False
    imported: bool = False


RELATIONS = {
    relation.name: relation
    for relation in (
        Relation(
            "specialises", "specialises", "generalises", 1.0,
            transitive=True, descent=True, needed=True, imported=True,
        ),
        Relation("stack-of", "is a stack of", "stacked in", 1.0, descent=True, needed=True, imported=True),
        Relation(
            "derives-from", "derives from", "led to", 1.5,
            transitive=True, descent=True, imported=True,
        ),
        Relation(
            "special-case-of", "special case of", "has the special case", 1.0,
            exact=True, transitive=True, descent=True,
        ),
        Relation("equivalent-to", "equivalent to", "equivalent to", 1.0, exact=True),
        Relation("limit-of", "limit of", "has the limit", 1.0, exact=True),
        Relation("can-represent", "can represent", "can be represented by", 1.0, exact=True),
        Relation("cannot-represent", "cannot represent", "cannot be represented by", 1.0, exact=True),
        Relation(
            "parts", "has the part", "part of", 1.5, needed=True, compared=False, apart=True, imported=True
        ),
        Relation("broader", "broader", "narrower", 1.5, transitive=True, descent=True),
        Relation("requires", "requires", "required by", 2.0, transitive=True, needed=True, compared=False),
        Relation("implies", "implies", "implied by", 2.0),
        Relation("excludes", "excludes", "excluded by"),
        Relation("premises", "has the premise", "premise of", drawn=False, compared=False),
        Relation("conclusion", "concludes", "conclusion of", drawn=False, compared=False),
        Relation("causes", "causes", "caused by", transitive=True),
        Relation("remedied-by", "remedied by", "remedies"),
        Relation("addresses", "addresses", "addressed by"),
        Relation("suffers-from", "suffers from", "affects"),
        Relation("exhibits", "exhibits", "exhibited by", drawn=False, compared=False, apart=True),
        Relation("lacks", "lacks", "lacked by", 3.0, drawn=False, compared=False, apart=True),
        Relation("introduced-by", "introduced by", "introduces", 4.0, compared=False),
        Relation("named-by", "named by", "names", 4.5, compared=False),
        Relation("analysed-by", "analysed by", "analyses", 4.5, compared=False),
        Relation("popularised-by", "popularised by", "popularises", 4.5, compared=False),
        Relation("about", "is about", "subject of", drawn=False, compared=False),
        Relation("effects", "acts on", "affected by", drawn=False, apart=True),
        Relation("distinct-from", "distinct from", "distinct from", apart=True),
        Relation("see-also", "see also", "see also", compared=False),
        Relation("task", "is trained on", "task of"),
        Relation("read-out-of", "read out of", "read out as"),
        Relation("cites", "cites", "cited by", 5.0, drawn=False, compared=False),
        Relation("sections", "leads through", "step of", 6.0, drawn=False, compared=False, apart=True),
    )
}  # fmt: skip
"""By name, in the order in which they deserve room: those first that say most of an entry."""

EFFECTS = {
    "preserves": ("preserves", "preserved by"),
    "creates": ("creates", "created by"),
    "breaks": ("breaks", "broken by"),
}
"""What a component does to a bias, said of the component and of the bias: the words of `effects`."""


def having(quality: str) -> tuple[str, ...]:
    """Return the names of the relations that have a quality, in the order of the table.

    Examples:
        >>> having("descent")
        ('specialises', 'stack-of', 'derives-from', 'special-case-of', 'broader')
    """
    return tuple(name for name, relation in RELATIONS.items() if getattr(relation, quality))


def rank(name: str) -> int:
    """Return the place of a relation in the table.

    Examples:
        >>> rank("specialises")
        0
    """
    return list(RELATIONS).index(name)


def worded(name: str, *, backwards: bool = False) -> str:
    """Return a relation in words, as it reads from the entry that has it or from the other end.

    Examples:
        >>> worded("introduced-by"), worded("introduced-by", backwards=True)
        ('introduced by', 'introduces')
    """
    return RELATIONS[name].backward if backwards else RELATIONS[name].forward
