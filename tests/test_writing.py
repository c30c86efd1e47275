"""Writing: the old content or the new, whatever fails and whoever else writes."""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from processes import command, names
from small import Miniature
from typer.testing import CliRunner

from kb import evidence, files
from kb.cli import app
from kb.evidence import SeedResult
from kb.export import write_schemas
from kb.kinds import KINDS
from kb.scaffold import write_new

TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
BIG = "x" * 100_000


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


# What fails


def row(digest: str) -> SeedResult:
    return SeedResult(seed=0, measures={"a": 1.0}, digest=digest)


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("call", ["open", "fsync", "replace", "chmod"])
def test_whichever_call_fails_the_old_file_stays(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    evidence.write(path, [row("old")])
    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(OSError, match=r"a\.json") as raised:
            evidence.write(path, [row("new")])
    assert (raised.value.errno, raised.value.filename) == (errno.ENOSPC, str(path))
    assert "nothing was changed" in str(raised.value)
    assert evidence.read(path).measurements == {row("old").key: row("old")}
    assert names(tmp_path) == ["a.json"]


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file may be longer than 4,096 bytes: a write fails in its middle, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("small_files")
def test_a_write_that_fails_in_its_middle_leaves_nothing(tmp_path: Path) -> None:
    path, new = tmp_path / "a.txt", tmp_path / "new" / "folder" / "b.txt"
    files.write(path, "old")
    for target in (path, new):
        with pytest.raises(OSError, match="nothing was changed"):
            files.write(target, BIG)
    with pytest.raises(OSError, match="nothing was changed"):
        files.create({tmp_path / "c.txt": "c", tmp_path / "d.txt": BIG})
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]
    assert not new.parent.parent.exists()


def test_two_runs_begin_with_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each could wait for a file that the other writes."""
    aside, begun = files._aside, list[str]()
    monkeypatch.setattr(files, "_aside", lambda path: begun.append(path.name) or aside(path))
    files.create({tmp_path / "b": "", tmp_path / "a": "", tmp_path / "c": ""})
    assert begun == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("failing", "at"),
    [(call, at) for call in ("open", "fsync", "rename") for at in (1, 2)] + [("mkdir", 3), ("mkdir", 8)],
)
def test_files_that_belong_together_are_all_written_or_none(
    failing: str, at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "entries").mkdir()
    call, counted = getattr(os, failing), iter(range(1, 100))

    def fails(*args: object, **kwargs: object) -> object:
        return full() if next(counted) == at else call(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(os, failing, fails)
        with pytest.raises(OSError, match="nothing was changed") as raised:
            write_new(tmp_path, "architecture", "graph/gin")
    assert Path(raised.value.filename).stem == "gin"
    assert [path.name for path in tmp_path.rglob("*")] == ["entries"]
    assert len(write_new(tmp_path, "architecture", "graph/gin")) == 2


@pytest.mark.usefixtures("small_files")
def test_a_picture_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    from kb.running import Score, Training, save_curve

    scores = {"score": Score("m", 1.0), "untrained": 0.0, "baseline": 0.0, "higher_is_better": True}
    names_ = dict.fromkeys(("architecture", "variant", "task"), "name")
    training = Training(**names_, **scores, parameters=1, seed=0, seconds=1.0, losses={"task": [2.0, 1.0, 0.5]})
    picture = tmp_path / "curve.PNG"
    picture.write_text("old")
    with pytest.raises(OSError, match="nothing was changed"):
        save_curve(training, picture)
    assert picture.read_text() == "old"
    assert names(tmp_path) == ["curve.PNG"]


def test_the_folder_may_be_one_that_cannot_be_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flush = os.fsync

    def only_files(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "invalid argument")
        flush(handle)

    monkeypatch.setattr(os, "fsync", only_files)
    files.write(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"


def test_file_and_folder_are_flushed_before_and_after_the_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flush, move, seen = os.fsync, os.replace, []

    def flushing(handle: int) -> None:
        seen.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else f"{os.fstat(handle).st_size} bytes")
        flush(handle)

    monkeypatch.setattr(os, "fsync", flushing)
    monkeypatch.setattr(os, "replace", lambda old, new: (seen.append("move"), move(old, new)))
    files.write(tmp_path / "a", "four")
    assert seen == ["4 bytes", "move", "folder"]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB with 16 kB left."""
    disk = tmp_path / "disk"
    disk.mkdir()
    options = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        pytest.skip("may not mount a file system")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as stream, suppress(OSError):
        while True:
            stream.write(b"x" * 512)


def test_on_a_full_disk_one_sentence_names_the_file_and_nothing_changes(tiny_disk: Path) -> None:
    small = Miniature(tiny_disk)
    export, record = tiny_disk / "out.json", tiny_disk / "evidence" / "a.json"
    files.write(export, "old")
    evidence.write(record, [row("old")])
    fill(tiny_disk)
    before = {name: (small.root / name).read_bytes() for name in names(tiny_disk)}
    runner, folder = CliRunner(), ["--folder", str(tiny_disk)]
    for words in (["export", "json", "--out", str(export)], ["new", "architecture", "graph/gin"]):
        result = runner.invoke(app, [*folder, *words])
        assert result.exit_code == 1
        assert "no space left on device; nothing was changed" in result.stderr
        assert len(result.stderr.splitlines()) == 1
        assert "out.json" in result.stderr or "gin" in result.stderr
    with pytest.raises(OSError, match="No space left on device; nothing was changed"):
        evidence.write(record, [row(BIG)])
    assert {name: (small.root / name).read_bytes() for name in names(tiny_disk)} == before
    (tiny_disk / "filler").unlink()
    assert runner.invoke(app, [*folder, "new", "architecture", "graph/gin"]).exit_code == 0


def test_a_full_output_is_one_sentence() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    for words in (["export", "json"], ["export", "json", "--json"], ["stats"]):
        with Path("/dev/full").open("w", encoding="utf-8") as output:
            done = command("--folder", str(TINY), *words, stdout=output)
            stderr = done.communicate()[1]
        assert (done.returncode, stderr) == (1, "kb: no space left on device\n")


# What is there already


@pytest.mark.usefixtures("umask")
def test_permissions_are_those_of_the_umask_or_of_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    files.write(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o604)
    files.write(path, "newer")
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


def test_a_symbolic_link_is_neither_followed_nor_replaced(tmp_path: Path) -> None:
    outside, link = tmp_path / "outside", tmp_path / "folder" / "link"
    outside.write_text("mine")
    link.parent.mkdir()
    link.symlink_to(outside)
    result = CliRunner().invoke(app, ["--folder", str(TINY), "export", "json", "--out", str(link)])
    assert result.exit_code == 1
    assert "a symbolic link is neither followed nor replaced" in result.stderr
    aside = link.with_name(f".b{files.ASIDE}")
    aside.symlink_to(outside)
    with pytest.raises(OSError, match="nothing was changed"):
        files.write(link.with_name("b"), "new")
    assert outside.read_text() == "mine"
    assert link.is_symlink()


def test_a_device_is_written_to_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_text()), daemon=True)
    reader.start()
    files.write(pipe, "text")
    reader.join(timeout=10)
    assert found == ["text"]
    assert pipe.is_fifo()
    with pytest.raises(IsADirectoryError, match="nothing was changed"):
        files.write(tmp_path, "text")


@pytest.mark.parametrize(
    ("out", "message"),
    [("no/such/folder/x", "expected a name in a folder that exists"), (".", "is a directory; nothing was changed")],
)
def test_where_nothing_can_be_exported_to_is_reported(out: str, message: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["--folder", str(TINY), "export", "json", "--out", str(tmp_path / out)])
    assert result.exit_code == 1
    assert message in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_new_adds_what_a_killed_run_has_left_out_and_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "entries").mkdir()
    entry, code = write_new(tmp_path, "architecture", "graph/gin")
    entry.unlink()
    assert write_new(tmp_path, "architecture", "graph/gin") == [entry, code]
    entry.unlink()
    code.write_text("mine")
    with pytest.raises(FileExistsError, match=r"taken by implementations/architectures/graph/gin\.py; nothing was"):
        write_new(tmp_path, "architecture", "graph/gin")
    assert code.read_text() == "mine"
    assert not entry.exists()


def test_nothing_new_is_written_into_the_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "kb"
    shutil.copytree(TINY, package / "bundled")
    before = names(tmp_path)
    monkeypatch.setattr("kb.folders.PACKAGE", package)
    refused = ["new", "architecture", "graph/gin"], ["verify", "--all"], ["bench"]
    for words, advice in (*((words, "--folder") for words in refused), (["export", "schemas"], "--out")):
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 1
        assert f"is part of the installed package: say with {advice}" in result.stderr
    assert names(tmp_path) == before
    Miniature(tmp_path / "own")
    assert CliRunner().invoke(app, ["--folder", str(tmp_path / "own"), "new", "concept", "theory/x"]).exit_code == 0


def test_paths_are_printed_whole(tmp_path: Path) -> None:
    long = tmp_path / ("a-rather-long-name" * 5)
    Miniature(long)
    result = CliRunner().invoke(app, ["--folder", str(long), "new", "concept", "theory/x"], env={"COLUMNS": "40"})
    assert f"wrote {long / 'entries/concepts/theory/x.yaml'}\n" in result.stdout


# What is written


def test_schemas_are_replaced_one_by_one(tmp_path: Path) -> None:
    write_schemas(tmp_path)[0].write_text("old")
    for path in write_schemas(tmp_path):
        assert json.loads(path.read_text())["$schema"]
    assert len(names(tmp_path)) == len(KINDS) + 1, "one for each kind, and one for the whole"
