"""Measuring: only what is stale, without torch where there is nothing to do, and nothing lost by an interrupt."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from bundled import BASE
from torch import nn

import kb
from kb import verify
from kb.schema import Architecture, Concept, Condition
from kb.verify.claims import judge
from kb.verify.peers import compare
from kb.verify.preparing import prepare, rounded, seeded
from kb.verify.probing import verdict
from kb.verify.speed import compare_speed

TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"


def in_a_process_of_its_own(root: Path, script: str) -> str:
    """Run a script on a copy of the miniature, whose `implementations` must not meet the bundled ones."""
    code = f"import kb\nfrom kb import verify\n\ndef main():\n    base = kb.load({str(root)!r})\n"
    code += "".join(f"    {line}\n" for line in script.splitlines()) + "\nif __name__ == '__main__':\n    main()\n"
    file = root.parent / "script.py"
    file.write_text(code)
    environment = {"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(TINY, tmp_path / "base")
    return tmp_path / "base"


def test_nothing_to_do_ends_at_once_and_without_torch() -> None:
    script = (
        "import sys, kb; from kb import verify; assert verify.pending(kb.load()) == [];"
        "assert list(verify.run(kb.load(), [])) == []; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_only_what_is_stale_is_pending(copy: Path) -> None:
    base = kb.load(copy)
    assert verify.pending(base) == []
    assert verify.pending(base, everything=True) == ["a-line-has-two-ends", "line"]
    code = copy / "implementations" / "architectures" / "feedforward" / "line.py"
    code.write_text(code.read_text() + "\n# changed\n")
    assert verify.pending(kb.load(copy)) == ["line"]
    with pytest.raises(ValueError, match="nothing to measure"):
        verify.pending(base, ["oddness"])
    with pytest.raises(kb.NoSuchEntryError, match="did you mean 'line'"):
        verify.pending(base, ["lime"])


@pytest.mark.parametrize("jobs", [1, 2])
def test_measuring_again_gives_the_same_evidence(copy: Path, jobs: int) -> None:
    """Byte for byte, in one process or two; library versions are those that the miniature was measured with."""
    before = {path.name: path.read_text() for path in copy.rglob("*.json")}
    in_a_process_of_its_own(copy, f"list(verify.run(base, verify.pending(base, everything=True), jobs={jobs}))")
    after = {path.name: path.read_text() for path in copy.rglob("*.json")}
    assert after.keys() == before.keys()
    for name, text in after.items():
        assert text.partition('"libraries"')[0] == before[name].partition('"libraries"')[0]
    assert kb.check(copy) == []


def test_an_interrupt_keeps_what_is_complete(copy: Path) -> None:
    shutil.rmtree(copy / "evidence")
    script = "work = verify.run(base, verify.pending(base), jobs=1)\nprint(next(work)[0])\nwork.close()"
    done = in_a_process_of_its_own(copy, script).strip()
    assert [path.stem for path in copy.rglob("*.json")] == [done]
    assert verify.pending(kb.load(copy)) == [name for name in ("a-line-has-two-ends", "line") if name != done]


@pytest.mark.parametrize(("epsilon", "same"), [(1e-5, True), (1e-6, False)])
def test_a_peer_with_another_epsilon_is_found_out(epsilon: float, same: bool) -> None:
    def theirs(weights: dict[str, torch.Tensor], input: torch.Tensor) -> torch.Tensor:
        return nn.functional.layer_norm(input, (4,), weights["weight"], weights["bias"], eps=epsilon)

    ours = prepare(nn.LayerNorm(4), seeded("peer"))
    inputs = {"input": torch.randn(3, 4, generator=seeded("inputs"), dtype=torch.float64)}
    found = compare(ours, theirs, inputs, seeded("projection"))
    assert found["compared"] == 4
    if same:
        assert max(found["outputs"], found["gradients"]) < 1e-12
    else:
        assert min(found["outputs"], found["gradients"]) > 1e-8


def test_a_peer_with_another_gradient_is_found_out() -> None:
    def theirs(weights: dict[str, torch.Tensor], input: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(input, weights["weight"].detach(), weights["bias"])

    inputs = {"input": torch.randn(3, 4, generator=seeded("inputs"), dtype=torch.float64)}
    found = compare(prepare(nn.Linear(4, 2), seeded("peer")), theirs, inputs, seeded("projection"))
    assert found["outputs"] == 0.0
    assert found["gradients"] > 0.1


def test_preparing_leaves_nothing_at_zero() -> None:
    module = prepare(nn.BatchNorm1d(5), seeded("norm"))
    assert not module.training
    for value in (module.weight, module.bias, module.running_mean, module.running_var):
        assert value.dtype == torch.float64
        assert len(value.unique()) == 5


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0, 0.0), (3.3e-16, 1e-15), (1.2e-13, 1e-12), (0.123456, 0.1235), (123456.0, 123500.0), (-2.00004, -2.0)],
)
def test_rounding(value: float, expected: float) -> None:
    assert rounded(value) == pytest.approx(expected, rel=1e-12)


def test_verdicts_of_probes() -> None:
    bias = BASE.biases["causality"]
    assert verdict(0.0, bias) == "holds"
    assert verdict(0.5, bias) == "lacks"
    assert verdict(1e-4, bias) == "unknown"
    assert verdict(float("nan"), bias) == "unknown"


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


def test_a_claim_that_fails_is_published_as_failed() -> None:
    claim = BASE.claims["lines-cut-the-plane"]
    impossible = [condition.model_copy(update={"equals": 1.0}) for condition in claim.expect]
    assert judge(claim.model_copy(update={"expect": impossible})).verdict == "refuted"
    broken = [condition.model_copy(update={"at_least": 1e9}) for condition in claim.controls]
    assert judge(claim.model_copy(update={"controls": broken})).verdict == "not reproduced"


@pytest.mark.parametrize(
    ("timed", "variant"), [("linear-layer", None), ("mlp", "mnist"), ("graph-network", "rigid-bodies")]
)
def test_speed_is_a_ratio(monkeypatch: pytest.MonkeyPatch, timed: str, variant: str | None) -> None:
    monkeypatch.setattr("kb.verify.speed.SECONDS", 0.05)
    entry = BASE[timed]
    assert isinstance(entry, Architecture | Concept)
    speed = compare_speed(entry)
    assert speed.variant == variant
    assert (speed.float32 is None) == (variant is None)
    assert speed.rounds >= 5
    assert 0.05 < speed.float64 < 20
    assert (variant or "small sizes") in str(speed)
