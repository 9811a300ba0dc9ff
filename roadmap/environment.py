"""The ground the commands stand on: an environment of the project's own, made at first use and repaired when broken.

Standard library only, since nothing else is there yet. All it says goes to standard error, so that what a command
prints stays alone on standard output.
"""

# ruff: noqa: S603, S606 - every process started here is this Python, the environment's, or pip, with words of our own

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = ROOT / "pyproject.toml"
CONSTRAINTS = ROOT / "constraints.txt"

VENV = Path(os.environ.get("ROADMAP_VENV") or ROOT / ".venv").expanduser().absolute()
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
MADE_HERE = VENV / ".made-by-roadmap"
STAMP = VENV / ".roadmap-ready.json"
LOG = VENV / "install.log"

STARTED_OVER = "ROADMAP_STARTED_OVER"
NETWORK = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|name resolution|getaddrinfo|unreachable"
    r"|Connection refused|from versions: none"
)

NAME = r"[^\W\d]\w*(?:-[^\W\d]\w*)*"  # of a package, without the version that follows it in a file's name


class Trouble(Exception):
    """What went wrong and what to do next, in plain words for the person at the keyboard."""


def enter(extra: str, arguments: list[str]) -> None:
    """Return where the packages are at hand; otherwise set them up and start the command over among them.

    `extra` is "test" for what the tests need, "" for what the app needs.
    """
    if not PROJECT.exists():
        raise Trouble(f"{ROOT} is no clone of the project (it has no pyproject.toml). Clone it and start from there.")
    started_over = os.environ.pop(STARTED_OVER, None)
    missing = [requirement for requirement in _requirements(extra) if not _is_met(requirement)]
    if not missing:
        return
    if started_over:
        raise Trouble(f"{VENV} was set up but still lacks {', '.join(missing)}. Delete that folder and start again.")
    inside = Path(sys.prefix) == VENV
    try:
        if inside or not _is_ready(extra):
            with _alone():
                if inside or not _is_ready(extra):
                    _set_up(extra)
    except OSError as error:
        raise Trouble(f"{VENV} could not be set up: {error}. Mend that, then start again.") from None
    _start_over(arguments)


def _requirements(extra: str) -> list[str]:
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    return [*project["dependencies"], *(project["optional-dependencies"][extra] if extra else ())]


def _is_met(requirement: str) -> bool:
    """Whether the running environment meets `name>=1.2,<2; sys_platform == 'win32'`; only the name must be there."""
    wanted, _, condition = requirement.partition(";")
    platform = re.search(r"sys_platform == '(\w+)'", condition)
    if platform and platform[1] != sys.platform:
        return True
    name, *_ = re.split(r"[^\w.-]", wanted, maxsplit=1)
    try:
        installed = _version(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False
    lowest, limit = (re.search(rf"{sign}([\d.]+)", wanted) for sign in (">=", "<"))
    return (not lowest or installed >= _version(lowest[1])) and (not limit or installed < _version(limit[1]))


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)[:3]))


def _stamp_for(extra: str) -> dict[str, str]:
    """What an environment was made from. When any of it changes, the environment is brought up to date."""
    return {
        "python": os.path.realpath(PYTHON) if PYTHON.exists() else "",
        "project": str(ROOT),
        "wanted": sha256(PROJECT.read_bytes() + CONSTRAINTS.read_bytes()).hexdigest(),
        "extra": extra,
    }


def _stamp() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def _is_ready(extra: str) -> bool:
    return PYTHON.exists() and _stamp() in (_stamp_for(extra), _stamp_for("test"))


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the set-up for this process; a start that comes second waits. A process that dies lets go."""
    with CONSTRAINTS.open("r+b") as lock:
        if sys.platform == "win32":
            import msvcrt

            lock.seek(1 << 20)  # past the end, so that others can still read the file
            while True:
                try:
                    msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
                    break
                except OSError:
                    _say("Another start is setting up; waiting for it.")
        else:
            import fcntl

            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                _say("Another start is setting up; waiting for it.")
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _set_up(extra: str) -> None:
    """Make the environment, or bring it up to date. What was made here and cut short goes first."""
    began = time.monotonic()
    stamp = _stamp()
    if MADE_HERE.exists() and stamp.get("python") != _stamp_for(extra)["python"]:
        shutil.rmtree(VENV)
        stamp = {}
    if not PYTHON.exists():
        _say(f"Setting up in {VENV} (this once, about a minute).")
        _make()
    else:
        _say(f"Bringing {VENV} up to date.")
    STAMP.unlink(missing_ok=True)  # a start cut short from here on leaves none, so the next makes all anew
    try:
        _install(extra)
    except Trouble:
        if stamp:  # pip put everything back, so what was here still serves
            STAMP.write_text(json.dumps(stamp), "utf-8")
        raise
    STAMP.write_text(json.dumps(_stamp_for(extra)), "utf-8")
    _say(f"Ready after {time.monotonic() - began:.0f} s.")


def _make() -> None:
    if VENV.exists() and any(VENV.iterdir()):
        raise Trouble(f"{VENV} holds no Python that runs. Delete it, or name another folder in ROADMAP_VENV.")
    has_pip = find_spec("ensurepip") is not None
    if not find_spec("venv") or not (has_pip or find_spec("pip")):
        raise Trouble(
            "This Python lacks its venv module. Install it (on Debian and Ubuntu: apt install python3-venv), "
            "then start again."
        )
    import venv

    VENV.mkdir(parents=True, exist_ok=True)
    MADE_HERE.touch()
    try:
        venv.create(VENV, with_pip=has_pip, symlinks=os.name != "nt")
    except subprocess.CalledProcessError:
        raise Trouble(
            "This Python could not put pip into a new environment. Install its venv module "
            "(on Debian and Ubuntu: apt install python3-venv), then start again."
        ) from None


def _install(extra: str) -> None:
    """Let pip install the project and what it needs, at the versions of constraints.txt, and tell how far it is."""
    what = f".[{extra}]" if extra else "."
    command = [*_pip(), "install", "--no-input", "--disable-pip-version-check", "-c", str(CONSTRAINTS), "-e", what]
    with (
        LOG.open("w", encoding="utf-8") as log,
        _Progress() as progress,
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log) as pip,
    ):
        while pip.poll() is None:
            progress.show(_stage(LOG.read_text("utf-8", "replace")))
            time.sleep(0.2)
    if pip.returncode == 0:
        return
    said = LOG.read_text("utf-8", "replace")
    if NETWORK.search(said):
        raise Trouble(f"The packages could not be fetched. Check the network, then start again. (pip's words: {LOG})")
    errors = re.findall(r"^ERROR: (.+)", said, re.MULTILINE)
    reason = errors[-1] if errors else f"pip ended with code {pip.returncode}"
    raise Trouble(f"The packages could not be installed: {reason}. Mend that, then start again. (pip's words: {LOG})")


def _pip() -> list[str]:
    """The environment's own pip, or this Python's pip aimed at it where the system ships venv without ensurepip."""
    own = [str(PYTHON), "-m", "pip"]
    has_own = subprocess.run([*own, "--version"], capture_output=True).returncode == 0
    return own if has_own else [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def _stage(said: str) -> tuple[str, str]:
    """What pip is doing, and how far it is, from what it has said so far."""
    if installing := re.search(r"^Installing collected packages: (.+)", said, re.MULTILINE):
        return "Installing packages", f": {installing[1].count(',') + 1}"
    found = re.findall(
        rf"^(?:Collecting|Processing|Requirement already satisfied:) (?:.*/)?({NAME})", said, re.MULTILINE
    )
    return "Fetching packages", f": {len(found)} so far, {found[-1]}" if found else ""


class _Progress:
    """One moving line on a terminal; elsewhere a plain line for each new stage."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.moving = sys.stderr.isatty()
        self.stage = ""

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self.moving:
            self._draw("")

    def show(self, stage: tuple[str, str]) -> None:
        doing, far = stage
        if self.moving:
            self._draw(f"{doing}{far} ({time.monotonic() - self.began:.0f} s)")
        elif doing != self.stage:
            _say(f"{doing} ...")
        self.stage = doing

    def _draw(self, line: str) -> None:
        print(f"\r{line[:78]:78}\r{line[:78]}", end="", file=sys.stderr, flush=True)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _start_over(arguments: list[str]) -> None:
    """Run the same command with the environment's Python; does not return."""
    os.environ[STARTED_OVER] = "1"
    # -P keeps a folder named roadmap in the current folder from being taken for this package
    command = [str(PYTHON), "-P", "-m", "roadmap", *arguments]
    if os.name == "nt":  # there execv returns to the shell at once, as if the command had ended
        sys.exit(subprocess.call(command))
    os.execv(PYTHON, command)
