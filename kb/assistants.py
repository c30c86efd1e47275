"""The knowledge base for assistants: a server of the Model Context Protocol that answers questions and runs no code.

Its tools are the questions of the command line, with the same answers as `--json`; every entry is a resource. A mistake
in a question is answered by a sentence that says how to mend it, which the assistant can read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial, wraps
from typing import Annotated, Any, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError
from mcp.server.mcpserver.resources import FunctionResource
from mcp_types import ToolAnnotations
from pydantic import Field

from kb.export import entry_json, entry_line, markdown
from kb.kinds import KINDS
from kb.knowledge_base import KnowledgeBase
from kb.links import read
from kb.query.language import ATOMS
from kb.schema import Entry
from kb.search import absence
from kb.sources import sources

T = TypeVar("T")
Answer = dict[str, Any]
ADDRESS = "kb://{}"
INSTRUCTIONS = """
{title}: architectures, concepts, inductive biases, theorems, claims and papers of deep learning, with what is known of
each and how. Begin with `search`; an entry may be named by its id, its name or an abbreviation. Say how a fact is
known: `measured`, `asserted` with a source, or `derived`, which `why` traces back. What the answers do not hold is not
known here.
"""
READS_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

CONDITION = (
    f"Names, each with one of the words {', '.join(ATOMS)} before it (a bias alone means has), joined by and, or, not "
    "and parentheses: 'causality and not (uses gating or lacks locality) and since 2015'. "
    "A name with spaces stands in quotes."
)

Name = Annotated[str, Field(description="An entry: its id or any of its names.")]
Where = Annotated[str, Field(description=f"A condition on architectures. {CONDITION}")]


def server(base: KnowledgeBase) -> MCPServer:
    """Return a server with all tools and resources; its `run` answers on standard input and output.

    Examples:
        >>> import kb
        >>> server(kb.load()).name
        'kb'
    """
    made: MCPServer = MCPServer(
        "kb",
        title=base.title,
        version=base.version,
        instructions=INSTRUCTIONS.format(title=base.title).strip(),
        log_level="ERROR",
    )
    tools = Tools(base)
    for tool in (
        tools.search, tools.show, tools.select, tools.why, tools.why_not, tools.compare, tools.route, tools.code,
        tools.evidence,
    ):  # fmt: skip
        made.add_tool(_in_sentences(tool, ToolError), annotations=READS_ONLY)
    for entry in base.values():
        made.add_resource(_resource(base, entry))
    return made


def _resource(base: KnowledgeBase, entry: Entry) -> FunctionResource:
    """An entry in Markdown, whose links lead to other resources."""
    text = _in_sentences(partial(markdown, base, entry.id, ADDRESS.format), ResourceError)
    described = {"title": entry.title, "description": entry.gist, "mime_type": "text/markdown"}
    return FunctionResource(uri=ADDRESS.format(entry.id), name=entry.id, fn=text, **described)


def _in_sentences(function: Callable[..., T], error: type[Exception]) -> Callable[..., T]:
    """Turn what is wrong with a question into what the protocol calls an error, with the same sentence."""

    @wraps(function)
    def answered(*arguments: Any, **named: Any) -> T:
        try:
            return function(*arguments, **named)
        except (LookupError, ValueError, OSError) as mistake:
            raise error(str(mistake)) from mistake

    return answered


class Tools:
    """The questions, as methods whose names, arguments and documentation an assistant reads."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base

    def search(
        self,
        text: Annotated[str, Field(description="Words, a name or an abbreviation; typing errors are tolerated.")],
        limit: Annotated[int, Field(description="How many at the most.", ge=1, le=50)] = 10,
    ) -> Answer:
        """Find entries. A hit that is only a guess says so, and `notice` says where no entry has the name."""
        hits = self.base.search(text, limit)
        return {"hits": [hit.as_dict() for hit in hits], "notice": absence(text, hits)}

    def show(self, entry: Name) -> str:
        """Read an entry in Markdown: what it says, its equations with their sources, its traits and relations."""
        return markdown(self.base, self.base[entry].id, ADDRESS.format)

    def select(
        self,
        where: Where | None = None,
        kind: Annotated[str, Field(description=f"One of {', '.join(KINDS)}; conditions are for architectures.")] = (
            "architecture"
        ),
        since: Annotated[int | None, Field(description="First year.")] = None,
        until: Annotated[int | None, Field(description="Last year.")] = None,
    ) -> Answer:
        """List the entries that satisfy a condition, oldest first. Where there are none, `why_not` says why."""
        found = self.base.select(kind, where=where, since=since, until=until)
        return {"entries": [entry_line(entry) for entry in found]}

    def why(
        self,
        architecture: Name,
        bias: Annotated[str, Field(description="An inductive bias; or another entry: can it be represented?")],
        variant: Annotated[str | None, Field(description="Of the architecture; default the published one.")] = None,
    ) -> Answer:
        """Explain a trait: the proof down to measurements and sources, or what is missing to decide it."""
        subject, other = self.base[architecture].id, self.base[bias].id
        if other in self.base.biases:
            return self.base.why(subject, other, variant).as_dict()
        return asdict(self.base.represents(subject, other))

    def why_not(self, where: Where, architecture: Name | None = None) -> Answer:
        """Explain why nothing satisfies a condition: impossible with its proof, unknown, or none and what is nearest.

        With an architecture: whether it satisfies the condition, and the parts that decide it.
        """
        if architecture is not None:
            verdict, lines = self.base.reasons(self.base[architecture].id, where)
            return {"satisfies": {True: "yes", False: "no", None: "unknown"}[verdict], "reasons": lines}
        if found := self.base.select(where=where):
            return {"verdict": "satisfied", "entries": [entry_line(entry) for entry in found]}
        return self.base.why_none(where=where).as_dict()

    def compare(self, first: Name, second: Name) -> Answer:
        """Say what two entries share and what separates them."""
        return self.base.compare(self.base[first].id, self.base[second].id).as_dict()

    def route(self, start: Name, goal: Name) -> Answer:
        """Say how two entries are related: the most informative chain of relations between them."""
        hops = self.base.route(self.base[start].id, self.base[goal].id)
        return {"hops": [hop.as_dict() for hop in hops]}

    def code(self, entry: Name) -> Answer:
        """Read the code of an entry (implementation, probe, experiment, peer, checks) as text. Nothing is run."""
        found = sources(self.base, self.base[entry])
        return {"files": [
            {"what": word.lower(), "path": path.relative_to(self.base.root).as_posix(), "text": read(path)}
            for word, path in found
        ]}  # fmt: skip

    def evidence(
        self,
        entry: Name,
        bias: Annotated[Name | None, Field(description="Of the traits only this one, with all of its draws.")] = None,
    ) -> Answer:
        """Read what was measured of an entry, and whether something has changed since.

        That is: sizes, errors of traits, agreement with an independent implementation, the seeds of a claim.
        """
        chosen = self.base[entry]
        record = entry_json(self.base, chosen.id)["evidence"]
        if record is None:
            return {"measured": False}
        record.pop("pictures")
        for size in record["variants"].values():
            size.pop("stages", None)
        if bias is None:
            record["traits"] = [{name: trait[name] for name in SHORT} for trait in record["traits"]]
        else:
            expected = self.base[bias].id
            record["traits"] = [trait for trait in record["traits"] if trait["bias"] == expected]
        return {"measured": True, "stale": self.base.is_stale(chosen.id), **record}


SHORT = ("variant", "bias", "error", "tolerance")
"""What is said of a trait that was not asked for by name."""
