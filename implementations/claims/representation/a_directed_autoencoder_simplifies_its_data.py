"""Experiment: the entropy of single bits of the codes of a deep directed autoencoder with one, two or three levels.

Source: the lecture, S5; Ozair & Bengio 2014 (ozair2014deep).

Method: data are bits from a tree of two levels: two fair bits at the top, three bits below each that copy it except for
one flip in ten, and four bits below each of these that copy it except for one flip in twenty. The 24 bits at the bottom
are visible. Levels with codes of 12, 6 and 4 bits are trained on 2000 examples one after the other, each on the codes
of the one below, by 2000 steps of Adam; the weight of the codes' cost rises from zero to one over the first half. All
figures are for 2000 other examples. The same is done for 24 independent bits.

Measures:
    data, first, second, third: sum of the entropies of the single bits, in nats: of the data, and of the three codes.
        It is the cost of the best prior of independent bits.
    drop_1, drop_2, drop_3: by how much the sum is smaller at each level than at the one before.
    gain: bound of the negative log-likelihood with one level, minus that with two, in nats.
    gain_third: that with two levels, minus that with three.
    gain_independent: as `gain`, for independent bits.
    excess: bound with two levels, minus the entropy of the source, which is the lower limit for any model.
    levels: 0, 1, 2, 3; bound, bound_independent: the bound with this number of levels; without one, a prior of
        independent bits; source: the entropy of the source.
"""

import math

import torch
from torch import Tensor

from implementations.architectures.unsupervised.deep_directed_generative_autoencoder import (
    DeepDirectedGenerativeAutoencoder,
)
from implementations.claims.precision import double_precision
from kb.training import descend

LEVELS, EXAMPLES, BATCH, STEPS, RATE = (12, 6, 4), 2000, 100, 2000, 3e-3
BRANCHES, FLIPS = (3, 4), (0.1, 0.05)


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train autoencoders of every depth on both kinds of data.

    Args:
        seed: Seed of the data, weights and batches.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    training, test = tree(EXAMPLES, generator), tree(EXAMPLES, generator)
    noise = [torch.randint(2, training.shape, generator=generator).double() for _ in range(2)]
    bounds, sums = described(training, test, seed)
    independent, _ = described(*noise, seed)
    return {
        **dict(zip(("data", "first", "second", "third"), sums, strict=True)),
        **{f"drop_{level}": sums[level - 1] - sums[level] for level in (1, 2, 3)},
        "gain": bounds[1] - bounds[2],
        "gain_third": bounds[2] - bounds[3],
        "gain_independent": independent[1] - independent[2],
        "excess": bounds[2] - entropy_of_the_tree(),
        "levels": [0.0, 1.0, 2.0, 3.0],
        "bound": bounds,
        "bound_independent": independent,
        "source": [entropy_of_the_tree()] * 4,
    }


def tree(examples: int, generator: torch.Generator) -> Tensor:
    """Return bits at the bottom of a tree."""
    bits = torch.randint(2, (examples, 2), generator=generator).double()
    for branches, flip in zip(BRANCHES, FLIPS, strict=True):
        bits = bits.repeat_interleave(branches, 1)
        flipped = torch.rand(bits.shape, generator=generator) < flip
        bits = torch.where(flipped, 1 - bits, bits)
    return bits


def entropy_of_the_tree() -> float:
    """Return the entropy of the bits at the bottom, in nats: twice that of the part below one bit at the top."""
    (children, leaves), (flip, noise) = BRANCHES, FLIPS
    # Below a bit of the middle only the number k of leaves that are one matters; there are comb(leaves, k) of each
    # kind.
    kinds = [(math.comb(leaves, k), noise ** (leaves - k) * (1 - noise) ** k, noise**k * (1 - noise) ** (leaves - k))
             for k in range(leaves + 1)]  # fmt: skip
    given_one = torch.tensor([(1 - flip) * one + flip * zero for _, one, zero in kinds], dtype=torch.float64)
    given_zero = torch.tensor([flip * one + (1 - flip) * zero for _, one, zero in kinds], dtype=torch.float64)
    count = torch.tensor([count for count, *_ in kinds], dtype=torch.float64)
    joint_one, joint_zero, counts = given_one, given_zero, count
    for _ in range(children - 1):
        joint_one = torch.outer(joint_one, given_one).flatten()
        joint_zero = torch.outer(joint_zero, given_zero).flatten()
        counts = torch.outer(counts, count).flatten()
    probability = (joint_one + joint_zero) / 2
    return -2 * (counts * probability * probability.log()).sum().item()


def described(data: Tensor, test: Tensor, seed: int) -> tuple[list[float], list[float]]:
    """Train one level after the other.

    Args:
        data: What the first level is trained on.
        test: Other data, for which the bound is computed.
        seed: Seed of weights and batches.

    Returns:
        The bound of the negative log-likelihood with none, one, two and three levels, in nats; and the sums of the
        entropies of the single bits of the data and of the three codes.
    """
    bounds, sums, log_likelihood = [entropy(test)], [entropy(test)], 0.0
    for level, width in enumerate(LEVELS):
        model = trained(width, data, seed + level)
        with torch.no_grad():
            data, (test, code) = model.encode(data)[1], model.encode(test)
            of_input, of_code = (terms.mean().item() for terms in model.log_terms([test, code]))
        test, log_likelihood = code, log_likelihood - of_input
        bounds.append(log_likelihood - of_code)
        sums.append(entropy(code))
    return bounds, sums


def trained(width: int, data: Tensor, seed: int) -> DeepDirectedGenerativeAutoencoder:
    """Return an autoencoder of one level that was trained on data."""
    torch.manual_seed(seed)
    model = DeepDirectedGenerativeAutoencoder(in_features=data.shape[1], levels=[width], warm_up=STEPS // 2)
    generator = torch.Generator().manual_seed(seed)

    def loss() -> Tensor:
        return model(data[torch.randint(len(data), (BATCH,), generator=generator)]).bound.mean()

    descend(torch.optim.Adam(model.parameters(), lr=RATE), loss, steps=STEPS)
    return model.eval()


def entropy(bits: Tensor) -> float:
    """Return the sum of the entropies of the single bits, in nats."""
    share = bits.double().mean(0).clamp(1e-12, 1 - 1e-12)
    return -(share * share.log() + (1 - share) * (1 - share).log()).sum().item()
