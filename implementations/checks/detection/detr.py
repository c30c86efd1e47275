"""Exact checks of DETR."""

import torch

from implementations.architectures.detection.detr import DETR
from implementations.claims.agreement import difference
from implementations.concepts.loss.bipartite_matching_loss import BipartiteMatchingLoss


def permuted_queries_permute_detections(generator: torch.Generator) -> float:
    """Return the difference between detections by permuted queries and permuted detections."""
    net = DETR(queries=5).double().eval()
    x = net.example_inputs(generator)["x"].double()
    logits, boxes = net(x)
    order = torch.randperm(5, generator=generator)
    with torch.no_grad():
        net.queries.weight.copy_(net.queries.weight[order])
    permuted_logits, permuted_boxes = net(x)
    return max(difference(permuted_logits, logits[:, order]), difference(permuted_boxes, boxes[:, order]))


def the_loss_does_not_see_the_order_of_queries(generator: torch.Generator) -> float:
    """Return by how much permuted queries change the loss, and the gradient of the weights of the heads."""
    net = DETR(queries=5).double().eval()
    x = net.example_inputs(generator)["x"].double()
    labels = torch.tensor([[0, 2], [1, 1]])
    objects = 0.1 + 0.8 * torch.rand(2, 2, 4, generator=generator, dtype=torch.float64)
    found = []
    for order in (torch.arange(5), torch.tensor([3, 0, 4, 1, 2])):
        with torch.no_grad():
            net.queries.weight.copy_(net.queries.weight[order])
        loss = BipartiteMatchingLoss()(*net(x), labels, objects)
        gradients = torch.autograd.grad(loss.sum(), [net.class_head.weight, net.box_head[4].weight])
        found.append(torch.cat([loss, *(gradient.flatten() for gradient in gradients)]))
    return difference(found[1], found[0])
