"""What can be measured of an entry: cases of a peer, traits that probes can decide; and what is kept of it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from bundled import BASE
from small import MODULE, Miniature

from kb.evidence import SeedResult, keep, peer_cases, peer_sizes, read, store, tidy, write
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


def seed(number: int, value: float, seconds: float = 0.0) -> SeedResult:
    return SeedResult(seed=number, measures={"m": value}, seconds=seconds, digest="d")


def test_the_same_result_leaves_a_file_alone_and_another_replaces_it(tmp_path: Path) -> None:
    path, measurable = tmp_path / "a.jsonl", [("seed", "0"), ("seed", "1")]
    keep(path, seed(0, 1.0, seconds=2.0), measurable)
    before = path.read_text()
    keep(path, seed(0, 1.0, seconds=5.0), measurable)
    assert path.read_text() == before
    keep(path, seed(0, 3.0, seconds=5.0), measurable)
    keep(path, seed(1, 4.0), measurable)
    assert [*read(path).measurements.values()] == [seed(0, 3.0, seconds=5.0), seed(1, 4.0)]


def test_what_can_no_longer_be_measured_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write(path, [seed(0, 1.0), seed(1, 2.0), seed(2, 3.0)])
    tidy(path, [("seed", "0"), ("seed", "2"), ("seed", "9")])
    assert [*read(path).measurements.values()] == [seed(0, 1.0), seed(2, 3.0)]
    keep(path, seed(1, 2.0), [("seed", "1"), ("seed", "2")])
    assert [*read(path).measurements.values()] == [seed(1, 2.0), seed(2, 3.0)]


@pytest.mark.parametrize("more", [0, 1])
def test_a_file_has_a_largest_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int) -> None:
    path = tmp_path / "a.jsonl"
    write(path, [seed(0, 1.0)])
    monkeypatch.setattr(store, "MOST_BYTES", path.stat().st_size - more)
    assert bool(read(path).measurements) is not bool(more)
    assert bool(read(path).problems) is bool(more)
