"""The `kb` command: one module for each group of commands, found by being here; see `kb.cli.index`.

People get readable text, `--json` gives scripts the same as data, and a mistake gives one line and a non-zero exit
status. A module is imported when one of its commands is run, and imports torch only where code has to run.
"""

from kb.cli.application import app

__all__ = ["app"]
