"""Actor-critic with proximal policy optimisation: a policy and values of states, each by a perceptron.

Source: Schulman et al. 2017, "Proximal policy optimization algorithms", eq. 7, 9, 11 and 12, Algorithm 1, sec. 6.1
(schulman2017proximal).

Equations:
    pi(a | s) = softmax(actor(s))_a,   V(s) = critic(s)
    r_t = pi(a_t | s_t) / pi_old(a_t | s_t),   actions are drawn from pi_old
    A_t: generalised advantage estimation with V_old
    loss = mean over t of -min(r_t A_t, clip(r_t, 1 - epsilon, 1 + epsilon) A_t)
           + c_1 (V(s_t) - (A_t + V_old(s_t)))^2 - c_2 entropy(pi(. | s_t))

Shapes: B episodes, F features of a state, K actions, T steps, S states of a world, G = F + 3 K numbers that describe a
state of it: its features, and for every action the number of the next state, the reward, and 1 where the episode ends.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.concepts.loss.clipped_surrogate_objective import ClippedSurrogateObjective
from implementations.concepts.value_learning.generalised_advantage_estimation import GeneralisedAdvantageEstimation
from implementations.concepts.value_learning.target_network import TargetNetwork
from kb.guards import checked_arguments, checked_inputs


class Outputs(NamedTuple):
    """The logits of all actions, and the value of the state."""

    logits: Float[Tensor, "B K"]
    value: Float[Tensor, " B"]


class Walk(NamedTuple):
    """Steps that were taken."""

    states: Float[Tensor, "B T+1 F"]
    actions: Int[Tensor, "B T"]
    reward: Float[Tensor, "B T"]
    ended: Float[Tensor, "B T"]


class PPOActorCritic(nn.Module):
    """An actor and a critic, and a copy of both from before the last updates, which acts.

    Args:
        features: Number F of features of a state.
        actions: Number K of actions.
        width: Units of each of the two hidden layers, of the actor as of the critic.
        discount: Factor gamma by which a reward counts less for every step that it is later.
        trace: Factor lambda of the estimates of advantages.
        clip: How far epsilon a ratio of probabilities may be from one.
        value_weight: Weight c_1 of the critic's error.
        entropy_weight: Weight c_2 of the entropy.
        horizon: Number T of steps of a walk; an episode that ends in it is begun again.
        period: Number of updates between two copies of the weights.

    Example:
        >>> logits, value = PPOActorCritic(actions=4)(torch.zeros(2, 5))
        >>> logits.shape, value.shape
        (torch.Size([2, 4]), torch.Size([2]))
    """

    @checked_arguments(discount=(0, 1), trace=(0, 1), clip=0, value_weight=0, entropy_weight=0)
    def __init__(
        self,
        *,
        features: int = 5,
        actions: int = 3,
        width: int = 8,
        discount: float = 0.9,
        trace: float = 0.8,
        clip: float = 0.2,
        value_weight: float = 0.5,
        entropy_weight: float = 0.01,
        horizon: int = 6,
        period: int = 4,
    ) -> None:
        super().__init__()
        self.actions, self.horizon, self.period = actions, horizon, period
        self.value_weight, self.entropy_weight = value_weight, entropy_weight
        self.actor = MLP(in_features=features, hidden=(width, width), out_features=actions, activation="tanh")
        self.critic = MLP(in_features=features, hidden=(width, width), out_features=1, activation="tanh")
        self.old_actor, self.old_critic = TargetNetwork(network=self.actor), TargetNetwork(network=self.critic)
        self.estimate = GeneralisedAdvantageEstimation(discount=discount, trace=trace)
        self.clipped = ClippedSurrogateObjective(clip=clip)
        self.register_buffer("left", torch.tensor(period))  # updates before the next copy

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Outputs:
        """Return the logits of all actions, and the value of the state."""
        return Outputs(self.actor(x), self.critic(x)[:, 0])

    def surrogate_loss(
        self, *, generator: torch.Generator, target: Float[Tensor, "B S G"], x: Float[Tensor, "B F"]
    ) -> Float[Tensor, " B"]:
        """Return the loss of every walk, as a mean over its steps.

        Args:
            generator: Draws the actions.
            target: The world of every walk, state by state; its first state is the start.
            x: The start.
        """
        if self.training:
            if self.left == 0:
                self.old_actor.follow(self.actor)
                self.old_critic.follow(self.critic)
                self.left.fill_(self.period)
            self.left -= 1
        walk = self.walk(generator=generator, target=target, x=x)
        states = walk.states[:, :-1]
        values = self.old_critic(walk.states.flatten(0, 1)).view(len(x), -1)  # [B, T + 1]
        advantage = self.estimate(walk.reward, walk.ended, values[:, :-1], values[:, 1:])
        logits, value = self(states.flatten(0, 1))
        log = F.log_softmax(logits, 1).view(*advantage.shape, -1)  # [B, T, K]
        old = F.log_softmax(self.old_actor(states.flatten(0, 1)), 1).view_as(log)
        ratio = (log - old).gather(2, walk.actions[:, :, None])[:, :, 0].exp()
        error = (value.view_as(advantage) - (advantage + values[:, :-1])).square()
        entropy = -(log.exp() * log).sum(2)
        loss = -self.clipped(ratio, advantage) + self.value_weight * error - self.entropy_weight * entropy
        return loss.mean(1)

    @torch.no_grad()
    def walk(self, *, generator: torch.Generator, target: Float[Tensor, "B S G"], x: Float[Tensor, "B F"]) -> Walk:
        """Return steps of the old policy from every start, to which it returns where an episode ends."""
        episodes, states = torch.arange(len(x), device=x.device), [x]
        number, taken, met = torch.zeros_like(episodes), [], []
        for _ in range(self.horizon):
            chances = self.old_actor(states[-1]).softmax(1)
            action = torch.multinomial(chances, 1, generator=generator)[:, 0]
            steps = target[episodes, number, x.shape[1] :].view(len(x), self.actions, 3)
            following, reward, ended = steps[episodes, action].unbind(1)
            number = torch.where(ended > 0, 0, following.long())
            states.append(target[episodes, number, : x.shape[1]])
            taken.append(action)
            met.append(torch.stack([reward, ended]))
        reward, ended = torch.stack(met, 2)
        return Walk(torch.stack(states, 1), torch.stack(taken, 1), reward, ended)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.actor.in_features, generator=generator)}
