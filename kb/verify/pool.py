"""Processes on this machine that measure in parallel, none of which outlives the process that started them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from threading import Thread


@contextmanager
def processes(number: int | None = None) -> Iterator[Executor]:
    """Give a pool of processes, and end them at once when the block is left by an exception.

    Args:
        number: How many; default one for each core.
    """
    before = set(active_children())
    context = get_context("spawn")  # a forked process must not inherit torch's threads
    pool = ProcessPoolExecutor(number or os.cpu_count(), mp_context=context, initializer=_prepare)
    try:
        yield pool
    except BaseException:  # an interrupt too: what is under way is given up, not waited for
        for process in set(active_children()) - before:
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _prepare() -> None:
    """Leave interrupts to the parent, and end when it does, however that happens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)
