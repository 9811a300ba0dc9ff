"""Tick skills stage by stage; watch the level they add up to."""

import streamlit as st

from roadmap import ui
from roadmap.ui import checklist

person = ui.person()
catalog = ui.catalog()

st.header("Skills")
checklist.draw(person, catalog)
