"""Probe for the capacity for long-range dependence: some weights make a far input matter about as much as a near one.

Definition: the share s(n) of a far input is its influence on an output, relative to that of the input which matters
most to the same output: |df_p/dx_q| / max_r |df_p/dx_r| for an output p and an input q that is n positions away, in
root mean square over inputs. The bias holds if for every n some weights have s(n) >= c n^-k, with the same c and k. The
ratio does not change with a factor of the output, so that weights cannot make up for a decay that is fixed.

Some weights are tried: those that are drawn; large biases of either sign, which open or close
gates; positive weights, which do so without biases; square matrices replaced by a multiple of the identity or an
orthogonal matrix, and wide ones by twice the identity, with everything else small, so that units are not saturated; and
those on the way of a short ascent of log s(n). On an axis of 128 the influence of inputs at distances of 52 to 64 is
compared with that at 4 to 12, of each the upper quartile, since saturated units make single inputs matter more or less
by chance. A power n^-k gives a factor of 7.25^-k, and the threshold is at k = 1.5. The error is 0 or 1.

Source: Tallec & Ollivier 2018 (tallec2018can) for biases of gates that grow with the wanted time; Le, Jaitly & Hinton
2015 (le2015simple) for the identity; Arjovsky, Shah & Bengio 2016 (arjovsky2016unitary) for unitary matrices.
"""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from implementations.biases.influence import at_position, with_gradients
from implementations.biases.reordering import size_of
from implementations.biases.resizing import resized, sizes_taken
from implementations.biases.reweighting import Reweighted, weights_of
from kb.probes import Axes, Error

Weights = dict[str, Tensor]

SIZE = 128
NEAR, FAR = (4, 12), (52, 64)  # distances that are compared, on an axis of that size; shorter ones on a shorter axis
QUARTILE = 0.75
POWER = 1.5  # the power k: attention over n positions beside a residual connection has 1
LEAST = SIZE**-POWER  # share of far inputs: less is not called influence, however slowly it falls
EXAMPLES = 8
TIMES = 3  # how often weights have to pass, with other inputs: saturated units make influence a matter of luck
POSITIONS = 2  # number of outputs: both ends
BIASES = (6.0, -6.0)
POSITIVE = 3.0  # factor of the absolute values of all weights, which open gates without biases
SMALL = 0.01  # factor of all other weights beside an orthogonal matrix
STARTS = (1.0, 0.3)  # factors of the weights from which an ascent starts
ASCENT_SIZE, ASCENT_STEPS, ASCENT_RATE = 32, 30, 0.1
PROMISING = 0.1  # share on the way of an ascent with which other lengths are worth a look


def _identity(size: int, generator: torch.Generator) -> Tensor:
    return torch.eye(size)


def _orthogonal(size: int, generator: torch.Generator) -> Tensor:
    return torch.linalg.qr(torch.randn(size, size, generator=generator, dtype=torch.float64))[0]


SQUARES = (
    ("identity", _identity, 0.0),
    ("orthogonal", _orthogonal, 0.0),
    ("four times the identity, biases -2", lambda size, generator: 4 * _identity(size, generator), -2.0),  # logistic
)
"""What replaces square matrices, and what is added to biases: the slope at the fixed point of a unit is then one."""


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if weights are found with which influence falls like a power of the distance, else 1.

    NaN where a size is fixed.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not sizes_taken(module).issuperset(axes.acting):
        return float("nan")
    for letter in axes.acting:
        for name, weights in _settings(module, axes, letter, generator):
            reweighted = Reweighted(module, weights)
            if all(_falls_slowly(reweighted, module, axes, letter, generator) for _ in range(TIMES)):
                return Error(0.0, axis=letter, weights=name)
    return Error(1.0)


def _falls_slowly(
    reweighted: nn.Module, module: nn.Module, axes: Axes, letter: str, generator: torch.Generator
) -> bool:
    """Return whether for some output the influence of far inputs is that of nearer ones, up to a power of the ratio."""
    inputs = resized(module, axes, {"B": EXAMPLES, letter: SIZE}, generator)
    least = (sum(FAR) / sum(NEAR)) ** -POWER
    found = influences(reweighted, inputs, axes, letter, generator)
    return any(far >= LEAST * largest and far >= least * near for near, far, largest in found)


def influences(
    module: nn.Module,
    inputs: Mapping[str, Tensor],
    axes: Axes,
    letter: str,
    generator: torch.Generator,
    differentiable: bool = False,
) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Return the influence of near inputs, of far ones and of the one that matters most, for some outputs and sides."""
    numbers = {name: x for name, x in with_gradients(inputs, axes).items() if letter in axes.inputs[name]}
    outputs = axes.named_outputs(module(**{**inputs, **numbers}))
    size = size_of(letter, inputs, axes.inputs)
    near, far = ([share * size // SIZE for share in bounds] for bounds in (NEAR, FAR))
    found = []
    for output in torch.linspace(0, size_of(letter, outputs, axes.outputs) - 1, POSITIONS).long().tolist():
        values = [value for value in at_position(outputs, axes, letter, output) if value.requires_grad]
        here = axes.strides.get(letter, 1) * output
        for name, gradient in zip(
            numbers, _derivatives(values, list(numbers.values()), generator, differentiable), strict=True
        ):
            norms = gradient.movedim(axes.inputs[name].index(letter), 0).flatten(1).norm(dim=1)
            for side in (norms[: here + 1].flip(0), norms[here:]):  # by distance, before and after the output
                if len(side) > far[1] and 0 < norms.max() < torch.inf:
                    bins = (side[bounds[0] : bounds[1] + 1].quantile(QUARTILE) for bounds in (near, far))
                    found.append((*bins, norms.max()))
    return found


def _derivatives(
    outputs: list[Tensor], sources: list[Tensor], generator: torch.Generator, differentiable: bool
) -> list[Tensor]:
    """Return the derivative of one random projection of the outputs by each source."""
    if not outputs or not sources:
        return [torch.zeros_like(source) for source in sources]
    directions = [torch.randn(output.shape, generator=generator, dtype=output.dtype) for output in outputs]
    found = torch.autograd.grad(
        outputs,
        sources,
        directions,
        retain_graph=True,
        create_graph=differentiable,
        allow_unused=True,
        materialize_grads=True,
    )
    return list(found)


def _settings(module: nn.Module, axes: Axes, letter: str, generator: torch.Generator) -> Iterator[tuple[str, Weights]]:
    """Yield the weights that are tried, and what they are."""
    drawn = weights_of(module)
    yield "as drawn", drawn
    for shift in BIASES:
        yield f"biases {shift:+g}", {name: x + shift if x.ndim == 1 else x for name, x in drawn.items()}
    yield "positive weights", {name: POSITIVE * x.abs() for name, x in drawn.items()}
    for square, make, bias in SQUARES:
        replaced = {name: make(len(x), generator) if _is_square(x) else SMALL * x for name, x in drawn.items()}
        shifted = {name: x + bias if x.ndim == 1 else x for name, x in replaced.items()}
        yield f"square matrices {square}", {name: x.double() for name, x in shifted.items()}
    wide = {name: 2 * torch.eye(*x.shape) if _is_wide(x) else SMALL * x for name, x in drawn.items()}
    yield "wide matrices twice the identity", {name: x.double() for name, x in wide.items()}
    for factor in STARTS:
        yield from _ascent(module, {name: factor * x for name, x in drawn.items()}, axes, letter, generator)


def _is_square(weight: Tensor) -> bool:
    return weight.ndim == 2 and len(weight) == weight.shape[1]


def _is_wide(weight: Tensor) -> bool:
    return weight.ndim == 2 and len(weight) <= weight.shape[1]


def _ascent(
    module: nn.Module, start: Weights, axes: Axes, letter: str, generator: torch.Generator
) -> Iterator[tuple[str, Weights]]:
    """Yield weights with a large share on the way of an ascent of its logarithm; none where the share is zero."""
    weights = {name: x.clone().requires_grad_() for name, x in start.items()}
    if not weights:
        return
    optimiser = torch.optim.Adam(weights.values(), lr=ASCENT_RATE, maximize=True)
    for step in range(ASCENT_STEPS):
        inputs = resized(module, axes, {"B": EXAMPLES, letter: ASCENT_SIZE}, generator)
        with sdpa_kernel(SDPBackend.MATH):  # the others have no second derivative
            found = influences(Reweighted(module, weights), inputs, axes, letter, generator, differentiable=True)
        share = torch.stack([far / largest for _, far, largest in found]).max() if found else torch.zeros(())
        if not share.requires_grad or not share > 0:
            return
        if share > PROMISING:
            yield f"after {step} steps of an ascent", {name: x.detach().clone() for name, x in weights.items()}
        optimiser.zero_grad()
        try:
            share.log().backward()
        except RuntimeError:  # some operation has no second derivative
            return
        for weight in weights.values():
            if weight.grad is not None:
                weight.grad.nan_to_num_(0.0, 0.0, 0.0)
        optimiser.step()


class Leak(nn.Module):
    """Sum of all inputs so far, which loses a share with every step: a tenth, or one that is learned."""

    def __init__(self, generator: torch.Generator, learned: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(3, 3, generator=generator, dtype=torch.float64))
        self.gate = nn.Linear(3, 1).double() if learned else None

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, F]` to `[B, T, F]`."""
        h, states = torch.zeros_like(x[:, 0]), []
        for step in x.unbind(1):
            h = h * (torch.sigmoid(self.gate(step)) if self.gate else 0.9) + step @ self.weight
            states.append(h)
        return torch.tanh(torch.stack(states, 1))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 8) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, 3, generator=generator, dtype=torch.float64)}


def _case(learned: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Leak(generator, learned)
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "F")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a memory whose forget gate can be opened."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a memory that loses a tenth with every step, whatever its weights are."""
    return _case(False, generator)
