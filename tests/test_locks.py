"""The locks have what `pyproject.toml` asks for, and nothing that has no hash; `make lock` writes them."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
REQUIREMENTS = ROOT / "requirements"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = {"site": ["site"], "test": list(PYPROJECT["project"]["optional-dependencies"])}
"""Lock to the extras that are installed from it."""

Lock = dict[str, dict[str, set[str]]]
"""Package to version to hashes; a package has more than one version where Python's version decides."""


def recommended(lock: str) -> list[Requirement]:
    """What the package, its extras and its build ask for, but torch."""
    project = PYPROJECT["project"]
    extras = [line for extra in EXTRAS[lock] for line in project["optional-dependencies"][extra]]
    lines = [*project["dependencies"], *extras, *PYPROJECT["build-system"]["requires"]]
    return [requirement for requirement in map(Requirement, lines) if requirement.name != "torch"]


def records(lock: str) -> list[str]:
    """Everything that a lock says of one package, a record each."""
    return re.findall(r"^[a-z0-9].*(?:\n[ ].*)*", (REQUIREMENTS / f"{lock}.txt").read_text(), flags=re.MULTILINE)


def read(lock: str) -> Lock:
    found: Lock = defaultdict(dict)
    for record in records(lock):
        name, version = re.match(r"([^=]+)==(\S+)", record).groups()
        found[name][version] = set(re.findall(r"--hash=sha256:([0-9a-f]{64})\b", record))
    return found


@pytest.mark.parametrize("lock", EXTRAS)
def test_a_lock_has_what_is_asked_for_at_an_allowed_version(lock: str) -> None:
    locked = read(lock)
    missing = [
        str(requirement)
        for requirement in recommended(lock)
        if not (versions := locked.get(canonicalize_name(requirement.name)))
        or not all(requirement.specifier.contains(version) for version in versions)
    ]
    assert not missing, f"requirements/{lock}.txt is behind pyproject.toml: run `make lock`"


@pytest.mark.parametrize("lock", EXTRAS)
def test_a_lock_has_nothing_that_is_no_longer_asked_for(lock: str) -> None:
    """A record says which others ask for it, or that this project does; of what builds it, it says neither."""
    expected = {canonicalize_name(requirement.name) for requirement in recommended(lock)}
    direct = set()
    for record in records(lock):
        asking = [name for name in re.split(r"# via |, ", record)[1:] if not name.startswith("-c ")]
        if not asking or any("(pyproject.toml)" in name for name in asking):
            direct.add(record.partition("==")[0])
    assert direct <= expected, "run `make lock`"


@pytest.mark.parametrize("lock", EXTRAS)
def test_every_file_is_hashed_and_a_wheel_and_no_index_is_named(lock: str) -> None:
    text = (REQUIREMENTS / f"{lock}.txt").read_text()
    assert "://" not in text
    assert re.findall(r"^--.*", text, flags=re.MULTILINE) == ["--only-binary :all:"]
    assert [name for name, versions in read(lock).items() if not all(versions.values())] == []


def test_the_site_is_built_with_the_versions_that_are_tested() -> None:
    tested = read("test")
    assert {name: versions for name, versions in read("site").items() if tested.get(name) != versions} == {}


def test_torch_is_pinned_apart_at_an_allowed_version() -> None:
    """Its builds differ from index to index, and what only some of them need is in no lock."""
    (torch,) = re.findall(r"^torch==(\S+)$", (REQUIREMENTS / "torch.txt").read_text(), flags=re.MULTILINE)
    (requested,) = (
        Requirement(line) for line in PYPROJECT["project"]["optional-dependencies"]["run"] if "torch>" in line
    )
    assert requested.specifier.contains(torch)
    assert not [name for name in read("test") if re.match(r"torch$|triton|nvidia-|cuda-", name)]
