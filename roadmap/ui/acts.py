"""What people do on a page, stored or refused, and the person told which.

An act of a browser component is stored or refused once (see acts.js).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import sqlalchemy.exc
import streamlit as st

from roadmap.facts import Confidence

Act = dict[str, Any]
Given = ParamSpec("Given")

UNANSWERED = "That could not be saved: the database did not answer. Nothing is lost; try again in a moment."


def stores(callback: Callable[Given, None]) -> Callable[Given, None]:
    """A widget's callback that stores something: where the database does not take it, the person is told so."""

    @wraps(callback)
    def told_if_not(*args: Given.args, **kwargs: Given.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except (sqlalchemy.exc.SQLAlchemyError, OSError):
            st.toast(UNANSWERED, icon=":material/error:", duration="long")

    return told_if_not


def hear(key: str, do: Callable[[Act], None], refused: str) -> None:
    """Do what the component of this key just sent, inside its callback.

    An act that cannot be done is refused with these words, and the rest is done; one that is no act is dropped.
    """
    settled, failed = [], None
    for act in _sent(key):
        try:
            do(act)
        except (sqlalchemy.exc.SQLAlchemyError, OSError):
            failed = UNANSWERED
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError):
            failed = refused
        settled.append(act["uid"])
    st.session_state[f"{key}-told"] = {"settled": settled, "failed": failed}


def told(key: str) -> dict[str, Any]:
    """What the browser is to be told of the acts it sent last.

    Said with every drawing until the next acts come: the drawing that says it may be overtaken by another one, such as
    the heartbeat's, before it has left. The browser takes it once.
    """
    return dict(st.session_state.get(f"{key}-told", {"settled": [], "failed": None}))


def confidence(act: Act) -> Confidence | None:
    """How sure a person said they were, None where they did not say. Raises ValueError for anything else."""
    said = act.get("confidence")
    return None if said is None else Confidence(said)


def _sent(key: str) -> list[Act]:
    acts = (st.session_state.get(key) or {}).get("acts")
    if not isinstance(acts, list):
        return []
    return [act for act in acts if isinstance(act, dict) and re.fullmatch(r"[0-9a-f]{32}", str(act.get("uid")))]
