"""Journeys through the explorer and the chooser, in a real browser."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bundled import BASE
from test_browser import LONGEST_LINES
from test_everyone import COLOURS, findings

from kb.query.reasons import reasons

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def ids(where: str) -> list[str]:
    return [entry.id for entry in BASE.select(where=where)]


def names(where: str) -> list[str]:
    return [BASE[entry].title for entry in ids(where)]


def shown(page: Any) -> list[str]:
    """What is found; architectures of which nothing is known stand in a fold that is closed."""
    return list(page.locator("ul.found > li .named a:visible").all_inner_texts())


def opened(page: Any, address: str) -> Any:
    page.goto(address)
    page.wait_for_selector(".explorer .told:not(:empty)")
    return page


@pytest.fixture
def phone(browser: Any, address: str) -> Iterator[Any]:
    context = browser.new_context(base_url=address, viewport={"width": 390, "height": 800}, has_touch=True)
    yield context.new_page()
    context.close()


def test_a_condition_becomes_chips_text_and_answers(page: Any) -> None:
    opened(page, "/explore/")
    page.fill("#explorer-add", "causality")
    page.keyboard.press("Enter")
    page.fill("#explorer-add", "gating")  # the name of a component means that it is used
    page.keyboard.press("Enter")
    assert page.input_value("#explorer-text") == "has causality and uses gating"
    assert page.locator(".chip b").all_inner_texts() == ["Causality", "Gating"]
    page.select_option(".chip:nth-of-type(2) select", "not uses")
    assert shown(page) == names("causality and not uses gating")
    page.click(".chips .joint")
    assert page.input_value("#explorer-text") == "has causality or not uses gating"
    page.click(".chip:nth-of-type(2) button")
    assert shown(page) == names("causality")
    page.go_back()
    page.wait_for_function("document.querySelectorAll('.chip').length === 2")
    page.fill("#explorer-text", "lacks locality and (in recurrent or takes node)")
    page.wait_for_selector(".bracket .chip")
    assert "where=lacks" in page.url
    assert shown(page) == names("lacks locality and (in recurrent or takes node)")
    page.reload()
    page.wait_for_selector(".bracket .chip")
    assert page.input_value("#explorer-text").startswith("lacks locality")


def test_every_answer_has_its_reasons_and_their_evidence(page: Any) -> None:
    """Why does ResNet have locality? It is measured of its trunk, before the read-out."""
    opened(page, "/explore/?where=locality+and+since+2015")
    row = page.locator("ul.found > li", has=page.locator("a:text-is('Residual network')"))
    assert "measured, of trunk" in row.inner_text()
    row.get_by_role("button", name="Locality").click()
    page.wait_for_selector(".evidence ul.lines li")
    assert "resnet (default/trunk) has locality (measured" in page.inner_text(".evidence")
    assert page.evaluate("document.activeElement.className") == "evidence"
    assert "open=resnet%3Alocality" in page.url
    page.keyboard.press("Escape")
    assert page.locator(".evidence").is_hidden()
    assert page.evaluate("document.activeElement.textContent").startswith("✓ Locality")
    assert "open=" not in page.url


def test_what_is_impossible_is_proved(page: Any) -> None:
    opened(page, "/explore/?where=locality+and+unbounded-context")
    assert page.inner_text(".verdict-box h2") == "Impossible"
    lines = BASE.why_none(where="locality and unbounded-context").lines
    assert page.locator(".verdict-box .lines li").all_inner_texts() == [line.strip() for line in lines]
    theorem = page.get_attribute(".verdict-box .lines a", "href")
    assert theorem.endswith("/unbounded-context-excludes-locality/")


def test_what_is_unknown_and_what_is_nearest_is_said(page: Any) -> None:
    unsure = next(
        cell for cell in BASE.open() if BASE.architectures[cell.architecture].canonical == cell.variant
    )  # fmt: skip
    opened(page, f"/explore/?where=unknown+{unsure.bias}")
    assert BASE[unsure.architecture].title in shown(page)
    opened(page, "/explore/?where=euclidean-equivariance+and+causality")
    assert page.inner_text(".verdict-box h2") == "None here"
    nearest = [line.partition(":")[0] for line in BASE.why_none(where="euclidean-equivariance and causality").lines]
    assert shown(page) == [BASE[entry].title for entry in nearest]
    page.click(".missed .joint >> nth=0")
    assert page.locator(".chip").count() == 1
    assert shown(page)


def test_a_condition_that_cannot_be_read_says_where(page: Any) -> None:
    opened(page, "/explore/")
    page.fill("#explorer-text", "causality nad locality")
    with pytest.raises(ValueError, match="is not expected") as problem:
        BASE.select(where="causality nad locality")
    assert page.inner_text("#explorer-problem") == str(problem.value)
    page.fill("#explorer-text", "hass causalty")
    assert page.locator("ul.found").count() == 0
    page.fill("#explorer-text", "")
    assert page.locator("ul.found > li").count() == len(BASE.architectures)


def test_answers_are_narrowed_down_by_what_divides_them(page: Any) -> None:
    opened(page, "/explore/?where=causality")
    button = page.locator(".narrow li .joint").first
    verb, count = button.inner_text().split()
    button.click()
    assert len(shown(page)) == int(count)
    assert page.input_value("#explorer-text").startswith(f"has causality and {verb} ")


def saved(page: Any, name: str) -> str:
    with page.expect_download() as waiting:
        page.click(f".saving button:has-text('{name}')")
    return Path(waiting.value.path()).read_text(encoding="utf-8")


def test_answers_can_be_saved(page: Any) -> None:
    where = "causality and not uses gating"
    opened(page, f"/explore/?where={where.replace(' ', '+')}")
    data = json.loads(saved(page, "JSON"))
    assert data["where"] == "has causality and not uses gating"
    assert [entry["id"] for entry in data["found"]] == ids(where)
    assert all(entry["reasons"] == reasons(BASE, entry["id"], where)[1] for entry in data["found"])
    rows = list(csv.DictReader(io.StringIO(saved(page, "CSV"))))
    assert [row["id"] for row in rows] == ids(where)
    assert rows[0]["reasons"] == "; ".join(data["found"][0]["reasons"])


def test_a_few_answers_can_be_compared(page: Any) -> None:
    where = next(text for concept in BASE.concepts if 2 <= len(ids(text := f"uses {concept}")) <= 4)
    opened(page, f"/explore/?where={where.replace(' ', '+')}")
    assert page.get_attribute(".beside-each-other", "href").endswith(f"compare/?of={','.join(ids(where))}")
    page.goto("/explore/")
    page.wait_for_selector("ul.found > li")
    assert page.locator(".beside-each-other").is_hidden()


# The table


def test_the_table_folds_columns_and_joins_rows(page: Any) -> None:
    opened(page, "/explore/?view=table&where=in+recurrent")
    columns = page.locator("table.grid .names th button:not([aria-pressed])").all_inner_texts()
    varying = {
        bias.name
        for bias in BASE.biases.values()
        if len({BASE.trait(entry, bias.id).value for entry in ids("in recurrent")} - {"not-applicable"}) > 1
    }
    assert set(columns) == varying
    rows = page.locator("table.grid tbody tr")
    assert rows.count() < len(ids("in recurrent"))
    joined = page.locator("table.grid tbody tr", has=page.locator("th span:nth-of-type(2)")).first
    others = joined.locator("th a").all_inner_texts()[1:]
    joined.locator("td").first.click()
    assert page.locator(".evidence button.joint").all_inner_texts() == others
    page.click(".evidence button.joint >> nth=0")
    assert page.inner_text(".evidence h2").startswith(others[0])
    assert page.locator("table.grid tbody th a").count() == len(ids("in recurrent"))
    page.uncheck("label:has-text('join identical rows') input")
    assert rows.count() == len(ids("in recurrent"))
    page.uncheck("label:has-text('fold columns') input")
    assert page.locator("table.grid tbody tr:first-child td").count() == len(BASE.biases)


def test_headings_of_the_table_stay_and_sort(page: Any) -> None:
    opened(page, "/explore/?view=table")
    page.click("table.grid .names button:text-is('Causality')")
    assert page.get_attribute("table.grid .names th:has-text('Causality')", "aria-sort") == "ascending"
    column = page.locator("table.grid .names th").all_inner_texts().index("Causality\nall")
    values = page.locator(f"table.grid tbody td:nth-child({column + 1})").all_inner_texts()
    assert values == sorted(values, key="✓?✗".find if "" not in values else ["✓", "?", "✗", ""].index)
    page.evaluate("document.querySelector('.grid-frame').scrollTo(300, 400)")
    frame = page.locator(".grid-frame").bounding_box()
    head, first = (
        page.locator("table.grid thead").bounding_box(),
        page.locator("table.grid tbody th").first.bounding_box(),
    )
    assert abs(head["y"] - frame["y"]) < 3
    assert abs(first["x"] - frame["x"]) < 3


def test_the_table_works_by_keyboard(page: Any) -> None:
    opened(page, "/explore/?view=table&where=in+recurrent")
    assert page.locator("table.grid td[tabindex='0']").count() == 1
    page.focus("table.grid td[tabindex='0']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".evidence ul.lines li")
    name = label.partition(",")[0]
    assert page.inner_text(".evidence h2").startswith(name)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == label


def test_on_a_phone_each_architecture_is_a_card(phone: Any) -> None:
    opened(phone, "/explore/?view=table&where=in+recurrent")
    assert phone.locator("table.grid").count() == 0
    card = phone.locator(".cards-view > li").first
    card.locator("button.value-h").first.click()
    phone.wait_for_selector(".evidence ul.lines li")
    box = phone.locator(".evidence").bounding_box()
    assert box["width"] <= 390
    assert box["y"] >= 200
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


# The map


def test_no_arrow_is_drawn_without_its_condition(page: Any) -> None:
    opened(page, "/explore/?view=map")
    page.wait_for_selector("svg.map .node")
    assert page.locator("svg.map .arrow.exact").count() == 0
    page.focus("svg.map .node[tabindex='0']")
    page.fill("#map-from", "Multilayer perceptron")
    page.keyboard.press("Enter")
    page.wait_for_selector("svg.map .arrow.exact")
    steps = page.inner_text(".map-steps")
    conditions = [
        data["when"] for start, end, data in BASE.graph.edges(data=True) if "mlp" in (start, end) and "when" in data
    ]
    assert conditions
    assert page.locator("svg.map .arrow.exact").count() <= len(conditions)
    drawn = " ".join(page.locator("svg.map .words text").all_text_contents())
    for condition in conditions:
        assert (condition in steps) == (condition in drawn)
    assert "view=map&at=mlp" in page.url
    page.keyboard.press("Escape")


def test_the_map_shows_a_path(page: Any) -> None:
    opened(page, "/explore/?view=map&at=mlp")
    page.wait_for_selector("svg.map .here")
    page.fill("#map-to", "Graph attention network")
    page.keyboard.press("Enter")
    page.wait_for_selector(".map-steps ol")
    assert page.locator(".map-steps ol li").count() == len(BASE.route("mlp", "gat"))
    assert "to=gat" in page.url


def test_the_map_moves_by_keyboard_and_zooms(page: Any) -> None:
    opened(page, "/explore/?view=map")
    page.focus("svg.map .node[tabindex='0']")
    before = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") != before
    page.keyboard.press("Enter")
    page.wait_for_selector(".map-steps h2")
    layer = "document.querySelector('svg.map').style.transform"
    before = page.evaluate(layer)
    page.click(".map-controls button:text-is('+')")
    assert page.evaluate(layer) != before


# The chooser


def test_choose_for_a_point_cloud(page: Any) -> None:
    page.goto("/choose/")
    page.check("input[value=points]")
    page.check("input[value=space]")
    assert shown(page) == ["Radial field network", "E(n)-equivariant graph network"]
    assert page.inner_text("li[data-answer=set] > a") == "none"
    page.click(".chosen a.kb-button")
    page.wait_for_url("**/explore/?where=*")
    page.wait_for_selector("ul.found > li")
    assert shown(page) == ["Radial field network", "E(n)-equivariant graph network"]


def test_of_some_questions_one_answer_can_be_given(page: Any) -> None:
    page.goto("/choose/?know=set")
    assert page.is_checked("input[value=set]")
    page.check("input[value=graph]")
    assert not page.is_checked("input[value=set]")
    page.check("input[value=long]")
    assert shown(page) == names("takes node and linear-cost")
    assert page.url.endswith("know=graph+long")
    page.click("text=Begin again")
    assert page.locator("input:checked[id^=answer]").count() == 0


def test_every_answer_is_a_query_with_its_number(browser: Any, address: str) -> None:
    """Without scripts too: the links and the numbers are those of the library."""
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/choose/")
    for item in page.locator("[data-answer]").all():
        where = item.get_attribute("data-where")
        assert item.locator("a").inner_text() == str(len(ids(where)) or "none"), where
    page.click("[data-answer=graph] a")
    assert page.locator("noscript").count() <= 1
    rows = page.locator("article table.data tbody tr")
    assert rows.count() == len(BASE.architectures)
    text = page.locator("article tr", has_text="Long short-term memory").inner_text()
    assert "causality" in text
    context.close()


@pytest.mark.parametrize("path", ["explore/?where=causality", "choose/?know=graph"])
def test_all_of_it_can_be_done_by_keyboard(page: Any, path: str) -> None:
    """Everything that acts is reached by Tab, and shows that it has the focus."""
    opened(page, f"/{path}")
    page.evaluate("Object.assign(document.querySelector('article h1'), {tabIndex: -1}).focus()")
    acting = page.locator(".explorer :is(button, a, input, select, summary):visible").count()
    seen = set()
    for _ in range(acting + 3):  # and a link before them
        page.keyboard.press("Tab")
        found = page.evaluate(
            "[document.activeElement.outerHTML + document.activeElement.getBoundingClientRect().y,"
            " getComputedStyle(document.activeElement).outlineStyle, !!document.activeElement.closest('.explorer')]"
        )
        if found[2]:
            assert found[1] != "none", found[0]
            seen.add(found[0])
    assert len(seen) >= acting


def test_data_that_cannot_be_loaded_is_said_to_be_missing(page: Any) -> None:
    page.route("**/base.json", lambda route: route.abort())
    for path in ("explore", "choose"):
        page.goto(f"/{path}/")
        page.wait_for_selector("text=could not be loaded")


def test_the_explorer_is_loaded_only_where_it_is_used(page: Any) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert not [url for url in loaded if "/explore/" in url]
    opened(page, "/explore/?where=causality")
    page.wait_for_load_state("networkidle")
    assert not [url for url in loaded if url.endswith("map.json") or "/proofs/" in url or "entries.json" in url]


QUERIES = [
    "explore/?where=causality+and+not+uses+gating&open=gru:causality", "explore/?view=table",
    "explore/?view=map&at=mlp",
    "explore/?where=locality+and+unbounded-context", "explore/?where=euclidean-equivariance+and+causality",
    "explore/?where=hass+causality", "choose/?know=set+causal",
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", QUERIES, ids=["list", "table", "map", "impossible", "nearest", "error", "choose"])
def test_answers_can_be_read(browser: Any, address: str, path: str, scheme: str) -> None:
    """With contrast, in lines that are not long, and on a phone without being wider than it."""
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"/{path}")
    page.wait_for_selector(".told, .problem:not(:empty)")
    page.wait_for_load_state("networkidle")
    assert findings(page, **COLOURS) == []
    assert not page.evaluate(LONGEST_LINES)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
