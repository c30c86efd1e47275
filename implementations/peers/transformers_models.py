"""transformers, whose models are the peers of variants of the Transformer."""

from importlib import import_module
from types import ModuleType

from implementations.peers.torchvision_models import import_torchvision


def import_transformers() -> ModuleType:
    """Import transformers without its advice; torchvision, which it may import, is made importable first."""
    import_torchvision()
    library = import_module("transformers")
    library.logging.set_verbosity_error()
    return library
