"""The router: one menu, one style, one heartbeat; then the page."""

import sqlalchemy.exc
import streamlit as st

from roadmap import drawing, ui
from roadmap.ui import acts

MENU = (
    ("skills", "Skills", ":material/checklist:"),
    ("progress", "Progress", ":material/bar_chart:"),
    ("check", "Check", ":material/fact_check:"),
    ("drill", "Drill", ":material/style:"),
    ("study", "Study", ":material/menu_book:"),
    ("content", "Content", ":material/dataset:"),
    ("report", "Report", ":material/description:"),
    ("team", "Team", ":material/groups:"),
    ("review", "Review", ":material/rate_review:"),
    ("settings", "Settings", ":material/tune:"),
)

st.set_page_config(page_icon=ui.ICON, layout="wide")
st.html(f"<style>{ui.STYLE.read_text('utf-8')}{drawing.STYLE}</style>")

menu = [
    st.Page(ui.page(name), title=title, icon=icon, url_path=name, default=name == "skills")
    for name, title, icon in MENU
]
try:
    who = ui.person()
    ui.seen(who)
except sqlalchemy.exc.SQLAlchemyError:
    st.header("The database does not answer")
    st.markdown("Nothing can be shown or stored right now. What was stored before is safe: reload in a moment.")
    st.stop()
page = st.navigation(menu, position="top")
st.set_page_config(page_title=f"{page.title} · Roadmap")
ui.tell_what_changed(who)
try:
    page.run()
except sqlalchemy.exc.SQLAlchemyError:
    st.error(acts.UNANSWERED, icon=":material/error:")
ui.watch(who)
