"""The version of the library, and of the entries that come with it."""

from __future__ import annotations

from kb.folders import DISTRIBUTION


def installing(extra: str) -> str:
    """Return the command that installs what an extra of this package needs."""
    return f"pip install '{DISTRIBUTION}[{extra}]'"


def version() -> str:
    """Return the version that is installed."""
    from importlib import metadata  # which takes longer than all else of this

    return metadata.version(DISTRIBUTION)
