"""The command line: readable for people, JSON for scripts, one line and a non-zero status for a mistake."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bundled import BASE
from commands import each_in_shell, in_shell, kb
from small import CONCEPT, Miniature

from kb.measuring import count_parameters

TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
READING = {
    "show": ["show", "lstm"],
    "search": ["search", "gated", "recurent", "unit"],
    "select": ["select", "--exhibits", "causality", "--family", "recurrent"],
    "compare": ["compare", "lstm", "gru"],
    "lineage": ["lineage", "recurrent-network"],
    "route": ["route", "mlp", "gat"],
    "prerequisites": ["prerequisites", "transformer"],
    "remedies": ["remedies", "vanishing-gradient"],
    "why": ["why", "lstm", "causality"],
    "stats": ["stats"],
    "export-bibtex": ["export", "bibtex", "kipf2016semi"],
    "export-json": ["export", "json"],
    "export-graph": ["export", "graph"],
}
ONE_OF_EACH_KIND = [
    "lstm",
    "softmax",
    "vanishing-gradient",
    "causality",
    "attention-is-graph-attention",
    "kipf2016semi",
    "deep-learning-taxonomy",
]


pytestmark = pytest.mark.usefixtures("bundled_once")


@pytest.mark.parametrize("name", READING)
def test_every_reading_command_prints_text_and_json(name: str) -> None:
    people, scripts = kb(*READING[name]), kb(*READING[name], "--json")
    assert people.exit_code == scripts.exit_code == 0, people.output
    assert people.stdout.strip()
    assert json.loads(scripts.stdout)
    assert scripts.stderr == ""


@pytest.mark.parametrize("entry_id", ONE_OF_EACH_KIND)
def test_an_entry_of_each_kind_is_shown_with_what_it_is(entry_id: str) -> None:
    shown = kb("show", entry_id)
    assert shown.exit_code == 0
    assert BASE[entry_id].gist in shown.stdout
    assert all(neighbour in shown.stdout for neighbour in list(BASE.graph.successors(entry_id))[:5])
    assert "\x1b" not in shown.stdout, "no colour where it is not read by a terminal"


def test_an_architecture_is_shown_with_its_evidence_and_how_to_run_it() -> None:
    shown = kb("show", "lstm").stdout
    flops = f"{BASE.evidence['lstm'].variants['default'].flops:,} FLOPs forward"
    for needed in (
        "recurrence-over-time",
        "measured",
        "agrees with its peer",
        "kb run lstm --train",
        "σ(W_xf xₜ",
        flops,
    ):
        assert needed in shown


def test_entries_of_every_group_can_be_shown() -> None:
    groups: dict[str, list[str]] = {}
    for entry in BASE.values():
        groups.setdefault(f"{entry.kind} {entry.group}", []).append(entry.id)
    some = [members[-1] for members in groups.values()]
    failed = {name: result.output for name in some if (result := kb("show", name)).exit_code}
    assert failed == {}


def test_a_name_or_alias_does_for_an_id() -> None:
    assert kb("show", "Gated recurrent unit").stdout == kb("show", "GRU").stdout == kb("show", "gru").stdout


def test_a_page_fits_a_terminal_of_80_columns() -> None:
    commands = [["show", "lstm"], ["show", "softmax"], *([*READING[name]] for name in ("search", "compare", "why"))]
    for output in each_in_shell(*commands, FORCE_COLOR="1", TERM="xterm"):
        assert "\x1b[1m" in output
        lines = re.sub(r"\x1b(\[[0-9;]*m|\]8;[^\x1b]*\x1b\\)", "", output).splitlines()
        assert max(map(len, lines)) <= 80, max(lines, key=len)


def test_no_color_is_respected() -> None:
    words = ("--folder", str(TINY), "show", "line")
    coloured, plain = (
        in_shell(*words, FORCE_COLOR="1", TERM="xterm", **more).stdout for more in ({}, {"NO_COLOR": "1"})
    )
    assert re.search(r"\x1b\[3[0-9]m", coloured)
    assert not re.search(r"\x1b\[(?:[0-9]+;)*3[0-9]m", plain)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["show", "lstn"], "no entry has the name 'lstn' (a guess: did you mean 'lstm'?)"),
        (["compare", "lstm", "grue"], "no entry has the name 'grue' (a guess: did you mean 'gru'?)"),
        (["select", "--exhibits", "causalty"], "no bias has the name 'causalty' (a guess: did you mean 'causality'?)"),
        (["select", "--family", "recurent"], "no family 'recurent' (did you mean 'recurrent'?)"),
        (["why", "softmax", "causality"], "no architecture has the name 'softmax', which is a concept"),
        (["select", "--where", "causality and"], "something is missing at character 14"),
        (["select", "--where", "causalty"], "no bias has the name 'causalty' (a guess: did you mean 'causality'?)"),
        (["why", "lstm", "causality", "--variant", "tall"], "no variant 'tall'"),
        (["run", "lstm", "--variant", "tall"], "lstm has no variant 'tall'; its variants are default"),
        (["run", "softmax"], "no architecture has the name 'softmax', which is a concept"),
        (["run", "lstm", "--out", "curve.png"], "it needs --train"),
        (["run", "mlp", "--train", "--out", "no/such/folder/curve.png"], "in a folder that exists"),
        (["export", "bibtex", "lstm"], "lstm: BibTeX is for papers"),
        (["export", "json", "lstm"], "always of the whole knowledge base"),
        (["verify", "kipf2016semi"], "kipf2016semi is a paper with nothing to measure"),
        (["bench", "kipf2016semi"], "kipf2016semi: no peer to be timed against"),
        (["new", "architectur", "graph/gin"], "no kind 'architectur' (did you mean 'architecture'?)"),
        (["new", "architecture", "Graph"], "expected group/id in lowercase"),
        (["new", "concept", "theory/lstm"], "'lstm' is taken by entries/architectures/recurrent/lstm.yaml"),
    ],
)
def test_a_mistake_is_one_line_and_exit_status_1(words: list[str], message: str) -> None:
    result, as_json = kb(*words), kb(*words, "--json")
    assert result.exit_code == as_json.exit_code == 1
    assert result.stdout == ""
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("kb: ")
    assert message in json.loads(as_json.stdout)["error"]
    assert as_json.stderr == ""


@pytest.mark.parametrize("words", [["shw"], ["show"], ["show", "lstm", "gru"], ["search", "lstm", "--limt", "3"]])
def test_a_mistyped_command_line_is_exit_status_2(words: list[str]) -> None:
    result, as_json = kb(*words), kb(*words, "--json")
    assert result.exit_code == as_json.exit_code == 2
    assert "Error" in result.stderr
    assert json.loads(as_json.stdout)["error"]


def test_nothing_found_is_exit_status_1() -> None:
    assert kb("search", "zebra", "crossing").exit_code == 1
    empty = kb("select", "--until", "1700", "--json")
    assert (empty.exit_code, json.loads(empty.stdout)) == (1, [])


def test_broken_entries_are_all_told_and_exit_status_2(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.write("concepts/theory/broken.yaml", "name: Broken\nsumary: x\n")
    result = kb("--folder", str(tmp_path), "stats")
    assert result.exit_code == 2
    assert (
        "entries/concepts/theory/broken.yaml:2: sumary: unknown field 'sumary' (did you mean 'summary'?)"
        in result.stderr
    )
    as_json = kb("--folder", str(tmp_path), "stats", "--json")
    assert as_json.exit_code == 2
    assert {problem["field"] for problem in json.loads(as_json.stdout)["problems"]} == {
        "sumary",
        "summary",
        "definition",
    }


def test_equations_are_counted_by_what_is_known_of_their_place(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    sources = ("{paper: paper2000, at: eq. 1}", "{deck: S1}", "{paper: paper2000}", "{url: 'https://example.org'}")
    equations = "".join(f"- {{latex: x, source: {source}}}\n" for source in sources)
    small.architecture("a")  # has one of our own
    small.write("concepts/theory/b.yaml", CONCEPT.format(id="b") + f"equations:\n{equations}")
    counts = json.loads(kb("--folder", str(tmp_path), "stats", "--json").stdout)
    assert counts["equations"] == {"with a place": 2, "place not checked": 2, "our own": 1}
    shown = kb("--folder", str(tmp_path), "show", "b").stdout
    assert re.findall(r"\[(.*)\]$", shown, re.MULTILINE) == [
        "paper2000, eq. 1", "lecture S1", "paper2000; place not checked", "https://example.org; place not checked"
    ]  # fmt: skip
    assert "[our own: definition]" in kb("--folder", str(tmp_path), "show", "a").stdout


def test_sources_of_claims_say_whether_their_place_was_checked(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.architecture("a")
    small.architecture("b")
    claim = small.relation("a", "special-case-of", "b")  # its source has no place
    file = tmp_path / f"entries/claims/topic/{claim}.yaml"
    file.write_text(file.read_text() + "references: [{paper: paper2000}, {paper: paper2000, at: sec. 2}]\n")
    counts = json.loads(kb("--folder", str(tmp_path), "stats", "--json").stdout)
    assert counts["sources of claims"] == {"with a place": 1, "place not checked": 2}
    shown = kb("--folder", str(tmp_path), "show", claim).stdout
    assert shown.count("paper2000; place not checked\n") == 2
    assert "paper2000, sec. 2\n" in shown


def test_a_folder_without_entries_is_reported(tmp_path: Path) -> None:
    result = kb("--folder", str(tmp_path), "show", "lstm")
    assert result.exit_code == 1
    assert "expected a folder `entries` in it" in result.stderr


def test_check_lists_problems_and_fails_only_then(tmp_path: Path) -> None:
    clean = kb("--folder", str(TINY), "check")
    assert (clean.exit_code, clean.stdout) == (0, "8 entries, no problem; 0 assertions follow from the rest\n")
    small = Miniature(tmp_path)
    small.concept("lonely", "requires: [{concept: nobody, because: x}]\n")
    broken = kb("--folder", str(tmp_path), "check")
    assert broken.exit_code == 1
    assert "entries/concepts/theory/lonely.yaml:4: requires.0.concept: no entry 'nobody'" in broken.stdout
    as_json = kb("--folder", str(tmp_path), "check", "--json")
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)[0]["line"] == 4


def test_square_brackets_and_colons_in_data_are_no_markup(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    text = "Takes [bold]x[/] of shape [b, t] :warning:"
    small.write("concepts/theory/odd.yaml", f"name: '[red]Odd[/]'\nsummary: '{text}'\ndefinition: A thing.\n")
    for words in (["show", "odd"], ["search", "odd"]):
        assert "[bold]x[/]" in kb("--folder", str(tmp_path), *words).stdout
    assert ":warning:" in kb("--folder", str(tmp_path), "show", "odd").stdout


def test_reading_commands_do_not_import_torch() -> None:
    """`check` asks the same rules of a few entries as of many."""
    loaded = 'print({"torch", "torch_geometric", "matplotlib", "jinja2", "mkdocs"} & set(sys.modules))'
    shown = each_in_shell(*READING.values(), ["--folder", str(TINY), "check"], ["--help"], after=loaded)
    assert shown[-1].endswith("\nset()\n")


@pytest.mark.parametrize(
    "words", [["run", "lstm"], ["verify", "lstm", "--all", "--jobs", "1"], ["run", "mlp", "--train"]]
)
def test_without_torch_the_command_to_install_it_is_printed(words: list[str]) -> None:
    missing = in_shell(*words, before="sys.modules['torch'] = None")
    assert missing.returncode == 1
    assert missing.stderr == "kb: this needs torch, which is not installed; install it with: pip install -e '.[run]'\n"


@pytest.mark.parametrize(
    ("kind", "place", "code"),
    [
        ("architecture", "graph/gin", "implementations/architectures/graph/gin.py"),
        ("bias", "symmetry/mirror-symmetry", "implementations/biases/symmetry/mirror_symmetry.py"),
        ("claim", "geometry/all-is-well", "implementations/claims/geometry/all_is_well.py"),
        ("concept", "theory/entropy", None),
        ("paper", "2018/xu2018how", None),
        ("path", "tour/long-tour", None),
    ],
)
def test_new_writes_files_whose_open_fields_check_asks_for(
    kind: str, place: str, code: str | None, tmp_path: Path
) -> None:
    small = Miniature(tmp_path)
    (tmp_path / "implementations").mkdir()
    written = kb("--folder", str(tmp_path), "new", kind, place, "--json")
    assert written.exit_code == 0, written.output
    files = [Path(path).relative_to(tmp_path).as_posix() for path in json.loads(written.stdout)]
    assert files[1:] == ([code] if code else [])
    if code:
        compile((tmp_path / code).read_text(), code, "exec")
    text = (tmp_path / files[0]).read_text().splitlines()
    empty = {line.split(":")[0] for line in text if re.match(r"\w+: #", line)}
    problems = json.loads(kb("--folder", str(small.root), "check", "--json").stdout)
    requested = {problem["field"]: text[problem["line"] - 1].split(":")[0] for problem in problems}
    assert {problem["file"] for problem in problems} == {files[0]}
    assert all(field == at for field, at in requested.items())
    assert empty - {"no_peer", "experiment", "figure"} == set(requested)
    again = kb("--folder", str(tmp_path), "new", kind, place)
    assert again.exit_code == 1
    assert "nothing was written" in again.stderr


def test_run_prints_layers_shapes_sizes_and_both_passes() -> None:
    entry = BASE.architectures["lstm"]
    sizes = {name: count_parameters(entry.build(name)) for name in ("default", "no-peepholes")}
    x = list(entry.example_inputs()["x"].shape)
    shown = kb("run", "lstm").stdout
    for needed in (
        "Linear",
        f"input       x {x}",
        f"parameters  {sizes['default']:,}\n",
        "FLOPs",
        "forward",
        "backward",
    ):
        assert needed in shown
    data = json.loads(kb("run", "lstm", "--variant", "no-peepholes", "--json").stdout)
    assert data["parameters"] == sizes["no-peepholes"] < sizes["default"]
    assert data["outputs"]["y"]["shape"][:2] == x[:2]


def test_run_without_parameters() -> None:
    shown = kb("run", "k-nearest-neighbours")
    assert shown.exit_code == 0
    assert "nothing to differentiate" in shown.stdout
    assert "nothing to train" in kb("run", "kNN", "--train").stdout


def test_run_train_prints_the_result_and_saves_the_curve(tmp_path: Path) -> None:
    picture = tmp_path / "curve.png"
    trained = kb("run", "linear-model", "--train", "--out", str(picture))
    assert trained.exit_code == 0, trained.output
    assert re.search(r"linear-model \(\S+\) on digits: accuracy 0\.9\d+ \(trivial baseline 0\.\d+\)", trained.stdout)
    assert "beats the trivial baseline" in trained.stdout
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    data = json.loads(kb("run", "linear-model", "--train", "--seed", "1", "--out", str(picture), "--json").stdout)
    assert data["seed"] == 1
    assert data["curve"] == str(picture)
    assert data["beats_baseline"] is True


def test_a_folder_of_ones_own_runs_its_own_code() -> None:
    """Though the bundled code, in a package of the same name, was imported before."""
    done = kb("--folder", str(TINY), "run", "line", "--variant", "steep", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["outputs"]["y"]["shape"] == [2, 1]


def test_export_writes_files(tmp_path: Path) -> None:
    for form in ("bibtex", "json", "graph", "graphml"):
        file = tmp_path / f"out.{form}"
        assert kb("export", form, "--out", str(file)).exit_code == 0
        assert file.stat().st_size > 1000
    assert json.loads(kb("export", "schemas", "--out", str(tmp_path / "schemas"), "--json").stdout)
    assert len(list((tmp_path / "schemas").iterdir())) == 8  # one for each kind, and one of the whole


def test_help_and_version() -> None:
    asking = [
        "check",
        "show",
        "search",
        "select",
        "compare",
        "lineage",
        "route",
        "prerequisites",
        "remedies",
        "why",
        "stats",
    ]
    names = [*asking, "run", "verify", "bench", "new", "export", "import", "sparql", "sql", "cypher", "site"]
    shown = kb("--help").stdout
    assert all(f" {name} " in shown for name in names)
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*\n", kb("--version").stdout)


def test_an_empty_selection_says_why() -> None:
    impossible = kb("select", "--where", "causality and bidirectional-context")
    assert impossible.exit_code == 1
    assert "This is impossible:" in impossible.stdout
    assert "by the theorem bidirectional-context-excludes-causality" in " ".join(impossible.stdout.split())
    none = kb("select", "--where", "recurrence-over-time and in convolutional")
    assert "nothing here is like that. Nearest:" in none.stdout


def test_why_between_two_entries_shows_the_claims() -> None:
    found = kb("why", "message-passing", "self-attention")
    assert "message-passing can represent self-attention" in found.stdout
    assert "[attention-is-graph-attention]" in re.sub(r"\s+", " ", found.stdout)
    data = json.loads(kb("why", "self-attention", "message-passing", "--json").stdout)
    assert data["value"] == "unknown"


def test_open_traits_are_data_too() -> None:
    assert kb("open").exit_code == 0
    cells = json.loads(kb("open", "--json").stdout)
    assert all(cell.keys() >= {"architecture", "variant", "bias", "if_holds", "if_lacks", "worth"} for cell in cells)


def test_redundant_assertions_are_listed_on_request() -> None:
    short, long = kb("check"), kb("check", "--redundant")
    assert len(long.stdout.splitlines()) > len(short.stdout.splitlines())
    assert "follows from the rest (kb why " in long.stdout
