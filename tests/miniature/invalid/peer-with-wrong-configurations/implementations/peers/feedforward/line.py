"""A line."""

CONFIGURATIONS = {"line": {"arguments": {"slopes": "slope"}}}


def peer(ours: object) -> object:
    """Return the same."""
    return ours
