"""Scenes to captions: describe in words the one or two coloured shapes of an image, and their positions.

Source: our own generator, for the captioning systems of the lecture (S25).

Shapes: B examples, C = 3 channels of colour, H = W = 12 pixels, S = 4 frames of a video, T = 8 words, V = 15 words of
the vocabulary.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

COLOURS = {"red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1), "yellow": (1, 1, 0), "white": (1, 1, 1)}
SHAPES = {
    "square": ("#####", "#####", "#####", "#####", "#####"),
    "ring": (".###.", "#...#", "#...#", "#...#", ".###."),
    "cross": ("..#..", "..#..", "#####", "..#..", "..#.."),
    "triangle": ("..#..", "..#..", ".###.", ".###.", "#####"),
    "saltire": ("#...#", ".#.#.", "..#..", ".#.#.", "#...#"),
}
WORDS = ["<start>", "<end>", "a", *COLOURS, *SHAPES, "above", "beside"]
START, END, A, COLOUR, SHAPE, ABOVE = (
    WORDS.index(word) for word in ("<start>", "<end>", "a", "red", "square", "above")
)
VOCABULARY, SIDE, CELL, LENGTH, FRAMES = len(WORDS), 12, 5, 8, 4
PAIRS = torch.cartesian_prod(torch.arange(len(COLOURS)), torch.arange(len(SHAPES)))
HELD_OUT, SEEN = PAIRS[PAIRS[:, 0] == PAIRS[:, 1]], PAIRS[PAIRS[:, 0] != PAIRS[:, 1]]
NO_WORD = -100  # the target after the end of a caption, which a cross-entropy ignores
TEST_SIZE = 1000
LAYOUTS = ("image", "video", "structure")
NOVELTIES = ("objects", "scenes")
PARTS = torch.tensor([0, 1, 2] + [3] * len(COLOURS) + [4] * len(SHAPES) + [5] * 2)  # the part of speech of every word


class ScenesToCaptions:
    """Scenes such as "a red ring above a blue cross", or "a white square" alone.

    A caption begins with the upper or left shape. Red squares, green rings, blue crosses, yellow triangles and white
    saltires occur in no training scene, but in every test scene, so that a pair has to be composed that never occurred.
    Or every object occurs in training, with every other colour and every other shape beside it, but one in five of the
    scenes of two objects is set aside for the test. `words` are those before each word of the target, one-hot, and zero
    after the end: the score is that of predicting every next word from the image and the right words so far.

    Args:
        generator: Draws the scenes.
        layout: An `image`; or a `video` of four frames, in each of which a shape may be hidden, but not in all; or an
            image with the `structure` of its caption: the parts of speech of the target words.
        novel: What is new in the test: `objects`, pairs of a colour and a shape, or whole `scenes` of two objects.
        batch_size: Scenes of a batch.

    Raises:
        ValueError: The layout or the novelty is unknown.

    Example:
        >>> inputs, target = ScenesToCaptions(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["image"].shape, inputs["words"].shape, target.shape
        (torch.Size([64, 3, 12, 12]), torch.Size([64, 8, 15]), torch.Size([64, 8]))
    """

    metric, higher_is_better = "share of right words", True
    steps, learning_rate = 1000, 3e-3

    @checked_arguments()
    def __init__(
        self, *, generator: torch.Generator, layout: str = "image", novel: str = "objects", batch_size: int = 64
    ) -> None:
        if layout not in LAYOUTS:
            raise ValueError(f"layout ({layout!r}) must be one of {', '.join(LAYOUTS)}")
        if novel not in NOVELTIES:
            raise ValueError(f"novel ({novel!r}) must be one of {', '.join(NOVELTIES)}")
        self.generator, self.layout, self.novel, self.batch_size = generator, layout, novel, batch_size
        self._test = self._draw(TEST_SIZE, new=True)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh scenes in which nothing is new, and their captions."""
        return self._draw(self.batch_size, new=False)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the scenes set aside, in each of which something is new, and their captions."""
        return self._test

    def _draw(self, size: int, *, new: bool) -> tuple[dict[str, Tensor], Tensor]:
        """Return scenes of one or two objects and their captions, with something new in each of them or in none."""
        relation = (self._integers(5, size) + 1) // 2  # alone in one scene of five, otherwise above or beside
        if self.novel == "scenes":
            objects = self._object_pairs(size, new)
            relation = 1 + self._integers(2, size) if new else relation  # an object alone is not a new scene
        else:
            objects = self._objects_apart(relation, new)
        words = _caption(objects, relation)
        before, target = words[:, :-1], words[:, 1:].masked_fill(words[:, 1:] == START, NO_WORD)
        one_hot = F.one_hot(before, VOCABULARY) * (target != NO_WORD)[..., None]
        inputs = {"image": self._render(objects, relation), "words": one_hot.to(torch.get_default_dtype())}
        if self.layout == "structure":
            parts = F.one_hot(PARTS[target.clamp_min(0)], int(PARTS.max()) + 1) * (target != NO_WORD)[..., None]
            inputs["structure"] = parts.to(torch.get_default_dtype())
        return inputs, target

    def _objects_apart(self, relation: Tensor, new: bool) -> Tensor:
        """Return two objects per scene `[size, 2, 2]`, one of them a held-out pair if the scene is new."""
        size, pairs = len(relation), HELD_OUT if new else SEEN
        given, other = pairs[self._integers(len(pairs), size)], SEEN[self._integers(len(SEEN), size)]
        second = ((relation > 0) & (self._integers(2, size) > 0))[:, None]  # whether the given pair comes second
        return torch.stack([torch.where(second, other, given), torch.where(second, given, other)], 1)

    def _object_pairs(self, size: int, new: bool) -> Tensor:
        """Return two objects per scene `[size, 2, 2]`, whose numbers add up to a multiple of five if it is new."""
        objects = self._integers(len(SHAPES), size, 2, 2)  # as many colours as shapes
        rest = torch.zeros(size, dtype=torch.long) if new else 1 + self._integers(len(SHAPES) - 1, size)
        objects[:, 1, 1] = (rest - objects.flatten(1)[:, :3].sum(1)) % len(SHAPES)
        return objects

    def _integers(self, below: int, *shape: int) -> Tensor:
        return torch.randint(below, shape, generator=self.generator)

    def _render(self, objects: Tensor, relation: Tensor) -> Tensor:
        """Return images, or videos, of objects at random positions: one above the other, or next to each other."""
        size = len(objects)
        corners = self._integers(SIDE - CELL + 1, size, 1, 2).repeat(1, 2, 1)  # row and column, the same for both
        apart = torch.stack([self._integers(2, size), CELL + 1 + self._integers(2, size)], 1)  # except in one direction
        direction = torch.stack([relation == 1, relation == 2], 1)[:, None]  # [size, 1, 2]
        corners = torch.where(direction, apart[..., None], corners)
        steps = torch.arange(CELL)
        rows, columns = corners[..., 0, None, None] + steps[:, None], corners[..., 1, None, None] + steps
        layers = torch.zeros(size, 2, SIDE, SIDE)
        layers[torch.arange(size)[:, None, None, None], torch.arange(2)[:, None, None], rows, columns] = _PATTERNS[
            objects[..., 1]
        ]
        layers[relation == 0, 1] = 0
        rendered = layers[:, :, None] * _TINTS[objects[..., 0]][..., None, None]  # [size, 2, 3, SIDE, SIDE]
        if self.layout != "video":
            return rendered.sum(1)
        visible = self._integers(2, size, FRAMES, 2) | F.one_hot(self._integers(FRAMES, size, 2), FRAMES).mT
        return torch.einsum("bsk,bkchw->bschw", visible.to(rendered.dtype), rendered)

    def loss(self, output: Tensor | tuple[Tensor, ...], target: Tensor) -> Tensor:
        """Return the mean cross-entropy of all words."""
        return F.cross_entropy(_logits(output).flatten(0, 1), target.flatten(), ignore_index=NO_WORD)

    def score(self, output: Tensor | tuple[Tensor, ...], target: Tensor) -> float:
        """Return the share of words that are right."""
        is_word = target != NO_WORD
        return float((_logits(output).argmax(-1) == target)[is_word].float().mean())

    def whole(self, output: Tensor | tuple[Tensor, ...], target: Tensor) -> float:
        """Return the share of captions with every word right: those that greedy decoding writes without a mistake."""
        return float(((_logits(output).argmax(-1) == target) | (target == NO_WORD)).all(1).float().mean())

    def baseline(self) -> float:
        """Return the score of the best language model without the image, which is fitted to many training captions.

        Given its position and the word before it, a word is independent of the rest of the caption, so that the most
        frequent successor is the best prediction; where the structure is known, the most frequent with its part of
        speech.
        """
        _, seen = self._draw(20 * TEST_SIZE, new=False)
        counts = torch.zeros(LENGTH, VOCABULARY, VOCABULARY)
        position, is_word = torch.arange(LENGTH).expand_as(seen), seen != NO_WORD
        counts.index_put_(
            (position[is_word], _previous_words(seen)[is_word], seen[is_word]), torch.tensor(1.0), accumulate=True
        )
        target = self._test[1]
        successors = counts[
            torch.arange(LENGTH), _previous_words(target).clamp_min(0)
        ]  # [TEST_SIZE, LENGTH, VOCABULARY]
        if self.layout == "structure":
            successors = successors * (PARTS[target.clamp_min(0)][..., None] == PARTS)
        predicted = successors.argmax(-1)
        return self.score(F.one_hot(predicted, VOCABULARY), target)


_TINTS = torch.tensor(list(COLOURS.values()), dtype=torch.float32)
_PATTERNS = torch.tensor([[[float(dot == "#") for dot in line] for line in lines] for lines in SHAPES.values()])


def _caption(objects: Tensor, relation: Tensor) -> Tensor:
    """Return the words of every caption from start to end; after it, the start again."""
    colours, shapes = COLOUR + objects[..., 0], SHAPE + objects[..., 1]
    words = torch.full((len(objects), LENGTH + 1), START)
    words[:, 1], words[:, 2], words[:, 3], words[:, 4] = A, colours[:, 0], shapes[:, 0], END
    two = relation > 0
    words[two, 4], words[two, 5], words[two, 8] = ABOVE - 1 + relation[two], A, END
    words[two, 6], words[two, 7] = colours[two, 1], shapes[two, 1]
    return words


def _previous_words(target: Tensor) -> Tensor:
    return torch.cat([torch.full_like(target[:, :1], START), target[:, :-1]], 1)


def _logits(output: Tensor | tuple[Tensor, ...]) -> Tensor:
    return output if isinstance(output, Tensor) else output[0]


def examples(task: ScenesToCaptions, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return scenes (of a video the first frame), captions, and those that a module writes by itself, word by word."""
    inputs, target = ({name: value[:count] for name, value in task.test()[0].items()}, task.test()[1][:count])
    words = torch.zeros_like(inputs["words"])
    words[:, 0, START] = 1
    for step in range(LENGTH):
        written = _logits(module(**inputs | {"words": words})).argmax(-1)
        if step + 1 < LENGTH:
            words[:, step + 1] = F.one_hot(written[:, step], VOCABULARY).to(words.dtype)
    images = next(value for name, value in inputs.items() if name not in ("words", "structure"))
    images = images[:, 0] if images.dim() == 5 else images
    rows = zip(images, target, written, strict=True)
    return [{"image": image, "target": _sentence(right), "written": _sentence(own)} for image, right, own in rows]


def _sentence(words: Tensor) -> str:
    """Return the words of a caption up to its end."""
    numbers = words.tolist()
    return " ".join(WORDS[number] for number in numbers[: numbers.index(END) if END in numbers else None])
