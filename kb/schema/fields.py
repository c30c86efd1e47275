r"""The types of single fields: what a text, an id, a link or a number may be.

Every string of an entry has one of these types, so that no text escapes the rule on characters (`kb.characters`), and
every number has bounds. A pattern means the whole string: in the regular expressions of Rust, which pydantic uses, `$`
is the end of the text and not also the place before a last line break. Digits are `[0-9]`: `\d` takes those of all
scripts.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag
from typing_extensions import TypeAliasType

from kb.characters import UNSEEN, UNSEEN_BUT_NEWLINE
from kb.schema.frozen import Frozen, Many

FORMS: dict[str, str] = {}
"""How a pattern reads in an error message."""


def matching(pattern: str, words: str, longest: int = 100) -> Any:
    """Return the constraint that a whole string has the form of a pattern, described in words."""
    whole = f"^{pattern}$"
    FORMS[whole] = words
    return Field(pattern=whole, max_length=longest)


ID = r"[a-z0-9]+(-[a-z0-9]+)*"
ID_PATTERN = f"^{ID}$"
LONGEST_ID = 100


def is_id(name: str) -> bool:
    r"""Whether a name can be the id of an entry, of a group or of a variant.

    Examples:
        >>> is_id("lstm"), is_id("lstm\n")
        (True, False)
    """
    return len(name) <= LONGEST_ID and re.fullmatch(ID, name) is not None


LINE_PATTERN = f"^[^{UNSEEN} ]([^{UNSEEN}]*[^{UNSEEN} ])?$"
TEXT_PATTERN = f"^[^{UNSEEN_BUT_NEWLINE}]*[^{UNSEEN} ][^{UNSEEN_BUT_NEWLINE}]*$"
FORMS |= {LINE_PATTERN: "text on one line, without spaces around it", TEXT_PATTERN: "text that can be seen"}

# Aliases have a place of their own in the JSON Schemas, which would else repeat their patterns some hundred times.
Line = TypeAliasType("Line", Annotated[str, Field(min_length=1, max_length=600, pattern=LINE_PATTERN)])
"""Text on one line."""
Text = TypeAliasType("Text", Annotated[str, Field(min_length=1, max_length=10_000, pattern=TEXT_PATTERN)])
"""Text of any number of lines."""

Id = TypeAliasType("Id", Annotated[str, matching(ID, "an id: lowercase letters, digits and single dashes", LONGEST_ID)])
Link = TypeAliasType(
    "Link",
    Annotated[
        str,
        matching(
            r"implementations(\.[a-z][a-z0-9_]*)+:[A-Za-z][A-Za-z0-9_]*",
            "a link to code inside `implementations`, such as implementations.architectures.graph.gcn:GCN",
            longest=240,  # a file's name has at most 255 bytes
        ),
    ],
)
_AXIS = "[A-Za-z][A-Za-z0-9_]*"
AxisName = TypeAliasType(
    "AxisName", Annotated[str, matching(_AXIS, "an axis as in an annotation, such as T or layers", 40)]
)
Axis = TypeAliasType(
    "Axis",
    Annotated[
        str,
        matching(
            f"{_AXIS}(/([2-9]|[1-9][0-9]+))?(-[1-9][0-9]*)?",
            "an axis such as H, one with a stride such as H/2, or one without its border such as H/2-3",
            40,
        ),
    ],
)
AxisId = TypeAliasType(
    "AxisId",
    Annotated[str, matching(ID, "an axis of axes.yaml: lowercase words with dashes, such as hidden-units", 40)],
)
Role = TypeAliasType("Role", Annotated[str, matching("[a-z]+", "the role of an axis: one word, such as sequence")])
Measure = TypeAliasType(
    "Measure", Annotated[str, matching("[a-z][a-z0-9_]*", "a measure: lowercase letters, digits and underscores")]
)
PythonName = TypeAliasType(
    "PythonName", Annotated[str, matching("[A-Za-z_][A-Za-z0-9_]*", "a Python name: letters, digits and underscores")]
)
Operation = TypeAliasType(
    "Operation",
    Annotated[str, matching(r"[a-z_]+(\.[A-Za-z_0-9]+)+", "a library's operation, such as torch.nn.functional.conv2d")],
)
CodePlace = TypeAliasType(
    "CodePlace",
    Annotated[
        str,
        matching(
            r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*(:[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_0-9]+)*)?",
            "a place in code, such as LSTM.forward, LSTM._step:c or LSTM._step:return",
            120,
        ),
    ],
)
Date = TypeAliasType("Date", Annotated[str, matching("[0-9]{4}-[0-9]{2}-[0-9]{2}", "a date such as 2026-11-29", 10)])
Place = TypeAliasType(
    "Place", Annotated[str, matching(rf"[a-z]+/{ID}/{ID}", "a place such as architectures/recurrent/lstm", 240)]
)
DeckItem = TypeAliasType("DeckItem", Annotated[str, matching("C[0-9]+", "a number of the inventory, such as C12", 10)])
DeckEquation = TypeAliasType(
    "DeckEquation", Annotated[str, matching("E[0-9]+", "a number of the inventory's equations, such as E22", 10)]
)
DeckQuestion = TypeAliasType(
    "DeckQuestion", Annotated[str, matching("Q[0-9]+", "a number of the inventory's questions, such as Q4", 10)]
)
SectionKey = TypeAliasType("SectionKey", Annotated[str, matching("S[0-9]+", "the key of a section, such as S13", 10)])
DeckPlace = TypeAliasType(
    "DeckPlace",
    Annotated[
        str,
        matching(
            f"S[0-9]+(, [^{UNSEEN}]*[^{UNSEEN} ])?",
            "a section of the lecture, or one with the heading of a slide, such as `S13, flat minima`",
            120,
        ),
    ],
)

_ADDRESS = rf"[^\s<>\"'{UNSEEN}]+"
Url = TypeAliasType(
    "Url",
    Annotated[str, matching(f"https?://{_ADDRESS}", "a web address that starts with http:// or https://", 1_000)],
)
Arxiv = TypeAliasType(
    "Arxiv",
    Annotated[
        str,
        matching(
            r"([0-9]{4}\.[0-9]{4,5}|[a-z-]+/[0-9]{7})",
            "an arXiv number without its version, such as 1706.03762 or cs/0112017",
        ),
    ],
)
Doi = TypeAliasType(
    "Doi",
    Annotated[
        str,
        matching(
            rf"10\.[0-9]{{4,9}}/[^\s\"'{UNSEEN}]+",  # old ones hold < and >
            "a DOI without an address before it, such as 10.1000/182",
            300,
        ),
    ],
)
OpenReview = TypeAliasType(
    "OpenReview", Annotated[str, matching("[A-Za-z0-9_-]+", "what stands after `id=` in an address of OpenReview")]
)
ELSEWHERE = {
    "aio": r"[A-Za-z0-9-]+",
    "cso": r"[a-z0-9_.-]+",
    "timm": r"[a-z0-9_.]+",
    "torchvision": r"[a-z0-9_]+",
    "transformers": r"[a-z0-9_.-]+",
    "wikidata": r"Q[1-9][0-9]*",
}
"""Vocabularies and libraries that have names for the same things, each with the form of its names."""
ForeignName = TypeAliasType(
    "ForeignName",
    Annotated[
        str,
        matching(
            f"({'|'.join(f'{source}:{form}' for source, form in ELSEWHERE.items())})",
            f"a name elsewhere, such as timm:resnet50; sources are {', '.join(ELSEWHERE)}",
        ),
    ],
)
Volume = TypeAliasType("Volume", Annotated[str, matching("[A-Za-z0-9][A-Za-z0-9 .-]*", "a volume or a number", 30)])
Pages = TypeAliasType(
    "Pages",
    Annotated[
        str,
        matching(
            "[A-Za-z]{0,3}[0-9]+([.:][0-9]+)?(-[A-Za-z]{0,3}[0-9]+([.:][0-9]+)?)?",
            "pages such as 1735-1780, or the number of an article",
            30,
        ),
    ],
)

Rounded = TypeAliasType(
    "Rounded",
    Annotated[
        str,
        matching(r"[1-9][0-9]{0,5}(\.[0-9]{1,3})? (thousand|million|billion)", "a rounded number: 4.3 million", 20),
    ],
)
Arithmetic = TypeAliasType(
    "Arithmetic", Annotated[str, matching(r"[0-9+*() -]+", "sums and products of numbers, such as 3 * (4 + 1)", 300)]
)
Count = Annotated[int, Field(ge=0, le=10**15)]
Size = Annotated[int, Field(ge=1, le=10**9)]


def by_type(expected: str) -> Discriminator:
    """Return what chooses among types by the Python type of the value: a wrong one is then one problem, not several."""
    names: dict[type, str] = {tuple: "list", Frozen: "dict"}
    return Discriminator(
        lambda value: names.get(type(value)) or type(value).__name__,
        custom_error_type="wrong_type",
        custom_error_message=f"expected {expected}",
    )


Argument = TypeAliasType(
    "Argument",
    Annotated[
        Annotated[None, Tag("NoneType")]
        | Annotated[bool, Tag("bool")]
        | Annotated[int, Field(ge=-(10**15), le=10**15), Tag("int")]
        | Annotated[float, Field(allow_inf_nan=False), Tag("float")]
        | Annotated[Line, Tag("str")]
        | Annotated["Many[Argument]", Tag("list")]
        | Annotated["Frozen[PythonName, Argument]", Tag("dict")],
        by_type("text, a number, true, false, or a list or fields of these"),
    ],
)
"""What a constructor can be given: anything that JSON can hold, within bounds."""
