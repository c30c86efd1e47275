"""Look at a built site without knowing what built it: `smoke_site.py FOLDER`.

Every entry has its page, formulas are MathML and no dollar sign is left of them, and nothing is fetched from elsewhere.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import kb
from kb.site.addresses import page_of


def main(folder: str) -> int:
    site, base = Path(folder), kb.load()
    pages = {entry_id: site / page_of(base, entry_id) / "index.html" for entry_id in base}
    problems = [f"no page for {entry_id}" for entry_id, page in pages.items() if not page.is_file()]
    texts = {entry_id: page.read_text(encoding="utf-8") for entry_id, page in pages.items() if page.is_file()}
    with_formulas = sum("<math" in text for text in texts.values())
    loaded = re.compile(
        r'<(?:script|img|iframe)[^>]+src="https?:|<link[^>]+rel="(?:stylesheet|preload)"[^>]+href="https?:'
    )
    problems += [
        f"{entry_id} loads something from elsewhere" for entry_id, text in texts.items() if loaded.search(text)
    ]
    print(f"{len(texts)} pages, {with_formulas} with formulas, {len(problems)} problems")
    for problem in problems:
        print(problem)
    return 1 if problems or not with_formulas else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
