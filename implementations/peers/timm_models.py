"""timm, whose models are the peers of convolutional networks that torchvision lacks."""

from importlib import import_module
from types import ModuleType

from implementations.peers.torchvision_models import import_torchvision


def import_timm(module: str) -> ModuleType:
    """Import a module of timm, such as `models.nfnet`; torchvision, which it imports, is first made importable."""
    import_torchvision()
    return import_module(f"timm.{module}")
