"""A start on a bare machine: the environment is made, found again and mended, and what is missing is said plainly."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Builds the clone in place of setuptools, so that no test needs an index: pip really installs the project, and the
# packages it needs are those of the environment that runs the tests.
BUILDER = f"""
import zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(folder + "/roadmap-1.0.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("at_hand.pth", {sysconfig.get_path("purelib")!r} + "\\n" + PROJECT)
        about = "roadmap-1.0.0.dist-info/"
        wheel.writestr(about + "METADATA", "Metadata-Version: 2.1\\nName: roadmap\\nVersion: 1.0.0\\n")
        wheel.writestr(about + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(about + "RECORD", "")
    return "roadmap-1.0.0-py3-none-any.whl"
"""


class Clone:
    """A copy of the project on a machine that has Python and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "clone"
        self.venv = folder / "environment"
        ignored = shutil.ignore_patterns("__pycache__", "node_modules", ".snippets", ".cache")
        for name in ("roadmap", "content"):
            shutil.copytree(ROOT / name, self.folder / name, ignore=ignored)
        for name in ("pyproject.toml", "constraints.txt", "README.md"):
            shutil.copy(ROOT / name, self.folder)

    def build_without_index(self) -> Clone:
        project = self.folder / "pyproject.toml"
        ours = '[build-system]\nrequires = []\nbuild-backend = "builder"\nbackend-path = ["."]\n\n'
        project.write_text(re.sub(r"(?ms)^\[build-system\]\n.*?(?=^\[)", ours, project.read_text()))
        (self.folder / "builder.py").write_text(f"PROJECT = {str(self.folder)!r}\n{BUILDER}")
        return self

    def begin(self, *arguments: str, before: str = "") -> subprocess.Popen[str]:
        """Start a command; -S hides every installed package, and `before` is Python that runs first."""
        code = f"{before}\nimport runpy; runpy.run_module('roadmap', run_name='__main__', alter_sys=True)"
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
        offline = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9", "PIP_RETRIES": "0"}
        return subprocess.Popen(
            [sys.executable, "-S", "-c", code, *arguments],
            cwd=self.folder,
            env={**environment, **offline, "ROADMAP_VENV": str(self.venv)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def start(self, *arguments: str, before: str = "") -> subprocess.CompletedProcess[str]:
        process = self.begin(*arguments, before=before)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@pytest.fixture
def bare(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone that has been started once."""
    clone = Clone(tmp_path_factory.mktemp("clone")).build_without_index()
    first = clone.start("check", "--json")
    assert "Setting up in" in first.stderr
    assert "Ready after" in first.stderr
    assert "counts" in json.loads(first.stdout)
    return clone


def test_a_second_start_finds_everything_in_place(clone: Clone) -> None:
    again = clone.start("check", "--json")
    assert "counts" in json.loads(again.stdout)
    assert str(clone.venv) not in again.stderr


def test_a_changed_list_of_packages_is_installed_once(clone: Clone) -> None:
    with (clone.folder / "constraints.txt").open("a") as constraints:
        constraints.write("# one more line\n")
    assert "Bringing" in clone.start("check").stderr
    assert "Bringing" not in clone.start("check").stderr


def test_an_update_that_fails_leaves_what_was_there(clone: Clone) -> None:
    builder, constraints = clone.folder / "builder.py", clone.folder / "constraints.txt"
    whole, before = builder.read_text(), constraints.read_text()
    constraints.write_text(before + "# another line\n")
    builder.write_text("raise RuntimeError('no disk left')")
    failed = clone.start("check")
    assert failed.returncode == 1
    assert "The packages could not be installed: " in failed.stderr.splitlines()[-1]
    assert "Traceback" not in failed.stderr

    builder.write_text(whole)
    constraints.write_text(before)
    assert str(clone.venv) not in clone.start("check").stderr


def test_the_tests_environment_serves_every_command(clone: Clone) -> None:
    assert "Bringing" in clone.start("test", "--version").stderr
    assert "Bringing" not in clone.start("check").stderr
    assert "Bringing" not in clone.start("test", "--version").stderr


def test_a_start_cut_short_is_mended_even_by_two_at_once(bare: Clone) -> None:
    bare.build_without_index()
    cut_short = bare.begin("check")
    while not (bare.venv / "bin" / "python").exists():
        assert cut_short.poll() is None, cut_short.communicate()
        time.sleep(0.01)
    os.killpg(cut_short.pid, signal.SIGKILL)
    cut_short.communicate()

    both = [bare.begin("check", "--json") for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert all("counts" in json.loads(out) for out, _ in said)
    assert sorted("Setting up in" in err for _, err in said) == [False, True]
    assert "waiting for it" in "".join(err for _, err in said)


def test_without_a_network_one_sentence_says_so(bare: Clone) -> None:
    start = bare.start("check")
    assert start.returncode == 1
    assert start.stdout == ""
    assert "The packages could not be fetched. Check the network, then start again." in start.stderr
    assert "Traceback" not in start.stderr


def test_without_the_venv_module_one_sentence_names_the_package(bare: Clone) -> None:
    start = bare.start("check", before="import sys; sys.modules['venv'] = None")
    assert start.returncode == 1
    assert start.stderr.splitlines()[-1] == (
        "This Python lacks its venv module. Install it (on Debian and Ubuntu: apt install python3-venv), "
        "then start again."
    )


def test_a_folder_of_somebody_elses_is_left_alone(bare: Clone) -> None:
    bare.venv.mkdir()
    (bare.venv / "thesis.txt").write_text("the only copy")
    start = bare.start("check")
    assert start.returncode == 1
    assert "name another folder in ROADMAP_VENV" in start.stderr
    assert (bare.venv / "thesis.txt").read_text() == "the only copy"


def test_a_package_without_its_clone_says_where_to_start(bare: Clone) -> None:
    (bare.folder / "pyproject.toml").unlink()
    start = bare.start("check")
    assert start.returncode == 1
    assert "is no clone of the project" in start.stderr
    assert "Traceback" not in start.stderr
