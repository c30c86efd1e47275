"""Building the site of a stranger's folder runs none of its code, deletes nothing, and always makes the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bundled import BASE
from conftest import served
from small import Miniature
from typer.testing import CliRunner

import kb
from kb.cli import app
from kb.formatting import format_folder
from kb.site.addresses import page_of
from kb.site.build import build, generate, make
from kb.site.folders import MARK

LEAVES_A_TRACE = "from pathlib import Path\nPath(__file__).with_suffix('.trace').touch()\n"


@pytest.fixture
def small(tmp_path: Path) -> Miniature:
    """A knowledge base with which nothing is wrong."""
    return Miniature(tmp_path / "small")


def kept(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# Where a site may be built


@pytest.mark.parametrize(
    "target", [".", "..", "entries", "entries/papers", "evidence/new", "docs", "implementations/new"]
)
def test_a_folder_with_sources_is_refused(small: Miniature, target: str) -> None:
    small.code("concepts/component/part", "x = 1\n")
    for folder in ("docs", "evidence"):
        (small.root / folder).mkdir()
        (small.root / folder / "keep.txt").write_text("mine")
    before = kept(small.root)
    with pytest.raises(ValueError, match="give another folder to build in"):
        build(small.load(), small.root / target)
    assert kept(small.root) == before


def test_a_symbolic_link_to_sources_is_refused(small: Miniature, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(small.root / "entries")
    before = kept(small.root)
    for target in (tmp_path / "link", tmp_path / "link" / "papers"):
        with pytest.raises(ValueError, match="give another folder to build in"):
            build(small.load(), target)
    assert kept(small.root) == before


def test_the_library_itself_is_refused(small: Miniature) -> None:
    for target in (Path(kb.__file__).parent, Path(kb.__file__).parent / "site", Path(kb.__file__).parents[1]):
        with pytest.raises(ValueError, match="give another folder to build in"):
            build(small.load(), target)


@pytest.mark.parametrize("name", ["docs", "site"])
def test_a_folder_of_others_is_refused(small: Miniature, tmp_path: Path, name: str) -> None:
    (tmp_path / "foreign" / name).mkdir(parents=True)
    (tmp_path / "foreign" / name / "keep.txt").write_text("mine")
    with pytest.raises(ValueError, match="was not written by `kb site build`"):
        build(small.load(), tmp_path / "foreign")
    assert kept(tmp_path / "foreign") == {f"{name}/keep.txt": b"mine"}


@pytest.mark.parametrize("name", ["docs", "site", "."])
def test_a_symbolic_link_is_not_followed(small: Miniature, tmp_path: Path, name: str) -> None:
    """Not even where the folder that it leads to bears the mark: a stranger can have written both."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / MARK).touch()
    (tmp_path / "mine" / "keep.txt").touch()
    link = small.root / "build" / name
    if name != ".":
        link.parent.mkdir()
    link.symlink_to(tmp_path / "mine")
    with pytest.raises(ValueError, match="symbolic link"):
        build(small.load())
    assert set(kept(tmp_path / "mine")) == {MARK, "keep.txt"}


def test_links_in_a_folder_of_ours_are_removed_and_not_followed(small: Miniature, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "keep.txt").touch()
    for folder in (small.root / "build/docs", small.root / "build/site"):
        folder.mkdir(parents=True)
        (folder / MARK).touch()
        (folder / "concepts").symlink_to(tmp_path / "mine")
    format_folder(small.root)
    build(small.load())
    assert set(kept(tmp_path / "mine")) == {"keep.txt"}
    assert (small.root / "build/site/concepts/component/part/index.html").is_file()


# What of a stranger's folder is used


def test_configuration_and_pages_of_a_stranger_are_neither_run_nor_published(small: Miniature) -> None:
    (small.root / "mkdocs.yml").write_text(
        "site_name: words-of-a-stranger\nhooks: [hook.py]\ntheme: {name: null, custom_dir: docs}\n"
    )
    (small.root / "hook.py").write_text(LEAVES_A_TRACE)
    secret = small.root.parent / "secret.txt"
    secret.write_text("a secret")
    (small.root / "docs").mkdir()
    (small.root / "docs/words-of-a-stranger.md").write_text("<script>alert(1)</script>\n\n::: os\n")
    (small.root / "docs/main.html").write_text("words-of-a-stranger")
    (small.root / "docs/x.txt").symlink_to(secret)
    (small.root / "docs/index.md").symlink_to(secret)
    format_folder(small.root)
    site = build(small.load())
    assert not (small.root / "hook.trace").exists()
    published = kept(small.root / "build")
    assert not [
        name for name, content in published.items() if b"a secret" in content or b"words-of-a-stranger" in content
    ]
    assert not [name for name in published if "words-of-a-stranger" in name or "x.txt" in name or "about" in name]
    assert "<title>Knowledge base</title>" in (site / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "X\r\r::: os\r    options:\r      extensions:\r      - implementations/evil.py",
        "::: os\n    options:\n      extensions:\n      - implementations/evil.py",
        "::: implementations.evil",
        "::: evil",
    ],
)
def test_no_name_is_a_directive_that_runs_code(small: Miniature, name: str) -> None:
    small.code("evil", LEAVES_A_TRACE)
    small.entry("concepts/theory/x", {"name": name, "summary": name, "definition": name})
    try:
        page = build(small.load()) / "concepts/theory/x/index.html"
        assert ":::" in page.read_text(encoding="utf-8")
    except kb.KnowledgeBaseError:  # refused when it is read
        pass
    assert not (small.root / "implementations/evil.trace").exists()


def test_code_behind_a_symbolic_link_is_not_published(small: Miniature) -> None:
    secret = small.root.parent / "secret.py"
    secret.write_text("Secret = 1\n")
    small.entry(
        "concepts/theory/x",
        {"name": "x", "summary": "x", "definition": "x", "implementation": "implementations.concepts.theory.x:Secret"},
    )
    small.code("concepts/theory/y", "")
    (small.root / "implementations/concepts/theory/x.py").symlink_to(secret)
    generate(small.load(), small.root.parent / "pages")
    assert not [name for name, content in kept(small.root.parent / "pages").items() if b"Secret = 1" in content]


def test_an_id_that_an_entry_had_has_a_page_that_leads_on(small: Miniature) -> None:
    small.concept("new", "formerly: [old]\n")
    base, pages = small.load(), small.root.parent / "pages"
    generate(base, pages)
    moved = (pages / page_of(base, "new")).parent / "old.md"
    assert json.loads(moved.read_text().splitlines()[1])["moved"] == "../new/"
    assert 'href="../new/"' in moved.read_text()


def test_a_claim_says_which_of_its_sources_were_not_checked(small: Miniature) -> None:
    small.architecture("a")
    small.architecture("b")
    claim = small.relation("a", "special-case-of", "b")  # its source has no place
    file = small.root / f"entries/claims/topic/{claim}.yaml"
    file.write_text(file.read_text() + "references: [{paper: paper2000}, {paper: paper2000, at: sec. 2}]\n")
    small.measure()
    base, pages = small.load(), small.root.parent / "pages"
    generate(base, pages)
    page = (pages / page_of(base, claim)).with_suffix(".md").read_text()
    assert page.count("(2000)</a>; place not checked") == 2
    assert "(2000)</a>, sec. 2" in page


def test_below_another_address_the_page_for_what_is_missing_finds_its_styles(small: Miniature) -> None:
    site = make(small.load(), small.root / "build", url="https://example.org/kb")
    missing = (site / "404.html").read_text(encoding="utf-8")
    assert 'href="/kb/assets/' in missing
    assert not re.findall(r'(?:href|src)="/(?!kb/)', missing)
    assert "<loc>https://example.org/kb/" in (site / "sitemap.xml").read_text(encoding="utf-8")
    home = (site / "index.html").read_text(encoding="utf-8")
    assert '<link rel="canonical" href="https://example.org/kb/">' in home


def test_pages_lead_to_the_repository_only_where_there_is_one(small: Miniature) -> None:
    small.architecture("net")
    place = "architectures/family/net/"
    plain = make(small.load(), small.root / "build") / place / "index.html"
    assert "report an error" not in plain.read_text(encoding="utf-8")
    site = make(small.load(), small.root / "build", repository="https://example.org/kb/")
    page, code = ((site / place / name).read_text(encoding="utf-8") for name in ("index.html", "code/index.html"))
    assert 'href="https://example.org/kb/blob/HEAD/entries/architectures/family/net.yaml"' in page
    assert 'href="https://example.org/kb/issues/new?title=entries/architectures/family/net.yaml"' in page
    assert 'href="https://example.org/kb/blob/HEAD/implementations/architectures/family/net.py"' in code
    assert "report an error" not in (site / "names/index.html").read_text(encoding="utf-8")


def test_entries_are_checked_first_and_with_the_same_report(small: Miniature) -> None:
    small.paper("uncited")
    small.concept("x", "aliases: ['a [link](kb:nowhere)']\n")
    for more in ([], ["--json"]):
        checked = CliRunner().invoke(app, ["--folder", str(small.root), "check", *more])
        built = CliRunner().invoke(app, ["--folder", str(small.root), "site", "build", *more])
        assert (built.stdout, built.exit_code) == (checked.stdout, checked.exit_code)
        assert "no entry cites this paper" in built.stdout
    assert built.exit_code == 1
    assert not (small.root / "build").exists()


# The same entries, the same site


def test_the_same_entries_make_the_same_pages(harmless: Path, tmp_path: Path) -> None:
    """Whatever the order in which a run of Python keeps its sets, whenever it is, and whatever was made before."""
    program = (
        "import sys, time; from pathlib import Path; import kb; from kb.site.build import generate\n"
        "real = time.time; time.time = lambda: real() + 100_000\n"
        "generate(kb.load(sys.argv[1]), Path(sys.argv[2]))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    other = "2" if environment.get("PYTHONHASHSEED") == "1" else "1"
    environment |= {"PYTHONHASHSEED": other, "KB_CACHE": str(tmp_path / "cache")}
    arguments = [str(harmless), str(tmp_path / "there")]
    subprocess.run([sys.executable, "-c", program, *arguments], check=True, env=environment)
    generate(kb.load(harmless), tmp_path / "here")
    assert kept(tmp_path / "here") == kept(tmp_path / "there")


def test_what_cannot_be_represented_is_reported_in_a_fixed_order(tmp_path: Path) -> None:
    """The order of a set of names is another one in every run."""
    small = Miniature(tmp_path)
    names = ["a", "b", "c", "d", "e", "f", "g", "h"]
    for name in names:
        small.architecture(name)
    for name in names[1:]:
        small.relation("b" if name != "b" else "c", "cannot-represent", "a")
        small.relation("a", "special-case-of", name) if name in names[3:] else None
    abilities = small.load().representations.of("b")
    unable = [ability.object for ability in abilities if ability.value == "cannot"]
    assert unable == sorted(unable)
    assert len(unable) == 6


# What is served


def answer(address: str, path: str) -> int:
    connection = HTTPConnection(urlsplit(address).netloc)
    connection.putrequest("GET", path, skip_accept_encoding=True)
    connection.endheaders()
    return connection.getresponse().status


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_only_files_of_the_folder_are_served(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "index.html").write_text("secret")
    folder = tmp_path / "site"
    (folder / "page").mkdir(parents=True)
    (folder / "index.html").write_text("public")
    (folder / "link.html").symlink_to(secret / "index.html")
    (folder / "linked").symlink_to(secret)
    (folder / "page" / "index.html").symlink_to(secret / "index.html")
    (folder / "loop").symlink_to("loop")
    with served(folder) as address:
        assert answer(address, "/") == 200
        for path in ("/link.html", "/linked/", "/linked/index.html", "/page/", "/loop", "/%00", "/../secret/index.html",
                     "/" + "x" * 5000, "/%2e%2e/secret/index.html"):  # fmt: skip
            assert answer(address, path) == 404, path
    assert "Traceback" not in capfd.readouterr().err


def test_the_package_has_what_the_site_is_built_with() -> None:
    """`kb site build` works where the library was installed: what a checkout has beside `kb` is put into the wheel."""
    import tomllib

    made = tomllib.loads((BASE.root / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    for name in ("entries", "evidence", "docs", "mkdocs.yml"):
        assert made["force-include"][name] == f"kb/bundled/{name}"
        assert (BASE.root / name).exists()
