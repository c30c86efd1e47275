"""Peer of the line: torch's own addition."""


def peer(*, slope: float):
    return lambda weights, x: slope * x + 1
