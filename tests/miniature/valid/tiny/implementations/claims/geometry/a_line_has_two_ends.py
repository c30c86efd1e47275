"""Counting ends."""


def run(seed: int) -> dict[str, float | list[float]]:
    """Return the ends of a segment and of a circle."""
    return {"ends": 2.0, "ends_of_a_circle": 0.0, "counts": [2.0]}
