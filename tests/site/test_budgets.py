"""What a page may weigh: entries are many, and each is read on a phone sooner or later."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from bundled import BASE

from kb.site.addresses import TRAITS, page_of

PAGE, NODES = 20_000, 1_500
"""Bytes of the HTML of an entry's page, compressed, and elements in it."""
PROOFS, PROOF_NODES = 25_000, 6_000
"""The same of the page with the evidence for all traits of an architecture, which is folded; and no page has more."""
VIEW = 150_000
"""Bytes of all that a first visit to an entry loads, compressed."""
PAGES = 2.1
"""Pages for every entry: more would mean that something has a page that needs none."""


def weight(page: Path) -> tuple[int, int]:
    """The compressed bytes of a page, and its elements."""
    text = page.read_bytes()
    return len(gzip.compress(text)), len(re.findall(rb"<[a-zA-Z]", text))


def test_the_page_of_an_entry_is_light(site: Path) -> None:
    weights = {entry_id: weight(site / page_of(BASE, entry_id) / "index.html") for entry_id in BASE}
    lengthy = {path.id for path in BASE.paths.values()}  # a path of hundreds of steps lists them all
    heavy = {name: found for name, found in weights.items() if found[0] > PAGE or found[1] > NODES}
    assert heavy.keys() <= lengthy, heavy


def test_the_evidence_for_all_traits_is_light(site: Path) -> None:
    weights = {name: weight(site / page_of(BASE, name) / TRAITS / "index.html") for name in BASE.architectures}
    assert not {name: found for name, found in weights.items() if found[0] > PROOFS or found[1] > PROOF_NODES}


def test_no_page_has_so_many_elements_that_a_phone_takes_seconds(site: Path) -> None:
    heavy = {str(page.relative_to(site)): weight(page)[1] for page in site.rglob("*.html")}
    assert not {name: nodes for name, nodes in heavy.items() if nodes > PROOF_NODES}


def test_there_are_not_many_more_pages_than_entries(site: Path) -> None:
    assert len(list(site.rglob("*.html"))) < PAGES * len(BASE)


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "kind", ["architectures/recurrent/lstm/", "biases/symmetry/translation-equivariance/",
             "claims/geometry/depth-multiplies-linear-regions/", "papers/2016/he2016deep/"],
    ids=["architecture", "bias", "claim", "paper"],
)  # fmt: skip
def test_a_first_view_is_light_and_loads_no_index(page: Any, site: Path, kind: str) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(urlsplit(request.url).path.lstrip("/")))
    page.goto(f"/{kind}")
    page.wait_for_load_state("networkidle")
    files = [site / name / ("index.html" if name.endswith("/") else "") for name in loaded]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < VIEW, loaded
    assert not [name for name in loaded if name.endswith(".json")]
    assert page.evaluate("document.querySelectorAll('*').length") < NODES
