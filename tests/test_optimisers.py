"""What every optimiser of the knowledge base does, whichever its rule."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest
import torch
from bundled import BASE
from torch import nn

from implementations.update_rule import UpdateRule

RULES = {
    entry.id: rule
    for entry in BASE.concepts.values()
    if entry.category == "optimiser"
    and entry.implementation
    and inspect.isclass(rule := entry.load())
    and issubclass(rule, UpdateRule)
}


def descend(rule: type[UpdateRule], steps: int) -> tuple[nn.Parameter, UpdateRule]:
    """Move a point down a bowl that is ten times as steep one way as the other."""
    place = nn.Parameter(torch.tensor([2.0, -1.0], dtype=torch.float64))
    optimiser = rule([place], lr=0.01)
    for _ in range(steps):
        optimiser.zero_grad()
        (torch.tensor([1.0, 10.0]) * place.square()).sum().backward()
        optimiser.step()
    return place, optimiser


def test_there_are_rules() -> None:
    assert {"gradient-descent", "heavy-ball", "rmsprop", "adam"} <= set(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_it_finds_the_bottom_of_a_bowl(rule: type[UpdateRule]) -> None:
    place, _ = descend(rule, 2000)
    assert place.detach().norm() < 0.02


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_it_goes_on_from_a_saved_state(rule: type[UpdateRule]) -> None:
    place, optimiser = descend(rule, 5)
    other = nn.Parameter(place.detach().clone())
    resumed = rule([other], lr=0.5)
    resumed.load_state_dict(optimiser.state_dict())
    for point, moved in ((place, optimiser), (other, resumed)):
        point.grad = torch.ones_like(point)
        moved.step()
    assert torch.equal(place, other)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_it_leaves_alone_what_has_no_gradient(rule: type[UpdateRule]) -> None:
    idle = nn.Parameter(torch.ones(3))
    assert rule([idle]).step() is None
    assert torch.equal(idle, torch.ones(3))


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_it_knows_schedules_and_closures(rule: type[UpdateRule]) -> None:
    place = nn.Parameter(torch.ones(1))
    optimiser = rule([place], lr=0.01)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, start_factor=0.5, total_iters=1)

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = place.square().sum()
        loss.backward()
        return loss

    assert optimiser.param_groups[0]["lr"] == 0.005
    assert optimiser.step(closure) == 1
    assert place.item() < 1
    schedule.step()
    assert optimiser.param_groups[0]["lr"] == 0.01


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_negative_setting_is_refused(rule: type[UpdateRule]) -> None:
    with pytest.raises(ValueError, match=r"must not be negative: \{'lr': -1.0\}"):
        rule([nn.Parameter(torch.ones(1))], lr=-1.0)


ON_PARAMETERS = {
    entry.id: entry.load()
    for entry in BASE.concepts.values()
    if entry.category == "optimiser"
    and entry.implementation
    and inspect.isfunction(entry.load())
    and list(inspect.signature(entry.load()).parameters)[:1] == ["parameters"]
}
"""Functions that change the gradients of parameters."""


@pytest.mark.parametrize("function", ON_PARAMETERS.values(), ids=ON_PARAMETERS)
def test_functions_leave_alone_what_has_no_gradient(function: Callable[..., object]) -> None:
    idle, moved = nn.Parameter(torch.ones(2, 3)), nn.Parameter(torch.ones(2, 3))
    moved.grad = torch.full((2, 3), 100.0)
    function([idle, moved])
    assert idle.grad is None
    assert float(moved.grad.norm()) < 100, "what has one is changed"
