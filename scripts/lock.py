"""Write `requirements/site.txt` and `requirements/test.txt`: all that is installed, each file of it with its hash.

`make lock` runs it after an edit of `pyproject.toml`. Versions that a lock has are kept while they are allowed;
`make lock LOCK_FLAGS=--upgrade` takes the newest. The locks hold for every platform that `pyproject.toml` allows, and
name no index. Only wheels are installed from them: no package runs code of its own while it is installed.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FOLDER = Path("requirements")
TORCH = FOLDER / "torch.txt"


def main(flags: list[str]) -> None:
    """Lock what the tests need, then the part of it that the site needs, at the same versions."""
    extras = [f"--extra={name}" for name in PROJECT["project"]["optional-dependencies"]]
    left_out = [f"--no-emit-package={name}" for name in ("torch", *_cuda())]
    test, site = FOLDER / "test.txt", FOLDER / "site.txt"
    _compile(test, "pyproject.toml", *extras, *left_out, f"--constraint={TORCH}", *flags)
    _compile(site, "pyproject.toml", "--extra=site", f"--constraint={test}")


def _cuda() -> list[str]:
    """What torch brings on Linux only, unless it is a build without CUDA."""
    lock = _uv("--no-annotate", str(TORCH))
    return re.findall(r"^(\S+)==.* sys_platform == 'linux'", lock, flags=re.MULTILINE)


def _compile(lock: Path, *arguments: str) -> None:
    look = ["--annotation-style=line", "--custom-compile-command=make lock", "--emit-build-options"]
    _uv("--generate-hashes", *look, f"--output-file={lock}", "-", *arguments)


def _uv(*arguments: str) -> str:
    """Resolve requirements for every platform. What builds the package is read from standard input."""
    uv = Path(sys.executable).with_name("uv")
    python = PROJECT["project"]["requires-python"].removeprefix(">=")
    options = ["--quiet", "--universal", f"--python-version={python}", "--no-python-downloads", "--only-binary=:all:"]
    build = "\n".join(PROJECT["build-system"]["requires"])
    command = [str(uv), "pip", "compile", *options, *arguments]
    return subprocess.run(command, cwd=ROOT, input=build, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    main(sys.argv[1:])
