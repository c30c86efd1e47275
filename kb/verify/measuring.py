"""Making one measurement, whatever its kind: on one thread, with seeds of its own."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from time import process_time
from typing import Any

import torch

from kb.base import Base
from kb.evidence import Job, links_of
from kb.evidence.record import seconds_in_steps
from kb.verify.checks import measure_check
from kb.verify.costs import measure_cost
from kb.verify.experiments import measure_seed, measure_thorough
from kb.verify.peers import measure_peer
from kb.verify.picturing import measure_picture
from kb.verify.probing import measure_curve, measure_trait
from kb.verify.sizes import measure_size
from kb.verify.widening import measure_widening

LIBRARIES = ("torch", "torch-geometric", "numpy")

WAYS: dict[str, Callable[..., dict[str, Any]]] = {
    "size": measure_size,
    "cost": measure_cost,
    "widening": measure_widening,
    "picture": measure_picture,
    "trait": measure_trait,
    "curve": measure_curve,
    "peer": measure_peer,
    "check": measure_check,
    "seed": measure_seed,
    "thorough": measure_thorough,
}
"""Kind of measurement to the function that makes it, of the knowledge base, the entry and the rest of the key."""


def make(base: Base, job: Job) -> Any:
    """Make one measurement.

    Args:
        base: The knowledge base, whose own code is run.
        job: What to measure.

    Returns:
        The measurement, with the digest of the job.
    """
    from kb.evidence.store import parsed

    kind, *rest = job.key
    for link in links_of(base[job.entry]):
        base.code.module(link)  # the time that libraries take to be imported is not this measurement's
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    start = process_time()
    try:
        found = WAYS[kind](base, base[job.entry], *rest)
    finally:
        torch.set_num_threads(threads)
    seconds = seconds_in_steps(process_time() - start)
    return parsed({"measured": kind, **found, "digest": job.digest, "libraries": _versions(), "seconds": seconds})


def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name).partition("+")[0] for name in LIBRARIES}
