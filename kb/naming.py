"""Names of entries: when two are the same, which entry a name means, and which names are near a mistyped one.

One resolver for Python, the shell, conditions, completion and addresses: an entry is meant by its id, by an id that it
had before, by its name and by its other names, whatever their capitals, accents, hyphens, spaces and spelling.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from kb.collecting import without_collector
from kb.problems import AmbiguousNameError, NoSuchNameError
from kb.schema import Entry, Paper
from kb.schema.common import Invention
from kb.schema.frozen import Frozen

V = TypeVar("V")

LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "×": "x"}
"""Letters with a mark that Unicode does not decompose, and what is written for them."""
SPELLINGS = {
    r"iz(?=e|ing|ation)": "is", r"yz(?=e|ing)": "ys", r"(?<=\w\w)our(?=\b|s\b|ing|ed|hood)": "or",
    r"ll(?=ing|ed|er)": "l", r"tre\b": "ter", r"parameter(?=is)": "parametr", r"grey": "gray",
}  # fmt: skip
"""What makes American and British spelling one; the site's search applies the same patterns."""

_LETTERS = str.maketrans(LETTERS)
_SPELLINGS = [(re.compile(pattern, re.ASCII), right) for pattern, right in SPELLINGS.items()]


def folded(text: str) -> str:
    """Return the words of a text without accents and capitals, with one space between; `C` is not `C++`.

    Examples:
        >>> folded("Störmer–Verlet, 1×1")
        'stormer verlet 1x1'
    """
    bare = text.lower()
    if not text.isascii():
        letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).lower().translate(_LETTERS))
        bare = "".join(letter for letter in letters if unicodedata.category(letter)[0] != "M")
    return " ".join(re.findall(r"[^\W_]+[+#]*", re.sub("['’]", "", bare)))


def words(text: str) -> list[str]:
    """Return the folded words of a text in one spelling.

    Examples:
        >>> words("Layer Normalization") == words("layer-normalisation")
        True
    """
    found = folded(text)
    for pattern, right in _SPELLINGS:
        found = pattern.sub(right, found)
    return found.split()


def key(text: str) -> str:
    """Return what two ways to write one name have in common: its words, run together.

    Examples:
        >>> key("k-NN") == key("KNN")
        True
    """
    return "".join(words(text)) or text


def slips(length: int) -> int:
    """How many letters may be wrong, missing, added or exchanged in a word before it is another word.

    In a word of three letters none may: `GPT` is not `GAT`.
    """
    return 0 if length < 4 else 1 if length < 7 else 2 if length < 12 else 3


def names_of(entry: Entry) -> list[str]:
    """The name of an entry, its id, its other names, here and elsewhere, former ids, and the numbers of a paper."""
    numbers = [entry.ids.arxiv, entry.ids.doi] if isinstance(entry, Paper) else []
    known = [entry.title, entry.id, *entry.aliases, *entry.formerly, *filter(None, numbers)]
    return list(dict.fromkeys([*known, *(name for _, name in names_elsewhere(entry))]))


def names_elsewhere(entry: Entry) -> list[tuple[int, str]]:
    """The names in other vocabularies and libraries that mean exactly this entry or a variant, with their places."""
    same_as = entry.same_as if isinstance(entry, Invention) else ()
    return [(place, same.local) for place, same in enumerate(same_as) if same.match == "exact"]


class Names:
    """Which entry a name means.

    Args:
        entries: The entries that are named.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {entry.id: entry for entry in entries}
        self.ids = frozenset(self._entries)
        self._former = {old: entry.id for entry in self._entries.values() for old in entry.formerly}
        self._by_key: dict[str, dict[str, Entry]] = {}
        for entry in self._entries.values():
            for name in names_of(entry):
                self._by_key.setdefault(key(name), {})[entry.id] = entry

    def completions(self, entries: Collection[Entry], kind: type[Entry] = Entry) -> list[str]:
        """Return the ids of some entries, and after these every other name that means one of a kind alone."""
        names = dict.fromkeys(name for entry in entries for name in names_of(entry))
        alone = (name for name in names if len(self.meanings(name, kind)) == 1)
        return list(dict.fromkeys([*(entry.id for entry in entries), *alone]))

    def __call__(self, text: str, kind: type[Entry] = Entry) -> Entry:
        """Return the one entry that a name means, among those of a kind.

        Raises:
            NoSuchNameError: No entry has the name; the message suggests the nearest one.
            AmbiguousNameError: Several have it; the message lists them.
        """
        found = self.meanings(text, kind)
        if not found:
            raise self._none(text, kind)
        if len(found) > 1:
            raise AmbiguousNameError(text, [f"{entry.id} ({entry.kind}: {entry.title})" for entry in found])
        return found[0]

    def _none(self, text: str, kind: type[Entry]) -> NoSuchNameError:
        what = getattr(kind, "kind", "entry")
        others = sorted({entry.kind for entry in self.meanings(text)})
        return NoSuchNameError(text, what, next(self.near(text, kind), None), others)

    def meanings(self, text: str, kind: type[Entry] = Entry) -> list[Entry]:
        """Return all entries of a kind that a name means.

        An id means its entry alone. A paper is meant where nothing else is: what it introduced may bear its title.
        """
        for known in (text, self._former.get(text)):
            if known in self._entries and isinstance(self._entries[known], kind):
                return [self._entries[known]]
        found = [entry for entry in self._by_key.get(key(text), {}).values() if isinstance(entry, kind)]
        return [entry for entry in found if entry.kind != "paper"] or found

    def near(self, text: str, kind: type[Entry] = Entry) -> Iterator[str]:
        """Yield the ids of the entries that a mistyped name may mean, the nearest first."""
        from rapidfuzz import process  # only where something is wrong
        from rapidfuzz.distance import OSA

        typed = key(text)
        alike = process.extract(
            typed, self._by_key.keys(), scorer=OSA.distance, score_cutoff=slips(len(typed)), limit=None
        )
        for name, _, _ in alike:
            yield from (entry.id for entry in self._by_key[name].values() if isinstance(entry, kind))


class ByName(Frozen[str, V]):
    """What there is of some entries, by id; it is also looked up by any other name of an entry."""

    def __init__(self, names: Names, found: Mapping[str, V], kind: type[Entry] = Entry) -> None:
        super().__init__(found)
        self._names, self._kind = names, kind

    def __missing__(self, name: str) -> V:
        meant = self._names(name, self._kind).id
        if meant not in self.keys():
            raise KeyError(meant)
        return self[meant]

    def __contains__(self, name: object) -> bool:
        """Whether there is any of the entry that is meant; an id is always that of its entry alone."""
        if super().__contains__(name) or not isinstance(name, str) or name in self._names.ids:
            return super().__contains__(name)
        return any(super(ByName, self).__contains__(entry.id) for entry in self._names.meanings(name, self._kind))

    def get(self, name: str, default: Any = None) -> Any:
        """Return what there is of an entry, whatever name it is called by, or something else."""
        if super().__contains__(name):
            return super().get(name)
        return self.__missing__(name) if name in self else default

    def _ipython_key_completions_(self) -> list[str]:
        return self._names.completions([self._names(name) for name in self], self._kind)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._names, dict(self), self._kind)


class FoundByName(Mapping[str, V]):
    """What there is of some entries, by id or any other name of an entry; of each it is found when it is asked for.

    Args:
        names: Which entry a name means.
        ids: The entries of which there may be something, in order.
        find: Finds what there is of an entry, or nothing.
    """

    def __init__(self, names: Names, ids: Iterable[str], find: Callable[[str], V | None]) -> None:
        self._names, self._find = names, find
        self._found: dict[str, V | None] = {}
        self._ids = dict.fromkeys(ids)

    def _of(self, entry_id: str) -> V | None:
        if entry_id not in self._found:
            self._found[entry_id] = self._find(entry_id) if entry_id in self._ids else None
        return self._found[entry_id]

    def __getitem__(self, name: str) -> V:
        meant = name if name in self._ids else self._names(name).id
        found = self._of(meant)
        if found is None:
            raise KeyError(meant)
        return found

    def __contains__(self, name: object) -> bool:
        """Whether there is any of the entry that is meant; an id is always that of its entry alone."""
        if not isinstance(name, str):
            return False
        meant = [name] if name in self._names.ids else [entry.id for entry in self._names.meanings(name)]
        return any(self._of(entry_id) is not None for entry_id in meant)

    def get(self, name: str, default: Any = None) -> Any:
        """Return what there is of an entry, whatever name it is called by, or something else."""
        if name not in self:
            return default
        return self[name]

    @without_collector()
    def _all(self) -> list[str]:
        return [entry_id for entry_id in self._ids if self._of(entry_id) is not None]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _ipython_key_completions_(self) -> list[str]:
        return self._names.completions([self._names(name) for name in self])
