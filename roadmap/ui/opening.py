"""Reports that a manager has open in this tab: dropped files and kept teams, each read once and held in small.

What is dropped is never stored; it stays open while the tab does, also when another page is looked at in between.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import streamlit as st

from roadmap import export, ui
from roadmap.report import Report
from roadmap.report.team import Member

UPLOADER = "reports"
BREATH = 0.001  # seconds after each file
MANY = 10  # files from which on a bar shows how far they are read


class Opened(NamedTuple):
    """A report that is open: as a team sees it, what its signature shows, and the way to read it whole."""

    member: Member
    seal: export.Seal
    read: Callable[[], Report]


@dataclass
class _File:
    """One dropped file, or a .zip of them: what is in it, and what was read so far."""

    packed: tuple[export.Packed, ...]
    found: list[Opened | export.Refused] = field(default_factory=list)


def synchronise() -> None:
    """Follow the uploader, as its callback: files that a person takes out of it are closed, new ones begin.

    Only a callback may close a file: the uploader is also empty when somebody comes back from another page.
    """
    files = st.session_state.get(UPLOADER) or []
    known, now = _known(), {file.file_id for file in files}
    for gone in st.session_state.get("in_uploader", set()) - now:
        known.pop(gone, None)
    for file in files:
        if file.file_id not in known:
            known[file.file_id] = _begun(file.name, file.getvalue())
    st.session_state["in_uploader"] = now


def dropped() -> tuple[list[Opened], list[export.Refused]]:
    """The reports in the dropped files and what was refused, reading whatever is not read yet.

    A click in between ends this run; the next one goes on where this one stopped.
    """
    files = [*_known().values()]
    waiting, many = [file for file in files if len(file.found) < len(file.packed)], sum(len(f.packed) for f in files)
    bar = st.progress(0.0, "Reading reports") if sum(len(f.packed) - len(f.found) for f in waiting) > MANY else None
    done = sum(len(file.found) for file in files)
    for file in waiting:
        for packed in file.packed[len(file.found) :]:
            file.found.append(_read(packed))
            time.sleep(BREATH)  # lets the clicks of others through, which would wait for this one file after another
            done += 1
            if bar and (done % MANY == 0 or done == many):
                bar.progress(done / many, f"Reading reports: {done} of {many}")
    if bar:
        bar.empty()
    found = [one for file in files for one in file.found]
    return [one for one in found if isinstance(one, Opened)], [one for one in found if isinstance(one, export.Refused)]


def close() -> None:
    """Close every dropped file, and forget what was drawn of it."""
    _known().clear()
    for drawn in ("ladders", "read_whole"):
        st.session_state.pop(drawn, None)


def kept(who: str, names: Iterable[str], at: dict[str, datetime]) -> dict[str, list[Opened]]:
    """The reports of these kept teams, by name; a team is read anew only when it was kept anew."""
    known: dict[tuple[str, datetime], list[Opened]] = st.session_state.get("kept_teams", {})
    found = {(name, at[name]): known.get((name, at[name])) or _of_team(who, name) for name in names if name in at}
    st.session_state["kept_teams"] = found
    return {name: reports for (name, _), reports in found.items()}


def _known() -> dict[str, _File]:
    known: dict[str, _File] = st.session_state.setdefault("opened", {})
    return known


def _begun(name: str, data: bytes) -> _File:
    try:
        return _File(export.unpack(name, data))
    except export.Refused as refused:
        return _File((), [refused])


def _read(packed: export.Packed) -> Opened | export.Refused:
    try:
        made = packed.read()
    except export.Refused as refused:
        return refused
    return Opened(Member.of(made), export.judged(made), packed.read)


def _of_team(who: str, name: str) -> list[Opened]:
    store = ui.store()

    def again(id: str) -> Callable[[], Report]:
        return lambda: next(one for one in store.team(who, name) if one.id == id)

    return [Opened(Member.of(one), export.judged(one), again(one.id)) for one in store.team(who, name)]
