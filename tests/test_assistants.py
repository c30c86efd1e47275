"""What an assistant gets: asked by the client of the protocol's own SDK, in memory and through `kb mcp`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import anyio
import pytest
from bundled import BASE
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import TextContent, TextResourceContents

from kb.assistants import server

TOOLS = {"search", "show", "select", "why", "why_not", "compare", "route", "code", "evidence"}
SERVER = server(BASE)


def result_of(question: Callable[[Client], Coroutine[Any, Any, Any]], place: Any = SERVER) -> Any:
    """What a client gets, in a thread of its own: other tests may keep a loop of events in theirs."""

    async def ask() -> Any:
        async with Client(place) as client:
            return await question(client)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, ask).result()


def called(tool: str, **arguments: Any) -> Any:
    """The answer of a tool; of one that answers in text, the text."""
    result = result_of(lambda client: client.call_tool(tool, arguments))
    assert not result.is_error, result.content
    answer = result.structured_content
    assert answer is not None
    return answer["result"] if answer.keys() == {"result"} else answer


def refused(tool: str, **arguments: Any) -> str:
    """The sentence that a mistake is answered with."""
    result = result_of(lambda client: client.call_tool(tool, arguments))
    assert result.is_error
    assert isinstance(result.content[0], TextContent)
    return result.content[0].text


def test_tools_say_what_they_are_for_and_only_read() -> None:
    tools = result_of(lambda client: client.list_tools()).tools
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert tool.description
        assert tool.annotations.read_only_hint
        assert not tool.annotations.open_world_hint
        described = tool.input_schema["properties"]
        assert all("description" in each or "description" in str(each) for each in described.values()), tool.name


def test_an_entry_is_found_and_read_by_any_of_its_names() -> None:
    found = called("search", text="gated recurent unit")
    assert found["hits"][0]["id"] == "gru"
    assert called("show", entry="GRU").startswith("# Gated recurrent unit")
    assert "no entry has the name" in called("search", text="Gemini")["notice"]


def test_the_answers_are_those_of_the_library() -> None:
    where = "causality and uses gating"
    assert [each["id"] for each in called("select", where=where)["entries"]] == [e.id for e in BASE.select(where=where)]
    ability = BASE.represents("message-passing", "self-attention")
    for answer, expected in (
        (called("why", architecture="LSTM", bias="causality"), BASE.why("lstm", "causality").as_dict()),
        (called("why", architecture="message-passing", bias="self-attention"), asdict(ability)),
        (called("compare", first="LSTM", second="GRU"), BASE.compare("lstm", "gru").as_dict()),
        (called("route", start="MLP", goal="GAT")["hops"], [hop.as_dict() for hop in BASE.route("mlp", "gat")]),
    ):
        assert answer == json.loads(json.dumps(expected))


def test_what_there_is_not_has_a_reason() -> None:
    assert called("why_not", where="causality and bidirectional-context")["verdict"] == "impossible"
    assert called("why_not", where="causality")["verdict"] == "satisfied"
    one = called("why_not", where="causality and uses gating", architecture="ResNet")
    assert one["satisfies"] == "no"
    assert one["reasons"] == BASE.reasons("resnet", "causality and uses gating")[1]


def test_code_and_evidence_are_read() -> None:
    files = called("code", entry="lstm")["files"]
    assert files[0]["path"] == "implementations/architectures/recurrent/lstm.py"
    assert "class LSTM" in files[0]["text"]
    assert called("code", entry="he2016deep") == {"files": []}
    everything = called("evidence", entry="lstm")
    assert everything["measured"]
    assert not everything["stale"]
    assert len(json.dumps(everything)) < 40_000  # an assistant reads all of it
    (one,) = [
        each for each in called("evidence", entry="lstm", bias="causality")["traits"] if each["variant"] == "default"
    ]
    assert one["errors"]
    assert called("evidence", entry="he2016deep") == {"measured": False}


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("show", {"entry": "lstmm"}, "did you mean 'lstm'"),
        ("select", {"where": "causality and"}, "the condition"),
        ("select", {"kind": "network"}, "network"),
        ("why", {"architecture": "adam", "bias": "causality"}, "adam"),
        ("compare", {"first": "lstm"}, "second"),
        ("search", {"text": "lstm", "limit": 0}, "greater than or equal to 1"),
    ],
    ids=["a name", "a condition", "a kind", "no architecture", "left out", "too few"],
)
def test_mistakes_are_answered_by_sentences(tool: str, arguments: dict[str, Any], sentence: str) -> None:
    message = refused(tool, **arguments)
    assert sentence in message
    assert "Traceback" not in message


def test_every_entry_is_a_resource_in_markdown() -> None:
    listed = result_of(lambda client: client.list_resources()).resources
    assert {each.uri for each in listed} == {f"kb://{entry}" for entry in BASE}
    assert all(each.title and each.description and each.mime_type == "text/markdown" for each in listed)
    (content,) = result_of(lambda client: client.read_resource("kb://gcn")).contents
    assert isinstance(content, TextResourceContents)
    assert content.text == called("show", entry="gcn")
    assert "](kb://" in content.text


def test_a_resource_that_is_none_is_refused() -> None:
    async def question(client: Client) -> str:
        try:
            await client.read_resource("kb://nothing")
        except MCPError as error:
            return str(error)
        return ""

    assert "kb://nothing" in result_of(question)


SESSION = """
import sys, anyio, kb
from mcp import Client
from kb.assistants import server

async def ask():
    async with Client(server(kb.load())) as client:
        for tool in ("show", "code", "evidence"):
            assert not (await client.call_tool(tool, {"entry": "gcn"})).is_error
        await client.call_tool("why", {"architecture": "gcn", "bias": "causality"})

anyio.run(ask)
print(sorted(name for name in sys.modules if name.partition(".")[0] in ("torch", "implementations")))
"""


def test_no_code_of_entries_is_run() -> None:
    done = subprocess.run([sys.executable, "-c", SESSION], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_command_speaks_the_protocol(tmp_path: Path) -> None:
    place = StdioServerParameters(command=sys.executable, args=["-m", "kb", "mcp"], env=dict(os.environ), cwd=tmp_path)

    async def ask(client: Client) -> tuple[Any, Any]:
        return await client.list_tools(), await client.call_tool("route", {"start": "mlp", "goal": "gat"})

    tools, answer = result_of(ask, place)
    assert {tool.name for tool in tools.tools} == TOOLS
    assert answer.structured_content["hops"]
