"""Peers: what a comparison finds in either mode, and which cases there are."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from bundled import BASE
from small import Miniature
from torch import Tensor, nn
from torch.nn import functional as F

import kb
from kb import verify
from kb.evidence import peer_cases
from kb.evidence.judging import PEER_TOLERANCE
from kb.schema import Architecture, Concept
from kb.verify.peers import compare, paired
from kb.verify.preparing import prepare, seeded, without_dropout

COMPARED = [entry for entry in [*BASE.architectures.values(), *BASE.concepts.values()] if entry.peer]


@pytest.mark.parametrize(("epsilon", "same"), [(1e-5, True), (1e-6, False)])
def test_a_peer_with_another_epsilon_is_found_out(epsilon: float, same: bool) -> None:
    def theirs(weights: dict[str, torch.Tensor], input: torch.Tensor) -> torch.Tensor:
        return nn.functional.layer_norm(input, (4,), weights["weight"], weights["bias"], eps=epsilon)

    ours = prepare(nn.LayerNorm(4), seeded("peer"))
    inputs = {"input": torch.randn(3, 4, generator=seeded("inputs"), dtype=torch.float64)}
    found = compare(ours, theirs, inputs, seeded("projection"))
    assert found.compared == 4
    if same:
        assert max(found.outputs, found.gradients) < 1e-12
    else:
        assert min(found.outputs, found.gradients) > 1e-8


def test_a_peer_with_another_gradient_is_found_out() -> None:
    def theirs(weights: dict[str, torch.Tensor], input: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(input, weights["weight"].detach(), weights["bias"])

    inputs = {"input": torch.randn(3, 4, generator=seeded("inputs"), dtype=torch.float64)}
    found = compare(prepare(nn.Linear(4, 2), seeded("peer")), theirs, inputs, seeded("projection"))
    assert found.outputs == 0.0
    assert found.gradients > 0.1


def test_a_peer_that_gives_no_number_does_not_agree() -> None:
    def theirs(weights: dict[str, torch.Tensor], input: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        both = nn.functional.linear(input, weights["weight"], weights["bias"])
        return both[:, 0], both[:, 1] * torch.nan

    class Two(nn.Linear):
        def forward(self, input: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            both = super().forward(input)
            return both[:, 0], both[:, 1]

    inputs = {"input": torch.randn(3, 4, generator=seeded("inputs"), dtype=torch.float64)}
    found = compare(prepare(Two(4, 2), seeded("peer")), theirs, inputs, seeded("projection"))
    assert math.isnan(found.outputs)
    assert math.isnan(found.gradients)


def test_a_side_without_gradients_is_found_out() -> None:
    def theirs(weights: dict[str, torch.Tensor], input: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(input, weights["weight"], weights["bias"]).detach()

    inputs = {"input": torch.randn(3, 4, generator=seeded("inputs"), dtype=torch.float64)}
    with pytest.raises(ValueError, match="only one of the two sides"):
        compare(prepare(nn.Linear(4, 2), seeded("peer")), theirs, inputs, seeded("projection"))


class Network(nn.Module):
    """A layer with batch normalisation, dropout and an auxiliary head, whose training mode can be broken.

    Args:
        fault: What is broken: nothing if empty.
    """

    def __init__(self, fault: str = "") -> None:
        super().__init__()
        self.fault = fault
        self.layer, self.norm = nn.Linear(4, 3), nn.BatchNorm1d(3, momentum=0.2 if fault == "momentum" else 0.1)
        self.drop, self.head = nn.Dropout(0.5), nn.Linear(3, 2)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        y = self.layer(x)
        if self.training and self.fault == "statistics":
            y = F.batch_norm(y, self.norm.running_mean, self.norm.running_var, self.norm.weight, self.norm.bias)
        elif self.training and self.fault == "forgets":
            y = F.batch_norm(y, None, None, self.norm.weight, self.norm.bias, training=True)
        else:
            y = self.norm(y)
        if self.training and self.fault == "detached":
            y = y.detach() + 0 * y
        y = self.drop(y)
        return (y,) if self.training and self.fault == "no-head" else (y, self.head(y))


def as_torch_does(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> tuple[Tensor, Tensor]:
    y = F.linear(x, weights["layer.weight"], weights["layer.bias"])
    statistics = (weights["norm.running_mean"], weights["norm.running_var"])
    weights["norm.num_batches_tracked"].add_(int(training))
    y = F.batch_norm(y, *statistics, weights["norm.weight"], weights["norm.bias"], training)
    return y, F.linear(y, weights["head.weight"], weights["head.bias"])


def worst(fault: str, theirs: Callable[..., object], *, training: bool) -> float:
    ours = without_dropout(prepare(Network(fault), seeded("ours"))).train(training)
    inputs = {"x": torch.randn(5, 4, generator=seeded("inputs"), dtype=torch.float64)}
    found = compare(ours, theirs, inputs, seeded("projection"))
    return max(found.outputs, found.gradients, found.buffers)


def test_both_modes_agree_where_nothing_is_broken() -> None:
    for training in (False, True):
        assert worst("", as_torch_does, training=training) < 1e-13


@pytest.mark.parametrize("fault", ["momentum", "statistics", "forgets", "detached"])
def test_a_broken_line_of_training_mode_is_found_out(fault: str) -> None:
    assert worst(fault, as_torch_does, training=False) < 1e-13, "it cannot be seen in evaluation mode"
    assert worst(fault, as_torch_does, training=True) > 1e-3


def test_a_head_that_is_missing_in_training_mode_is_found_out() -> None:
    assert worst("no-head", as_torch_does, training=False) < 1e-13
    with pytest.raises(ValueError, match="other shapes"):
        worst("no-head", as_torch_does, training=True)


def test_a_peer_that_knows_no_training_mode_does_not_agree() -> None:
    def theirs(weights: dict[str, Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
        return as_torch_does(weights, x)

    assert worst("", theirs, training=False) < 1e-13
    assert worst("", theirs, training=True) > 1e-3


MODULE = """
import torch
from jaxtyping import Float
from torch import Tensor, nn

class Module(nn.Module):
    def __init__(self, *, features: int = 3, squared: bool = False) -> None:
        super().__init__()
        self.squared, self.scale = squared, nn.Parameter(torch.ones(features))

    def forward(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B T F"]:
        scaled = x * self.scale * (2 if self.training and {broken} else 1)
        return scaled.square() if self.squared else scaled

    def example_inputs(self, generator, *, B=2, T=3):
        return {{"x": torch.randn(B, T, len(self.scale), generator=generator)}}
"""
PEER = """
SIZES = {sizes}

def peer(*, squared):
    if squared:
        raise NotImplementedError("it squares nothing")
    return lambda weights, x: x @ weights["scale"].diag()
"""


NETWORKS = """
import torch
from jaxtyping import Float
from torch import Tensor, nn

class Module(nn.Module):
    def __init__(self, *, codes: int = 2, wrong: float = {wrong}) -> None:
        super().__init__()
        self.encoder, self.decoder, self.wrong = nn.Linear(3, codes), nn.Linear(codes, 3), wrong

    def forward(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B T F"]:
        return self.decoder(self.encoder(x).square()) + self.wrong

    def example_inputs(self, generator, *, B=2, T=3):
        return {{"x": torch.randn(B, T, 3, generator=generator)}}
"""
NETWORKS_PEER = """
SIZES = {"many": {"codes": 5, "T": 4}}

def decoder(*, codes):
    def theirs(weights, input):
        assert input.shape[-1] == codes and not (input < 0).any(), "what the whole gives to its decoder"
        return input @ weights["weight"].T + weights["bias"]
    return theirs
"""


def with_a_peer_of_a_network(root: Path, function: str = "decoder") -> Miniature:
    small = Miniature(root)
    more = "networks: {encoder: from data to a code, decoder: back}\n"
    small.architecture("a", more, NETWORKS.format(wrong="0.5"), **{"no_peer: it is a test\n": ""})
    small.code("peers/family/a", NETWORKS_PEER.replace("decoder", function))
    return small


def with_a_peer(root: Path, *, broken: bool = False, sizes: str = "{'wide': {'features': 5, 'T': 4}}") -> Miniature:
    small = Miniature(root)
    variants = "variants: {squared: {arguments: {squared: true}}}\n"
    small.architecture("a", variants, MODULE.format(broken=broken), **{"no_peer: it is a test\n": ""})
    small.code("peers/family/a", PEER.format(sizes=sizes))
    return small


def measured(small: Miniature) -> kb.KnowledgeBase:
    base = small.load()
    outcomes = list(verify.run(base, [job for job in verify.plan(base, ["a"]) if job.key[0] == "peer"]))
    assert not [outcome.error for outcome in outcomes if outcome.error]
    return small.load()


def test_every_variant_and_size_is_a_case_unless_the_peer_declines_it(tmp_path: Path) -> None:
    base = measured(with_a_peer(tmp_path))
    found = base.evidence["a"].peer
    assert found is not None
    assert found.met
    assert [case.case for case in found.compared] == ["default", "wide"]
    assert [(case.case, case.declined) for case in found.declined] == [("squared", "it squares nothing")]
    assert not [problem for problem in kb.check(tmp_path) if "peer" in str(problem)]


def test_a_case_is_stale_when_its_arguments_change_and_the_others_are_not(tmp_path: Path) -> None:
    measured(with_a_peer(tmp_path))
    changed = with_a_peer(tmp_path, sizes="{'wide': {'features': 6}, 'narrow': {'features': 1}}").load()
    stale = {job.key for job in changed.stale("a") if job.key[0] == "peer"}
    assert stale == {("peer", "wide"), ("peer", "narrow")}


def test_a_broken_training_mode_is_a_problem_that_names_the_case(tmp_path: Path) -> None:
    measured(with_a_peer(tmp_path, broken=True))
    problems = [str(problem) for problem in kb.check(tmp_path) if "differs from the peer" in str(problem)]
    assert len(problems) == 2
    assert "case 'wide' differs from the peer by 1e-15 in evaluation mode" in problems[1].replace("0e+00", "1e-15")
    assert "5e-01 in training mode" in problems[0] or "1e+00 in training mode" in problems[0]


def test_a_sub_network_is_compared_with_what_the_whole_gives_it(tmp_path: Path) -> None:
    found = measured(with_a_peer_of_a_network(tmp_path)).evidence["a"].peer
    assert found is not None
    assert found.met, "what is wrong lies outside the decoder"
    assert [case.case for case in found.cases] == ["default/decoder", "many/decoder"]
    assert found.agreement == "decoder agrees with a peer"
    (problem,) = (str(problem) for problem in kb.check(tmp_path) if "peer" in str(problem))
    assert "without a peer of the whole at least 2 exact `checks` are needed" in problem


def test_several_sub_networks_agree_in_one_sentence() -> None:
    peer = BASE.evidence["latent-diffusion-model"].peer
    assert peer is not None
    assert peer.agreement == "decoder, denoiser and encoder agree with peers"


def test_a_sub_network_that_differs_is_found_out(tmp_path: Path) -> None:
    small = with_a_peer_of_a_network(tmp_path)
    small.code("peers/family/a", NETWORKS_PEER.replace('+ weights["bias"]', '+ 2 * weights["bias"]'))
    measured(small)
    problems = [str(problem) for problem in kb.check(tmp_path) if "differs from the peer" in str(problem)]
    assert [case for case in ("'default/decoder'", "'many/decoder'") if any(case in p for p in problems)]


def test_a_file_of_a_peer_has_a_function_for_the_whole_or_for_a_sub_network(tmp_path: Path) -> None:
    with_a_peer_of_a_network(tmp_path, "generator")
    (problem,) = (str(problem) for problem in kb.check(tmp_path) if "peers/" in str(problem))
    assert "defines no 'peer'" in problem


@pytest.mark.parametrize("text", ["def (:\n", "", "(" * 5000])
def test_a_file_of_a_peer_that_is_no_python_is_a_problem(tmp_path: Path, text: str) -> None:
    with_a_peer(tmp_path).code("peers/family/a", text)
    assert [str(problem) for problem in kb.check(tmp_path) if "implementations/peers/family/a.py" in str(problem)]


@pytest.mark.parametrize(
    ("sizes", "text"),
    [
        ("make()", "expected a literal"),
        ("['wide']", "SIZES in its file: expected names such as 'two-layers' with arguments, came ['wide']"),
        ("{'Wide': {}}", "with arguments, came Wide"),
        ("{'squared': {'features': 2}}", "squared: a variant has this name"),
    ],
)
def test_sizes_of_another_form_are_a_problem(tmp_path: Path, sizes: str, text: str) -> None:
    small = with_a_peer(tmp_path, sizes=sizes)
    assert [str(problem) for problem in kb.check(tmp_path) if text in str(problem)], kb.check(tmp_path)
    keys = {job.key for job in small.load().jobs("a")}
    assert ("peer", "default") in keys, "the variants are compared all the same"


def test_a_peer_that_asks_for_another_argument_is_reported(tmp_path: Path) -> None:
    small = with_a_peer(tmp_path)
    small.code("peers/family/a", PEER.format(sizes="{}").replace("*, squared", "*, squared, width"))
    base = small.load()
    job = next(job for job in verify.plan(base, ["a"]) if job.key == ("peer", "default"))
    (outcome,) = verify.run(base, [job])
    assert "the peer asks for width; the arguments of ours are features, squared" in outcome.error


@pytest.mark.parametrize("compared", COMPARED, ids=[entry.id for entry in COMPARED])
def test_peers_are_compared_at_two_widths(compared: Architecture | Concept) -> None:
    """Wherever the constructor takes arguments, cases differ in them; every case differs in the sizes of inputs."""
    cases = peer_cases(compared, BASE.syntax).values()
    takes = [p for p in inspect.signature(compared.load()).parameters.values() if p.kind is p.KEYWORD_ONLY]
    assert not takes or len({str(sorted(case.arguments.items())) for case in cases}) > 1


@pytest.mark.parametrize("compared", COMPARED, ids=[entry.id for entry in COMPARED])
def test_the_arguments_of_every_case_are_taken_by_both_sides(compared: Architecture | Concept) -> None:
    for case in peer_cases(compared, BASE.syntax).values():
        with suppress(NotImplementedError):
            paired(BASE, compared, case)


def test_the_tolerance_is_far_above_rounding_and_far_below_a_wrong_constant() -> None:
    assert 1e-13 < PEER_TOLERANCE < 1e-8
