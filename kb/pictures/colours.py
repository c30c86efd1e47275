"""The colours of pictures in files: for browsers in light and dark, and in plain CSS for every other program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

LIGHT = {"ink": "#1d2b2f", "paper": "#ffffff", "soft": "#51666b", "part": "#1f7a6d", "end": "#2b5f8a",
         "step": "#8a7a4d", "weight": "#a8562a"}  # fmt: skip
DARK = {"ink": "#e6eef0", "paper": "#12191c", "soft": "#a9bcc1", "part": "#59c2b0", "end": "#7db4e6",
        "step": "#cbb97f", "weight": "#eb9d6d"}  # fmt: skip
AS_LIGHT, AS_DARK = "only-light", "only-dark"
"""Ids in a file: an address that ends with one shows the picture so, whatever the reader's system prefers."""


def style() -> str:
    """Return the style sheet of all pictures, which takes its colours from the page that they stand on."""
    return resources.files("kb.pictures").joinpath("picture.css").read_text(encoding="utf-8")


@cache
def style_of_file() -> str:
    """Return the style sheet of a picture in a file.

    What knows no variables, as drawing programs do not, reads the plain rules and skips the rest. A file in a page is
    light or dark as its address says, since it cannot know what was chosen there.
    """
    dark, scoped = _variables(DARK), style().replace("svg.picture", "svg.picture.alone")
    return (
        f"{plain(LIGHT)}@supports (color: color-mix(in srgb, red, red)) {{ {scoped}svg.picture.alone {{ "
        f"{_variables(LIGHT)} }} @media (prefers-color-scheme: dark) {{ svg.picture.alone:not(:target) {{ {dark} "
        f"background: {DARK['paper']}; }} }} svg.picture.alone:has(#{AS_DARK}:target) {{ {dark} background: none; }} }}"
    )


def _variables(palette: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in palette.items())


@cache
def plain_light() -> str:
    """Return the plain rules in light colours."""
    return plain(LIGHT)


def plain(palette: dict[str, str]) -> str:
    """Return the style sheet of pictures without variables, mixtures and pointers."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", style())
    looks = {look: f"var(--{name})" for rule, body in rules for look, name in _looks(rule, body)}
    found = []
    for selector, body in rules:
        selector, body = selector.strip(), re.sub(r"--[\w-]+:[^;]*;", "", body)
        if ":" in selector or not body.strip():  # what a pointer is over, or what sets variables alone
            continue
        if "var(--colour)" not in body:
            found.append(f"{selector} {{{_resolved(body, palette)}}}")
            continue
        for look, colour in looks.items():
            found.append(f"{_within(selector, look)} {{{_resolved(body.replace('var(--colour)', colour), palette)}}}")
    return "\n".join(found) + "\n"


def _looks(selector: str, body: str) -> Iterator[tuple[str, str]]:
    """The classes of boxes that a rule gives a colour to, and the name of it."""
    if named := re.search(r"--colour: var\(--(\w+)\)", body):
        yield from ((look, named[1]) for look in re.findall(r"\.(\w+)\s*(?:,|$)", selector.strip()))


def _within(selector: str, look: str) -> str:
    """A selector, for boxes of a class only."""
    return selector.replace(".box", f".box.{look}") if ".box" in selector else selector.replace(" ", f" .{look} ", 1)


def _resolved(body: str, palette: dict[str, str]) -> str:
    """Rules with colours in place of variables and mixtures; a variable of the page has its default."""
    body = re.sub(r"var\(--md-[\w-]+, ([^)]*)\)", r"\1", body)
    body = re.sub(r"var\(--(\w+)\)", lambda found: palette[found[1]], body)
    return re.sub(r"color-mix\(in srgb, (#\w+) (\d+)%, (#\w+)\)", lambda found: _mixed(*found.groups()), body)


def _mixed(first: str, share: str, second: str) -> str:
    """The mixture of two colours, of which the first has a share in per cent."""
    part = int(share) / 100
    pairs = zip(bytes.fromhex(first[1:]), bytes.fromhex(second[1:]), strict=True)
    return "#" + bytes(round(a * part + b * (1 - part)) for a, b in pairs).hex()
