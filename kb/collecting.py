"""Python's collector of unreachable cycles, paused while much is made that is kept."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 100_000
"""So many new objects are worth putting aside."""


@contextmanager
def without_collector() -> Iterator[None]:
    """Pause the collector; also a decorator.

    While thousands of entries or facts are made it would go through all of them again and again and find nothing,
    which takes longer than making them. What was made counts as old afterwards, as what has lived for long does.

    Examples:
        >>> @without_collector()
        ... def collecting() -> bool:
        ...     return gc.isenabled()
        >>> collecting(), gc.isenabled()
        (False, True)
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            if gc.get_count()[0] > MANY and not gc.get_freeze_count():  # to count the frozen ones takes a walk past all
                gc.freeze()
                gc.unfreeze()  # puts all that there is into the oldest generation
            gc.enable()
