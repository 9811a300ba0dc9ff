"""Daily budget, target, keys, time zone; backup and restore; erase."""

import platform
from collections import Counter
from importlib.metadata import version
from zoneinfo import available_timezones

import streamlit as st

from roadmap import levels, ui
from roadmap.facts import Grade
from roadmap.recall import graded
from roadmap.store import Backup, Kind
from roadmap.ui import acts, parts

person = ui.person()
catalog = ui.catalog()
store = ui.store()
chosen = store.settings(person)

NEXT = "The next one after my claimed level"
BROWSERS = f"My browser's ({st.context.timezone or 'UTC'})"

FIELDS = ("daily_budget", "new_limit", "target", "shortcuts", "confidence", "time_zone", "retention")
KINDS: dict[Kind, str] = {
    "tick": "ticks",
    "note": "notes",
    "recall": "recalls",
    "answer": "answers",
    "score": "scores",
    "label": "labels on cards",
    "read": "readings",
    "setting": "settings",
    "report": "reports",
    "review": "reviews",
    "objective": "answers to objectives",
    "team": "kept teams",
    "retraction": "undone steps",
}


def named(field: str) -> str:
    """The key of a setting's widget. It is another one after an erasure.

    A message that the browser sent just before would else change the new person's settings back to the old ones.
    """
    return field + st.session_state.get("erasures", "")


@acts.stores
def keep(field: str) -> None:
    """Store one setting as soon as it is changed."""
    value = st.session_state[named(field)]
    store.choose(person, {field: None if value in (NEXT, BROWSERS) else value}, ui.now())


@acts.stores
def restore(backup: Backup) -> None:
    """Add what is missing here, as one undoable step."""
    store.restore(person, backup, ui.now())
    st.session_state["restored"] = True


@acts.stores
def undo_restore() -> None:
    """Take the restore back."""
    store.undo(person, ("restore",), ui.now())
    st.session_state["restored"] = False


@st.dialog("Erase everything held about you?", icon=":material/delete_forever:")
def confirm_erase() -> None:
    """Ask for a typed word before the one act that cannot be undone."""
    st.markdown("Every tick, note, recall, report and setting is deleted. Only a backup file can bring them back.")
    typed = st.text_input("Type erase to confirm", key="typed", live=True)
    st.button("Erase everything", type="primary", disabled=typed.strip().lower() != "erase", on_click=erase)


@acts.stores
def erase() -> None:
    """Delete the person and start anew; the typed word is checked again, since a browser may send anything.

    Only what this tab remembers of them goes too. Clearing all of its state would make every widget look changed, and
    their callbacks would store the old settings for the new person.
    """
    if str(st.session_state.get("typed", "")).strip().lower() == "erase":
        store.erase(person)
        for remembered in ("made", "restored", "seen_again", "undone"):
            st.session_state.pop(remembered, None)
        st.session_state["erasures"] = st.session_state.get("erasures", "") + "'"
        st.session_state["erased"] = True
        st.rerun()  # the whole page, not only the dialog


for field in FIELDS:
    st.session_state[named(field)] = getattr(chosen, field)
st.session_state[named("target")] = chosen.target or NEXT
st.session_state[named("time_zone")] = chosen.time_zone or BROWSERS

st.header("Settings")
if st.session_state.pop("erased", False):
    st.success("Everything held about you is erased. You start anew.", icon=":material/check:")

st.subheader("Practice")
left, right = st.columns(2, gap="large")
with left:
    st.number_input("Cards a day", 1, 500, key=named("daily_budget"), on_change=keep, args=("daily_budget",))
    st.number_input("New cards a day", 0, 500, key=named("new_limit"), on_change=keep, args=("new_limit",))
with right:
    st.selectbox(
        "The stage you aim for",
        [NEXT, *catalog.stage],
        format_func=lambda id: catalog.stage[id].title if id in catalog.stage else id,
        key=named("target"),
        on_change=keep,
        args=("target",),
    )
    st.slider(
        "Desired retention",
        0.70,
        0.97,
        step=0.01,
        format="percent",
        key=named("retention"),
        on_change=keep,
        args=("retention",),
        help="How likely you want to recall a card when it comes back. Higher means more cards a day.",
    )
st.toggle(
    "Ask how sure I am",
    key=named("confidence"),
    on_change=keep,
    args=("confidence",),
    help="Before you see what is right: a guess (J), think so (K) or sure (L).",
)
first = graded(None, Grade.good, ui.now(), chosen.retention)
days = (first.due - first.last).days
st.caption(f"With this retention, a new card graded good comes back in {days} day{'' if days == 1 else 's'}.")

st.subheader("Here and now")
left, right = st.columns(2, gap="large")
with left:
    st.selectbox(
        "Time zone, which decides when a day begins",
        [BROWSERS, *sorted(available_timezones())],
        key=named("time_zone"),
        on_change=keep,
        args=("time_zone",),
    )
with right:
    st.toggle(
        "Keyboard shortcuts on Drill (S, 1 to 4, U, N, J, K, L, F, B, X)",
        key=named("shortcuts"),
        on_change=keep,
        args=("shortcuts",),
    )

st.subheader("Backup")
st.markdown(
    "One file with everything held about you: every tick, note, recall, report and setting. It is for yourself."
)
day = ui.day(chosen).today
st.download_button(
    "Download a backup",
    data=lambda: store.backup(person).dumps(),
    file_name=f"roadmap-backup-{day}.json",
    mime="application/json",
    icon=":material/download:",
    on_click="ignore",
)

st.subheader("Restore")
if st.session_state.get("restored"):
    st.success("The backup is restored.", icon=":material/check:")
    st.button("Undo the restore", on_click=undo_restore)
file = st.file_uploader(
    "A backup file", type="json", key="backup", help="You see what would change before anything is written."
)
if file:
    try:
        backup = Backup.loads(file.getvalue())
    except ValueError as problem:
        st.error(parts.typed(str(problem)))
    else:
        new = store.missing(person, backup)
        if backup.person != person:
            st.info("This backup was made by another profile. Restoring it adds its log to yours.")
        if not new:
            st.markdown("Everything in this backup is already here. There is nothing to restore.")
        else:
            here = store.backup(person)
            both = Backup(person=person, steps=(*here.steps, *new))
            before, after = levels.held(here.ticks), levels.held(both.ticks)
            counts = ", ".join(f"{KINDS[kind]} {count}" for kind, count in Counter(step.kind for step in new).items())
            st.markdown(f"New here, in steps: {counts}.")
            was, becomes = (levels.title(catalog, levels.standing(catalog, held).level) for held in (before, after))
            gained, lost = after.keys() - before.keys(), before.keys() - after.keys()
            st.markdown(
                f"Your claimed level {'stays ' + was if was == becomes else f'goes from {was} to {becomes}'}; "
                f"{len(gained)} more ticked, {len(lost)} fewer."
            )
            for word, ids in (("Ticked", gained), ("No longer ticked", lost)):
                for id in catalog.lines.keys() & ids:
                    st.markdown(f"- {word}: {catalog.lines[id].text}")
            st.button("Restore", type="primary", on_click=restore, args=(backup,))

st.subheader("Erase")
st.markdown("Delete everything held about you in this database. Download a backup first if you may want it back.")
if st.button("Erase everything held about me"):
    confirm_erase()

st.subheader("About")
st.dataframe(
    {
        "What": ["Roadmap", "Content", "Python", "Streamlit", "FSRS", "Profile"],
        "Version": [
            f"version {catalog.version}",
            f"{len(catalog.cards)} cards, {catalog.digest}",
            platform.python_version(),
            version("streamlit"),
            version("fsrs"),
            person,
        ],
    },
    hide_index=True,
    alt="Versions of the roadmap, its content and what runs it",
)
