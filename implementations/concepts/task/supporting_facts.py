"""Supporting facts: answer where somebody or something is, from a few sentences among others.

Source: our own generator, after the questions with one and two supporting facts on which memory networks were tested
(weston2014memory, sukhbaatar2015end).

Shapes: B examples, M sentences of 3 words, a question of 3 words, V words of the vocabulary.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.loss.margin_ranking_loss import MarginRankingLoss
from kb.guards import checked_arguments

PEOPLE, PLACES, THINGS = 6, 6, 6
WENT, TOOK, WHERE, IS = range(PEOPLE + PLACES + THINGS, PEOPLE + PLACES + THINGS + 4)
VOCABULARY = IS + 1
TEST_SIZE = 1000
LAYOUTS = ("words", "bags")


class SupportingFacts:
    """Stories such as "ann went kitchen", "bob took milk", in any order, and "where is milk": where bob went.

    Everyone in a story goes to one place, and each thing is taken by one of them. A question about a person needs one
    sentence; one about a thing needs two, of which only the first determines the second.

    Args:
        generator: Draws the stories.
        facts: How many sentences an answer needs: 1 or 2.
        layout: `words` one by one, and the answer alone as a target; or `bags` of words, one for each sentence, and a
            target that includes the supporting sentences, which the network gets in training.
        people: How many of the people are in a story; it has equally many things.
        batch_size: Stories of a batch.

    Raises:
        ValueError: The layout or the number of facts is unknown, or there are fewer people.

    Example:
        >>> inputs, target = SupportingFacts(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["story"].shape, inputs["question"].shape, target.shape
        (torch.Size([64, 6, 3, 22]), torch.Size([64, 3, 22]), torch.Size([64, 3]))
    """

    metric, higher_is_better = "accuracy", True
    steps, learning_rate = 2000, 1e-2

    @checked_arguments()
    def __init__(
        self,
        *,
        generator: torch.Generator,
        facts: int = 2,
        layout: str = "words",
        people: int = 3,
        batch_size: int = 64,
    ) -> None:
        if layout not in LAYOUTS:
            raise ValueError(f"layout ({layout!r}) must be one of {', '.join(LAYOUTS)}")
        if facts not in (1, 2) or not 2 <= people <= PEOPLE:
            raise ValueError(f"facts ({facts}) must be 1 or 2, and people ({people}) from 2 to {PEOPLE}")
        self.generator, self.facts, self.layout = generator, facts, layout
        self.people, self.batch_size = people, batch_size
        self.rank = MarginRankingLoss()
        self._test = self._draw(TEST_SIZE)

    def _draw(self, size: int) -> tuple[dict[str, Tensor], Tensor]:
        """Return stories and, for each, the answer and the positions of its supporting sentences in the story."""
        count, rows = self.people, torch.arange(size)
        present = self._sample_distinct(size, PEOPLE)
        things = self._sample_distinct(size, THINGS) + PEOPLE + PLACES
        places = torch.randint(0, PLACES, (size, count), generator=self.generator) + PEOPLE
        owners = torch.randint(0, count, (size, count), generator=self.generator)
        moves = torch.stack([present, torch.full_like(present, WENT), places], 2)  # [size, count, 3]
        takes = torch.stack([present.gather(1, owners), torch.full_like(present, TOOK), things], 2)
        order = torch.rand(size, 2 * count, generator=self.generator).argsort(1)
        story = torch.cat([moves, takes], 1)[rows[:, None], order]
        place_of = order.argsort(1)  # position of a sentence in the story
        if self.facts == 1:
            subject, support = present[:, 0], place_of[:, :1]
            answer = places[:, 0]
        else:
            owner = owners[:, 0]
            subject, answer = things[:, 0], places[rows, owner]
            support = torch.stack([place_of[:, count], place_of[rows, owner]], 1)
        question = torch.stack([torch.full_like(subject, WHERE), torch.full_like(subject, IS), subject], 1)
        return self._encoded(story, question), torch.cat([answer[:, None], support], 1)

    def _sample_distinct(self, size: int, total: int) -> Tensor:
        """Return as many different ones of `total` as there are people in a story."""
        return torch.rand(size, total, generator=self.generator).argsort(1)[:, : self.people]

    def _encoded(self, story: Tensor, question: Tensor) -> dict[str, Tensor]:
        one_hot = {"story": F.one_hot(story, VOCABULARY), "question": F.one_hot(question, VOCABULARY)}
        inputs = {name: value.to(torch.get_default_dtype()) for name, value in one_hot.items()}
        return {name: value.sum(-2) for name, value in inputs.items()} if self.layout == "bags" else inputs

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh stories and their answers; in bags with the supporting sentences among the inputs."""
        inputs, target = self._draw(self.batch_size)
        return (inputs | {"support": target[:, 1:]} if self.layout == "bags" else inputs), target

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the stories set aside, and their answers."""
        return self._test

    def loss(self, output: Tensor | tuple[Tensor, Tensor], target: Tensor) -> Tensor:
        """Return the cross-entropy of the answer, or the ranking losses of supporting sentences and answer together."""
        if isinstance(output, Tensor):
            return F.cross_entropy(output, target[:, 0])
        answers, sentences = output
        ranked = [self.rank(answers, target[:, 0])]
        ranked += [self.rank(scores, right) for scores, right in zip(sentences.unbind(1), target[:, 1:].T, strict=True)]
        return torch.stack(ranked).sum(0).mean()

    def score(self, output: Tensor | tuple[Tensor, Tensor], target: Tensor) -> float:
        """Return the share of right answers."""
        answers = output if isinstance(output, Tensor) else output[0]
        return float((answers.argmax(1) == target[:, 0]).float().mean())

    def baseline(self) -> float:
        """Return the accuracy of always naming the most frequent place of the stories set aside."""
        counts = self._test[1][:, 0].bincount()
        return float(counts.max() / counts.sum())


NAMES = ("ann", "bob", "cat", "dan", "eve", "fay", "kitchen", "garden", "office", "hall", "attic", "bath",
         "milk", "book", "ball", "lamp", "key", "coat", "went", "took", "where", "is")  # fmt: skip


def examples(task: SupportingFacts, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return stories in words, what is asked, the answer, and that of a module."""
    inputs, target = task.test()
    given = {name: value[:count] for name, value in inputs.items()}
    output = module(**given)
    found = (output if isinstance(output, Tensor) else output[0]).argmax(1)
    rows = []
    for story, question, right, answer in zip(*given.values(), target[:, 0], found, strict=False):
        story, question = ". ".join(map(_sentence, story)), _sentence(question)
        rows.append({"story": story, "question": question, "target": NAMES[right], "output": NAMES[answer]})
    return rows


def _sentence(words: Tensor) -> str:
    """Return a sentence in words; of a bag they are in the order of the vocabulary, verbs after nouns."""
    numbers = words.argmax(-1).tolist() if words.dim() == 2 else words.nonzero().flatten().tolist()
    return " ".join(NAMES[number] for number in numbers)
