"""Executing a notebook from top to bottom in a fresh kernel."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

TIMEOUT = 600
"""Seconds that a cell may take."""
QUIET = "ignore:IProgress not found"
"""A warning of tqdm, which a peer's library imports, that does not belong in an output."""


def execute(notebook: Any, progress: Callable[[int, int], None] = lambda cell, cells: None) -> None:
    """Run all cells; their outputs are kept in the notebook.

    Args:
        notebook: What `kb.notebooks.notebook` returned.
        progress: Called after every cell with its number and how many there are.

    Raises:
        ValueError: A cell failed. The message has its number and the error.
        ImportError: There is no kernel to run it.
    """
    import ipykernel  # noqa: F401  (where it is missing, that is named, and how to install it)
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    cells = len(notebook.cells)

    def executed(cell_index: int, **_: Any) -> None:
        progress(cell_index + 1, cells)

    client = NotebookClient(
        notebook, timeout=TIMEOUT, kernel_name="python3", record_timing=False, on_cell_complete=executed
    )
    if sys.platform != "win32":  # over sockets that only this user can open, and not over a port
        client.config.AsyncKernelManager.transport = "ipc"
    try:
        client.execute(env={**os.environ, "PYTHONWARNINGS": QUIET})
    except CellExecutionError as error:
        number = next(n for n, cell in enumerate(notebook.cells, 1) if _failed(cell))
        raise ValueError(f"cell {number} of the notebook failed: {error.ename}: {error.evalue}") from error


def _failed(cell: Any) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", ()))
