"""Nothing to compare with."""


def peer() -> None:
    """Do nothing."""
