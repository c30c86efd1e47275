"""Where in a YAML file a field stands.

Values are read with `yaml_rs`, which is ten times as fast as PyYAML and rejects duplicate keys but tells no lines.
Lines are only needed when something is wrong, so this module parses the one offending file again with PyYAML.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml


def _compose(text: str) -> yaml.Node | None:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.compose(text, Loader=loader)
    except yaml.YAMLError:
        return None


def line_of(text: str, path: tuple[str | int, ...]) -> int:
    r"""Return the line (from 1) of the field at `path`, or of its nearest ancestor that exists; 0 if unknown.

    Examples:
        >>> line_of("name: x\nparts:\n  - {role: y}\n", ("parts", 0, "role"))
        3
    """
    node = _compose(text)
    if node is None:
        return 0
    line = node.start_mark.line + 1
    for step in path:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(step)]
            if not found:
                break
            key, node = found[-1]
            line = key.start_mark.line + 1
        else:
            break
    return line


def duplicate_keys(text: str) -> Iterator[tuple[int, tuple[str | int, ...]]]:
    """Yield the line and the path of every key that its mapping already has."""
    root = _compose(text)
    pending: list[tuple[yaml.Node, tuple[str | int, ...]]] = [(root, ())] if root else []
    while pending:
        node, path = pending.pop()
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                name = str(key.value)
                if name in seen:
                    yield key.start_mark.line + 1, (*path, name)
                seen.add(name)
                pending.append((value, (*path, name)))
        elif isinstance(node, yaml.SequenceNode):
            pending.extend((value, (*path, index)) for index, value in enumerate(node.value))
