"""Text in front matter, headings, HTML and code blocks, and the guard that looks at every page."""

from __future__ import annotations

import time

import pytest
import yaml
from mkdocs.utils.meta import get_data
from payloads import PAYLOADS

from kb.site.escaping import UNSEEN, faults, fence, front_matter, heading, one_line, visible
from kb.site.text import paragraphs

PAGE = '---\n{"title": "x"}\n---\n\n<p>\n\n# x\n\n```python\n::: os\n```\n'


@pytest.mark.parametrize("payload", PAYLOADS)
def test_front_matter_holds_any_text(payload: str) -> None:
    made = front_matter(payload, payload, tags=[payload])
    assert made.isascii()
    text, data = get_data(f"{made}\nbody\n")
    assert text == "body\n"
    assert set(data) <= {"title", "description", "tags"}
    assert data["tags"] == [payload]
    assert not set('<>"') & set(data.get("title", ""))
    assert yaml.safe_load(made.split("\n")[1]) == data


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_page_with_any_text_has_no_fault(payload: str) -> None:
    parts = [front_matter(payload, payload), f"# {heading(payload)}", "", f"<p>{one_line(payload)}</p>"]
    assert not list(faults("\n".join([*parts, "", fence("python", payload), "<p>", ""])))


@pytest.mark.parametrize("length", range(1, 40))
def test_a_fence_is_longer_than_those_inside(length: int) -> None:
    code = f"x\n{'`' * length}\n~~~\n{'`' * (length - 1)}\x02`\n<script>"
    assert not list(faults(f"{fence('python', code)}\n<p>"))
    assert fence("python", code).split("\n")[-1] not in code


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# x", "# ::: os"), ("# x", "::: os"), ("# x", "  ::: os"), ("# x", "text"), ("# x", "    code"),
        ("# x", "- x"), ("# x", "![x](x){: onerror=alert(1) }"), ("# x", "# x\x02"), ("# x", "<p>\x85</p>"),
        ("# x", "[r]: x"), ("---\n\n", "\n\n"), ("```\n", "``\n"), ("::: os\n```", "```\n::: os\n```"),
        ("{", "x: y\n{"),
    ],
)  # fmt: skip
def test_the_guard_finds_what_no_template_can_have_written(old: str, new: str) -> None:
    assert not list(faults(PAGE))
    assert list(faults(PAGE.replace(old, new, 1)))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_readers_do_not_see_is_made_visible(payload: str) -> None:
    assert not UNSEEN.search(visible(payload))
    assert "\r" not in visible(payload)


@pytest.mark.parametrize(
    "text",
    ["[" * 9990, "![" * 4990, "](" * 4990, "[x](" * 2400, "*" * 9990, "`x" * 4990, ">" * 9990, "- " * 4990,
     "_a " * 3300, "[" * 3000 + "](x)" * 1700, "a|b\n-|-\n" + "|" * 9900, "***a** " * 1400, '[a](b "' * 1400],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    paragraphs(text, str)
    assert time.process_time() - began < 5


def test_links_say_where_they_lead_where_they_stand() -> None:
    """A definition elsewhere would be an address that the check of links does not see."""
    assert "href" not in paragraphs("[x][r] [r] ![x][r]\n\n[r]: kb:nothing\n[r]: https://example.org\n", str)
    assert 'href="https://example.org"' in paragraphs("[x](https://example.org)", str)
