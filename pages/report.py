"""Make a report, see it as it will be read, download it."""

import uuid
from collections.abc import Callable

import streamlit as st

from roadmap import export, levels, report, ui
from roadmap.practice import calibration
from roadmap.report import Report, words
from roadmap.ui import acts, parts, returned

person = ui.person()
catalog = ui.catalog()
store = ui.store()

chosen = store.settings(person)
zone = ui.zone(chosen)
past = store.reports(person)

TYPED = ("name", "role", "message")
FORMATS: tuple[tuple[str, str, Callable[[Report], bytes]], ...] = (
    ("HTML", "html", export.to_html),
    ("PDF", "pdf", export.to_pdf),
    ("XLSX", "xlsx", export.to_xlsx),
    ("CSV", "csv", export.to_csv),
    ("Markdown", "md", export.to_markdown),
    ("JSON", "json", export.to_json),
)


def draft(id: str = str(uuid.UUID(int=0))) -> Report:
    """The report as it would be made now: read anew, since a callback runs before the page does."""
    chosen, past = store.settings(person), store.reports(person)
    held, recalls, today = levels.held(store.ticks(person)), store.recalls(person), ui.day(chosen)
    return report.make(
        catalog,
        id=id,
        as_of=today.today,
        person=person,
        name=chosen.name,
        role=chosen.role,
        message=chosen.message,
        target=ui.target(catalog, chosen, held),
        held={line: since.astimezone(zone).date() for line, since in held.items()},
        notes=store.notes(person),
        drilled=report.Drilled(
            cards=len({recall.card for recall in recalls}),
            recalls=len(recalls),
            days=len({recall.at.astimezone(zone).date() for recall in recalls}),
        ),
        previous=past[-1] if past else None,
        show_notes=st.session_state.get("show_notes", True),
        show_cards=st.session_state.get("show_cards", True),
        events=ui.events(person, catalog, today),
        calibration=calibration(catalog, store.answers(person))
        if st.session_state.get("show_calibration", True)
        else None,
        objectives=returned.objectives(person),
    )


@acts.stores
def keep(field: str) -> None:
    """Keep what the person typed about themselves."""
    store.choose(person, {field: st.session_state[field].strip()}, ui.now())


@acts.stores
def make() -> None:
    """Freeze the report as it stands, with what was typed a moment ago."""
    store.choose(person, {field: st.session_state[field].strip() for field in TYPED}, ui.now())
    made = draft(str(uuid.uuid4()))
    if made.name:
        store.keep_report(person, made, ui.now())
        st.session_state["made"] = made.id


def downloads(of: Report) -> None:
    """The same snapshot in every format, each made only when it is asked for."""
    with st.container(horizontal=True):
        for title, suffix, written in FORMATS:
            st.download_button(
                title,
                data=lambda written=written: written(of),
                file_name=export.filename(of, suffix),
                key=f"{suffix}-{of.id}",
                icon=":material/download:",
                help="Setting the pages takes about a second." if suffix == "pdf" else None,
                on_click="ignore",
                type="primary" if suffix == "html" and of.id == st.session_state.get("made") else "secondary",
            )


held = levels.held(store.ticks(person))

st.header("Report")
if not held:
    st.markdown("A report shows what you ticked. Tick your skills first; then you see here what a manager will see.")
    if st.button("Tick skills", type="primary"):
        st.switch_page(ui.page("skills"))
    st.stop()

for field in TYPED:
    stored = getattr(chosen, field)
    if field not in st.session_state or st.session_state.get(f"stored-{field}") != stored:
        st.session_state[field] = stored  # else what was typed stays, stored or not
    st.session_state[f"stored-{field}"] = stored
left, right = st.columns(2)
left.text_input(
    "Your name", key="name", max_chars=120, on_change=keep, args=("name",), placeholder="As your manager knows you"
)
right.text_input(
    "Your role",
    key="role",
    max_chars=120,
    on_change=keep,
    args=("role",),
    placeholder="Such as backend engineer, payments",
)
st.text_area("A message to go with it", key="message", max_chars=4000, on_change=keep, args=("message",), height=80)
with st.container(horizontal=True, vertical_alignment="center"):
    st.toggle("Include notes and links", value=True, key="show_notes", persist_state="session")
    st.toggle("Include how many cards I recalled", value=True, key="show_cards", persist_state="session")
    st.toggle("Include how sure I was", value=True, key="show_calibration", persist_state="session")
    st.space("stretch")
    st.button(
        "Make report",
        type="primary",
        on_click=make,
        disabled=not chosen.name,
        help=None if chosen.name else "Type your name first, so that your manager knows whose report it is.",
    )

made = next((one for one in past if one.id == st.session_state.get("made")), None)
if made:
    st.success(
        "Your report is made. Send the HTML file: it opens offline and holds its own data.", icon=":material/check:"
    )
    downloads(made)

if past or store.reviews(person, given=False):
    returned.draw_reviews(person, catalog, draft)

st.subheader("What your manager will see")
st.html(f"<style>{export.REPORT_STYLE}</style>{export.body(draft(), top=3)}")

if past:
    st.subheader("Reports you made")
for one in reversed(past):
    level = levels.title(one.catalog, one.claimed.level)
    label = f"{export.day(one.as_of)}, claimed level {level}"
    folded = st.expander(label, on_change="rerun", key=f"past-{one.id}")
    if folded.open:
        with folded:
            downloads(one)
            if said := words.changed(one):
                st.markdown(parts.typed(said))
