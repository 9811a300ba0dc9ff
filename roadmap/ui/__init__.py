"""Streamlit's side of the house: who is here, which store and catalog, what day it is, and what pages share."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import streamlit as st

from roadmap import content, levels, recommend, upgrade
from roadmap.catalog import Catalog
from roadmap.evidence import Event, Evidence, beside, judge
from roadmap.evidence import events as facts_to_events
from roadmap.recall import Day
from roadmap.recommend import Deck, Plan
from roadmap.search import Search
from roadmap.store import Kind, Settings, Store

PAGES = Path(__file__).resolve().parents[2] / "pages"
STYLE = Path(__file__).with_name("style.css")
ICON = Path(__file__).with_name("icon.png")
EVIDENCE: tuple[Kind, ...] = ("answer", "recall", "score", "review", "retraction", "restore")
"""The kinds of steps after which the evidence may say something else."""


def page(name: str) -> str:
    """The path that `st.switch_page` and `st.Page` take for a page."""
    return str(PAGES / f"{name}.py")


def person() -> str:
    """Who is here; every page asks this first. A single local person until there is a sign-in."""
    return store().person()


def store() -> Store:
    """The one store of this process."""
    return _store(os.environ.get("ROADMAP_DATABASE_URL"))


@st.cache_resource(show_spinner=False, on_release=lambda opened: opened.close())
def _store(url: str | None) -> Store:
    return Store(url)


def catalog() -> Catalog:
    """What there is to learn. Where the content has problems, lists them for its author and stops the page."""
    loaded = _loaded(os.environ.get("ROADMAP_CONTENT"))
    if loaded.catalog is None:
        st.header("The content needs mending")
        st.markdown("`python -m roadmap check` prints this list. Mend the files below, then restart.")
        st.dataframe(
            [{"File": p.file, "Line": p.line, "Problem": p.text} for p in loaded.problems],
            hide_index=True,
            alt=f"{len(loaded.problems)} problems in the content",
        )
        st.stop()
    return loaded.catalog


@st.cache_resource(show_spinner="Reading the roadmap")
def _loaded(folder: str | None) -> content.Loaded:
    return content.read(Path(folder) if folder else content.FOLDER)


def search(catalog: Catalog) -> Search:
    """The index of everything there is to learn."""
    return _search(catalog.digest, catalog)


@st.cache_resource(show_spinner=False, max_entries=2)
def _search(digest: str, _catalog: Catalog) -> Search:
    return Search(_catalog)


def deck(catalog: Catalog) -> Deck:
    """The cards as arrays, for choosing among them."""
    return _deck(catalog.digest, catalog)


@st.cache_resource(show_spinner=False, max_entries=2)
def _deck(digest: str, _catalog: Catalog) -> Deck:
    return Deck(_catalog)


def refuse_malformed_keys() -> None:
    """End the start in one sentence where the environment holds a signing key that is none."""
    from roadmap import export

    try:
        export.keys()
    except export.MalformedKey as problem:
        sys.exit(str(problem))


def warm_up() -> None:
    """Do once per process what no visitor should wait for.

    Streamlit collects garbage after every script run; freezing what is loaded for good keeps that out of each click
    (35 to 50 ms of it, see the benchmark).
    """
    from roadmap import charts, export  # noqa: F401 - pages import these; the first visitor should not pay

    loaded = _loaded(os.environ.get("ROADMAP_CONTENT"))
    if loaded.catalog:
        search(loaded.catalog)
        deck(loaded.catalog)
        store().meet(upgrade.contents(loaded.catalog), now())
    store()
    gc.collect()
    gc.freeze()


def now() -> datetime:
    """This moment, aware and in UTC."""
    return datetime.now(UTC)


def zone(chosen: Settings) -> ZoneInfo:
    """The person's time zone: their setting, else the browser's, else UTC."""
    for name in (chosen.time_zone, st.context.timezone):
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, such as "Europe", is an OSError
            continue
    return ZoneInfo("UTC")


def day(chosen: Settings) -> Day:
    """The person's today and its budget."""
    at = zone(chosen)
    return Day(now().astimezone(at).date(), at, chosen.daily_budget, chosen.new_limit)


def evidence(who: str, catalog: Catalog, today: Day, ticks: Collection[str]) -> Evidence:
    """What a person's answers and recalls show today, beside what they tick."""
    return beside(catalog, _judged(who, store().revision(who, EVIDENCE), catalog.digest, today), ticks)


@lru_cache(maxsize=256)
def _judged(who: str, revision: int, digest: str, today: Day) -> Evidence:
    """Worked out once for what a person answered and recalled so far, and the same in every tab.

    The revision is read before the facts: what is kept under it may be newer, never older.
    """
    return judge(catalog(), (), events(who, catalog(), today), today.today)


def events(who: str, catalog: Catalog, today: Day) -> tuple[Event, ...]:
    """Every fact of a person that is evidence."""
    held = store()
    return facts_to_events(catalog, held.answers(who), held.recalls(who), held.scores(who), today.of)


def plan(who: str, catalog: Catalog, chosen: Settings, ticks: Mapping[str, datetime]) -> Plan:
    """What the way to a person's target takes; worked out once for what they did so far, and the same in every tab."""
    revision = store().revision(who)
    return _plan(who, revision, catalog.digest, day(chosen), target(catalog, chosen, ticks), catalog, chosen, ticks)


@st.cache_data(show_spinner=False, max_entries=256)
def _plan(
    who: str,
    revision: int,
    digest: str,
    today: Day,
    target: str,
    _catalog: Catalog,
    _chosen: Settings,
    _ticks: Collection[str],
) -> Plan:
    held = store()
    return recommend.plan(
        deck(_catalog),
        held.memories(who, _chosen.retention),
        evidence(who, _catalog, today, _ticks),
        _ticks,
        target,
        today,
        now(),
        np.random.default_rng([revision, today.today.toordinal()]),
        own=recommend.pace(held.recalls(who)),
        suspended=held.labels(who).get("suspended", {}),
    )


def target(catalog: Catalog, chosen: Settings, ticks: Mapping[str, datetime]) -> str:
    """The stage a person aims for: their setting, else the one after their claimed level, else the last."""
    if chosen.target in catalog.stage:
        return str(chosen.target)
    following = levels.next_stage(catalog, levels.standing(catalog, ticks).level)
    return (following or catalog.stages[-1]).id


def tell_what_changed(who: str) -> None:
    """Say in one line what changed in the content since a person last did something; gone once they do."""
    if said := _what_changed(who, st.session_state["revision"], catalog().digest):
        st.info(said, icon=":material/update:")


@lru_cache(maxsize=256)
def _what_changed(who: str, revision: int, digest: str) -> str:
    before = store().contents_before(who)
    return upgrade.changed(before, catalog(), levels.held(store().ticks(who))) if before else ""


def seen(who: str) -> int:
    """Note that this tab now draws the newest state of a person."""
    revision = store().revision(who)
    st.session_state["revision"] = revision
    return revision


@st.fragment(run_every=timedelta(seconds=1))
def watch(who: str) -> None:
    """Redraw this tab when another one, or another process, stored something."""
    if store().revision(who) != st.session_state.get("revision"):
        st.rerun()
