"""Take the check: a few questions in ten minutes, and the level that the answers show."""

import streamlit as st

from roadmap import ui
from roadmap.ui import check

person = ui.person()
catalog = ui.catalog()

st.header("Check")
check.draw(person, catalog)
