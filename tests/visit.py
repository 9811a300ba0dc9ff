"""A visit to the dashboard without a browser: what the server sends to each part of a page, and acting as it would."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Element

from roadmap import content, placement, ui
from roadmap.catalog import Catalog, Question
from roadmap.facts import Answer, Confidence
from roadmap.placement import Form
from roadmap.store import Store

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("skills", "progress", "check", "drill", "study", "content", "report", "team", "review", "settings")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""The moment at which a visit happens unless a test says otherwise: far from midnight in every usual time zone."""

logging.getLogger("streamlit").setLevel(logging.CRITICAL)  # the tests read what a page shows, not what it logs


@cache
def catalog() -> Catalog:
    """The real roadmap."""
    loaded = content.read(content.FOLDER)
    assert loaded.catalog, loaded.problems
    return loaded.catalog


def skills(**counts: int) -> tuple[str, ...]:
    """The ids of the first so many skills of each named stage: `skills(junior=5, mid=2)`."""
    return tuple(skill.id for name, count in counts.items() for skill in catalog().stage[name].skills[:count])


class Visit:
    """One tab on one page, drawn through the router as people meet it, or alone as a deep link might."""

    def __init__(self, page: str, *, alone: bool = False, zone: str | None = "UTC", **asked: str | list[str]) -> None:
        script = ROOT / "pages" / f"{page}.py" if alone else ROOT / "roadmap" / "ui" / "main.py"
        self.app = AppTest.from_file(script, default_timeout=60)
        self.app.context = {"timezone": zone}
        if not alone:
            self.app.run()
            self.app.switch_page(ui.page(page))
        self.app.query_params.update(asked)
        self.app.run()

    def go(self, page: str) -> Visit:
        """Choose another page in the menu."""
        self.app.switch_page(ui.page(page)).run()
        return self

    def again(self) -> Visit:
        """Draw the page once more, as a click or the heartbeat does."""
        self.app.run()
        return self

    # What the server sent

    @property
    def words(self) -> str:
        """Everything the page says outside of components and charts, each part on its own line."""
        kinds = (*self.app.header, *self.app.subheader, *self.app.markdown, *self.app.caption)
        said = [*kinds, *self.app.success, *self.app.error, *self.app.info, *self.app.warning]
        return "\n".join(str(one.value) for one in said)

    @property
    def errors(self) -> list[str]:
        """What the page says went wrong."""
        return [error.value for error in self.app.error]

    @property
    def toasts(self) -> list[str]:
        """What the page says in passing."""
        return [toast.value for toast in self.app.toast]

    @property
    def html(self) -> str:
        """What is drawn as HTML, the router's own style left out."""
        return "\n".join(one.value for one in self.app.get("html") if not one.value.startswith("<style>/*"))

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons on the page."""
        return [button.label for button in self.app.button]

    def data(self, key: str) -> dict[str, Any]:
        """What the component of this key was given."""
        return dict(json.loads(self._element("bidi_component", key).proto.json))

    def has(self, key: str) -> bool:
        """Whether a component of this key is drawn."""
        return any(one.key == key for one in self.app.get("bidi_component"))

    def figure(self, key: str) -> dict[str, Any]:
        """The figure of the chart of this key."""
        return dict(json.loads(self._element("plotly_chart", key).proto.spec))

    def table(self, sentence: str) -> list[dict[str, Any]]:
        """The rows of the table that a text alternative introduces."""
        found = [table for table in self.app.dataframe if table.proto.alt == sentence]
        assert len(found) == 1, [table.proto.alt for table in self.app.dataframe]
        return [dict(row) for _, row in found[0].value.iterrows()]

    # What a person does

    def press(self, label: str) -> Visit:
        """Press a button by its words."""
        next(button for button in self.app.button if button.label == label).click().run()
        return self

    def open(self, label: str) -> Visit:
        """Open a folded part of the page by its words."""
        folded = next(one for one in self.app.expander if one.label == label)
        return self._send(WidgetState(id=folded.proto.id, bool_value=True))

    def act(self, key: str, *acts: object) -> Visit:
        """Send acts as the component of this key would: whatever is not confirmed, oldest first."""
        return self.trigger(key, [{"event": "acts", "value": list(acts)}])

    def trigger(self, key: str, payload: object) -> Visit:
        """Send anything at all to the component of this key, as only a changed browser would."""
        aggregator = _make_trigger_id(self._element("bidi_component", key).proto.id, "events")
        return self._send(WidgetState(id=aggregator, json_trigger_value=json.dumps(payload)))

    def click_chart(self, key: str, customdata: Sequence[str]) -> Visit:
        """Click the mark of a chart that carries this."""
        points = {"points": [{"customdata": list(customdata)}], "point_indices": [0], "box": [], "lasso": []}
        state = WidgetState(id=self._element("plotly_chart", key).proto.id)
        state.string_value = json.dumps({"selection": points})
        return self._send(state)

    def click_row(self, key: str, row: int) -> Visit:
        """Choose a row of a table."""
        table = next(one for one in self.app.dataframe if one.key == key)
        state = WidgetState(id=table.proto.id)
        state.string_value = json.dumps({"selection": {"rows": [row], "columns": [], "cells": []}})
        return self._send(state)

    def upload(self, key: str, files: Mapping[str, bytes] | Sequence[tuple[str, bytes]]) -> Visit:
        """Drop files, in this order."""
        uploader = self.app.file_uploader(key=key)
        for name, data in files.items() if isinstance(files, Mapping) else files:
            uploader.upload(name, data)
        self.app.run()
        return self

    def _element(self, kind: str, key: str) -> Element:
        found = [one for one in self.app.get(kind) if one.key == key]
        assert len(found) == 1, f"{kind} {key!r} among {[one.key for one in self.app.get(kind)]}"
        return found[0]

    def _send(self, state: WidgetState) -> Visit:
        states = self.app._tree.get_widget_states()
        states.widgets.append(state)
        self.app._run(states)
        return self


def act(do: str, **what: object) -> dict[str, object]:
    """An act as a component makes it, with an id of its own."""
    return {"uid": uuid4().hex, "do": do, **what}


def store() -> tuple[Store, str]:
    """The store that the visits read, and the person who visits."""
    return ui.store(), ui.person()


def with_ticks(*ids: str, at: datetime = NOON) -> tuple[Store, str]:
    """The same with these skills ticked in one step."""
    held, who = store()
    held.tick(who, dict.fromkeys(ids, True), at)
    return held, who


def take_check(
    held: Store,
    who: str,
    knows: Callable[[Question], bool],
    start: datetime,
    form: Form = "placement",
    most: int = placement.LONGEST,
) -> list[Answer]:
    """Answer a check as far as `most` questions, one a minute; gives its answers."""
    taken: list[Answer] = []
    for number in range(most):
        at = start + number * timedelta(minutes=1)
        question = placement.check(catalog(), held.answers(who), form, at, lambda moment: moment.date(), who).question
        if question is None:
            break
        option = (key(question) + (not knows(question))) % len(question.options)
        fact = Answer(at, question.id, option, knows(question), 30_000, form, Confidence(1 + number % 3))
        assert held.answer(who, fact, since=at)
        taken.append(fact)
    return taken


def key(question: Question) -> int:
    """The place of the right option, as authored."""
    return [option.right for option in question.options].index(True)


def broken() -> Callable[[], None]:
    """From now on the database takes nothing more, until what is returned is called."""

    def say(statement: str) -> None:
        with store()[0].engine.begin() as connection:
            connection.execute(sa.text(statement))

    say("CREATE TRIGGER full BEFORE INSERT ON step BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
    return lambda: say("DROP TRIGGER full")
