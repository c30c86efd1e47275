"""The `kb` command: one module for each group of commands.

People get readable text, `--json` gives scripts the same as data, and a mistake gives one line and a non-zero exit
status. Commands import what they need when they run: only `run`, `verify` and `bench` import torch.
"""

from kb.cli import conjecturing, drawing, exporting, measuring, notebooks, questions, running, showing, site  # noqa: F401  (importing a module adds its commands)
from kb.cli.application import app

__all__ = ["app"]
