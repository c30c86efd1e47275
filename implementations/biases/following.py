"""Following: which tensors come from the inputs of a module, and which of them are functions of which, entry by entry.

Every tensor that comes from the inputs has a key. Tensors whose entries are functions of the corresponding entries of
one tensor have its key, and what is computed twice in the same way has the same key twice.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from torch import Tensor


class Keys:
    """The keys of tensors.

    Args:
        inputs: The tensors of which everything that is computed is followed; each gets a key of its own.

    Attributes:
        roots: By key, the first tensor that has it.
    """

    def __init__(self, inputs: Iterable[Tensor]) -> None:
        self.roots: dict[int, Tensor] = {}
        self._names: dict[Hashable, int] = {}
        self._tags: dict[int, tuple[int, int]] = {}  # of a tensor, by identity: its key, and the writes before it
        self._writes: dict[int, int] = {}  # by address of the memory
        self._places: dict[Hashable, int] = {}  # by where in memory a tensor is: its key
        self._alive: list[Tensor] = []  # nothing is freed, so that no identity or address is used twice
        for number, tensor in enumerate(inputs):
            self._tag(tensor, self.named("input", number))

    def of(self, value: Any) -> int | None:
        """Return the key of a tensor; none if it is a constant."""
        if not isinstance(value, Tensor):
            return None
        address = value.untyped_storage().data_ptr()
        writes = self._writes.get(address, 0)
        key, before = self._tags.get(id(value), (None, 0))
        if writes == before:
            return key
        key = self.named("written", self.place(value))
        self._tag(value, key)
        return key

    def named(self, *name: Hashable) -> int:
        """Return the key that has this name."""
        return self._names.setdefault(name, len(self._names))

    def give(self, result: Any, key: int) -> Any:
        """Give results a key, unless one is a view that something with a key has been before."""
        for number, tensor in enumerate(tensors_in(result)):
            self._tag(tensor, self._places.get(self.place(tensor), self.named(key, number) if number else key))
        return result

    def place(self, tensor: Tensor) -> Hashable:
        """Return where in memory a tensor is, and between which writes."""
        address = tensor.untyped_storage().data_ptr()
        layout = tensor.storage_offset(), tuple(tensor.shape), tensor.stride()
        return address, self._writes.get(address, 0), layout

    def write(self, target: Tensor) -> None:
        """Note that a tensor has been written to: its contents are something new, and so are those of all its views."""
        address = target.untyped_storage().data_ptr()
        self._writes[address] = self._writes.get(address, 0) + 1
        self._alive.append(target)

    def described(self, value: Any) -> Hashable:
        """Return arguments in a form that is equal for equal ones."""
        if isinstance(value, Tensor):
            self._alive.append(value)
            key = self.of(value)
            return ("constant", id(value)) if key is None else ("followed", key)
        if isinstance(value, (tuple, list)):
            return tuple(map(self.described, value))
        return self.described(tuple(value.items())) if isinstance(value, dict) else repr(value)

    def _tag(self, tensor: Tensor, key: int) -> None:
        self._tags[id(tensor)] = key, self._writes.get(tensor.untyped_storage().data_ptr(), 0)
        self._places.setdefault(self.place(tensor), key)
        self.roots.setdefault(key, tensor)
        self._alive.append(tensor)


def tensors_in(value: Any) -> Iterator[Tensor]:
    """Yield all tensors among arguments or results."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from tensors_in(part)


def is_number(tensor: Tensor) -> bool:
    """Tell whether a tensor has real or complex numbers, not conditions or indices."""
    return tensor.is_floating_point() or tensor.is_complex()
