"""Grading: by how much a symmetry of images is broken, as a curve, beside the exact word that it is or is not.

A curve has the sizes of a transformation, and for each the error of f(t x) = t f(x), where an output without the two
space axes should not change: the root of the mean square of the difference, relative to that between the outputs for
two independent inputs. So 0 is a symmetry, and 1 is what a function has for which x and t x have nothing in common.

Images are smooth, with four waves across at most, so that interpolation changes little. What lies beyond the border is
reflected. Shifts are circular, and nothing is interpolated.
"""

import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.biases.comparing import run
from implementations.biases.reordering import reorder, shift, size_of
from kb.probes import Axes

SHIFTS = (1, 2, 3, 4, 5, 6, 7, 8)
ANGLES = (2.0, 5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0)  # in degrees
FACTORS = (1.02, 1.05, 1.1, 1.2, 1.4, 2.0)
AMPLITUDES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)  # of the displacement, as a share of half the image
COARSE_FIELD = (16, 16)
COARSE = 4  # points along each axis, between which images and displacements are smooth

Transform = Callable[[Tensor], Tensor]
"""What is done to images `[..., height, width]`."""


Graded = tuple[str, list[float], list[float]]
"""What is done to the input, by how much, and the errors."""


def rotation(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator) -> Graded:
    """Return the errors for rotations by a few degrees to a right angle."""
    transforms = {angle: _affine(_turn(angle)) for angle in ANGLES}
    return "rotation, in degrees", *_graded(transforms, module, inputs, axes, generator)


def scale(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator) -> Graded:
    """Return the errors for enlargements by up to a factor of two."""
    transforms = {factor: _affine(torch.eye(2, dtype=torch.float64) / factor) for factor in FACTORS}
    return "enlargement, as a factor", *_graded(transforms, module, inputs, axes, generator)


def deformation(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator) -> Graded:
    """Return the errors for smooth displacements of growing amplitude."""
    field = _smooth((1, 2, *COARSE_FIELD), generator)[0].movedim(0, -1)  # [h, w, 2]
    field = field / field.abs().max()
    transforms = {amplitude: _displaced(amplitude * field) for amplitude in AMPLITUDES}
    return "largest displacement, as a share of half the image", *_graded(transforms, module, inputs, axes, generator)


def translation(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator) -> Graded:
    """Return the errors for circular shifts by a few positions: those that move the output by whole positions too."""
    images, others = (_smooth_inputs(inputs, axes, generator) for _ in range(2))
    before = run(module, images, axes)
    variation = _distance(before, run(module, others, axes)) or 1.0  # what never varies breaks nothing
    found = _translation(module, images, before, variation, axes)
    return "shift, in positions", found["size"], found["error"]


def _graded(
    transforms: Mapping[float, Transform],
    module: nn.Module,
    inputs: Mapping[str, Tensor],
    axes: Axes,
    generator: torch.Generator,
) -> tuple[list[float], list[float]]:
    """Return sizes and errors: inputs are transformed, and outputs with both axes have to be transformed alike."""
    plane = axes.acting[-2], axes.acting[-1]
    images, others = (_smooth_inputs(inputs, axes, generator) for _ in range(2))
    before = run(module, images, axes)
    variation = _distance(before, run(module, others, axes)) or 1.0  # what never varies breaks nothing
    errors = []
    for transform in transforms.values():
        after = run(module, _applied(transform, images, axes.inputs, plane), axes)
        errors.append(_distance(after, _applied(transform, before, axes.outputs, plane)) / variation)
    return list(transforms), errors


def _translation(
    module: nn.Module, images: Mapping[str, Tensor], before: Mapping[str, Tensor], variation: float, axes: Axes
) -> dict[str, list[float]]:
    """Return the mean over the axes, for shifts that move the output by whole positions too."""
    stride = math.lcm(*(axes.strides.get(letter, 1) for letter in axes.acting))
    sizes = [stride * steps for steps in SHIFTS]
    errors = []
    for steps in sizes:
        of_axes = []
        for letter in axes.acting:
            moved = {letter: shift(size_of(letter, images, axes.inputs), steps)}
            after = run(module, reorder(images, axes.inputs, moved), axes)
            along = [value for name, value in before.items() if letter in axes.outputs[name]]
            size = size_of(letter, before, axes.outputs) if along else 1
            wanted = reorder(before, axes.outputs, {letter: shift(size, steps // axes.strides.get(letter, 1))})
            of_axes.append(_distance(after, wanted) / variation)
        errors.append(sum(of_axes) / len(of_axes))
    return {"size": [float(steps) for steps in sizes], "error": errors}


def _applied(
    transform: Transform, tensors: Mapping[str, Tensor], letters: Mapping[str, tuple[str, ...]], plane: tuple[str, str]
) -> dict[str, Tensor]:
    """Return tensors, with those that have both axes of the plane transformed."""
    result = dict(tensors)
    for name, value in tensors.items():
        if set(plane) <= set(letters[name]):
            dims = [letters[name].index(letter) for letter in plane]
            result[name] = transform(value.movedim(dims, (-2, -1))).movedim((-2, -1), dims)
    return result


def _affine(matrix: Tensor) -> Transform:
    """Return the transformation in which a point has the contents that the matrix takes it to."""

    def transform(images: Tensor) -> Tensor:
        return _sampled(images, _grid(images) @ matrix.T)

    return transform


def _displaced(field: Tensor) -> Transform:
    """Return the transformation in which a point has the contents of one a little beside it."""

    def transform(images: Tensor) -> Tensor:
        steps = F.interpolate(field.movedim(-1, 0)[None], images.shape[-2:], mode="bilinear", align_corners=True)
        return _sampled(images, _grid(images) + steps[0].movedim(0, -1))

    return transform


def _grid(images: Tensor) -> Tensor:
    """Return the places of all pixels `[H, W, 2]`, first across and then down, from -1 to 1."""
    down, across = (torch.linspace(-1, 1, size, dtype=torch.float64) for size in images.shape[-2:])
    return torch.stack(torch.meshgrid(across, down, indexing="xy"), -1)


def _sampled(images: Tensor, places: Tensor) -> Tensor:
    flat = images.reshape(1, -1, *images.shape[-2:])
    sampled = F.grid_sample(flat, places[None], mode="bicubic", padding_mode="reflection", align_corners=True)
    return sampled.view_as(images)


def _turn(degrees: float) -> Tensor:
    angle = torch.tensor(degrees, dtype=torch.float64).deg2rad()
    return torch.stack([torch.stack([angle.cos(), -angle.sin()]), torch.stack([angle.sin(), angle.cos()])])


def _smooth_inputs(inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator) -> dict[str, Tensor]:
    """Return inputs in which images are smooth; the others stay as they are."""
    plane = axes.acting[-2:]
    result = dict(inputs)
    for name, value in inputs.items():
        if set(plane) <= set(axes.inputs[name]) and value.is_floating_point():
            dims = [axes.inputs[name].index(letter) for letter in plane]
            shape = value.movedim(dims, (-2, -1)).shape
            result[name] = _smooth(tuple(shape), generator).movedim((-2, -1), dims)
    return result


def _smooth(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    coarse = torch.randn(*shape[:-2], COARSE, COARSE, generator=generator, dtype=torch.float64)
    flat = coarse.reshape(1, -1, COARSE, COARSE)
    return F.interpolate(flat, shape[-2:], mode="bicubic", align_corners=True).reshape(shape)


def _distance(some: Mapping[str, Tensor], others: Mapping[str, Tensor]) -> float:
    """Return the root of the mean square of the difference of all outputs."""
    differences = torch.cat([(some[name] - other).flatten() for name, other in others.items()])
    return differences.square().mean().sqrt().item()
