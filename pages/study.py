"""Read topics, the architecture guide, deep dives and prompts: contents, text, and what it serves."""

import re

import streamlit as st

from roadmap import levels, ui
from roadmap.catalog import Catalog, Reading
from roadmap.evidence import MOST_POINTS
from roadmap.facts import Score
from roadmap.ui import acts, parts

person = ui.person()
catalog = ui.catalog()
store = ui.store()

SHELVES: tuple[tuple[str, tuple[Reading, ...]], ...] = (
    ("Topics", catalog.topics),
    ("Architecture guide", catalog.guide),
    ("Deep dives", catalog.dives),
    ("Design prompts", tuple(prompt for prompt in catalog.prompts if not prompt.codes)),
    ("Coding prompts", tuple(prompt for prompt in catalog.prompts if prompt.codes)),
)
WORDS_A_MINUTE = 220

# Where each kind of thing opens, and the parameter that carries its id.
OPENS = {
    "skill": ("skills", {"skill": ""}),
    "goal": ("skills", {"skill": ""}),
    "card": ("content", {"card": ""}),
    "question": ("drill", {"mode": "questions", "question": ""}),
    "reading": ("study", {"read": ""}),
}


def minutes(reading: Reading) -> int:
    """How long reading takes, or working on a prompt as its author says."""
    return reading.minutes or max(1, round(len(reading.text.split()) / WORDS_A_MINUTE))


def label(reading: Reading) -> str:
    """A reading in the contents: its number or name, and whether it is read or still to be written."""
    number = reading.id.removeprefix("topic.") + " " if reading.id.startswith("topic.") else ""
    state = "" if reading.text else " (not written yet)"
    return f"{number}{reading.title}{state}"


@acts.stores
def mark(reading: str) -> None:
    """Store that a reading is read, or no longer."""
    store.mark_read(person, reading, st.session_state[f"read-{reading}"], ui.now())


def text(catalog: Catalog, markdown: str) -> None:
    """The text with its diagrams; its headings stand below the title's."""
    markdown = re.sub(r"^(###?) ", r"##\1 ", parts.prose(catalog, markdown), flags=re.MULTILINE)
    for place, part in enumerate(re.split(r"^```mermaid\n(.*?)^```$", markdown, flags=re.DOTALL | re.MULTILINE)):
        if place % 2:
            st.mermaid_chart(part.replace("flowchart LR", "flowchart TB", 1))  # sideways, its words would be tiny
        elif part.strip():
            st.markdown(part)


def unfolded(catalog: Catalog, reading: Reading) -> None:
    """A prompt: its task, and behind it one fold each, to open in turn; the rubric is there to be scored."""
    (first, task), *rest = reading.parts.items()
    text(catalog, f"## {first}\n{task}")
    for title, body in rest:
        with st.expander(title):
            text(catalog, body)
            if title == "Rubric" and reading.rubric:
                score(reading)


def score(reading: Reading) -> None:
    """Points by dimension, given by oneself or by somebody else, and what was given before."""
    for given in [one for one in store.scores(person) if one.prompt == reading.id]:
        who = f"{parts.typed(given.by)} gave" if given.by else "You gave yourself"
        kind = "checked evidence" if given.by else "backs what is checked"
        on = f"{given.at.astimezone(zone):%d %B %Y}"
        st.markdown(f"{who} {sum(given.points.values())} of {MOST_POINTS * len(given.points)} on {on}: {kind}.")
    with st.form(f"score-{reading.id}", border=True):
        st.markdown("**Score your answer**")
        for dimension in reading.rubric:
            st.radio(
                dimension.title,
                range(len(dimension.anchors)),
                index=None,
                format_func=lambda points, of=dimension: f"{points}: {of.anchors[points]}",
                key=f"points-{reading.id}-{dimension.title}",
            )
        st.text_input(
            "Who gives these points?",
            key=f"by-{reading.id}",
            max_chars=120,
            placeholder="Leave it empty if you do; else the name of the person beside you",
            help="Points from another person are checked evidence. Your own only back what is checked.",
        )
        st.form_submit_button("Keep the score", on_click=keep_score, args=(reading,), type="primary")
    if said := st.session_state.pop("scored", None):
        st.markdown(said)


@acts.stores
def keep_score(reading: Reading) -> None:
    """Store the score, once every dimension has points."""
    points = {one.title: st.session_state[f"points-{reading.id}-{one.title}"] for one in reading.rubric}
    if missing := [title for title, given in points.items() if given is None]:
        st.session_state["scored"] = f"Not kept yet: choose points for {', '.join(missing)}."
        return
    by = " ".join(st.session_state[f"by-{reading.id}"].split())
    store.score(person, Score(ui.now(), reading.id, points, by))


def found(words: str) -> None:
    """What the words lead to, the best first; each opens the very thing."""
    hits = ui.search(catalog).find(words)
    if not hits:
        st.markdown("Nothing found. Try fewer words, or the beginning of one.")
    for hit in hits:
        page, parameters = OPENS[hit.kind]
        st.page_link(
            ui.page(page),
            label=f"**{hit.kind.capitalize()}** {parts.typed(hit.title)}",
            query_params={key: value or hit.id for key, value in parameters.items()},
        )


st.header("Study")
words = st.text_input("Search everything", key="search", placeholder="Skills, cards, questions, topics", live=True)
if words.strip():
    found(words)
    st.divider()
written = [one for _, shelf in SHELVES for one in shelf if one.text]
if not written:
    st.markdown("Nothing is written yet. The titles stand in each stage's direction on Skills.")
    st.stop()

held, zone = levels.held(store.ticks(person)), ui.zone(store.settings(person))
target = ui.target(catalog, store.settings(person), held)
suggested = [id for id in catalog.stage[target].direction.readings if catalog.readings[id].text]
done = store.readings_done(person)
if st.query_params.get("read") in catalog.readings:
    st.session_state["reading"] = st.query_params["read"]
st.session_state.setdefault("reading", next((id for id in suggested if id not in done), written[0].id))

contents, middle, side = st.columns([5, 16, 5], gap="large")
with contents, st.container(key="narrow"):  # on a phone one line, beside the text the whole list
    st.selectbox(
        "Read",
        [one.id for one in written],
        format_func=lambda id: label(catalog.readings[id]),
        key="reading",
        on_change=lambda: st.query_params.update(read=st.session_state["reading"]),
    )
reading = catalog.readings[st.session_state["reading"]]
with contents, st.container(key="shelves", gap="xsmall"):
    for title, shelf in SHELVES:
        of = [one for one in shelf if one.text]
        if not of:
            continue
        read = len([one for one in of if one.id in done])
        with st.expander(f"{title}: {read} of {len(of)} read", expanded=reading in of), st.container(gap="xxsmall"):
            for one in of:
                icon = ":material/check:" if one.id in done else None
                if st.button(label(one), key=f"open-{one.id}", type="tertiary", icon=icon, help=one.title):
                    st.query_params["read"] = one.id
                    st.rerun()

with middle, st.container(key="text"):
    st.subheader(reading.title)
    st.caption(f"{minutes(reading)} minutes")
    if reading in catalog.prompts:
        st.markdown("Work on the prompt first. Everything below it opens when you are ready, in this order.")
        unfolded(catalog, reading)
    else:
        text(catalog, reading.text)
    place = written.index(reading)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        for name, at in (("Previous", place - 1), ("Next", place + 1)):
            if 0 <= at < len(written) and st.button(f"{name}: {written[at].title}", key=name):
                st.query_params["read"] = written[at].id
                st.rerun()

with side:
    st.session_state[f"read-{reading.id}"] = reading.id in done
    st.toggle("I have read this", key=f"read-{reading.id}", on_change=mark, args=(reading.id,))
    if reading.cards and st.button(f"Drill its {len(reading.cards)} cards", type="primary"):
        st.switch_page(ui.page("drill"), query_params={"reading": reading.id})
    served = [catalog.lines[id] for id in reading.skills]
    if served:
        st.markdown("**What it serves**")
    for line in served:
        icon = ":material/check:" if line.id in held else ":material/radio_button_unchecked:"
        st.markdown(f"{icon} {line.text} {catalog.stage[line.stage].title}.")
    if reading.sources:
        st.markdown("**Sources**")
        for key in reading.sources:
            address = catalog.sources[key]
            shown = address.removeprefix("https://").removeprefix("npm:").rstrip("/")
            st.markdown(f"[{parts.typed(shown)}]({address})" if address.startswith("http") else f"`{shown}`")
