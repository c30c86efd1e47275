"""Shift indifference."""


def probe(module, inputs, axes, generator):
    """Return 0: nothing in this miniature has a space axis."""
    return 0.0
