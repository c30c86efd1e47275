"""`python -m kb` is `kb`."""

from kb.cli import app

app()
