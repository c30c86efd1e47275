"""Label smoothing: a share of the probability of the right class is divided equally among all classes.

Source: Szegedy et al. 2016, "Rethinking the Inception architecture for computer vision" (szegedy2016rethinking); with a
share of 0.1 in Vaswani et al. 2017, sec. 5.4 (vaswani2017attention).

Equations:
    q'(k) = (1 - epsilon) [k = y] + epsilon / K
    loss = - sum over k of q'(k) log p(k)  =  (1 - epsilon) H(y, p) + epsilon H(uniform, p)

Shapes: B examples, K classes.
"""

from jaxtyping import Float, Int
from torch import Tensor


def label_smoothed_cross_entropy(
    logits: Float[Tensor, "B K"], target: Int[Tensor, " B"], *, smoothing: float = 0.1
) -> Float[Tensor, ""]:
    """Return the mean cross-entropy of smoothed labels.

    Args:
        logits: The model's logits of the classes.
        target: Right classes.
        smoothing: Share epsilon that is divided among all classes.

    Raises:
        ValueError: The share is not between 0 and 1.

    Example:
        >>> import torch
        >>> sure = torch.tensor([[10.0, 0.0]])
        >>> label_smoothed_cross_entropy(sure, torch.tensor([0])) > 0.4  # to be sure has its price
        tensor(True)
    """
    if not 0 <= smoothing <= 1:
        raise ValueError(f"smoothing ({smoothing}) must be between 0 and 1")
    surprise = -logits.log_softmax(1)
    right = surprise.gather(1, target[:, None]).squeeze(1)
    return ((1 - smoothing) * right + smoothing * surprise.mean(1)).mean()
