"""Rule 6: what a narrower network shows of a wider one, which is built of the same modules with more units in each.

The narrower network has the same modules and the same names of parameters; sizes inside are divided by one number.
`kb.verify.widening` makes it, and measures whether what follows is so.

**Functions.** Copy every unit as often as the wider network is wider, and divide the weights of what comes after by the
number of copies. If that gives the same function, the wider network has all functions of the narrower one, each at some
of its weights. Hence:

- what all functions would have, the wider network lacks where the narrower one lacks it;
- what some function has, the wider network has where the narrower one has it.

The other way round nothing follows: the wider network has more functions. Nor does anything for weights as
initialisation draws them, which are no copies. Not every network can be widened so. Normalisation over the features of
a position allows it, since copies change neither mean nor variance. Scalar products that are divided by the root of the
width do not, nor do codes of positions that depend on it, nor normalisation over neighbouring channels.

Inputs and outputs are the same, except for a state that is carried, whose numbers have copies as units have. Where a
network has many thousands of features, these are divided too: the wider one then takes copies of the inputs to copies
of the outputs. Copying commutes with sums, with multiples, with the order of numbers, and with all that is done to
positions; what is not one-to-one stays so, and rows with copies are never orthonormal. But norms, volumes and symmetric
derivatives may arise from copies: a bias that is `metric` does not pass then.

**Computations, parameters, interfaces.** Which sizes of inputs are accepted, which operations follow each other, and
which parameters are used where, depends on the modules and how they are connected, not on how many units each has. What
is said of these passes whether it holds or is lacking, and needs no copies. Only shares of parameters, which are
`metric` too, change with the number of copies; they pass as what is said of functions does, if parameters with as many
copies each all have the same share.
"""

from __future__ import annotations

from collections.abc import Iterator

from kb.inference.setting import Setting
from kb.inference.wider import Wider
from kb.schema import Bias
from kb.traits import Fact, Value


def derive(fact: Fact, setting: Setting) -> Iterator[Fact]:
    """Yield what follows for the wider network from a fact about the narrower one."""
    wider, bias = setting.widened.get((fact.architecture, fact.variant)), setting.biases[fact.bias]
    if wider and passes(bias, fact.value, wider) and setting.applicable(fact.architecture, wider.variant, bias.id):
        yield Fact(fact.architecture, wider.variant, bias.id, fact.value, "derived", wider.because, "widening", (fact,))


def passes(bias: Bias, value: Value, wider: Wider) -> bool:
    """Whether a value of a bias is that of the wider network too, if it is that of the narrower one."""
    of_functions = bias.scope.of == "function"
    if not of_functions and not bias.metric:
        return True
    if not wider.same_functions or (of_functions and bias.metric and wider.copied_outside):
        return False
    return bias.scope.weights_for(value) == "some"
