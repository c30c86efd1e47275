"""A line."""


def peer(ours: object) -> object:
    """Return the same."""
    return ours
