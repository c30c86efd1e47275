"""Entries as a stranger might write them: made from the schema, then broken as values and as text, then read.

Whatever a file holds, `kb.check` returns problems or nothing: it raises nothing, takes no long time, names a file and a
line for every problem, and prints no character that a terminal would act on. What it accepts can be shown on a page.

Run as a program, because a hang or a crash of a native parser would end the whole test run with it. The input that was
read last is left in the folder given, as `last.yaml`. The tests read the same 250 files each time; a longer run is
another one each time:

    KB_FUZZ_EXAMPLES=100000 PYTHONPATH=. python tests/fuzzing.py FOLDER
"""

from __future__ import annotations

import gc
import json
import os
import re
import resource
import shutil
import sys
import time
from collections import Counter
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import kb
from kb.characters import find_unseen
from kb.kinds import BY_FOLDER
from kb.loading import Axes
from kb.schema.fields import ID_PATTERN
from kb.site.pages import Writer

EXAMPLES = int(os.environ.get("KB_FUZZ_EXAMPLES", "250"))
SECONDS = 2.0
MEGABYTES = 200  # beside what the program has
TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
FILES = {
    "architectures": "architectures/feedforward/line.yaml",
    "biases": "biases/symmetry/oddness.yaml",
    "claims": "claims/geometry/a-line-has-two-ends.yaml",
    "concepts": "concepts/component/linear-map.yaml",
    "papers": "papers/1958/rosenblatt1958perceptron.yaml",
    "paths": "paths/tour/short-tour.yaml",
    "axes": "axes.yaml",
}
"""The file of each kind that is replaced."""
IDS = [Path(path).stem for path in FILES.values()]
LINKS = re.findall(r"implementations\.[\w.:]+", "\n".join(path.read_text() for path in TINY.rglob("*.yaml")))

WORDS = [
    "x", "line", "7", "-", ": ", " #", "é", "$x$", "$", "$(", "$\\frac{a}{b}$", "$\\nonsense$", "`", "```", "*",
    "**", "_",
    "[", "]", "[x](kb:line)", "[x](kb:nothing)", "[x][r]", "[r]: kb:nothing", "[r]: kb:line",
    "![x](y){: onerror=z }", "<b>",
    "&amp;", "|", ":::", "::error::", "# ", "{{ 7 * 7 }}", "{% x %}", "\\", "'", '"', "kb:line",
    "https://example.org", "(",
    ")", "{", "}", "~",
]  # fmt: skip
"""What texts are made of: mostly what Markdown, LaTeX, HTML, templates and YAML give a meaning."""
ODD = [
    "\0", "\b", "\t", "\n", "\r", "\x1b[31m", "\x7f", "\x85", "\xa0", "\u200b", "\u202e", "\u2028", "\ufeff",
    "\ufffe",
    "\U0001fffe", "\ue000", "\n::error file=x::forged", "\nentries/x.yaml:1: forged", "x" * 700, "(" * 40, "[" * 200,
]  # fmt: skip
JUNK: list[Any] = [
    *ODD, None, True, 0, -1, 10**30, 0.5, float("inf"), float("nan"), [], {}, [[]], {"x": "y"}, "", " ", "a\n",
    {1: 2}, {"\x1b]0;x\a": 1}, {None: None}, ["x", 1], "2020-01-01", "implementations.x:y",
    f"implementations.{'x' * 300}:y",
]  # fmt: skip
PIECES = [
    *ODD, "&a ", "*a", "!x ", "!!python/object:os.system ", "---\n", "...\n", "<<: ", "? ", "- ", ": ", "[", "{",
    "]", "}", '"', "'", "|\n", ">-\n", "# ", ",", "\\b", "\\ud83d\\ude00", "\\ud800", "\\0", "%YAML 1.1\n", "[" * 300,
    "{a: " * 300, "\n" + "- " * 30_000, "\n" + "? : " * 20_000, "9" * 5000, "0x" + "f" * 5000, "x: &a [*a]\n",
    "name: x\nname: y\n", "\\e]0;x\\a", "x" * 2000,
]  # fmt: skip
"""What is put between the characters of a file."""


@cache
def schema_of(kind: str) -> dict[str, Any]:
    return Axes.model_json_schema() if kind == "axes" else BY_FOLDER[kind].model_json_schema()


@cache
def texts(pattern: str) -> st.SearchStrategy[str]:
    """Texts of a form: references and links that lead somewhere, and lines and paragraphs of telling words."""
    if pattern == ID_PATTERN:
        return st.sampled_from(IDS)
    if pattern.startswith("^implementations"):
        return st.sampled_from(LINKS)
    if "\x00" in pattern and not pattern.startswith(("^http", "^10")):
        return st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(
            lambda words: " ".join(words).strip() or "x"
        )
    return st.from_regex(pattern, fullmatch=True).map(lambda text: text[:60])


def value(draw: st.DrawFn, node: dict[str, Any], definitions: dict[str, Any]) -> Any:
    """A value that a JSON Schema mostly allows."""
    if "$ref" in node:
        return value(draw, definitions[node["$ref"].rpartition("/")[2]], definitions)
    for choice in ("anyOf", "oneOf"):
        if choice in node:
            return value(draw, draw(st.sampled_from(node[choice])), definitions)
    if "enum" in node:
        return draw(st.sampled_from(node["enum"]))
    match node.get("type"):
        case "string":
            return draw(texts(node["pattern"]))
        case "integer":
            return draw(st.integers(node.get("minimum", 0), min(node.get("maximum", 9), node.get("minimum", 0) + 9)))
        case "number":
            return draw(st.sampled_from([1e-9, 1e-6, 0.001, 0.5, 2]))
        case "boolean":
            return draw(st.booleans())
        case "array":
            sizes = st.integers(node.get("minItems", 0), max(node.get("minItems", 0), 2))
            return [value(draw, node["items"], definitions) for _ in range(draw(sizes))]
        case "object":
            return fields(draw, node, definitions)
    return None


def fields(draw: st.DrawFn, node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The fields of an object: all that it must have, some that it may have, and some with names of their own."""
    required = node.get("required", [])
    named = [name for name in node.get("properties", {}) if name not in ("id", "group")]
    optional = st.integers(0, 3)
    found = {
        name: value(draw, node["properties"][name], definitions)
        for name in named
        if name in required or draw(optional) == 0
    }
    free = node.get("additionalProperties")
    if isinstance(free, dict):
        for _ in range(draw(st.integers(node.get("minProperties", 0), 2))):
            found[value(draw, {"type": "string", **node["propertyNames"]}, definitions)] = value(
                draw, free, definitions
            )
    return found


def break_value(draw: st.DrawFn, data: Any) -> None:
    """Change one thing inside: another value, an unknown name, a field taken away."""
    node = data
    while True:
        steps = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not steps:
            return
        step = draw(st.sampled_from(steps))
        inside = node[step]
        if not isinstance(inside, dict | list) or not inside or draw(st.booleans()):
            break
        node = inside
    match draw(st.sampled_from(["junk", "junk", "odd", "rename", "remove"])):
        case "junk":
            node[step] = deepcopy(draw(st.sampled_from(JUNK)))
        case "odd":
            node[step] = f"{inside}{draw(st.sampled_from(ODD))}"
        case "rename" if isinstance(node, dict):
            node[f"{step}{draw(st.sampled_from(ODD))}"] = node.pop(step)
        case "remove":
            del node[step]


def written(draw: st.DrawFn, data: Any) -> str:
    """The data as a file: block style as people write it, or one line of JSON."""
    if draw(st.booleans()):
        try:
            return yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
        except (yaml.YAMLError, UnicodeError):
            pass
    try:
        return json.dumps(data, ensure_ascii=draw(st.booleans()))
    except TypeError:
        return repr(data)


def broken_text(draw: st.DrawFn, text: str) -> str:
    """The file with a piece put in, taken out, or repeated."""
    start = draw(st.integers(0, len(text)))
    end = min(len(text), start + draw(st.integers(0, 40)))
    match draw(st.sampled_from(["put", "put", "take", "repeat"])):
        case "put":
            return text[:start] + draw(st.sampled_from(PIECES)) + text[start:]
        case "take":
            return text[:start] + text[end:]
        case _:
            return text[:end] + text[start:end] * draw(st.sampled_from([1, 2, 50])) + text[end:]


@st.composite
def files(draw: st.DrawFn) -> tuple[str, bytes]:
    """A kind, and what its file holds."""
    kind = draw(st.sampled_from(list(FILES)))
    if draw(st.booleans()):
        schema = schema_of(kind)
        data = value(draw, schema, schema.get("$defs", {}))
    else:
        data = yaml.safe_load((TINY / "entries" / FILES[kind]).read_text())
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        break_value(draw, data)
    text = written(draw, data)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        text = broken_text(draw, text)
    raw = text.encode("utf-8", "surrogatepass")
    return kind, raw[: draw(st.sampled_from([len(raw), len(raw), len(raw), len(raw) // 2]))]


def judge(problem: kb.Problem) -> None:
    """A problem has its place, and prints nothing that could be taken for something else."""
    printed = str(problem)
    assert problem.file.startswith(("entries/", "implementations/")), printed
    assert problem.line >= problem.file.startswith("entries/"), printed
    assert not find_unseen(printed, allowed="\n"), ascii(printed)
    assert len(problem.field) <= 80, printed
    assert len(problem.message) <= 4000, printed
    first, *rest = printed.split("\n")
    assert first, printed
    assert all(line.startswith("    ") and not line.lstrip().startswith("::") for line in rest), printed


UNMEASURED = re.compile(
    r"evidence .* is missing|the code of this entry belongs|defines no|no entry cites|no entry leads to"
    r"|its code|in the code|docstring|`forward`|constructor|exact `checks`|the code neither|nothing refers to it"
    r"|expected a sentence|expected plain text|say less|at the end of the line|an exact relation needs"
)
"""Problems that keep nothing from being shown: of evidence that is missing, of other code, of style."""


def peak() -> int:
    """The most memory that this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(folder: Path) -> None:
    """Read many files, and print how many were accepted, how many had problems, and the longest time."""
    root = folder / "base"
    shutil.copytree(TINY, root, ignore=shutil.ignore_patterns("evidence"))
    counts: Counter[str] = Counter()
    slowest = 0.0

    @settings(
        max_examples=EXAMPLES,
        derandomize="KB_FUZZ_EXAMPLES" not in os.environ,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(files())
    def read(case: tuple[str, bytes]) -> None:
        nonlocal slowest
        kind, raw = case
        place = root / "entries" / FILES[kind]
        (folder / "last.yaml").write_bytes(raw)
        place.write_bytes(raw)
        gc.disable()  # collecting what hypothesis has piled up in a long run is no part of reading
        started = time.process_time()
        try:
            judge_reading(kind)
        finally:
            gc.enable()
            shutil.copy(TINY / "entries" / FILES[kind], place)
        slowest = max(slowest, time.process_time() - started)

    def judge_reading(kind: str) -> None:
        started, memory = time.process_time(), peak()
        problems = kb.check(root)
        assert time.process_time() - started < SECONDS, "too slow"
        assert peak() - memory < MEGABYTES, "too large"
        for problem in problems:
            judge(problem)
        if all(UNMEASURED.search(problem.message) for problem in problems):
            base = kb.load(root)
            if kind != "axes":
                list(Writer(base)._entry(base[Path(FILES[kind]).stem]))
            counts["accepted and shown"] += 1
        counts["read"] += 1
        counts["problems"] += len(problems)

    try:
        read()
    finally:
        print(dict(counts), f"slowest {slowest:.2f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
