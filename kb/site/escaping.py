"""Text of entries in the languages that a page is made of: front matter, headings, HTML and code blocks.

Entries are untrusted. In a generated page every line is begun by a template: what an entry says stands inside of lines,
or in a code block, and holds no character that a reader cannot see. So no text can begin a block, a directive or front
matter, whatever it contains, and `faults` can tell for every page that this is so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from markupsafe import Markup

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
"""Control characters, line ends other than a line feed, marks that turn the direction of writing, half characters."""

LOOK_ALIKES = str.maketrans({"<": "‹", ">": "›", '"': "”"})
"""Themes print a page's title and description unescaped, inside tags and attributes; entities would be escaped
twice by a theme that does escape. Look-alikes are safe in both."""

BEGINNING = re.compile(r"$|<|#{1,3} (?!:)")
"""How a line of a page begins outside of code blocks: it is empty, HTML, or a heading, and never a directive."""


def visible(text: str) -> str:
    r"""Return a text with one form of line end, and with a mark in place of every character that no reader sees.

    Examples:
        >>> visible("a\r\nb\x07")
        'a\nb�'
    """
    if text.isprintable():
        return text
    return UNSEEN.sub("\N{REPLACEMENT CHARACTER}", re.sub(r"\r\n?", "\n", text))


def one_line(html: str) -> Markup:
    r"""Return HTML on one line: its line ends as entities, so that none of its lines begins a line of the page.

    Examples:
        >>> one_line("<p>a\nb</p>")
        Markup('<p>a&#10;b</p>')
    """
    return Markup(visible(html).replace("\n", "&#10;"))


def words(value: object) -> object:
    """Return a value that a template prints: of a text that is not HTML, its words on one line."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value).replace("\n", " ")
    return value


def heading(name: str) -> Markup:
    """Return a name for a Markdown heading, with all but letters, digits and spaces as entities.

    Examples:
        >>> heading("::: os")
        Markup('&#58;&#58;&#58; os')
    """
    line = " ".join(visible(name).split())
    return Markup(re.sub(r"[^\w ]|_", lambda found: f"&#{ord(found[0])};", line))


def front_matter(title: str = "", description: str = "", **more: object) -> Markup:
    r"""Return the front matter of a page: one line of YAML in its JSON form and in ASCII.

    Args:
        title: Title of the page; none means that of the site.
        description: What is on it.
        more: Other fields, such as `hide`.

    Examples:
        >>> print(front_matter("Größe", hide=["toc"]))
        ---
        {"title": "Gr\U000000f6\U000000dfe", "hide": ["toc"]}
        ---
    """
    texts = {"title": title, "description": description}
    safe = {name: str(words(text)).translate(LOOK_ALIKES) for name, text in texts.items() if text}
    line = json.dumps(safe | more, ensure_ascii=False)
    # YAML reads JSON's pairs of half characters as halves, so that all but ASCII is written in YAML's own form.
    return Markup("---\n{}\n---\n").format(Markup(re.sub(r"[^ -~]", lambda found: f"\\U{ord(found[0]):08x}", line)))


def fence(language: str, code: str) -> Markup:
    """Return a code block whose fence is longer than any in the code.

    Examples:
        >>> fence("python", "x = '````'").splitlines()[0]
        '`````python'
    """
    shown = visible(code).rstrip()
    marks = "`" * max(3, 1 + max(map(len, re.findall("`+", shown)), default=0))
    return Markup(f"{marks}{language}\n{shown}\n{marks}")


def faults(page: str) -> Iterator[str]:
    """Yield what is wrong with a generated page: lines that no template can have begun, and characters unseen."""
    if found := UNSEEN.search(page):
        yield f"it holds the character U+{ord(found[0]):04X}"
    lines = page.split("\n")
    outside = 3 if lines[0] == "---" and lines[2:3] == ["---"] else 0
    end = ""
    for number, line in enumerate(lines[outside:], start=outside + 1):
        opened = re.match("(`{3,})[a-z]+$", line)
        if end or opened:
            end = "" if line == end else end or (opened[1] if opened else "")
        elif not BEGINNING.match(line):
            yield f"its line {number} begins with {line[:20]!r}"
    if end:
        yield "a code block does not end"
