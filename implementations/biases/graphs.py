"""Graphs among the inputs, as lists of pairs of nodes."""

from kb.probes import Axes


def lists_of_nodes(axes: Axes, letter: str) -> set[str]:
    """Return the axes of the lists that point at nodes: those of the edges.

    Args:
        axes: The axes of inputs and outputs.
        letter: The axis of the nodes.

    Example:
        >>> axes = Axes(inputs={"edges": ("", "E")}, outputs={}, acting=("N",), indexes={"edges": "N"})
        >>> lists_of_nodes(axes, "N")
        {'E'}
    """
    return {item for name, target in axes.indexes.items() if target == letter for item in axes.inputs[name] if item}
