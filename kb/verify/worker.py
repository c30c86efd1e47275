"""What a worker does: one measurement, in a process that has loaded the knowledge base for itself.

Nothing heavy travels: a job goes to the worker, and a measurement, or a sentence on what went wrong, comes back.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from kb.base import Base
from kb.evidence import Job


def measure(root: str, job: Job) -> Any:
    """Measure in a worker; what it loads of the knowledge base stays for its next job.

    Args:
        root: The folder of the knowledge base, as the worker sees it.
        job: What to measure.

    Returns:
        The measurement, or why there is none.

    Raises:
        ImportError: A library that the code needs is not installed.
    """
    return measure_in(_loaded(root), job)


@lru_cache(maxsize=1)
def _loaded(root: str) -> Base:
    from kb.knowledge_base import load

    return load(Path(root))


def measure_in(base: Base, job: Job) -> Any:
    """Measure in this process; see `measure`."""
    if job not in base.jobs(job.entry):
        return "the files here are not those that it was planned from"
    from kb.verify.measuring import make

    try:
        return make(base, job)
    except ImportError:
        raise
    except Exception as error:  # the code is somebody's; one failure must not end the other measurements
        return f"{type(error).__name__}: {error}"
