"""What questions return: lists that print in a line, that a notebook shows as a table, and that become data frames."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeVar, overload

from kb import display
from kb.characters import printable, shortened
from kb.schema import Entry
from kb.traits import Cell

if TYPE_CHECKING:
    import pandas

T = TypeVar("T")
LONGEST = 100
"""Characters of a line that says what there is."""
NAMED_BY = ("id", "end", "architecture", "entry")
"""Fields that tell one answer from another, in the order in which they are looked for."""


class Answers(list[T]):
    """A list of answers of one type.

    Args:
        found: The answers.
        kind: Their type, which gives the table its columns also where there are none.
        one: What one of them is called.
        many: What several are called, where it is not that with an `s`.

    Examples:
        >>> import kb
        >>> kb.load().select(exhibits="causality", family="recurrent")[:2]
        <2 entries: recurrent-network, lstm>
    """

    def __init__(self, found: Iterable[T], kind: type[T], one: str, many: str = "") -> None:
        super().__init__(found)
        self.kind, self.one, self.many = kind, one, many or f"{one}s"

    @overload
    def __getitem__(self, index: SupportsIndex) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Answers[T]: ...

    def __getitem__(self, index: SupportsIndex | slice) -> T | Answers[T]:
        """Return one answer, or a part of them, which shows itself as the whole does."""
        if isinstance(index, slice):
            return Answers(super().__getitem__(index), self.kind, self.one, self.many)
        return super().__getitem__(index)

    def __reduce__(self) -> tuple[Any, ...]:
        return Answers, ([*self], self.kind, self.one, self.many)

    def __repr__(self) -> str:
        names = (next(str(getattr(item, name)) for name in NAMED_BY if hasattr(item, name)) for item in self[:20])
        message = f"{self.number}{': ' if self else ''}{', '.join(names)}"
        return f"<{shortened(printable(message), LONGEST - 2)}>"

    def _repr_html_(self) -> str:
        shown = self[: display.MOST_ROWS]
        rows = ((display.sentence(str(value)) if value is not None else "" for value in row) for row in shown.rows)
        listed = display.table(self.columns, rows, max(0, len(self) - display.MOST_ROWS))
        return f"<p>{display.text(self.number)}</p>{listed}"

    @property
    def number(self) -> str:
        """How many there are, in words."""
        return f"{len(self)} {self.one if len(self) == 1 else self.many}"

    @property
    def columns(self) -> tuple[str, ...]:
        """What the table says of each answer."""
        if issubclass(self.kind, Entry):
            return ("id", "kind", "name", "family", "year", "summary")
        if issubclass(self.kind, Cell):
            return ("architecture", "variant", "bias", "value", "how")
        return tuple(field.name for field in fields(self.kind)) if is_dataclass(self.kind) else ()

    @property
    def rows(self) -> list[tuple[str | int | float | bool | None, ...]]:
        """The table: texts, numbers, and None where there is nothing to say."""
        names = {"name": "title", "summary": "gist"} if issubclass(self.kind, Entry) else {}
        columns = [names.get(column, column) for column in self.columns]
        return [tuple(_plain(getattr(item, column)) for column in columns) for item in self]

    def to_frame(self) -> pandas.DataFrame:
        """Return the table as a data frame of pandas.

        Raises:
            ImportError: pandas is missing; the message says how to install it.

        Examples:
            >>> import kb
            >>> frame = kb.load().select(family="recurrent", until=1997).to_frame()
            >>> int(frame.loc[frame.id == "lstm", "year"].item())
            1997
        """
        try:
            import pandas
        except ImportError as error:
            from kb.extras import how_to_install

            raise ImportError(f"a data frame needs pandas: {how_to_install('pandas')}", name="pandas") from error
        return pandas.DataFrame(self.rows, columns=pandas.Index(self.columns)).convert_dtypes()


def _plain(value: Any) -> str | int | float | bool | None:
    """A value that a table can hold: lists become text."""
    if value is None or type(value) in (str, int, float, bool):
        return value  # type: ignore[no-any-return]
    if isinstance(value, tuple | list):
        return ", ".join(" ".join(each) if isinstance(each, tuple) else str(each) for each in value)
    return str(value)
