"""Oddness: the sign of the input is the sign of the output."""


def probe(module, inputs, axes, generator):
    """Return how far `f(-x)` is from `-f(x)`."""
    flipped = module(**{name: -value for name, value in inputs.items()})
    return float((module(**inputs) + flipped).abs().max())
