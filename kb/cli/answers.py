"""Answers that take seconds and are asked for often: each is kept as long as nothing that it depends on changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from kb.cli.application import chosen_folder, skips_broken
from kb.folders import bundled_root


def answered(question: str, answer: Callable[[], Any]) -> Any:
    """Return the answer to a question about the chosen knowledge base, as JSON has it.

    It is the one of before where entries, evidence, code, the library and what it needs are byte for byte those of
    before. A folder that is written meanwhile is asked again.

    Args:
        question: A name for the question.
        answer: Finds the answer, which depends on the folder alone. Nothing is kept where it raises an exception.
    """
    from kb.cache import cache, digest
    from kb.state import state_of

    if skips_broken():  # what is left out is said every time
        return answer()
    root = (chosen_folder() or bundled_root()).resolve()
    state = state_of(root)
    key = digest(question, state.hex()) if state else b""
    kept = cache().get(key) if state else None
    if kept is None:
        kept = json.dumps(answer())
        if state and state_of(root) == state:
            cache().keep(key, kept)
    return json.loads(kept)
