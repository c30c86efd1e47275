"""Exact checks of the actor-critic with proximal policy optimisation."""

import torch
from torch import Tensor, nn

from implementations.architectures.decision.ppo_actor_critic import PPOActorCritic
from implementations.claims.agreement import difference

WALKS, STATES, FEATURES, ACTIONS = 3, 4, 5, 3
UPDATES, PERIOD = 8, 3


def steps_are_those_of_the_old_policy(generator: torch.Generator) -> float:
    """Return the difference between actions, and the most probable ones of an old policy with very large logits."""
    net, x, world = _prepared(generator)
    last = net.old_actor.copy.layers[-1]
    last.weight.mul_(1e6)
    last.bias.mul_(1e6)
    walk = net.walk(generator=generator, target=world, x=x)
    return difference(
        walk.actions.double(), net.old_actor(walk.states[:, :-1].flatten(0, 1)).argmax(1).view_as(walk.actions)
    )


def loss_by_a_loop_over_walks(generator: torch.Generator) -> float:
    """Return the difference between losses, and those of a loop over the steps that were taken."""
    net, x, world = _prepared(generator)
    seed = int(torch.randint(0, 1000, (), generator=generator))
    walk = net.walk(generator=torch.Generator().manual_seed(seed), target=world, x=x)
    losses = []
    with torch.no_grad():
        for episode in range(WALKS):
            number, losses_here = 0, []
            states, errors, ended = [world[episode, 0, :FEATURES]], [], []
            for action in walk.actions[episode].tolist():
                following, reward, end = world[episode, number, FEATURES:].view(ACTIONS, 3)[action].tolist()
                number = 0 if end else int(following)
                states.append(world[episode, number, :FEATURES])
                before, after = (float(net.old_critic.copy(state[None])) for state in states[-2:])
                errors.append(reward - before + (0 if end else net.estimate.discount * after))
                ended.append(bool(end))
            for step, action in enumerate(walk.actions[episode].tolist()):
                advantage, weight = 0.0, 1.0
                for later in range(step, len(errors)):
                    advantage += weight * errors[later]
                    weight *= 0.0 if ended[later] else net.estimate.discount * net.estimate.trace
                state = states[step][None]
                chances, old = net.actor(state).softmax(1)[0], net.old_actor.copy(state).softmax(1)[0]
                ratio = float(chances[action] / old[action])
                near = min(max(ratio, 1 - net.clipped.clip), 1 + net.clipped.clip)
                error = float(net.critic(state)) - advantage - float(net.old_critic.copy(state))
                entropy = -sum(float(p) * float(p.log()) for p in chances)
                loss = -min(ratio * advantage, near * advantage) + net.value_weight * error**2
                losses_here.append(loss - net.entropy_weight * entropy)
            losses.append(sum(losses_here) / len(losses_here))
        found = net.surrogate_loss(generator=torch.Generator().manual_seed(seed), target=world, x=x)
    return difference(found, torch.tensor(losses, dtype=torch.float64))


def gradient_is_the_policy_gradient_at_first(generator: torch.Generator) -> float:
    """Return the largest difference between gradients of the actor that took the steps, and the policy gradient."""
    net, x, world = _prepared(generator)
    net.entropy_weight = 0.0
    net.old_actor.follow(net.actor)
    seed = int(torch.randint(0, 1000, (), generator=generator))
    walk = net.walk(generator=torch.Generator().manual_seed(seed), target=world, x=x)
    values = net.old_critic(walk.states.flatten(0, 1)).view(WALKS, -1)
    advantage = net.estimate(walk.reward, walk.ended, values[:, :-1], values[:, 1:])
    log = net.actor(walk.states[:, :-1].flatten(0, 1)).log_softmax(1).view(*advantage.shape, -1)
    taken = log.gather(2, walk.actions[:, :, None])[:, :, 0]
    expected = torch.autograd.grad(-(advantage * taken).mean(), list(net.actor.parameters()))
    loss = net.surrogate_loss(generator=torch.Generator().manual_seed(seed), target=world, x=x).mean()
    return max(map(difference, torch.autograd.grad(loss, list(net.actor.parameters())), expected))


def copies_are_renewed_every_period(generator: torch.Generator) -> float:
    """Return the largest difference between the copies' weights and those before the last multiple of the period."""
    net, x, world = _prepared(generator)
    net.old_actor.follow(net.actor)
    net.old_critic.follow(net.critic)
    optimiser = torch.optim.SGD(net.train().parameters(), lr=0.1)
    expected, differences = {}, []
    for update in range(UPDATES):
        if update % PERIOD == 0:
            expected = {name: value.detach().clone() for name, value in net.named_parameters()}
        optimiser.zero_grad()
        net.surrogate_loss(generator=generator, target=world, x=x).mean().backward()
        optimiser.step()
        for name, value in expected.items():
            part, _, rest = name.partition(".")
            copies: nn.Module = net.get_submodule(f"old_{part}.copy")
            differences.append(difference(copies.get_buffer(rest), value))
    return max(differences)


def _prepared(generator: torch.Generator) -> tuple[PPOActorCritic, Tensor, Tensor]:
    """Return a network whose copies have other weights, starts, and random worlds in which some actions end."""
    net = PPOActorCritic(features=FEATURES, actions=ACTIONS, horizon=9, period=PERIOD).double().eval()
    with torch.no_grad():
        for name, value in net.state_dict().items():
            if name != "left":
                value.copy_(torch.randn(value.shape, generator=generator, dtype=torch.float64) / 2)
    features, reward = (
        torch.randn(WALKS, STATES, FEATURES + ACTIONS, generator=generator).double().split([FEATURES, ACTIONS], 2)
    )
    following = torch.randint(0, STATES, reward.shape, generator=generator).double()
    ended = (torch.rand(reward.shape, generator=generator) < 0.3).double()
    steps = torch.stack([following, reward, ended], 3)
    return net, features[:, 0], torch.cat([features, steps.flatten(2)], 2)
