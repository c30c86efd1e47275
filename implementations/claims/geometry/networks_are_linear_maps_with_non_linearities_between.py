"""Count: of which operations do the networks of the lecture consist?

Source: the lecture, S14.

Method: each network of the lecture's taxonomy is built at its small default size and called once. The operations that
the library carries out are listed. They are sorted into rearrangements of numbers, linear maps, products of two signals
(gates, attention), functions of single numbers, softmax, and the rest: maxima over windows or sets, statistics of
normalisations, choices and random draws. A network is plain if it has linear maps with weights, and no operation from
the rest.

Measures:
    share_plain: share of the networks that are plain.
    exceptions: number of those that are not.
    exceptions_wide: number of those that are not, where maxima and statistics count as non-linearities.
    share_linear: share of the networks that have linear maps with weights.
    with_maximum, with_statistics, with_choice: number of networks with maxima; with statistics; with choices or draws.
    neighbours_linear: 1 if nearest neighbours, which are not a neural network, had linear maps with weights, else 0.
    networks: number of the networks.
    counts: plain, with maxima, with statistics, with choices or draws.
"""

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from implementations.architectures.attention.gated_transformer_xl import GatedTransformerXL
from implementations.architectures.attention.relational_memory_core import RelationalMemoryCore
from implementations.architectures.attention.transformer import Transformer
from implementations.architectures.convolutional.alexnet import AlexNet
from implementations.architectures.convolutional.convolutional_network import ConvolutionalNetwork
from implementations.architectures.convolutional.densenet import DenseNet
from implementations.architectures.convolutional.googlenet import GoogLeNet
from implementations.architectures.convolutional.nfnet import NFNet
from implementations.architectures.convolutional.resnet import ResNet
from implementations.architectures.convolutional.vgg import VGG
from implementations.architectures.depthwise_separable.mobilenet import MobileNet
from implementations.architectures.feedforward.linear_model import LinearModel
from implementations.architectures.feedforward.mlp import MLP
from implementations.architectures.graph.gat import GAT
from implementations.architectures.graph.graph_network import GraphNetwork
from implementations.architectures.memory.memory_network import MemoryNetwork
from implementations.architectures.memory.neural_turing_machine import NeuralTuringMachine
from implementations.architectures.nonparametric.k_nearest_neighbours import KNearestNeighbours
from implementations.architectures.recurrent.deep_recurrent_network import DeepRecurrentNetwork
from implementations.architectures.recurrent.echo_state_network import EchoStateNetwork
from implementations.architectures.recurrent.gru import GRU
from implementations.architectures.recurrent.lstm import LSTM
from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.architectures.recurrent.ur_lstm import URLSTM
from implementations.architectures.sequence_transduction.attention_encoder_decoder import AttentionEncoderDecoder
from implementations.architectures.sequence_transduction.sequence_to_sequence import SequenceToSequence

NETWORKS = [
    LinearModel, MLP, ConvolutionalNetwork, AlexNet, VGG, GoogLeNet, ResNet, NFNet, MobileNet, DenseNet,
    RecurrentNetwork, DeepRecurrentNetwork, EchoStateNetwork, LSTM, GRU, URLSTM, MemoryNetwork, NeuralTuringMachine,
    GraphNetwork, GAT, SequenceToSequence, AttentionEncoderDecoder, Transformer, RelationalMemoryCore,
    GatedTransformerXL,
]  # fmt: skip
LINEAR = {"mm", "addmm", "bmm", "baddbmm", "convolution", "mv", "addmv", "dot", "embedding", "_embedding_bag"}
MAXIMA = {"max_pool2d_with_indices", "max_pool3d_with_indices", "amax", "max", "amin", "min", "maximum"}
STATISTICS = {
    "native_layer_norm",
    "native_batch_norm",
    "native_group_norm",
    "var_mean",
    "var",
    "std",
    "linalg_vector_norm",
}
CHOICES = {
    "argmax",
    "argmin",
    "topk",
    "sort",
    "multinomial",
    "bernoulli_",
    "bernoulli",
    "native_dropout",
    "randn",
    "rand",
}


class Operations(TorchDispatchMode):
    """Keeps the names of the operations that are carried out."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        """Note an operation, and carry it out."""
        self.names.add(func.overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


def run(seed: int) -> dict[str, float | list[float]]:
    """List the operations of all networks.

    Args:
        seed: Not used: operations do not depend on the weights.

    Returns:
        The measures that the module lists.
    """
    found = [operations(network()) for network in NETWORKS]
    plain = [bool(names & LINEAR) and not names & (MAXIMA | STATISTICS | CHOICES) for names in found]
    kinds = [float(sum(bool(names & kind) for names in found)) for kind in (MAXIMA, STATISTICS, CHOICES)]
    return {
        "share_plain": sum(plain) / len(plain),
        "exceptions": float(len(plain) - sum(plain)),
        "exceptions_wide": kinds[2],
        "share_linear": sum(bool(names & LINEAR) for names in found) / len(found),
        "with_maximum": kinds[0],
        "with_statistics": kinds[1],
        "with_choice": kinds[2],
        "neighbours_linear": float(any(True for _ in KNearestNeighbours().parameters())),
        "networks": float(len(found)),
        "counts": [float(sum(plain)), *kinds],
    }


@torch.no_grad()
def operations(network: nn.Module) -> set[str]:
    """Return the names of the operations of a call."""
    inputs: dict[str, Tensor] = network.eval().example_inputs(torch.Generator().manual_seed(0))
    with Operations() as noted:
        network(**inputs)
    return noted.names
