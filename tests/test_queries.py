"""Queries in the languages of others: the questions of the documentation are answered alike, and queries only read."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bundled import BASE, engine_once
from small import Miniature
from typer.testing import CliRunner

from kb.cli import app
from kb.engines import Answer, Cypher, QueryError, Sparql, Sql

PAGE = (Path(__file__).parent.parent / "docs" / "queries.md").read_text(encoding="utf-8")
QUESTIONS = {
    title: dict(re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    for title, text in re.findall(r"^### (\d+\. .*?)\n(.*?)(?=^### |\Z)", PAGE, re.MULTILINE | re.DOTALL)
}
TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
Engine = Callable[[str], Answer]


@pytest.fixture(scope="module")
def engines() -> dict[str, Engine]:
    return {kind.__name__.lower(): engine_once(kind) for kind in (Sparql, Sql, Cypher)}


def in_python(code: str) -> Any:
    """The value of the last expression of some lines."""
    names: dict[str, Any] = {"base": BASE}
    *lines, last = code.strip().split("\n\n\n")
    exec("\n\n\n".join(lines), names)
    return eval(last, names)


def in_the_shell(line: str) -> list[Any]:
    """What a command prints as JSON, and jq takes from it."""
    command, expression = re.fullmatch(r"\$ kb (.+) --json \| jq -r '(.+)'\n", line).groups()
    result = CliRunner().invoke(app, [*command.split(), "--json"])
    assert result.exit_code == 0, result.output
    return list(jq(json.loads(result.stdout), expression))


def jq(data: Any, expression: str) -> Iterator[Any]:
    """The part of jq that the page uses: paths, lists of paths, `select`, and what lies at any depth."""
    first, _, rest = expression.partition(" | ")
    for found in step(data, first):
        yield from jq(found, rest) if rest else [found]


def step(data: Any, expression: str) -> Iterator[Any]:
    if expression == "..":
        yield data
        for item in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
            yield from step(item, "..")
    elif match := re.fullmatch(r"select\(\.(\w+) == \"(.*)\"\)", expression):
        yield from [data] if data[match[1]] == match[2] else []
    elif match := re.fullmatch(r"\.(\w+)\? // empty", expression):
        yield from [data[match[1]]] if isinstance(data, dict) and match[1] in data else []
    elif expression.startswith("["):
        yield tuple(data[name.strip(" .")] for name in expression[1:-1].split(","))
    else:
        found = [data]
        for name in re.findall(r"\w+|\[\]", expression):
            found = [item for each in found for item in each] if name == "[]" else [each[name] for each in found]
        yield from found


def rows(answer: Any) -> list[tuple[Any, ...]]:
    """An answer as rows, whose order does not matter."""
    found = answer.rows if isinstance(answer, Answer) else answer
    return sorted(tuple(row) if isinstance(row, tuple) else (row,) for row in found)


@pytest.mark.parametrize("title", QUESTIONS, ids=[title.partition(".")[0] for title in QUESTIONS])
def test_a_question_has_one_answer_in_all_languages(title: str, engines: dict[str, Engine]) -> None:
    in_languages = QUESTIONS[title]
    expected = rows(in_python(in_languages["python"]))
    assert expected
    assert rows(in_the_shell(in_languages["console"])) == expected
    for language, engine in engines.items():
        assert rows(engine(in_languages[language])) == expected, language


def test_there_are_ten_questions_in_five_languages_and_one_asks_for_a_proof() -> None:
    assert len(QUESTIONS) == 10
    assert all(
        set(in_languages) == {"python", "console", "sparql", "sql", "cypher"} for in_languages in QUESTIONS.values()
    )
    assert sum("DERIVED_FROM" in in_languages["cypher"] for in_languages in QUESTIONS.values()) == 1


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Engine]:
    base = Miniature(tmp_path_factory.mktemp("small")).load()
    return {"sparql": Sparql(base), "sql": Sql(base), "cypher": Cypher(base)}


OUTSIDE = {
    "sql": [
        "SELECT * FROM read_csv('{file}')", "SELECT * FROM read_text('{file}')", "SELECT * FROM '{file}'",
        "COPY nodes TO '{file}'", "COPY nodes FROM '{file}'", "ATTACH '{file}'", "INSTALL httpfs", "LOAD httpfs",
        "SET enable_external_access = true", "SELECT * FROM glob('{folder}/*')", "EXPORT DATABASE '{folder}/x'",
        "SELECT 1; COPY nodes TO '{file}'", "DROP TABLE nodes", "CREATE TABLE x AS SELECT 1", "PRAGMA threads = 9",
        "SELECT * FROM outside_in_python",
    ],
    "sparql": [
        "SELECT * WHERE {{ SERVICE <http://127.0.0.1:1/> {{ ?s ?p ?o }} }}",
        "SELECT * WHERE {{ ?s ?p 1SERVICE SILENT <http://127.0.0.1:1/> {{ ?a ?b ?c }} }}",
        r"SELECT * WHERE {{ \u0053ERVICE <http://127.0.0.1:1/> {{ ?s ?p ?o }} }}",
        "LOAD <file://{file}>", "DELETE WHERE {{ ?s ?p ?o }}", "INSERT DATA {{ <a:b> <a:b> <a:b> }}",
    ],
    "cypher": [
        "LOAD FROM '{file}' RETURN *", "MATCH (a) LOAD FROM '{file}' (header = true) RETURN *",
        "LOAD CSV FROM '{file}' AS row RETURN row", "COPY (MATCH (a:Bias) RETURN a.id) TO '{folder}/x.csv'",
        "MATCH (a:Bias) RETURN a.id; COPY (MATCH (a:Bias) RETURN a.id) TO '{folder}/x.csv'", "INSTALL httpfs",
        "LOAD EXTENSION httpfs", "ATTACH '{file}' AS x (dbtype duckdb)", "EXPORT DATABASE '{folder}/x'",
        "CREATE (:Bias {{id: 'x'}})", "MATCH (a:Bias) SET a.name = 'x'", "MATCH (a:Bias) DELETE a",
        "CALL show_tables() RETURN *", "MATCH (a:Bias) CALL show_tables() RETURN *",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("language", "query"), [(name, query) for name in OUTSIDE for query in OUTSIDE[name]])
def test_a_query_reaches_neither_files_nor_the_network_and_changes_nothing(
    language: str, query: str, small: dict[str, Engine], tmp_path: Path
) -> None:
    outside_in_python = [{"a": 1}]  # noqa: F841  (DuckDB can look for tables among variables)
    file = tmp_path / "secret.csv"
    file.write_text("secret\n1\n")
    with pytest.raises(QueryError, match=r"^(SQL|SPARQL|Cypher)"):
        small[language](query.format(file=file, folder=tmp_path))
    assert file.read_text() == "secret\n1\n"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("language", "query", "words"),
    [
        ("sql", "SELEC", "SQL: syntax error"),
        ("sql", "SELECT nope FROM nodes", "nope"),
        ("sql", "", "SQL: expected one SELECT"),
        ("sparql", "SELEC", "SPARQL: error at 1:"),
        ("sparql", "SELECT * WHERE { ?s nope:x ?o }", "SPARQL:"),
        ("cypher", "MATCH (a RETURN a", "Cypher: Invalid input"),
        ("cypher", "MATCH (a:Nope) RETURN a", "Cypher: .*Nope"),
        ("cypher", "", "Cypher: expected MATCH"),
    ],
)
def test_a_wrong_query_is_explained_in_a_sentence(
    language: str, query: str, words: str, small: dict[str, Engine]
) -> None:
    with pytest.raises(QueryError, match=words) as caught:
        small[language](query)
    assert "\n" not in str(caught.value)


def test_words_that_are_refused_may_be_parts_of_names(small: dict[str, Engine]) -> None:
    assert small["sparql"]("SELECT ?service WHERE { ?service dlt:group ?dataservice }").columns == ("service",)
    assert small["cypher"]("MATCH (loaded:Bias) RETURN loaded.id AS calls").columns == ("calls",)


@pytest.mark.parametrize(
    ("language", "query"),
    [
        ("sql", "SELECT id, year, aliases FROM nodes WHERE id = 'line'"),
        ("cypher", "MATCH (a:Architecture {id: 'line'}) RETURN a.id, a.year, a.aliases"),
        ("sparql", "SELECT ?id ?y ?n WHERE { :line dlt:year ?y ; skos:altLabel ?n . BIND('line' AS ?id) }"),
    ],
)
def test_commands_print_rows(language: str, query: str, tmp_path: Path) -> None:
    """Of a small folder: what is printed of the large one is that of the engines above."""
    folder = shutil.copytree(TINY, tmp_path / "base")
    entry = folder / "entries" / "architectures" / "feedforward" / "line.yaml"
    entry.write_text(f"aliases:\n- A name\n{entry.read_text()}")
    file = tmp_path / "query"
    file.write_text(query)
    command = ["--folder", str(folder), language]
    found = json.loads(CliRunner().invoke(app, [*command, "--file", str(file), "--json"]).stdout)
    assert found["rows"] == [["line", 1958, "A name" if language == "sparql" else ["A name"]]]
    assert len(found["columns"]) == 3
    plain = CliRunner().invoke(app, [*command, "-"], input=query).stdout.splitlines()
    assert plain[1].split("\t") == ["line", "1958", "A name"]


def test_a_command_without_a_query_and_a_missing_library_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(app, ["sql"])
    assert (result.exit_code, result.stderr) == (1, "kb: expected a query, or one in a file with --file\n")
    for language, library, extra in (
        ("sql", "duckdb", "tables"),
        ("cypher", "ladybug", "cypher"),
        ("sparql", "pyoxigraph", "rdf"),
    ):
        monkeypatch.setitem(sys.modules, library, None)
        result = CliRunner().invoke(app, ["--folder", str(TINY), language, "SELECT 1"])
        assert result.exit_code == 1
        assert re.search(rf"needs {library}.*\[{extra}\]", result.stderr)


def test_sparql_answers_yes_or_no_and_with_triples(small: dict[str, Engine]) -> None:
    assert small["sparql"]("ASK { ?s a dlt:Paper }").rows == ((True,),)
    triples = small["sparql"]("CONSTRUCT { ?s a dlt:Paper } WHERE { ?s a dlt:Paper }")
    assert triples.columns == ("subject", "predicate", "object")
    assert triples.as_dicts()[0]["object"] == "dlt:Paper"
