"""The random numbers of a training: every generator that is drawn from, and their states."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor


class Randomness:
    """All generators of a training, seeded alike.

    Args:
        seed: Of all of them.
        device: Where the network is: there is a generator of its own for what is drawn there.

    Attributes:
        task: Draws data and batches, on the processor.
        noise: Draws what objectives need, where the network is; on the processor it is that of the task.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        torch.manual_seed(seed)  # of the weights and of dropout
        self.task = torch.Generator().manual_seed(seed)
        self.noise = self.task if device.type == "cpu" else torch.Generator(device).manual_seed(seed)
        self._device = device

    def state(self) -> dict[str, Tensor]:
        """Return the states of all generators."""
        found = {"task": self.task.get_state(), "torch": torch.get_rng_state()}
        if self._device.type == "cuda":
            found |= {"noise": self.noise.get_state(), "device": torch.cuda.get_rng_state(self._device)}
        return found

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Set the states of all generators. Those of a device are left as they are after training on another kind.

        Raises:
            ValueError: One is missing, or is not the state of a generator.
        """
        try:
            self.task.set_state(state["task"])
            torch.set_rng_state(state["torch"])
            if self._device.type == "cuda" and "noise" in state:
                self.noise.set_state(state["noise"])
                torch.cuda.set_rng_state(state["device"], self._device)
        except (KeyError, RuntimeError, TypeError) as error:
            raise ValueError(f"the random states do not fit: {error}") from error
