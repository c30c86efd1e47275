"""The version of the library, and of the entries that come with it."""

from __future__ import annotations

import functools

from kb.folders import DISTRIBUTION


@functools.cache
def version() -> str:
    """Return the version that is installed."""
    from importlib import metadata  # which takes longer than all else of this

    return metadata.version(DISTRIBUTION)
