"""Experiment: a polynomial of degree nine with a penalty on its weights, against one of degree two without a penalty.

Source: the lecture, S12, for the ten points of its S11; Krogh & Hertz 1991 (krogh1991simple) for why a penalty
on the weights helps.

Method: each of the ten points is left out once, a polynomial is fitted to the other nine by least squares, and the
squared errors at the points left out are averaged. For degree nine the squares of all weights but the constant are
penalised, with 41 strengths from 10^-8 to 10^2, of which the best one counts.

Measures:
    gain: error on points left out, degree nine with the best penalty, divided by that without.
    ratio: the same with the best penalty, divided by that of degree two without a penalty.
    gain_strongest: the same for a penalty of 10^6, which leaves the constant only, divided by that of degree two.
    shrinks: length of the weights (without the constant), fitted to all points, with the best penalty by that without.
    penalty: the strengths; left_out: error on points left out; degree_two: that of degree two, for comparison.
"""

import torch

from implementations.claims.generalisation.a_perfect_fit_is_not_a_better_one import PENALTIES, X, Y, fitted, left_out

STRONGEST = 1e6


def run(seed: int) -> dict[str, float | list[float]]:
    """Fit with all penalties, and without.

    Args:
        seed: Not used: nothing is random.

    Returns:
        The measures that the module lists.
    """
    penalties = PENALTIES.tolist()
    errors = [left_out(9, penalty) for penalty in penalties]
    best = min(errors)
    weights, penalised = (fitted(X, Y, 9, penalty)[1:] for penalty in (0.0, penalties[errors.index(best)]))
    return {
        "gain": best / left_out(9),
        "ratio": best / left_out(2),
        "gain_strongest": left_out(9, STRONGEST) / left_out(2),
        "shrinks": (torch.linalg.vector_norm(penalised) / torch.linalg.vector_norm(weights)).item(),
        "penalty": penalties,
        "left_out": errors,
        "degree_two": [left_out(2)] * len(penalties),
    }
