"""The house stands as it is drawn: who may import whom, what rooms are called, and that every page asks who is here."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = sorted((ROOT / "roadmap").rglob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))
MODULES = [*PACKAGE, *PAGES, ROOT / "app.py"]

# Each pure room may import the ones before it.
PURE = (
    "catalog",
    "facts",
    "levels",
    "evidence",
    "placement",
    "recall",
    "practice",
    "recommend",
    "report",
    "drawing",
    "upgrade",
)

# What each room may import: rooms of the package by name, then the libraries that are its own. Python's own are free.
MAY_IMPORT: dict[str, set[str]] = {
    **{room: {"pydantic", *PURE[:place]} for place, room in enumerate(PURE)},
    "evidence": {"numpy", "catalog", "facts", "levels"},
    "placement": {"numpy", "catalog", "facts", "levels", "evidence"},
    "recall": {"fsrs", "catalog", "facts", "levels", "evidence"},
    "practice": {"pydantic", "catalog", "facts", "recall"},
    "recommend": {"fsrs", "numpy", "catalog", "facts", "levels", "evidence", "recall"},
    "content": {*PURE, "pydantic", "yaml", "rapidfuzz", "numpy"},
    "store": {*PURE, "pydantic", "sqlalchemy", "alembic"},
    "migrations": {"sqlalchemy", "alembic"},
    "charts": {*PURE, "plotly", "pandas"},
    "export": {*PURE, "pydantic", "typst", "xlsxwriter", "cryptography"},
    "simulation": {"numpy", *PURE[: PURE.index("report")]},
    "environment": set(),
    "snippets": {"content"},  # it runs the code that stands in the content, and speaks of problems as content does
    "search": {"catalog"},
    "browser": {"playwright"},
    "load": {"streamlit", "websockets"},  # its messages alone
    "ui": {
        *PURE,
        "content",
        "store",
        "search",
        "charts",  # what a chart is, to draw it; and loaded before the first visitor
        "export",  # loaded before the first visitor
        "streamlit",
        "starlette",
        "numpy",  # chance for the plan
        "pydantic",  # its errors, to word them
        "sqlalchemy",  # its errors, to word them
        "markdown_it",
        "pygments",
    },
    "pages": {*PURE, "ui", "content", "store", "charts", "export", "streamlit", "pydantic", "sqlalchemy", "pandas"},
    "app": {"ui", "streamlit", "starlette"},
}
COMMANDS = ("__main__", "bench", "case")  # they bring everything together, once the environment exists
NO_ROOM_IS_CALLED = {"utils", "util", "helpers", "helper", "common", "core", "manager", "service", "services", "base"}


def imported(file: Path) -> Iterator[str]:
    """Every module a file may import, whatever form that takes and wherever it stands."""
    package = (*file.relative_to(ROOT).parent.parts,)
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                around = ".".join(package[: len(package) - level + 1]) if level else ""
                within = ".".join(filter(None, (around, module)))
                yield from (f"{within}.{alias.name}" for alias in names)
            case ast.Call(func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module")):
                yield from (str(name.value) for name in node.args if isinstance(name, ast.Constant))


def room(file: Path) -> str:
    """The room a file belongs to: its module or package in roadmap/, else pages or app."""
    inside, *deeper = file.relative_to(ROOT).with_suffix("").parts
    return deeper[0] if inside == "roadmap" else inside


def rooms_imported(file: Path) -> set[str]:
    """What a file imports as `MAY_IMPORT` names it, its own room and Python's own modules left out."""
    found = set()
    for module in imported(file):
        library, *deeper = module.split(".")
        found.add(deeper[0] if library == "roadmap" and deeper else library)
    return found - sys.stdlib_module_names - {room(file), "roadmap"}


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "line",
    [
        "import streamlit",
        "import streamlit.components.v2 as c",
        "from streamlit import session_state",
        "from streamlit.runtime import get_instance",
        "def f():\n    import json, streamlit as st",
        "importlib.import_module('streamlit')",
        "__import__('streamlit.web')",
    ],
)
def test_no_form_of_import_goes_unseen(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    (tmp_path / "leak.py").write_text(line)
    assert "streamlit" in rooms_imported(tmp_path / "leak.py")


def test_a_relative_import_is_the_room_it_means(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    (tmp_path / "roadmap" / "report").mkdir(parents=True)
    (tmp_path / "roadmap" / "report" / "team.py").write_text(
        "from .. import ui\nfrom ..store import Store\nfrom . import x"
    )
    assert rooms_imported(tmp_path / "roadmap" / "report" / "team.py") == {"ui", "store"}


@pytest.mark.parametrize("file", PACKAGE, ids=named)
def test_only_the_ui_the_pages_and_the_front_door_import_streamlit(file: Path) -> None:
    if room(file) == "load":  # a browser's part of the protocol, and nothing that runs in the app
        assert all(module.startswith("streamlit.proto.") for module in imported(file) if "streamlit" in module)
    elif room(file) != "ui":
        assert "streamlit" not in rooms_imported(file)


@pytest.mark.parametrize("file", [file for file in MODULES if file.stem not in COMMANDS], ids=named)
def test_imports_follow_the_arrows_of_the_house(file: Path) -> None:
    assert rooms_imported(file) <= MAY_IMPORT.get(room(file), set())


@pytest.mark.parametrize("name", ["__main__", "environment"])
def test_a_start_needs_nothing_but_python_itself(name: str) -> None:
    tree = ast.parse((ROOT / "roadmap" / f"{name}.py").read_text("utf-8"))
    at_start = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {alias.name if isinstance(node, ast.Import) else node.module for node in at_start for alias in node.names}
    assert {str(module).split(".")[0] for module in modules} <= {*sys.stdlib_module_names, "roadmap"}
    from_the_house = [node for node in at_start if isinstance(node, ast.ImportFrom) and node.module == "roadmap"]
    assert {alias.name for node in from_the_house for alias in node.names} <= {"environment"}


def test_the_package_itself_imports_nothing_heavy() -> None:
    code = "import sys; before = set(sys.modules); import roadmap; print(*(set(sys.modules) - before))"
    added = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert added.stdout.split() == ["roadmap"]


def test_no_room_is_called_by_a_word_that_means_nothing() -> None:
    names = {part for file in MODULES for part in file.relative_to(ROOT).with_suffix("").parts}
    assert names & NO_ROOM_IS_CALLED == set()


@pytest.mark.parametrize("file", PAGES, ids=named)
def test_a_page_asks_who_is_here_before_anything_else(file: Path) -> None:
    statements = ast.parse(file.read_text("utf-8")).body
    docstring, *rest = statements
    assert isinstance(docstring, ast.Expr)
    first = next(node for node in rest if not isinstance(node, ast.Import | ast.ImportFrom))
    assert ast.unparse(first) in ("person = ui.person()", "person = ui.manager()")
