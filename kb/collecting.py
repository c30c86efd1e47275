"""Python's collector of unreachable cycles, paused while much is made that is kept."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()  # puts all that there is into the oldest generation
            gc.enable()
