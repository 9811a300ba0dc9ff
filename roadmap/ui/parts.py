"""Parts that several pages draw alike."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Literal

import streamlit as st

from roadmap import drawing, ui
from roadmap.catalog import Catalog
from roadmap.charts import Chart, Paper
from roadmap.evidence import Evidence
from roadmap.report import Report
from roadmap.ui.prose import visible

_picture = st.components.v2.component("roadmap.picture", js="picture.js")


def paper() -> Paper:
    """The inks of the theme that this tab shows."""
    return Paper(dark=st.context.theme.type == "dark")


def ladder(
    catalog: Catalog,
    ticks: Collection[str],
    size: Literal["large", "side", "line"],
    shown: Evidence | None = None,
    name: str = "ladder",
) -> None:
    """Draw the ladder, claimed and shown, in the page's own type; several on a page have names of their own."""
    svg = drawing.ladder(catalog, ticks, id=f"{name}-{size}", size=size, shown=shown)
    _picture(key=f"{name}-{size}", data={"svg": svg, "style": drawing.STYLE})


def chart(drawn: Chart, key: str, **options: Any) -> Any:
    """Draw a chart with its sentence above and its table a click away; returns plotly's selection."""
    st.markdown(drawn.sentence)
    event = st.plotly_chart(drawn.figure, key=key, alt=drawn.sentence, config={"displayModeBar": False}, **options)
    with st.expander("As a table"):
        st.dataframe(drawn.table, hide_index=True, alt=drawn.sentence)
    return event


def picked(key: str) -> list[str] | None:
    """What the clicked mark of a chart carries, inside its callback; None where the click took a selection back."""
    points = ((st.session_state.get(key) or {}).get("selection") or {}).get("points") or []
    return list(points[0]["customdata"]) if points and points[0].get("customdata") else None


HANDED = "report handed to Review"
"""Where in the session a report waits for the Review page."""


def answer(of: Report) -> None:
    """The way from somebody's report to answering it."""
    if st.button("Answer this report", icon=":material/rate_review:", key=f"answer-{of.id}"):
        st.session_state[HANDED] = of
        st.switch_page(ui.page("review"))


def prose(catalog: Catalog, markdown: str) -> str:
    """Our own Markdown as `st.markdown` takes it: without what is for the checker, with sources as links."""
    markdown = re.sub(r"^```ts .*$", "```ts", visible(markdown), flags=re.MULTILINE)
    markdown = re.sub(r"^```text output$", "```text", markdown, flags=re.MULTILINE)

    def link(named: re.Match[str]) -> str:
        address = catalog.sources[named[1]]
        return f"]({address})" if address.startswith("http") else f"] (`{address.removeprefix('npm:')}`)"

    return re.sub(r"\]\(source:([^)]+)\)", link, markdown)


_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=\"'@/])")
_LINKS = re.compile(r"(https?:|www|@|[-<>=])(?=[/.\w<>=-])", re.IGNORECASE)


def typed(text: str) -> str:
    """A person's words for a place that reads Markdown, to appear as typed; a word joiner stops autolinks."""
    return _MARKS.sub(r"\\\1", _LINKS.sub("\\1\u2060", " ".join(text.split())))


def heard(text: str) -> str:
    """A person's words for a label that is heard and not seen, where an escaped mark would be read out.

    What Markdown could take for markup is left out instead; the same words stand beside the widget as typed.
    """
    plain = re.sub(r"[^\w\s.,;:'’()+/&?!-]|_", " ", text)
    return " ".join(re.sub(r"(https?:|www\.)", "\\1\u2060", plain, flags=re.IGNORECASE).split())
