"""Guards: what is right passes in every way in which torch calls a module; what is wrong is told in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from bundled import BASE
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.utils.checkpoint import checkpoint

from kb.guards import checked_arguments, checked_inputs
from kb.verify.preparing import example_inputs, seeded


class Small(nn.Module):
    """A network outside of `implementations`, where the tests let no other library check types."""

    @checked_arguments(share=(0, 1), memory=0)
    def __init__(self, *, features: int = 3, share: float = 0.5, memory: int = 2) -> None:
        super().__init__()
        self.linear, self.share, self.memory = nn.Linear(features, features), share, memory

    @checked_inputs(edge_index="N")
    def forward(
        self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"], h: Float[Tensor, "N F"] | None = None
    ) -> Float[Tensor, "N F"]:
        x = x if h is None else x + h
        return self.share * self.linear(x).index_add(0, edge_index[1], x[edge_index[0]])

    def example_inputs(self, generator: torch.Generator, *, N: int = 4, E: int = 2) -> dict[str, Tensor]:
        edges = torch.randint(0, N, (2, E), generator=generator)
        return {"x": torch.randn(N, self.linear.in_features, generator=generator), "edge_index": edges}


def network(name: str, **arguments: object) -> nn.Module:
    module: nn.Module = BASE.code.load(BASE.architectures[name].implementation)(**arguments)
    return module.eval()


GRAPH = {"x": torch.zeros(4, 5), "edge_index": torch.tensor([[0, 1], [1, 3]])}


@pytest.mark.parametrize(
    ("name", "changed", "error", "sentence"),
    [
        ("gcn", {"x": [[1.0]]}, TypeError, "GCN: x must be a tensor [N, F] of floating-point numbers, came list"),
        (
            "gcn",
            {"x": torch.zeros(4, 5).long()},
            TypeError,
            "GCN: x must hold floating-point numbers, came int64 [4, 5]: convert it, as by `x.float()`",
        ),
        (
            "gcn",
            {"x": torch.zeros(4)},
            ValueError,
            "GCN: x must have the axes [N, F]: N (nodes), F (input features); came [4]: `x[None]` adds one that is 1 "
            "long",
        ),
        (
            "gcn",
            {"x": torch.zeros(4, 7)},
            ValueError,
            "GCN: x has 7 along F (input features), and the network was built for 5 (in_features=5): give 5, or build "
            "it again",
        ),
        (
            "gcn",
            {"x": torch.zeros(4, 5).double()},
            TypeError,
            "GCN: x is torch.float64, and the network torch.float32: bring both to one, as by `x.to(torch.float32)`",
        ),
        (
            "gcn",
            {"x": torch.zeros(4, 5, device="meta")},
            TypeError,
            "GCN: x is on meta, and the network on cpu: bring both to one, as by `.to(cpu)`",
        ),
        (
            "gcn",
            {"x": torch.zeros(0, 5)},
            ValueError,
            "GCN: x has nothing along N (nodes): give it at least one",
        ),
        (
            "gcn",
            {"edge_index": torch.zeros(3, 2).long()},
            ValueError,
            "GCN: edge_index must have the shape [2, E], came [3, 2]",
        ),
        (
            "gcn",
            {"edge_index": torch.tensor([[0], [-1]])},
            ValueError,
            "GCN: edge_index counts along N (nodes): give it numbers from 0 to 3, came -1",
        ),
        (
            "gcn",
            {"edge_index": torch.tensor([[0], [4]])},
            ValueError,
            "GCN: edge_index counts along N (nodes): give it numbers from 0 to 3, came 4",
        ),
    ],
)
def test_sentences_about_inputs(name: str, changed: dict[str, Any], error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        network(name)(**GRAPH | changed)


def test_a_state_of_another_batch_is_not_broadcast() -> None:
    with pytest.raises(ValueError, match=re.escape("LSTM: h has 1 along B (examples), and x has 2: make both alike")):
        network("lstm")(torch.zeros(2, 4, 3), torch.zeros(1, 6))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"layers": 0}, "GatedTransformerXL: layers must be a whole number of at least 1, came 0"),
        ({"layers": 2.5}, "GatedTransformerXL: layers must be a whole number of at least 1, came 2.5"),
        ({"layers": True}, "GatedTransformerXL: layers must be a whole number of at least 1, came True"),
        ({"memory": -1}, "GatedTransformerXL: memory must be a whole number of at least 0, came -1"),
        ({"bias": float("nan")}, "GatedTransformerXL: bias must be a finite number, came nan"),
        (
            {"heads": 4},
            "GatedTransformerXL(heads=4) cannot be built: width (6) must be divisible by heads (4)",
        ),
    ],
)
def test_sentences_about_arguments(arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        network("gated-transformer-xl", **arguments)


def test_sentences_about_bounds_and_sequences() -> None:
    for arguments, sentence in (
        ({"teleport": 1.5}, "teleport must be a finite number from 0 to 1, came 1.5"),
        ({"hidden": 8}, "hidden must be a sequence, came 8"),
        ({"hidden": [8, 0]}, "hidden must be a sequence, and each item a whole number of at least 1, came [8, 0]"),
    ):
        with pytest.raises(ValueError, match=re.escape(sentence)):
            network("personalised-propagation", **arguments)
    with pytest.raises(ValueError, match=r"^Transformer: positions must be True or False, came 'no'$"):
        network("transformer", positions="no")
    with pytest.raises(ValueError, match="stem must be a sequence with something in it"):
        network("googlenet", stem=())


def test_numbers_of_other_libraries_are_numbers() -> None:
    assert Small(features=np.int64(3), share=np.float32(0.5), memory=0).memory == 0


def test_what_python_says_is_left_to_it() -> None:
    with pytest.raises(TypeError, match=r"missing .*'edge_index'"):
        network("gcn")(torch.zeros(4, 5))
    with pytest.raises(
        TypeError, match="GCN: got an unexpected keyword argument 'layer'; it takes in_features, hidden"
    ):
        network("gcn", layer=2)


WAYS: dict[str, Callable[[nn.Module, dict[str, Tensor]], Any]] = {
    "compile": lambda net, x: torch.compile(net, fullgraph=True, backend="eager")(**x),
    "export": lambda net, x: torch.export.export(net, (), kwargs=x),
    "functional call": lambda net, x: functional_call(net, dict(net.named_parameters()), (), x),
    "vmap over inputs": lambda net, x: vmap(lambda y: net(**y))({k: torch.stack([v, v]) for k, v in x.items()}),
    "checkpoint": lambda net, x: checkpoint(lambda **y: net(**y), use_reentrant=False, **x),
    "positional": lambda net, x: net(*x.values()),
    "meta": lambda net, x: net.to("meta")(**{name: value.to("meta") for name, value in x.items()}),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_right_passes(way: str) -> None:
    net = Small()
    WAYS[way](net, example_inputs(net, seeded(1)))


class Failing(nn.Module):
    """Fails as it is told to."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    @checked_inputs(index="N")
    def forward(self, x: Float[Tensor, "N F"], index: Int[Tensor, " E"] | None = None) -> Float[Tensor, "N F"]:
        raise self.error


@pytest.mark.parametrize(
    "error",
    [torch.OutOfMemoryError("full"), NotImplementedError("not on this machine"), ValueError("its own sentence")],
)
def test_errors_about_no_input_or_all_of_them_are_passed_on(error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        Failing(error)(torch.zeros(2, 3))
    assert raised.value is error


def test_what_is_not_understood_names_the_inputs_and_keeps_its_cause() -> None:
    cause = RuntimeError("mysterious")
    with pytest.raises(RuntimeError, match=r"^Failing failed on x float32 \[2, 3\]: mysterious$") as raised:
        Failing(cause)(torch.zeros(2, 3))
    assert raised.value.__cause__ is cause


def test_a_bound_is_of_an_argument_that_there_is() -> None:
    with pytest.raises(TypeError, match="'layer', which the constructor does not take"):

        @checked_arguments(layer=0)
        def constructor(self: object, *, layers: int = 1) -> None: ...
