"""What can be measured of an entry: which cases of a peer, which traits, and where probes cannot decide."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from bundled import BASE
from small import MODULE, Miniature

from kb.evidence import peer_cases, peer_sizes
from kb.evidence.jobs import COARSEST, _decidable

PEERS = """SIZES = {"narrow": {"width": 3, "T": 5}}


def peer(*, width):
    return None


def trunk():
    return None


def helper():
    return None
"""
NETWORKS = f"""{MODULE.replace("Module", "Network")}

class Module(Network):
    def __init__(self, *, width: int = 2):
        self.trunk = Network()
        self.head = Network()
"""
MORE = """networks: {trunk: first, head: last}
variants:
  wide: {arguments: {width: 4}}
  published: {arguments: {width: 4096}, large: true}
"""


def with_peer(root: Path, peers: str) -> Miniature:
    small = Miniature(root)
    small.architecture("a", MORE, module=NETWORKS, **{"no_peer: it is a test\n": ""})
    small.code("peers/family/a", peers)
    return small


def test_a_peer_is_compared_in_small_variants_and_at_its_sizes_with_the_whole_and_with_parts(tmp_path: Path) -> None:
    base = with_peer(tmp_path, PEERS).load()
    found = peer_cases(base.architectures["a"], base.syntax)
    link = "implementations.peers.family.a:"
    assert {name: (case.peer.removeprefix(link), case.network) for name, case in found.items()} == {
        **dict.fromkeys(("default", "wide", "narrow"), ("peer", "")),
        **dict.fromkeys(("default/trunk", "wide/trunk", "narrow/trunk"), ("trunk", "trunk")),
    }
    assert {name: case.arguments for name, case in found.items() if not case.network} == {
        "default": {}, "wide": {"width": 4}, "narrow": {"width": 3, "T": 5}
    }  # fmt: skip


def test_a_peer_may_name_no_sizes(tmp_path: Path) -> None:
    base = with_peer(tmp_path, PEERS.partition("\n")[2]).load()
    assert peer_sizes(base.architectures["a"], base.syntax) == {}
    assert set(peer_cases(base.architectures["a"], base.syntax)) == {"default", "wide", "default/trunk", "wide/trunk"}


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ('{"wide": {"width": 3}}', "wide: a variant has this name, and is compared anyway"),
        ('{"published": {}, "default": {}}', "default, published: a variant has this name"),
        ('{"Narrow": {}}', "expected names such as 'two-layers' with arguments, came Narrow"),
        ("[3]", r"expected names .*, came \[3\]"),
    ],
)
def test_sizes_that_are_wrong_are_refused_and_left_out(tmp_path: Path, sizes: str, message: str) -> None:
    base = with_peer(tmp_path, PEERS.replace('{"narrow": {"width": 3, "T": 5}}', sizes)).load()
    with pytest.raises(ValueError, match=message):
        peer_sizes(base.architectures["a"], base.syntax)
    assert set(peer_cases(base.architectures["a"], base.syntax)) == {"default", "wide", "default/trunk", "wide/trunk"}


@pytest.mark.parametrize(
    ("decided_by", "axes", "decidable"),
    [
        ("estimate", ["B", f"T/{COARSEST}"], True),
        ("estimate", ["B", f"T/{COARSEST + 1}"], False),
        ("estimate", ["B", 3, "T"], True),
        ("identity", ["B", f"T/{COARSEST + 1}"], True),
    ],
)
def test_numbers_at_two_sizes_need_positions_to_compare(
    decided_by: str, axes: list[str | int], decidable: bool
) -> None:
    scope = BASE.biases["causality"].scope.model_copy(update={"decided_by": decided_by})
    signature = SimpleNamespace(outputs={"y": SimpleNamespace(shape=["B", "F"]), "z": SimpleNamespace(shape=axes)})
    entry = SimpleNamespace(signature_of=lambda place: signature)
    assert _decidable(entry, SimpleNamespace(scope=scope), "default") is decidable  # type: ignore[arg-type]
