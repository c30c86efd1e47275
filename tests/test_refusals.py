"""What implementations refuse, and the nearest that they accept: bounds from either side, every part of an `or`."""

from __future__ import annotations

import ast
import doctest
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from bundled import BASE
from torch import nn

from kb.verify.preparing import seeded

Arguments = dict[str, Any]

REFUSED: dict[str, list[Arguments]] = {
    "adaptive-gradient-clipping": [{"factor": 0.0}, {"epsilon": 0.0}],
    "adding-problem": [{"length": 1}],
    "alexnet": [{"towers": 3}, {"image": 66}],
    "autoencoder": [{"activation": "step"}],
    "average-pooling": [{"kernel_size": 0}, {"stride": 0}],
    "bars-and-stripes": [{"layout": "cube"}, {"size": 0}, {"size": 5}],
    "batch-normalised-network": [{"activation": "step"}],
    "character-language-model": [{"layout": "image"}],
    "clip": [{"image": [5, 4], "patch": 2}],
    "closest-pair": [{"points": 1}],
    "complementary-learning-system": [{"mixing": -0.01}, {"mixing": 1.01}],
    "conditioned-u-net": [{"heads": 3}],
    "convolution": [{"kernel_size": 2}, {"padding": "reflect"}],
    "convolutional-deep-belief-network": [{"padding": "same"}, {"visible": "poisson"}],
    "convolutional-network": [{"dimensions": 4}, {"padding": "reflect"}, {"kernel_size": 2}],
    "copying": [{"length": 0}, {"bits": 0}],
    "copying-memory": [{"wait": 0}],
    "deep-directed-generative-autoencoder": [{"levels": []}],
    "deep-recurrent-network": [
        {"input_layers": 0},
        {"transition_layers": 0},
        {"output_layers": 0},
        {"levels": 0},
    ],
    "deep-visual-semantic-alignment": [{"side": 6}],
    "denoising-diffusion-model": [
        {"beta": (0.0, 0.02)},
        {"beta": (0.1, 1.0)},
        {"image": (1, 5, 4)},
    ],
    "densenet": [{"compression": 0.0}, {"compression": 1.01}],
    "depthwise-convolution": [{"kernel_size": 2}],
    "depthwise-separable-convolution": [{"kernel_size": 2}],
    "diffusion-transformer": [{"image": (1, 5, 4)}],
    "digit-generation": [{"layout": "cube"}, {"black": 0.5}],
    "digit-reconstruction": [{"layout": "cube"}],
    "digits": [{"layout": "cube"}, {"layout": "sequence", "zoom": 2}],
    "dilated-convolution": [{"kernel_size": 2}, {"dilation": 0}],
    "dropout": [{"share": -0.01}, {"share": 1.0}],
    "echo-state-network": [{"leak": 0.0}, {"leak": 1.01}],
    "end-to-end-memory-network": [{"tying": "none"}, {"hops": 0}],
    "feature-pyramid-network": [{"blocks": [1, 1, 1]}, {"blocks": [1, 1, 1, 1, 1]}],
    "fully-convolutional-network": [{"dilated": 2}, {"skips": 2}],
    "gated-feedback-network": [{"unit": "relu"}, {"levels": 0}],
    "googlenet": [{"stages": [[]]}, {"stages": [[], [], []]}],
    "gradient-clipping": [{"threshold": 0.0}],
    "graph-neural-network": [{"contraction": 0.0}, {"contraction": 1.0}],
    "graph-transformer": [{"width": 7}, {"norm": "group"}],
    "group-convolution": [{"kernel_size": 2}],
    "group-equivariant-network": [{"padding": "reflect"}],
    "group-normalisation": [{"channels": 5}],
    "gru": [{"convention": "both"}],
    "continuous-filter-convolution": [{"gaussians": 1}, {"cutoff": 0.0}],
    "segment-anything": [{"patch": 5}, {"width": 12}, {"mask_channels": 6}],
    "tensor-field-convolution": [{"reach": 0.0}],
    "latent-diffusion-model": [{"beta": (0.0, 0.02)}, {"beta": (0.1, 1.0)}, {"image": (1, 8, 5)}],
    "linear-recurrent-unit": [{"smallest": 0.9, "largest": 0.9}],
    "locally-connected-network": [{"channels": [4]}, {"image": [6, 8]}],
    "deit": [{"patch": 5}],
    "masked-autoencoder": [{"image": [5, 4], "patch": 2}],
    "periodic-lattice-network": [{"kernel_size": 2}],
    "roto-reflection-convolution": [{"kernel_size": 2}],
    "roto-reflection-network": [{"padding": "reflect"}],
    "shifted-window-attention": [{"width": 6, "heads": 4}],
    "sinusoidal-grid-code": [{"width": 6}],
    "sparsely-gated-experts": [{"experts": 2, "chosen": 3}],
    "inverse-square-root-schedule": [{"width": 0}, {"warmup": 0}],
    "k-nearest-neighbours": [{"neighbours": 0}, {"classes": 0}],
    "label-smoothing": [{"smoothing": -0.01}, {"smoothing": 1.01}],
    "lenet-5": [{"image": 12}, {"image": 18}],
    "linear-model": [{"rotation": True}],
    "local-response-normalisation": [{"size": 4}],
    "longformer": [{"width": 7}],
    "long-term-recurrent-convolutional-network": [{"layers": 3}, {"layers": 0}, {"layers": 1, "factored": True}],
    "mackey-glass": [{"length": 50}],
    "max-pooling": [{"kernel_size": 2}, {"kernel_size": -1}, {"stride": 0}],
    "maxout": [{"pieces": 0}],
    "memory-network": [{"hops": 0}],
    "message-passing-network": [{"width": 2}, {"readout": "mean"}],
    "mlp": [{"activation": "step"}],
    "mlp-mixer": [{"patch": 5}],
    "mobilenet": [{"strides": [1]}],
    "modulated-convolution": [{"kernel_size": 2}],
    "multi-head-attention": [{"width": 7}],
    "multi-query-attention": [{"width": 7}],
    "neural-turing-machine": [{"controller": "gru"}],
    "nfnet": [{"widths": (8,)}, {"widths": (8, 12)}],
    "non-local-block": [{"pairwise": "none"}],
    "orthogonal-recurrent-network": [{"constraint": "none"}],
    "permutation-equivariant-layer": [{"pool": "median"}],
    "personalised-propagation": [{"teleport": -0.01}, {"teleport": 1.01}],
    "pre-activation-resnet": [{"block": "wide"}],
    "probabilistic-max-pooling": [{"block": 0}],
    "recurrent-network": [{"activation": "step"}],
    "recurrent-visual-memory": [{"units": 5}],
    "relational-memory-core": [{"gates": "none"}],
    "relative-position-attention": [{"width": 7}],
    "resnet": [{"block": "wide"}],
    "restricted-boltzmann-machine": [{"visible": "poisson"}],
    "roformer": [{"width": 7}],
    "rotary-position-code": [{"width": 5}],
    "scenes-to-captions": [{"layout": "cube"}, {"novel": "words"}],
    "sequence-reversal": [{"width": 4, "symbols": 4}],
    "shifted-digits": [{"layout": "cube"}],
    "sinusoidal-position-code": [{"width": 5}],
    "skipinit-network": [{"block": "wide"}],
    "supporting-facts": [{"layout": "cube"}, {"facts": 0}, {"facts": 3}, {"people": 1}, {"people": 50}],
    "transformer": [{"form": "cross"}],
    "transposed-convolution": [{"kernel_size": 0}, {"stride": 0}],
    "trust-region-step": [{"radius": 0.0}],
    "vgg": [{"blocks": (1,)}, {"image": 18}],
    "vision-transformer": [{"patch": 5}],
}
"""Arguments that are refused, by entry."""

ACCEPTED: dict[str, list[Arguments]] = {
    "adding-problem": [{"length": 2}],
    "alexnet": [{"image": 67}],
    "average-pooling": [{"kernel_size": 1, "stride": 1}],
    "bars-and-stripes": [{"size": 1}, {"size": 4}],
    "closest-pair": [{"points": 2}],
    "complementary-learning-system": [{"mixing": 0.0}, {"mixing": 1.0}],
    "copying": [{"length": 1, "bits": 1}],
    "copying-memory": [{"wait": 1}],
    "denoising-diffusion-model": [{"beta": (0.02, 0.02)}],
    "densenet": [{"compression": 1.0}],
    "digit-generation": [{"black": -1.0}, {"black": 0.0}],
    "dilated-convolution": [{"dilation": 1}],
    "dropout": [{"share": 0.0}],
    "echo-state-network": [{"leak": 1.0}],
    "end-to-end-memory-network": [{"hops": 1}],
    "fully-convolutional-network": [{"dilated": 0}, {"skips": 1}],
    "gated-feedback-network": [{"levels": 1}],
    "inverse-square-root-schedule": [{"width": 1, "warmup": 1}],
    "k-nearest-neighbours": [{"neighbours": 1, "classes": 1}],
    "label-smoothing": [{"smoothing": 0.0}, {"smoothing": 1.0}],
    "latent-diffusion-model": [{"beta": (0.02, 0.02)}],
    "long-term-recurrent-convolutional-network": [{"layers": 2, "factored": True}, {"layers": 1, "factored": False}],
    "mackey-glass": [{"length": 51}],
    "max-pooling": [{"kernel_size": 1, "stride": 1}],
    "maxout": [{"pieces": 1}],
    "memory-network": [{"hops": 1}],
    "personalised-propagation": [{"teleport": 0.0}, {"teleport": 1.0}],
    "probabilistic-max-pooling": [{"block": 1}],
    "sequence-reversal": [{"width": 5, "symbols": 4}],
    "sinusoidal-grid-code": [{"width": 4}],
    "supporting-facts": [{"facts": 1}, {"facts": 2}, {"people": 2}],
    "transposed-convolution": [{"kernel_size": 1, "stride": 1}],
}
"""Arguments at the edge of what is refused."""


def vector() -> nn.Parameter:
    weight = nn.Parameter(torch.ones(2, 3))
    weight.grad = torch.ones(2, 3)
    return weight


def load(entry_id: str) -> Any:
    return BASE[entry_id].load()


POSITIONAL: dict[str, Callable[[], tuple[Any, ...]]] = {
    "adaptive-gradient-clipping": lambda: ([vector()],),
    "gradient-clipping": lambda: ([vector()],),
    "inverse-square-root-schedule": lambda: (1,),
    "label-smoothing": lambda: (torch.zeros(2, 3), torch.tensor([0, 2])),
    "trust-region-step": lambda: (torch.ones(2), torch.eye(2)),
}
"""What functions work on."""

CALLS: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
    "clip, an image of another size": (
        lambda: load("clip")().image_tower(torch.zeros(1, 3, 8, 8)),
        lambda: load("clip")().image_tower(torch.zeros(1, 3, 8, 12)),
    ),
    "masked-autoencoder, an image of another size": (
        lambda: load("masked-autoencoder")()(torch.zeros(1, 3, 4, 4), torch.zeros(1, 16)),
        lambda: load("masked-autoencoder")()(torch.zeros(1, 3, 8, 8), torch.zeros(1, 16)),
    ),
    "deep-q-network, an image of another size": (
        lambda: load("deep-q-network")()(torch.zeros(1, 2, 7, 8)),
        lambda: load("deep-q-network")()(torch.zeros(1, 2, 7, 9)),
    ),
    "deit, an image of another size": (
        lambda: load("deit")()(torch.zeros(1, 3, 8, 8)),
        lambda: load("deit")()(torch.zeros(1, 3, 8, 12)),
    ),
    "siamese-network, an image of another size": (
        lambda: load("siamese-network")()(torch.zeros(1, 3, 6, 6), torch.zeros(1, 3, 6, 6)),
        lambda: load("siamese-network")()(torch.zeros(1, 3, 6, 8), torch.zeros(1, 3, 6, 8)),
    ),
    "age-code, more steps than it knows": (
        lambda: load("age-code")(memories=2)(torch.zeros(1, 3, 4)),
        lambda: load("age-code")(memories=3)(torch.zeros(1, 3, 4)),
    ),
    "locally-connected-layer, an even window": (
        lambda: load("locally-connected-layer")(kernel_size=2),
        lambda: load("locally-connected-layer")(kernel_size=3),
    ),
    "locally-connected-layer, an image of another size": (
        lambda: load("locally-connected-layer")(image=(5, 4))(torch.zeros(1, 2, 5, 5)),
        lambda: load("locally-connected-layer")(image=(5, 4))(torch.zeros(1, 2, 5, 4)),
    ),
    "beam-search, width": (
        lambda: load("beam-search")(lambda _: torch.zeros(2), width=0, length=1),
        lambda: load("beam-search")(lambda _: torch.zeros(2), width=1, length=1),
    ),
    "beam-search, length": (
        lambda: load("beam-search")(lambda _: torch.zeros(2), width=1, length=0),
        lambda: load("beam-search")(lambda _: torch.zeros(2), width=1, length=1),
    ),
    "mlp-mixer, an image of another size": (
        lambda: load("mlp-mixer")()(torch.zeros(1, 3, 8, 8)),
        lambda: load("mlp-mixer")()(torch.zeros(1, 3, 8, 12)),
    ),
    "vision-transformer, an image of another size": (
        lambda: load("vision-transformer")()(torch.zeros(1, 3, 8, 8)),
        lambda: load("vision-transformer")()(torch.zeros(1, 3, 8, 12)),
    ),
    "learned-position-code, longer than its table": (
        lambda: load("learned-position-code")(length=5)(torch.zeros(1, 6, 6)),
        lambda: load("learned-position-code")(length=5)(torch.zeros(1, 5, 6)),
    ),
    "contrastive-divergence, steps": (
        lambda: load("contrastive-divergence")(lambda x: x.sum(1), lambda x: x, torch.zeros(2, 3), steps=0),
        lambda: load("contrastive-divergence")(lambda x: x.sum(1), lambda x: x, torch.zeros(2, 3), steps=1),
    ),
    "episodic-recall, fewer memories than asked for": (
        lambda: load("episodic-recall")(neighbours=4)(torch.zeros(1, 2), torch.zeros(3, 2), torch.zeros(3).long()),
        lambda: load("episodic-recall")(neighbours=3)(torch.zeros(1, 2), torch.zeros(3, 2), torch.zeros(3).long()),
    ),
    "fixed-point, no contraction": (
        lambda: load("fixed-point")(lambda x: 1 - x, torch.zeros(1)),
        lambda: load("fixed-point")(lambda x: 1 - 0.5 * x, torch.zeros(1)),
    ),
    "glorot-initialisation, a vector": (
        lambda: load("glorot-initialisation")(torch.zeros(3)),
        lambda: load("glorot-initialisation")(torch.zeros(3, 3)),
    ),
    "he-initialisation, a vector": (
        lambda: load("he-initialisation")(torch.zeros(3)),
        lambda: load("he-initialisation")(torch.zeros(3, 3)),
    ),
    "inverse-square-root-schedule, step": (
        lambda: load("inverse-square-root-schedule")(0),
        lambda: load("inverse-square-root-schedule")(1),
    ),
    "k-nearest-neighbours, fewer stored than asked for": (
        lambda: load("k-nearest-neighbours")(neighbours=3)(torch.zeros(1, 2), torch.zeros(2, 2), torch.zeros(2).long()),
        lambda: load("k-nearest-neighbours")(neighbours=2)(torch.zeros(1, 2), torch.zeros(2, 2), torch.zeros(2).long()),
    ),
    "natural-gradient, a metric that cannot be inverted": (
        lambda: load("natural-gradient")(torch.ones(2), torch.zeros(2, 2)),
        lambda: load("natural-gradient")(torch.ones(2), torch.zeros(2, 2), damping=0.1),
    ),
    "orthogonal-initialisation, a vector": (
        lambda: load("orthogonal-initialisation")(torch.zeros(3)),
        lambda: load("orthogonal-initialisation")(torch.zeros(3, 2)),
    ),
    "patch-embedding, height": (
        lambda: load("patch-embedding")()(torch.zeros(1, 2, 4, 3)),
        lambda: load("patch-embedding")()(torch.zeros(1, 2, 3, 3)),
    ),
    "patch-embedding, width": (
        lambda: load("patch-embedding")()(torch.zeros(1, 2, 3, 4)),
        lambda: load("patch-embedding")()(torch.zeros(1, 2, 3, 6)),
    ),
    "reservoir-scaling, not square": (
        lambda: load("reservoir-scaling")(torch.zeros(5, 6), density=1.0),
        lambda: load("reservoir-scaling")(torch.zeros(5, 5), density=1.0),
    ),
    "reservoir-scaling, a cube": (
        lambda: load("reservoir-scaling")(torch.zeros(5, 5, 5), density=1.0),
        lambda: load("reservoir-scaling")(torch.zeros(5, 5), density=1.0),
    ),
    "reservoir-scaling, no density": (
        lambda: load("reservoir-scaling")(torch.zeros(5, 5), density=0.0),
        lambda: load("reservoir-scaling")(torch.zeros(5, 5), density=1.0),
    ),
    "reservoir-scaling, more than all": (
        lambda: load("reservoir-scaling")(torch.zeros(5, 5), density=1.01),
        lambda: load("reservoir-scaling")(torch.zeros(5, 5), density=1.0),
    ),
    "sparse-initialisation, none": (
        lambda: load("sparse-initialisation")(torch.zeros(3, 4), connections=0),
        lambda: load("sparse-initialisation")(torch.zeros(3, 4), connections=1),
    ),
    "sparse-initialisation, more than there are": (
        lambda: load("sparse-initialisation")(torch.zeros(3, 4), connections=5),
        lambda: load("sparse-initialisation")(torch.zeros(3, 4), connections=4),
    ),
    "transformer, a source that is not looked at": (
        lambda: load("transformer")()(torch.zeros(1, 2, 8), torch.zeros(1, 2, 8)),
        lambda: load("transformer")()(torch.zeros(1, 2, 8)),
    ),
    "transformer, no source": (
        lambda: load("transformer")(form="encoder-decoder")(torch.zeros(1, 2, 8)),
        lambda: load("transformer")(form="encoder-decoder")(torch.zeros(1, 2, 8), torch.zeros(1, 2, 8)),
    ),
    "uniform-gate-initialisation, one number": (
        lambda: load("uniform-gate-initialisation")(torch.zeros(1)),
        lambda: load("uniform-gate-initialisation")(torch.zeros(2)),
    ),
    "uniform-gate-initialisation, a matrix": (
        lambda: load("uniform-gate-initialisation")(torch.zeros(2, 2)),
        lambda: load("uniform-gate-initialisation")(torch.zeros(2)),
    ),
    "echo-state-network, shorter than its wash-out": (
        lambda: load("echo-state-network")().fit(torch.randn(1, 5, 3), torch.randn(1, 5, 2), wash_out=5),
        lambda: load("echo-state-network")().fit(torch.randn(1, 6, 3), torch.randn(1, 6, 2), wash_out=5),
    ),
}
"""Calls that are refused, and the nearest that are not."""


def call(entry_id: str, arguments: Arguments) -> object:
    """Build a module or a task, or call a function, with some arguments."""
    entry = BASE[entry_id]
    given = {"generator": seeded(entry_id)} if getattr(entry, "category", "").endswith("task") else {}
    return entry.load()(*POSITIONAL.get(entry_id, tuple)(), **(given | arguments))


def cases(table: dict[str, list[Arguments]]) -> Any:
    found = [(entry_id, arguments) for entry_id, listed in table.items() for arguments in listed]
    return pytest.mark.parametrize(
        ("entry_id", "arguments"), found, ids=[f"{entry_id}-{n}" for n, (entry_id, _) in enumerate(found)]
    )


@cases(REFUSED)
def test_it_is_refused(entry_id: str, arguments: Arguments) -> None:
    with pytest.raises(ValueError, match=" "):
        call(entry_id, arguments)


@cases(ACCEPTED)
def test_the_nearest_is_accepted(entry_id: str, arguments: Arguments) -> None:
    call(entry_id, arguments)


@pytest.mark.parametrize("name", CALLS, ids=[name.replace(", ", "-") for name in CALLS])
def test_a_call_is_refused_and_the_nearest_is_not(name: str) -> None:
    wrong, right = CALLS[name]
    with pytest.raises(ValueError, match=" "):
        wrong()
    right()


ELSEWHERE = {"adam": 1, "rigid-bodies": 1}
"""Tested in `test_optimisers.py`; no argument is to blame, but an endless row of collisions."""


def shown(path: Path) -> int:
    """Return how many refusals examples in a file's docstrings end in, each once; `test_examples.py` runs them."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    texts = [
        ast.get_docstring(node)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, documented)
    ]
    examples = [example for text in texts if text for example in doctest.DocTestParser().get_examples(text)]
    return len({example.exc_msg for example in examples if "ValueError" in (example.exc_msg or "")})


def test_every_file_that_refuses_has_as_many_wrong_calls() -> None:
    """At least one for every `raise` in it, here or as an example in the file: a new one brings its call."""
    met = Counter({entry_id: len(listed) for entry_id, listed in REFUSED.items()})
    met.update(name.partition(",")[0] for name in CALLS)
    missing = []
    for folder in ("architectures", "concepts"):
        for path in sorted(Path(BASE.root, "implementations", folder).rglob("*.py")):
            raised = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Raise)]
            entry_id = path.stem.replace("_", "-")
            if met[entry_id] + shown(path) < len(raised) - ELSEWHERE.get(entry_id, 0):
                missing.append(entry_id)
    assert missing == []
