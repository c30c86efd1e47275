"""Exact checks of the deep Q-network: its targets against value iteration in a world with 30 states."""

import torch
from torch import Tensor

from implementations.architectures.decision.deep_q_network import DeepQNetwork
from implementations.claims.agreement import difference

CELLS, DISCOUNT = (2, 3), 0.8
MOVES = ((-1, 0), (1, 0), (0, -1), (0, 1))
UPDATES, PERIOD = 8, 3


def optimal_values_have_no_error(generator: torch.Generator) -> float:
    """Return the largest loss of a network with the values of value iteration, relative to that of random weights."""
    net, (images, targets) = _network(generator), _world()
    x, target = images.repeat_interleave(len(MOVES), 0), targets.flatten(0, 1)
    before = net.temporal_difference_loss(generator=generator, target=target, x=x).max()
    hidden = net.network[:-1](images)  # [S, U], more units than states
    with torch.no_grad():
        last = net.network[-1]
        solution = torch.linalg.pinv(hidden) @ (value_iteration(images, targets) - last.bias)
        last.weight.copy_(solution.T)
    net.target.follow(net.network)
    after = net.temporal_difference_loss(generator=generator, target=target, x=x).max()
    return (after / before).sqrt().item()


def gradient_is_that_of_the_clipped_error(generator: torch.Generator) -> float:
    """Return the largest difference between gradients of weights, and those by the clipped error of every example."""
    net, x, target = _batch(generator)
    values = net(x)[torch.arange(len(x)), target[:, 0].long()]
    with torch.no_grad():
        best = net.target.copy(target[:, 3:].view_as(x)).max(1).values
        error = target[:, 1] + net.bootstrap.discount * (1 - target[:, 2]) * best - values
    expected = torch.autograd.grad((-error.clamp(-1, 1) * values).sum(), list(net.parameters()))
    loss = net.temporal_difference_loss(generator=generator, target=target, x=x).sum()
    return max(map(difference, torch.autograd.grad(loss, list(net.parameters())), expected))


def targets_lead_to_value_iteration(generator: torch.Generator) -> float:
    """Return the difference between a table that is set to targets again and again, and the optimal values."""
    net, (images, targets) = _network(generator), _world()
    table, after = torch.randn(targets.shape[:2], generator=generator).double(), _numbers(images, targets)
    for _ in range(150):
        reward, ended, values = targets[..., 1].flatten(), targets[..., 2].flatten(), table[after].flatten(0, 1)
        table = net.bootstrap(reward, ended, values).view_as(table)
    return difference(table, value_iteration(images, targets))


def the_copy_is_renewed_every_period(generator: torch.Generator) -> float:
    """Return the difference between the copy's weights and those from before the last multiple of the period."""
    net, x, target = _batch(generator)
    net.target.follow(net.network)
    optimiser = torch.optim.SGD(net.train().parameters(), lr=0.1)
    expected, differences = {}, []
    for update in range(UPDATES):
        if update % PERIOD == 0:
            expected = {name: value.detach().clone() for name, value in net.network.named_parameters()}
        optimiser.zero_grad()
        net.temporal_difference_loss(generator=generator, target=target, x=x).mean().backward()
        optimiser.step()
        differences += [difference(net.target.copy.get_buffer(name), value) for name, value in expected.items()]
    return max(differences)


def value_iteration(images: Tensor, targets: Tensor) -> Tensor:
    """Return the optimal values of all actions in all states, by sweeps over a table."""
    after, values = _numbers(images, targets), torch.zeros(targets.shape[:2], dtype=torch.float64)
    for _ in range(150):
        new = torch.zeros_like(values)
        for state in range(len(values)):
            for action in range(len(MOVES)):
                _, reward, ended = targets[state, action, :3].tolist()
                new[state, action] = reward if ended else reward + DISCOUNT * max(values[after[state, action]].tolist())
        values = new
    return values


def _world() -> tuple[Tensor, Tensor]:
    """Return images of all places of agent and goal, and what each action leads to: a reward of 1 at the goal."""
    count = CELLS[0] * CELLS[1]
    pairs = [(agent, goal) for agent in range(count) for goal in range(count) if agent != goal]
    images = torch.stack([_image(*pair) for pair in pairs])
    targets = []
    for agent, goal in pairs:
        for number, (down, right) in enumerate(MOVES):
            row, column = agent // CELLS[1] + down, agent % CELLS[1] + right
            inside = 0 <= row < CELLS[0] and 0 <= column < CELLS[1]
            landed = row * CELLS[1] + column if inside else agent
            head = torch.tensor([number, landed == goal, landed == goal], dtype=torch.float64)
            targets.append(torch.cat([head, _image(landed, goal).flatten()]))
    return images, torch.stack(targets).unflatten(0, (len(pairs), len(MOVES)))


def _image(agent: int, goal: int) -> Tensor:
    image = torch.zeros(2, CELLS[0] * CELLS[1], dtype=torch.float64)
    image[0, agent] = image[1, goal] = 1
    return image.view(2, *CELLS)


def _numbers(images: Tensor, targets: Tensor) -> Tensor:
    """Return the number of the state that every action leads to; 0 where there is none, since the goal is reached."""
    same = (targets[:, :, None, 3:] == images.flatten(1)).all(3)  # [S, A, S]
    return same.long().argmax(2)


def _network(generator: torch.Generator) -> DeepQNetwork:
    """Return a network for the small world, with more hidden units than states and random weights."""
    net = DeepQNetwork(
        image=CELLS, kernels=[1], strides=[1], filters=8, hidden=200, actions=len(MOVES), discount=DISCOUNT
    )
    net = net.double().eval()
    with torch.no_grad():
        for parameter in net.parameters():
            drawn = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            parameter.copy_(drawn / parameter[0].numel() ** 0.5)
    return net


def _batch(generator: torch.Generator) -> tuple[DeepQNetwork, Tensor, Tensor]:
    """Return a network whose copy has other weights, and transitions with small and large errors, some at an end."""
    net = DeepQNetwork(period=PERIOD).double().eval()
    x, following = torch.randn(2, 6, 2, 7, 9, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        for buffer in net.target.buffers():
            buffer.copy_(torch.randn(buffer.shape, generator=generator, dtype=torch.float64) / 2)
    action = torch.randint(0, 3, (6, 1), generator=generator).double()
    reward = torch.tensor([[0.0], [0.3], [-0.2], [9.0], [-9.0], [0.5]], dtype=torch.float64)
    ended = torch.tensor([[0.0], [1.0], [0.0], [0.0], [1.0], [1.0]], dtype=torch.float64)
    return net, x, torch.cat([action, reward, ended, following.flatten(1)], 1)
