"""Guards: what is given to code is looked at where it comes in, and what is wrong is refused in a sentence.

    @checked_arguments(memory=0, teleport=(0, 1))          # of a constructor: by their annotations, and these bounds
    def __init__(self, *, layers: int = 2, memory: int = 3, teleport: float = 0.1) -> None: ...

    @checked_inputs(edge_index="N")                        # of `forward`: by the shapes; `edge_index` points into N
    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N G"]: ...

Nothing is stated twice: both read the annotations that are there. A guard raises or does nothing, so evidence does
not depend on it (`kb.syntax`). It is a module of the library, so that every knowledge base has the same sentences.
"""

from kb.guards.arguments import checked_arguments
from kb.guards.inputs import checked_inputs

__all__ = ["checked_arguments", "checked_inputs"]
