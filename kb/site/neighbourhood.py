"""Which entries and relations a diagram shows."""

from __future__ import annotations

from collections.abc import Callable

from kb.knowledge_base import KnowledgeBase
from kb.query.related import related
from kb.relations import RELATIONS, having, worded
from kb.schema import Architecture, Entry
from kb.site import kin
from kb.site.diagrams import Arrow, Node, draw

Link = Callable[[str], str]
MOST = 13
COLOURS = 6


def relations(base: KnowledgeBase, entry: Entry, link: Link) -> str:
    """Return the diagram of an entry among its nearest relations, or nothing where it has none to show.

    Below it stands how many of its relations are drawn, where that is not all of them.
    """
    shown: dict[str, None] = {entry.id: None}
    arrows: dict[tuple[str, str], Arrow] = {}
    for item in related(base, entry.id):
        start, end = (item.other, entry.id) if item.backwards else (entry.id, item.other)
        room = item.other in shown or len(shown) < MOST
        if RELATIONS[item.relation].drawn and room and (start, end) not in arrows and start != end:
            shown[item.other] = None
            arrows[start, end] = Arrow(start, end, ", ".join(filter(None, (item.forward, item.standing))))
    if not arrows:
        return ""
    nodes = [_node(base, entry_id, link, here=entry.id) for entry_id in shown]
    text = "; ".join(f"{base[a.start].title} {a.text} {base[a.end].title}" for a in arrows.values())
    drawn = draw(nodes, list(arrows.values()), f"Relations of {entry.title}", text, "relations", down=False)
    others = len(set(base.graph.predecessors(entry.id)) | set(base.graph.successors(entry.id)))
    if len(shown) - 1 < others:
        drawn += f'<p class="note">{len(shown) - 1} of {others} related entries; all are in the list below.</p>'
    return drawn


def relatives(base: KnowledgeBase, entry: Architecture, link: Link) -> str:
    """Return the diagram of what an architecture came from and what came from it, or nothing where nothing did."""
    arrows = kin.arrows(base, entry, MOST)
    shown = dict.fromkeys([entry.id, *(end for arrow in arrows for end in (arrow.start, arrow.end))])
    nodes = [_node(base, entry_id, link, here=entry.id) for entry_id in shown]
    text = "; ".join(f"{base[a.start].title} {a.text} {base[a.end].title}" for a in arrows)
    return draw(nodes, arrows, f"Relatives of {entry.title}", text, "relations", down=False) if arrows else ""


def _node(base: KnowledgeBase, entry_id: str, link: Link, here: str = "", more: str = "") -> Node:
    entry = base[entry_id]
    name = getattr(entry, "citation", entry.title)
    style = f"kind-{entry.kind}" + (" here" if entry_id == here else "") + more
    return Node(entry_id, name, None if entry_id == here else link(entry_id), style, entry.gist)


def families(base: KnowledgeBase, link: Link, group_link: Callable[[str], str], most: int | None = None) -> str:
    """Return the taxonomy: families, their architectures, and which specialises another or is a stack of it.

    Args:
        base: The knowledge base.
        link: From an entry's id to its address.
        group_link: From a group's folder to its address.
        most: How many architectures of each family are shown, those to which most relations lead; all if None.
    """
    nodes = [Node("root", "Architectures", group_link("architectures/"), "root")]
    arrows = []
    shown = _most_related(base, most)
    drawn = {member.id for members in shown.values() for member in members}
    for number, (group, members) in enumerate(shown.items()):
        name, colour = f"family {group}", f" colour-{number % COLOURS + 1}"
        title = group.replace("-", " ").capitalize()
        nodes.append(Node(name, title, group_link(f"architectures/{group}/"), f"family{colour}"))
        arrows.append(Arrow("root", name))
        inside = {member.id for member in members}
        for member in members:
            nodes.append(_node(base, member.id, link, more=colour))
            above = [*member.specialises, *(stack.architecture for stack in member.stack_of)]
            parents = [str(parent) for parent in above if parent in drawn]
            arrows += [Arrow(parent, member.id) for parent in parents]
            if not inside & set(parents):
                arrows.append(Arrow(name, member.id))
    text = "; ".join(f"{group}: {', '.join(member.name for member in members)}" for group, members in shown.items())
    return draw(nodes, arrows, "Families of architectures", text, "families", down=False, dense=True)


def _most_related(base: KnowledgeBase, most: int | None) -> dict[str, list[Architecture]]:
    """Return the architectures of every family by year, no more than so many of each."""
    groups: dict[str, list[Architecture]] = {}
    for entry in sorted(base.architectures.values(), key=lambda entry: entry.year or 0):
        groups.setdefault(entry.group, []).append(entry)
    for group, members in groups.items():
        first = sorted(members, key=lambda entry: -base.graph.in_degree(entry.id))[:most]  # the older of equals
        groups[group] = [entry for entry in members if entry in first]
    return groups


def exact_relations(base: KnowledgeBase, link: Link) -> str:
    """Return the diagram of all exact relations between entries, each from the narrower or dependent side."""
    edges = [edge for edge in base.graph.edges(data=True) if edge[2]["relation"] in having("exact")]
    arrows = {(start, end): Arrow(start, end, worded(data["relation"])) for start, end, data in edges}
    nodes = [_node(base, entry_id, link) for entry_id in dict.fromkeys(end for pair in arrows for end in pair)]
    text = "; ".join(f"{base[a.start].title} {a.text} {base[a.end].title}" for a in arrows.values())
    return draw(nodes, list(arrows.values()), "Exact relations", text, "exact", down=False) if arrows else ""
