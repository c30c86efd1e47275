"""Exact checks of the batch-normalised network: its gradients, and the difference between training and inference."""

import torch
from torch import Tensor, nn

from implementations.architectures.feedforward.batch_normalised_network import BatchNormalisedNetwork
from implementations.claims.agreement import difference


def inference_with_the_statistics_of_the_batch(generator: torch.Generator) -> float:
    """Return the difference between training and inference where the running averages are those of this one batch."""
    net = BatchNormalisedNetwork().double()
    x = net.example_inputs(generator, B=9)["x"].double()
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm1d):
            layer.momentum = 1.0  # keep the newest batch only
    trained = net(x)
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm1d):
            layer.running_var *= (len(x) - 1) / len(x)  # the averages hold the unbiased estimate
    return difference(net.eval()(x), trained)


def scale_of_weights_does_not_matter(generator: torch.Generator) -> float:
    """Return the change of outputs, and of gradients times the scale, when the rows of a first layer are scaled.

    With no constant added to the variance: BN((a W) x) = BN(W x), and the gradient of a W is 1 / a times that of W.
    """
    net = BatchNormalisedNetwork().double()
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm1d):
            layer.eps = 1e-30
    x = net.example_inputs(generator, B=9)["x"].double()
    weight = net.layers[0][0].weight
    scale = 0.1 + 5 * torch.rand(len(weight), 1, generator=generator, dtype=torch.float64)
    upstream = torch.randn(9, 4, generator=generator, dtype=torch.float64)

    def outputs_and_gradient() -> tuple[Tensor, Tensor]:
        y = net(x)
        return y, torch.autograd.grad(y, weight, upstream)[0]

    before, gradient = outputs_and_gradient()
    weight.data *= scale
    after, scaled = outputs_and_gradient()
    return max(difference(after, before), difference(scale * scaled, gradient))


def gradient_of_the_normalisation(generator: torch.Generator) -> float:
    """Return the difference between a layer's gradient and the chain rule, written out for mean and variance.

    With x_hat the normalised values and g the gradient of the outputs, the gradient of the inputs is
    gamma / sqrt(variance + epsilon) (g - mean(g) - x_hat mean(g x_hat)).
    """
    layer = BatchNormalisedNetwork().double().layers[0][1]
    nn.init.normal_(layer.weight, generator=generator)
    x = torch.randn(9, 8, generator=generator, dtype=torch.float64, requires_grad=True)
    upstream = torch.randn(9, 8, generator=generator, dtype=torch.float64)
    (found,) = torch.autograd.grad(layer(x), x, upstream)
    deviation = (x.var(0, correction=0) + layer.eps).sqrt()
    normalised = (x - x.mean(0)) / deviation
    expected = layer.weight / deviation * (upstream - upstream.mean(0) - normalised * (upstream * normalised).mean(0))
    return difference(found, expected)
