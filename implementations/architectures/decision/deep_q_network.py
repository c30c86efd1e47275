"""Deep Q-network: a convolutional network of images with a value for every action, trained by Q-learning.

Source: Mnih et al. 2013, "Playing Atari with deep reinforcement learning" (mnih2013playing); the target network and the
clipped error are those of Mnih et al. 2015, "Human-level control through deep reinforcement learning", Methods
(mnih2015human).

Equations:
    Q(s, .) = W_2 ReLU(W_1 c + b_1) + b_2,   c: the last feature map of convolutions, each followed by a ReLU
    y = r + gamma max over a' of Q(s', a'; theta-),   y = r where the episode ended
    loss = Huber(y - Q(s, a; theta)),   theta- <- theta every C updates

Shapes: B transitions, C channels, H height, W width, K actions, G = 3 + C H W numbers that describe what an action
led to: the action, the reward, whether the episode ended, and the pixels of the next image.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.loss.huber_loss import HuberLoss
from implementations.concepts.value_learning.q_learning_target import QLearningTarget
from implementations.concepts.value_learning.target_network import TargetNetwork
from kb.guards import checked_arguments, checked_inputs


class DeepQNetwork(nn.Module):
    """Convolutions, a hidden layer, and one output for every action; beside it, the copy that computes targets.

    Args:
        image: Height and width of the images; the hidden layer fixes them.
        in_channels: Number C of channels: frames, or planes of a board.
        filters: Filters of the first convolution; the others have twice as many.
        kernels: Side of the filters of every convolution.
        strides: Stride of every convolution.
        hidden: Units of the hidden layer.
        actions: Number K of actions.
        discount: Factor gamma by which a reward counts less for every step that it is later.
        period: Number C of updates between two copies of the weights.

    Raises:
        ValueError: There is not one stride for every convolution, they leave nothing of the image, or an image has
            another size.

    Example:
        >>> DeepQNetwork(actions=5)(torch.zeros(2, 2, 7, 9)).shape
        torch.Size([2, 5])
        >>> DeepQNetwork(strides=[1])
        Traceback (most recent call last):
        ValueError: DeepQNetwork(strides=[1]) cannot be built: kernels ([3, 2]) and strides ([1]) must be as many
        >>> DeepQNetwork(image=[7, 3])
        Traceback (most recent call last):
        ValueError: DeepQNetwork(image=[7, 3]) cannot be built: filters of 3 and 2 leave nothing of an image of 7 x 3
    """

    @checked_arguments(discount=(0, 1))
    def __init__(
        self,
        *,
        image: Sequence[int] = (7, 9),
        in_channels: int = 2,
        filters: int = 4,
        kernels: Sequence[int] = (3, 2),
        strides: Sequence[int] = (2, 1),
        hidden: int = 8,
        actions: int = 3,
        discount: float = 0.9,
        period: int = 100,
    ) -> None:
        super().__init__()
        if len(kernels) != len(strides):
            raise ValueError(f"kernels ({list(kernels)}) and strides ({list(strides)}) must be as many")
        self.image, self.in_channels, self.period = tuple(image), in_channels, period
        self.network, sides, channels = nn.Sequential(), self.image, in_channels
        for index, (kernel, stride) in enumerate(zip(kernels, strides, strict=True)):
            width = filters if index == 0 else 2 * filters
            self.network.extend([nn.Conv2d(channels, width, kernel, stride), nn.ReLU()])
            sides, channels = tuple((side - kernel) // stride + 1 for side in sides), width
        if min(sides) < 1:
            raise ValueError(
                f"filters of {' and '.join(map(str, kernels))} leave nothing of an image of {image[0]} x {image[1]}"
            )
        self.network.extend([nn.Flatten(), nn.Linear(channels * sides[0] * sides[1], hidden), nn.ReLU()])
        self.network.append(nn.Linear(hidden, actions))
        self.target = TargetNetwork(network=self.network)
        self.bootstrap, self.clipped = QLearningTarget(discount=discount), HuberLoss()
        self.register_buffer("left", torch.tensor(period))  # updates before the next copy

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the values of all actions in the states that the images show."""
        if x.shape[2:] != self.image:
            raise ValueError(f"an image of {tuple(x.shape[2:])} pixels came, and the hidden layer needs {self.image}")
        return self.network(x)

    def temporal_difference_loss(
        self, *, generator: torch.Generator, target: Float[Tensor, "B G"], x: Float[Tensor, "B C H W"]
    ) -> Float[Tensor, " B"]:
        """Return the clipped error of the value of every action that was taken.

        Args:
            generator: Not used: nothing is drawn.
            target: What the action led to: itself, the reward, 1 where the episode ended, pixels of the next image.
            x: Where it was taken.
        """
        if self.training:
            if self.left == 0:
                self.target.follow(self.network)
                self.left.fill_(self.period)
            self.left -= 1
        action, reward, ended = target[:, 0].long(), target[:, 1], target[:, 2]
        following = self.target(target[:, 3:].view_as(x))  # [B, K]
        value = self(x).gather(1, action[:, None])[:, 0]
        return self.clipped(self.bootstrap(reward, ended, following) - value)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random images."""
        return {"x": torch.randn(B, self.in_channels, *self.image, generator=generator)}
