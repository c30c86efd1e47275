"""Count: the parameters of well-known networks, and the examples that they were trained on.

Source: the lecture, S14. Parameters: the variants of the entries of this knowledge base, each with its source; for
the base Transformer Table 3 of Vaswani et al. 2017 (vaswani2017attention). Examples: 1.2 million images of the contest
of 2010 (krizhevsky2012imagenet, abstract), 1.28 million of that of 2012 (he2016deep, sec. 4.1), 12 million sentences
(sutskever2014sequence, sec. 3.1), 4.5 million pairs of sentences (vaswani2017attention, sec. 5.1), and 20 labelled
nodes for each of seven classes (kipf2016semi, sec. 5).

Method: one number is divided by the other. Nothing is trained.

Measures:
    share: share of the networks with more parameters than examples.
    least: smallest number of parameters for each example.
    share_of_linear: the same share for linear classifiers of digits of 8 x 8 and of 28 x 28 pixels.
    share_by_outputs: the same share of the classifiers, where each example counts once for every class.
    ratio: parameters for each example, by network.
"""

IMAGES_2010, IMAGES_2012, NODES = 1_200_000, 1_280_000, 140
CLASSIFIERS = {  # numbers of parameters, examples, classes
    "AlexNet": (60_000_000, IMAGES_2010, 1000),
    "VGG-16": (138_357_544, IMAGES_2012, 1000),
    "GoogLeNet": (6_624_904, IMAGES_2012, 1000),
    "Inception-v3": (23_834_568, IMAGES_2012, 1000),
    "ResNet-34": (21_797_672, IMAGES_2012, 1000),
    "MobileNet": (4_231_976, IMAGES_2012, 1000),
    "DenseNet-121": (7_978_856, IMAGES_2012, 1000),
    "NFNet-F0": (71_489_284, IMAGES_2012, 1000),
    "GCN": (23_063, NODES, 7),
    "GAT": (92_373, NODES, 7),
}
TRANSLATORS = {"sequence to sequence": (384_000_000, 12_000_000), "Transformer": (65_000_000, 4_500_000)}
LINEAR = {"digits of 8 x 8": (65 * 10, 1200), "digits of 28 x 28": (785 * 10, 60_000)}


def run(seed: int) -> dict[str, float | list[float]]:
    """Divide parameters by examples.

    Args:
        seed: Not used: nothing is random.

    Returns:
        The measures that the module lists.
    """
    ratios = [parameters / examples for parameters, examples, _ in CLASSIFIERS.values()]
    ratios += [parameters / examples for parameters, examples in TRANSLATORS.values()]
    linear = [parameters / examples for parameters, examples in LINEAR.values()]
    by_outputs = [parameters / (examples * classes) for parameters, examples, classes in CLASSIFIERS.values()]
    return {
        "share": above_one(ratios),
        "least": min(ratios),
        "share_of_linear": above_one(linear),
        "share_by_outputs": above_one(by_outputs),
        "ratio": ratios,
    }


def above_one(ratios: list[float]) -> float:
    """Return the share of ratios above one."""
    return sum(ratio > 1 for ratio in ratios) / len(ratios)
