"""Hard-distillation loss: half of the cross-entropy is with the label, half with the class that a teacher decides for.

Source: Touvron et al. 2021, eq. 3 (touvron2021training), with logits of their own for the teacher's decision, as at the
end of sec. 4.

Equations:
    loss = 1/2 CE(softmax(a), y) + 1/2 CE(softmax(b), y_t),     y_t = argmax over c of the teacher's logits

Shapes: B examples, K classes.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class HardDistillationLoss(nn.Module):
    """The mean of two cross-entropies: with the label, and with the decision of a teacher.

    Example:
        >>> even = torch.zeros(1, 4)
        >>> HardDistillationLoss()(even, even, torch.tensor([1]), torch.tensor([2])).exp()
        tensor([4.])
    """

    def forward(
        self,
        logits: Float[Tensor, "B K"],
        distilled: Float[Tensor, "B K"],
        label: Int[Tensor, " B"],
        decision: Int[Tensor, " B"],
    ) -> Float[Tensor, " B"]:
        """Return the loss of every example.

        Args:
            logits: Of the classes, which are compared with the label.
            distilled: Of the classes, which are compared with the decision; those above, where there is one classifier.
            label: The right class.
            decision: The class to which the teacher gives the largest logit.
        """
        right, decided = label[:, None], decision[:, None]
        return -(logits.log_softmax(1).gather(1, right) + distilled.log_softmax(1).gather(1, decided))[:, 0] / 2

    def example_inputs(self, generator: torch.Generator, *, B: int = 4) -> dict[str, Tensor]:
        """Return random logits, labels and decisions."""
        logits, distilled = torch.randn(2, B, 5, generator=generator)
        label, decision = torch.randint(0, 5, (2, B), generator=generator)
        return {"logits": logits, "distilled": distilled, "label": label, "decision": decision}
