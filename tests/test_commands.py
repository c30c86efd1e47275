"""What commands print of what they wrote, measured and trained, and what they refuse before they begin."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from bundled import BASE
from commands import kb

from kb import links
from kb.cli.exporting import FOLDERS, Format
from kb.cli.measuring import _gist, _workers
from kb.evidence import Job, Speed
from kb.measuring import Stage
from kb.running import Output, Pass, Score, Training
from kb.verify import Outcome

pytestmark = pytest.mark.usefixtures("bundled_once")
TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "base"))


# What was written


@pytest.mark.parametrize(
    "words",
    [
        ["code", "line", "--out", "written.py"],
        ["diagram", "line", "--save", "written.svg"],
        ["export", "json", "--out", "written.json"],
        ["notebook", "line", "--no-run", "--save", "written.ipynb"],
        ["site", "build", "--target", "written"],
    ],
    ids=lambda words: words[0],
)
def test_a_path_that_was_written_is_printed_in_one_line_and_is_no_markup(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.site.build.build", lambda base, target, *_: (target.mkdir(), target)[1])
    folder = tmp_path / "[bold]x[bold]" / ("long" * 20)
    folder.mkdir(parents=True)
    path = folder / words[-1]
    done = kb("--folder", str(TINY), *words[:-1], str(path))
    assert done.exit_code == 0, done.output
    assert path.exists()
    assert re.fullmatch(rf"(wrote |built )?{re.escape(str(path))}(: 14 cells, not executed)?\n", done.stdout)


def test_files_of_text_end_with_one_line_break(copy: Path) -> None:
    written = {copy / form: ["export", form, "--out", str(copy / form)] for form in Format if form not in FOLDERS}
    written[copy / "line.ipynb"] = ["notebook", "line", "--no-run", "--save", str(copy / "line.ipynb")]
    written[copy / "changes/2026-01-31.json"] = ["diff", "nothing", "--record", "2026-01-31"]
    for path, words in written.items():
        assert kb("--folder", str(copy), *words).exit_code == 0, words
        assert re.search(r"[^\n]\n\Z", path.read_text(encoding="utf-8")), words


def test_what_helps_is_listed_without_a_heading() -> None:
    lines = kb("remedies", "vanishing-gradient").stdout.splitlines()
    assert lines[0] == "Remedies"
    assert not any(line.split()[:2] == ["id", "why"] for line in lines)


def test_names_of_a_module_are_those_of_classes_functions_and_variables(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import b\nC = 1\nclass D: e = 2\ndef f(): g = 3\n")
    assert links.defined_names(tmp_path / "a.py") == {"C", "D", "f"}


def test_one_entry_is_described_by_an_object_and_several_by_a_list() -> None:
    chosen = ["line"], ["line", "oddness"]
    one, two = (json.loads(kb("--folder", str(TINY), "export", "schema-org", *ids).stdout) for ids in chosen)
    assert two[0] == one
    assert len(two) == 2


def test_a_notebook_that_is_not_executed_takes_no_time(tmp_path: Path) -> None:
    path = tmp_path / "line.ipynb"
    data = json.loads(kb("--folder", str(TINY), "notebook", "line", "--no-run", "--save", str(path), "--json").stdout)
    assert 0 <= data.pop("seconds") < 60
    assert data == {"notebook": str(path), "cells": 14, "executed": False}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["notebook", "line", "--no-run", "--save", "no/such/folder/line.ipynb"], "in a folder that exists"),
        (["export", "json", "--out", "no/such/folder/all.json"], "expected a name in a folder that exists"),
        (["export", "csv"], "csv is a folder of files: say with --out where to write it"),
        (["site", "build", "--url", "example.org"], "expected an address that starts with https://, came 'example"),
        (["site", "build", "--repository", "https://a b"], "expected an address that starts with https://, came"),
        (["run", "line", "--train", "--picture", "drawn.txt"], "cannot save a picture as drawn.txt"),
        (["run", "line", "--train", "--picture", "no/such/folder/drawn.png"], "in a folder that exists"),
        (["verify", "line", "--shard", "3/2"], "expected a part such as 2/5, came '3/2'"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_done(words: list[str], message: str) -> None:
    refused = kb("--folder", str(TINY), *words)
    assert refused.exit_code == 1
    assert message in refused.stderr


# What was measured


def finding(monkeypatch: pytest.MonkeyPatch, error: str = "") -> None:
    """Nothing is measured; an error is what the first measurement of a trait ends with."""

    def run(base: object, work: list[Job], executor: object) -> Iterator[Outcome]:
        failing = next(job for job in work if job.key[0] == "trait") if error else None
        yield from (Outcome(job, error=error if job is failing else "") for job in work)

    monkeypatch.setattr("kb.verify.run", run)


def test_measurements_are_announced_and_summed_up(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["--folder", str(copy), "verify", "line", "--all", "--jobs", "1"]
    finding(monkeypatch)
    done = kb(*words)
    assert (done.exit_code, done.stdout) == (0, "10 measurements of 1 entries, 0 with failures\n")
    announced, gist = done.stderr.splitlines()
    kinds, _, rest = announced.removeprefix("measuring: ").partition(" of ")
    assert sorted(kinds.split(", ")) == ["1 cost", "2 check", "2 size", "2 trait", "3 picture"]
    assert re.fullmatch(r"1 entries, about \d+ s of one processor", rest)
    assert gist == "✓ line: 2 traits, 2 variants, 2 exact checks"
    assert json.loads(kb(*words, "--json").stdout) == {"measured": ["line"], "measurements": 10, "failures": {}}
    finding(monkeypatch, "RuntimeError: [bold]no")
    failed = kb(*words)
    assert (failed.exit_code, failed.stdout) == (1, "10 measurements of 1 entries, 1 with failures\n")
    assert failed.stderr.splitlines()[1:] == ["✗" + gist[1:], "    trait oddness default: RuntimeError: [bold]no"]
    failures = {"line": ["trait oddness default: RuntimeError: [bold]no"]}
    assert json.loads(kb(*words, "--json").stdout)["failures"] == failures


def test_as_many_processes_measure_as_there_are_cores_and_measurements(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    monkeypatch.setattr("kb.verify.pool.processes", lambda number: (started.append(number), nullcontext("a pool"))[1])
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    for work, jobs in ((9, None), (3, None), (9, 2)):
        with _workers(work, jobs, None) as executor:
            assert executor == "a pool"
    assert started == [4, 3, 2]
    for work, jobs in ((1, None), (9, 1)):
        with _workers(work, jobs, None) as executor:
            assert executor is None, "one measures here"


def test_the_gist_of_evidence_has_verdicts_and_peers() -> None:
    peer = BASE.evidence["mlp"].peer
    assert peer is not None
    assert f", peer {peer.error:.0e} in {len(peer.compared)} cases" in _gist(BASE.evidence["mlp"])
    assert _gist(BASE.evidence["lines-cut-the-plane"]) == "supported"
    assert _gist(None) == "nothing"


@pytest.mark.parametrize(("found", "status"), [([], 0), (["2 [bold]was recorded, and 1 came out"], 1)])
def test_what_was_repeated_is_summed_up(found: list[str], status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.verify.audit", lambda base, work, executor: [(work[0], found), (work[1], [])])
    words = ["--folder", str(TINY), "verify", "line", "--audit", "2", "--jobs", "1"]
    done, as_json = kb(*words), kb(*words, "--json")
    data = json.loads(as_json.stdout)
    assert done.exit_code == as_json.exit_code == status
    assert done.stderr.startswith("repeating, chosen by 0: ")
    listed = [f"{data['repeated'][0]}: {difference}" for difference in found]
    assert done.stdout.splitlines() == [
        *listed, f"2 measurements repeated, {status} differ from what is recorded"
    ]  # fmt: skip
    assert data["differ"] == ({data["repeated"][0]: found} if found else {})


def test_ratios_of_times_are_a_row_each(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"mlp": Speed(variant="mnist", float32=1.25, float64=0.5, rounds=7), "lstm": Speed(float64=3.0, rounds=5)}
    timed: list[list[str]] = []

    def run(base: object, ids: list[str], progress: object) -> Iterator[tuple[str, Speed]]:
        timed.append(ids)
        yield from found.items()

    monkeypatch.setattr("kb.verify.speed.run", run)
    rows = [line.split() for line in kb("bench", "mlp", "LSTM").stdout.splitlines()]
    assert rows[1:] == [["mlp", "mnist", "1.25", "0.5", "7"], ["lstm", "small", "3", "5"]]
    assert json.loads(kb("bench", "--json").stdout)["lstm"] == {"float64": 3.0, "rounds": 5}
    assert timed[0] == ["mlp", "lstm"]
    assert timed[1] == [entry.id for entry in BASE.values() if getattr(entry, "peer", None)]


# What was run and trained


def test_a_pass_is_printed_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Pass(
        architecture="mlp", variant="wide", inputs={"x": (2, 3), "mask": (2,)},
        outputs={"y": Output((2, 4), 0.25, 1.0, -1.0, 2.0)}, parameters=1_234, flops=56_789,
        stages=[Stage("layer", "Linear", (2, 4), 1_228)], held={"bare": (2, 3)}, forward_ms=1.25, backward_ms=2.5,
        gradient_norm=0.5, without_gradient=["[bold]bare", "other"],
    )  # fmt: skip
    monkeypatch.setattr("kb.running.run_once", lambda *_: found)
    printed = [" ".join(line.split()) for line in kb("run", "mlp", "--variant", "wide").stdout.splitlines()]
    assert printed == [
        "Multilayer perceptron (mlp, variant wide)", "layer class output parameters", "layer Linear [2, 4] 1,228",
        "bare tensor [2, 3] 6", "input x [2, 3]", "mask [2]", "output y [2, 4] -1 to 2, mean 0.25", "parameters 1,234",
        "FLOPs 56,789 forward, for these inputs: products, convolutions, attention; 2 a multiply-add",
        "forward 1.2 ms", "backward 2.5 ms gradient norm 0.5", "no gradient reaches [bold]bare, other",
    ]  # fmt: skip
    nothing = replace(found, backward_ms=None, gradient_norm=None, without_gradient=[])
    monkeypatch.setattr("kb.running.run_once", lambda *_: nothing)
    assert kb("run", "mlp").stdout.splitlines()[-1].split(maxsplit=1) == ["backward", "nothing to differentiate"]
    monkeypatch.setattr("kb.running.run_once", lambda *_: replace(nothing, backward_ms=1.0, gradient_norm=2.0))
    assert kb("run", "mlp").stdout.splitlines()[-1].split()[-3:] == ["gradient", "norm", "2"]


TRAINED = Training(
    architecture="linear-model", variant="digits", task="digits", higher_is_better=False,
    score=Score("error", 0.5), untrained=2.0, baseline=1.0, parameters=3, seed=0, seconds=1.26,
    losses={"task": [1.0, 0.75]}, also=[Score("[bold]nats", 3.0, "bound")], teacher_forcing=True,
    samples=[{"text": "[bold]a"}],
)  # fmt: skip
SAMPLES = ["", "samples, on data that it has not seen", "  text          [bold]a", ""]
ALSO = [
    "also: [bold]nats at most 3",
    "what comes before is taken from the target, here as in training (teacher",
    "forcing)",
]
PLAIN: dict[str, Any] = {"also": [], "teacher_forcing": False, "samples": []}


def trained(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str, fields: dict[str, Any] | None = None
) -> list[str]:
    """What is printed of a result of training, after its first line."""
    monkeypatch.setattr("kb.running.train", lambda *_, **__: replace(TRAINED, **fields or {}))
    monkeypatch.chdir(folder)
    done = kb("run", "linear-model", *words)
    assert done.exit_code == 0, done.output
    first, *rest = (line.rstrip() for line in done.stdout.splitlines())
    assert first.startswith("linear-model (digits) on digits: error 0.5")
    return rest


def test_a_result_of_training_is_printed_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    beats = "beats the trivial baseline, after 2 steps in 1.3 s (untrained 2)"
    curve = "learning curve: linear-model-digits.png"
    assert trained(monkeypatch, tmp_path, "--train") == [beats, *ALSO, curve, *SAMPLES]
    assert (tmp_path / "linear-model-digits.png").read_bytes().startswith(PNG)


@pytest.mark.parametrize(
    ("words", "fields", "printed"),
    [
        (["--load", "x.safetensors"], {}, "beats the trivial baseline, after 2 steps (untrained 2)"),
        (
            ["--train", "--out", "a.png"],
            {"losses": {"task": [1.0]}, "baseline": 0.5},
            "does not clearly beat the trivial baseline, after a closed form (untrained 2)\nlearning curve: a.png",
        ),
        (
            ["--train"],
            {"losses": {}},
            "beats the trivial baseline; it has no parameters, so there is nothing to train",
        ),
    ],
)
def test_what_was_loaded_solved_or_has_nothing_to_train_has_no_time_or_curve(
    words: list[str], fields: dict[str, Any], printed: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert trained(monkeypatch, tmp_path, *words, fields=PLAIN | fields) == printed.splitlines()
    assert [path.name for path in tmp_path.iterdir()] == (["a.png"] if "a.png" in printed else [])


def test_images_are_saved_where_they_are_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    drawn = {"samples": [{"drawn": torch.ones(2, 2)}]}
    trained(monkeypatch, tmp_path, "--load", "x.safetensors", "--picture", "drawn.PNG", fields=PLAIN | drawn)
    assert (tmp_path / "drawn.PNG").read_bytes().startswith(PNG)


def test_of_several_processes_one_prints_and_writes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kb.running.train", lambda *_, **__: TRAINED)
    monkeypatch.setenv("RANK", "1")
    monkeypatch.chdir(tmp_path)
    done = kb("run", "linear-model", "--train")
    assert (done.exit_code, done.output, list(tmp_path.iterdir())) == (0, "", [])
