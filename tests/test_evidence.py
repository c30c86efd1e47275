"""Evidence: raw measurements, judged when read, each stale exactly when something that it depends on has changed."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
from bundled import BASE

import kb
from kb import evidence
from kb.evidence import SeedResult, Speed, TraitErrors
from kb.evidence.judging import ConditionEvidence, judge_claim, judge_trait, value_of
from kb.evidence.record import seconds_in_steps
from kb.query.verdicts import in_words, verdicts
from kb.schema import Condition
from kb.syntax import Syntax

TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
LINE = "implementations/architectures/feedforward/line.py"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(TINY, tmp_path / "base")
    return tmp_path / "base"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def stale(root: Path) -> set[str]:
    base = kb.load(root)
    return {str(job) for entry_id in base for job in base.stale(entry_id)}


LINE_ENTRY = "entries/architectures/feedforward/line.yaml"
CLAIM = "a-line-has-two-ends"
PROBE = "implementations/biases/symmetry/oddness.py"


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        pytest.param(LINE, "class Line", "# A comment.\n\n\nclass Line", "", id="a comment"),
        pytest.param(LINE, '"""A line:', '"""Said otherwise:', "", id="a docstring"),
        pytest.param(LINE, "slope * x", "slope  *  x", "", id="layout"),
        pytest.param(LINE, "*, slope: float", "*, slope: int", "", id="an annotation"),
        pytest.param(LINE, '"B G"', '"B F"', "line: trait|picture", id="a shape"),
        pytest.param(LINE, "slope * x", "x * slope", "line:", id="code"),
        pytest.param(PROBE, "return float", "return 1 * float", "line: trait oddness", id="a probe"),
        pytest.param(LINE_ENTRY, "slope: 7.0", "slope: 8.0", "line: * steep", id="an argument"),
        pytest.param("entries/biases/symmetry/oddness.yaml", "1e-09", "1e-08", "", id="a tolerance"),
        pytest.param(f"entries/claims/geometry/{CLAIM}.yaml", "equals: 2", "equals: 3", "", id="a criterion"),
        pytest.param(LINE_ENTRY, "One number in", "A number in", "", id="a summary"),
        pytest.param(LINE_ENTRY, "it is shifted", "it has an offset", "", id="a reason"),
        pytest.param(f"entries/claims/geometry/{CLAIM}.yaml", "Two bars", "A bar", "", id="a caption"),
    ],
)
def test_what_makes_measurements_stale(copy: Path, file: str, old: str, new: str, expected: str) -> None:
    """No more than what depends on the change, and all of that."""
    edit(copy / file, old, new)
    start, _, end = expected.partition(" * ")
    everything = {str(job) for entry_id in ("line", CLAIM) for job in kb.load(copy).jobs(entry_id)}
    kinds = [f"line: {kind}" for kind in start[len("line: ") :].split("|")] if "|" in start else [start]
    assert stale(copy) == {job for job in everything if expected and job.startswith(tuple(kinds)) and job.endswith(end)}


def test_a_new_bias_costs_its_own_column(copy: Path) -> None:
    """Every other measurement stays as it is, and the files get one line more for each variant."""
    for folder, suffix in (("entries", "yaml"), ("implementations", "py")):
        old = copy / folder / "biases" / "symmetry" / f"oddness.{suffix}"
        text = old.read_text().replace("oddness", "evenness").replace("Oddness", "Evenness")
        (old.parent / f"evenness.{suffix}").write_text(text)
    assert stale(copy) == {"line: trait evenness default", "line: trait evenness steep"}


def test_a_new_variant_makes_nothing_stale_but_needs_measuring(copy: Path) -> None:
    path = copy / "entries/architectures/feedforward/line.yaml"
    edit(path, "variants:\n", "variants:\n  another: {arguments: {slope: 2.0}}\n")
    assert stale(copy) == {"line: size another", "line: trait oddness another"}


def test_a_new_check_costs_that_check(copy: Path) -> None:
    """Definitions that a link does not reach are no part of what it depends on."""
    file = copy / LINE
    before = Syntax(copy).digest("implementations.architectures.feedforward.line:Line")
    file.write_text(file.read_text() + "\n\ndef another(generator):\n    return 0.0\n")
    assert Syntax(copy).digest("implementations.architectures.feedforward.line:Line") == before
    assert stale(copy) == set()


def test_a_guard_is_no_part_of_what_is_measured(copy: Path) -> None:
    """It refuses what is wrong; any other decorator counts."""
    edit(copy / LINE, "@checked_arguments()", "@checked_arguments(slope=(0, 2))")
    edit(copy / LINE, "    @checked_inputs()\n", "")
    assert stale(copy) == set()
    edit(copy / LINE, "    def forward", "    @torch.no_grad()\n    def forward")
    assert stale(copy)


def test_syntax_follows_names_into_other_modules(copy: Path) -> None:
    folder = copy / "implementations"
    (folder / "helping.py").write_text("SCALE = 2.0\nOTHER = 3.0\n\n\ndef scaled(x):\n    return SCALE * x\n")
    (folder / "using.py").write_text(
        "from implementations.helping import scaled as s\n\n\ndef run(seed):\n    return s(1)\n"
    )
    link = "implementations.using:run"
    before = Syntax(copy).digest(link)
    edit(folder / "helping.py", "OTHER = 3.0", "OTHER = 4.0")
    assert Syntax(copy).digest(link) == before
    edit(folder / "helping.py", "SCALE = 2.0", "SCALE = 2.5")
    after = Syntax(copy).digest(link)
    assert after != before
    (folder / "helping.py").write_text((folder / "helping.py").read_text() + "\nprint(SCALE)\n")
    assert Syntax(copy).digest(link) != after, "a statement that runs on import counts always"


def test_what_is_no_python_is_taken_by_its_bytes(copy: Path) -> None:
    link = "implementations.architectures.feedforward.line:Line"
    (copy / LINE).write_text("class Line(:\n")
    before = Syntax(copy).digest(link)
    (copy / LINE).write_text("class Line(::\n")
    assert Syntax(copy).digest(link) != before


def test_a_file_is_one_measurement_a_line_in_a_fixed_order(copy: Path, tmp_path: Path) -> None:
    for entry_id, lines in kb.load(copy).measured.items():
        path = kb.load(copy).evidence_file(entry_id)
        text = path.read_text()
        assert len(text.splitlines()) == len(lines.measurements) + 1
        shuffled = list(lines.measurements.values())[::-1]
        evidence.write(tmp_path / path.name, shuffled)
        assert (tmp_path / path.name).read_text() == text


def test_library_versions_are_said_once(tmp_path: Path) -> None:
    rows = [
        TraitErrors(bias=bias, variant="default", errors=[0.0], digest="d", libraries={"torch": version})
        for bias, version in (("a", "2.13.0"), ("b", "2.13.0"), ("c", "2.14.0"))
    ]
    evidence.write(tmp_path / "x.jsonl", rows)
    assert (tmp_path / "x.jsonl").read_text().count("torch") == 2
    assert list(evidence.read(tmp_path / "x.jsonl").measurements.values()) == rows


def test_what_is_not_finite_is_kept(tmp_path: Path) -> None:
    row = SeedResult(seed=0, measures={"a": math.nan, "b": math.inf}, series={"s": [-math.inf, 1.0]}, digest="d")
    evidence.write(tmp_path / "x.jsonl", [row])
    for line in (tmp_path / "x.jsonl").read_text().splitlines():
        json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    (read,) = evidence.read(tmp_path / "x.jsonl").measurements.values()
    assert math.isnan(read.measures["a"])
    assert (read.measures["b"], read.series["s"]) == (math.inf, [-math.inf, 1.0])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("not json", "it is not an object in JSON"),
        ("[1, 2]", "it is not an object in JSON"),
        ('{"measured": "guess", "digest": "d"}', "does not match any of the expected tags"),
        ('{"measured": "seed", "seed": 0, "digest": "d"}', "measures: Field required"),
        ('{"measured": "seed", "seed": 0, "measures": {}, "digest": "d", "beside": 1}', "beside: Extra inputs"),
        (
            '{"measured": "seed", "seed": 0, "measures": {}, "digest": "d", "libraries": 7}',
            "it is not an object in JSON",
        ),
        ("[" * 100_000, "it is not an object in JSON"),
        ('{"measured": "seed", "seed": 0, "measures": {}, "digest": ""}, {"a": 1}', "it is not an object in JSON"),
    ],
)
def test_a_line_that_is_no_measurement_is_reported_with_its_place(tmp_path: Path, line: str, reason: str) -> None:
    row = SeedResult(seed=1, measures={"a": 1.0}, digest="d")
    evidence.write(tmp_path / "x.jsonl", [row])
    with (tmp_path / "x.jsonl").open("a") as stream:
        stream.write(line + "\n")
    found = evidence.read(tmp_path / "x.jsonl")
    assert list(found.measurements.values()) == [row]
    ((number, result),) = found.problems
    assert number == 3
    assert reason in result


def test_a_line_ends_where_json_says(tmp_path: Path) -> None:
    row = TraitErrors(bias="a", variant="v", errors=[0.0], witness={"output": "a\u2028b\x85c"}, digest="d")
    evidence.write(tmp_path / "x.jsonl", [row])
    assert list(evidence.read(tmp_path / "x.jsonl").measurements.values()) == [row]


def test_values_follow_from_errors() -> None:
    bias = BASE.biases["causality"]
    assert value_of(0.0, bias) == "holds"
    assert value_of(0.5, bias) == "lacks"
    assert value_of(1e-4, bias) == "unknown"
    assert value_of(float("nan"), bias) == "unknown"
    draws = TraitErrors(bias="causality", variant="default", errors=[0.0, 0.5, 0.0], digest="")
    assert judge_trait(draws, bias).value == "lacks"
    assert judge_trait(draws, bias).errors == [0.0, 0.5, 0.0]


def test_what_not_every_seed_measured_is_no_measure_of_the_claim() -> None:
    claim = BASE.claims["lines-cut-the-plane"]
    seeds = [m for m in BASE.measured[claim.id].measurements.values() if isinstance(m, SeedResult)]
    first = seeds[0].model_copy(update={"measures": {**seeds[0].measures, "extra": 1.0}})
    assert judge_claim(claim, [first, *seeds[1:]]) == judge_claim(claim, seeds)
    assert "extra" in judge_claim(claim, [first]).measures


def test_a_claim_that_fails_is_published_as_failed() -> None:
    claim = BASE.claims["lines-cut-the-plane"]
    seeds = [m for m in BASE.measured[claim.id].measurements.values() if isinstance(m, SeedResult)]
    assert judge_claim(claim, seeds).verdict == "supported"
    impossible = [condition.model_copy(update={"equals": 1.0}) for condition in claim.expect]
    assert judge_claim(claim.model_copy(update={"expect": impossible}), seeds).verdict == "refuted"
    broken = [condition.model_copy(update={"at_least": 1e9}) for condition in claim.controls]
    assert judge_claim(claim.model_copy(update={"controls": broken}), seeds).verdict == "not settled"


@pytest.mark.parametrize(
    ("expected", "control", "share", "verdict"),
    [
        ([1, 1, 1], [1, 1, 1], 1.0, "supported"),
        ([1, 1, 0], [1, 1, 1], 1.0, "not settled"),
        ([0, 0, 1], [1, 1, 1], 1.0, "not settled"),
        ([0, 0, 0], [1, 1, 1], 1.0, "refuted"),
        ([0, 0, 0], [1, 1, 0], 1.0, "not settled"),
        ([1, 1, 1], [0, 0, 0], 1.0, "not settled"),
        ([1, 1, 1], [1, math.nan, 1], 1.0, "not settled"),
        ([1, 1, 1, 1, 0], [1, 1, 1, 1, 1], 0.8, "supported"),
        ([1, 1, 1, 0, 0], [1, 1, 1, 1, 1], 0.8, "not settled"),
        ([0, 0, 0, 0, 1], [1, 1, 1, 1, 0], 0.8, "refuted"),
    ],
)
def test_a_claim_is_judged_on_every_seed(
    expected: list[float], control: list[float], share: float, verdict: str
) -> None:
    stated = {"expect": [Condition(measure="a", at_least=1.0)], "controls": [Condition(measure="b", at_least=1.0)]}
    claim = BASE.claims["lines-cut-the-plane"].model_copy(update=stated | {"share": share})
    seeds = [
        SeedResult(seed=seed, measures={"a": a, "b": b}, digest="")
        for seed, (a, b) in enumerate(zip(expected, control, strict=True))
    ]
    found = judge_claim(claim, seeds)
    assert found.verdict == verdict
    for condition, values in zip(found.conditions, (expected, control), strict=True):
        assert condition.values == pytest.approx(values, nan_ok=True)


@pytest.mark.parametrize(
    ("bounds", "sort"),
    [
        ({"at_most": 1e-12}, "identity"),
        ({"at_most": 0.0}, "identity"),
        ({"at_most": -6.0}, "empirical"),
        ({"at_most": 1e-3}, "empirical"),
        ({"at_least": -1.0, "at_most": 1e-12}, "empirical"),
        ({"equals": 0.0}, "count"),
        ({"at_least": 1.0, "counted": True}, "count"),
        ({"at_least": 1.0}, "empirical"),
    ],
)
def test_what_a_condition_rests_on(bounds: dict[str, Any], sort: str) -> None:
    assert Condition(measure="m", **bounds).sort == sort


def test_claims_are_counted_apart_by_what_they_rest_on() -> None:
    assert BASE.claims["deep-linear-network-is-one-matrix"].sort == "identity"
    assert BASE.claims["gru-with-saturated-gates-is-a-recurrent-network"].sort == "identity", "a limit"
    assert BASE.claims["lines-cut-the-plane"].sort == "count"
    assert BASE.claims["networks-memorise-random-labels"].sort == "empirical"
    assert BASE.claims["convolution-is-a-circulant-mlp"].sort == "empirical", "networks are trained for one condition"
    judged = [record.claim for record in BASE.evidence.values() if record.claim]
    found = verdicts(BASE)
    assert sum(sum(counts.values()) for counts in found.values()) == len(judged)
    assert all(f"{count} {verdict}" in in_words(BASE) for verdict, count in found["empirical"].items())


@pytest.mark.parametrize(
    ("control", "other", "follows"),
    [
        ({"at_least": 1.0}, {"at_least": 2.0}, True),
        ({"at_least": 1.0}, {"equals": 1.0}, True),
        ({"at_most": 1.0}, {"at_most": 2.0}, False),
        ({"at_most": 1.0}, {"at_least": 0.5}, False),
        ({"at_least": 0.0, "at_most": 1.0}, {"at_least": 0.5}, False),
        ({"equals": 1.0}, {"at_least": 1.0, "at_most": 1.0}, True),
        ({"at_least": 1.0}, {"measure": "other", "at_least": 2.0}, False),
    ],
)
def test_a_condition_that_follows_from_another(control: dict[str, Any], other: dict[str, Any], follows: bool) -> None:
    assert Condition(**{"measure": "m"} | control).follows_from([Condition(**{"measure": "m"} | other)]) is follows


def test_a_measure_that_was_not_taken_settles_nothing() -> None:
    claim = BASE.claims["lines-cut-the-plane"]
    found = judge_claim(claim, [SeedResult(seed=0, measures={}, digest="")])
    assert found.verdict == "not settled"
    assert {condition.tally for condition in found.conditions} == {"not measured"}


def test_seeds_that_fail_are_named() -> None:
    text = [
        ConditionEvidence(condition="", control=False, share=1.0, values=[], holds=holds).tally
        for holds in ([True], [False], [True] * 3, [False] * 3, [True, False, True], [False, True, False])
    ]
    assert text == [
        "holds", "fails", "holds for every seed", "fails for every seed",
        "fails for seed 1 of 0 to 2", "fails for seeds 0, 2 of 0 to 2",
    ]  # fmt: skip


def test_a_seed_that_is_missing_leaves_the_claim_unjudged(copy: Path) -> None:
    path = copy / "evidence/claims/geometry/a-line-has-two-ends.jsonl"
    edit(copy / "entries/claims/geometry/a-line-has-two-ends.yaml", "expect:", "seeds: 2\nexpect:")
    base = kb.load(copy)
    assert path.is_file()
    assert base.evidence["a-line-has-two-ends"].claim is None
    assert [str(job) for job in base.stale("a-line-has-two-ends")] == ["a-line-has-two-ends: seed 1"]


@pytest.mark.parametrize(
    ("bounds", "value", "met"),
    [
        ({"at_most": 1.0}, 1.0, True),
        ({"at_most": 1.0}, 1.1, False),
        ({"at_least": 1.0, "at_most": 2.0}, 2.5, False),
        ({"equals": 2.0}, 2.0, True),
        ({"at_least": 0.0}, float("nan"), False),
        ({"at_most": 0.0}, float("nan"), False),
    ],
)
def test_conditions(bounds: dict[str, float], value: float, met: bool) -> None:
    assert Condition(measure="m", **bounds).holds(value) is met


def test_times_are_in_steps() -> None:
    assert [seconds_in_steps(seconds) for seconds in (0.01, 0.1, 0.11, 4, 70)] == [0.0, 0.1, 0.2, 5.0, 100.0]


@pytest.mark.parametrize("content", ["{", "[]", '{"line": {"float64": 1.0}}', "<<<<<<< HEAD"])
def test_speeds_that_cannot_be_read_are_reported_and_left(content: str, tmp_path: Path) -> None:
    shutil.copytree(TINY, tmp_path, dirs_exist_ok=True)
    file = tmp_path / evidence.SPEED_FILE
    file.write_text(content)
    with pytest.raises(ValueError, match=r"evidence/speed\.json: .*; mend the file, or delete it and run `kb bench`"):
        evidence.keep_speed(tmp_path, "line", Speed(float64=1.0, rounds=5))
    assert file.read_text() == content
    assert not list(file.parent.glob(".*"))
    (problem,) = kb.check(tmp_path)
    assert (problem.file, "mend the file" in problem.message) == (evidence.SPEED_FILE, True)


def test_evidence_outside_the_folder_is_not_read(copy: Path, tmp_path: Path) -> None:
    """Neither a file nor a folder of evidence may be a symbolic link."""
    place = copy / "evidence/architectures"
    for linked in (place, place / "feedforward", place / "feedforward/line.jsonl"):
        shutil.move(linked, tmp_path / "outside")
        linked.symlink_to(tmp_path / "outside")
        assert "line" not in kb.load(copy).measured
        linked.unlink()
        shutil.move(tmp_path / "outside", linked)
    assert "line" in kb.load(copy).measured


def test_a_file_in_which_nothing_can_be_read_is_a_problem_and_no_missing_file(copy: Path) -> None:
    (copy / "evidence/architectures/feedforward/line.jsonl").write_text("nothing\n")
    found = kb.load(copy).measured["line"]
    assert not found.measurements
    assert len(found.problems) == 1


def test_every_check_is_measured_with_a_peer_and_without() -> None:
    with_checks = [entry for entry in BASE.values() if getattr(entry, "checks", [])]
    for entry in with_checks:
        keys = {job.key for job in BASE.jobs(entry.id)}
        assert {("check", check.check) for check in entry.checks} <= keys, entry.id
        assert bool(entry.peer) == any(key[0] == "peer" for key in keys), entry.id
    assert {bool(entry.peer) for entry in with_checks} == {True, False}
