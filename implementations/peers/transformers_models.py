"""transformers, whose models are the peers of variants of the Transformer."""

from importlib import import_module
from types import ModuleType

from implementations.peers.torchvision_models import import_torchvision


def import_transformers() -> ModuleType:
    """Import transformers; torchvision, which its models of images import, is first made importable."""
    import_torchvision()
    return import_module("transformers")
