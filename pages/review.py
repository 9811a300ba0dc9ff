"""Managers and mentors: answer a report skill by skill, set objectives, hand one file back."""

import streamlit as st

from roadmap import ui
from roadmap.ui import answering

person = ui.person()
catalog = ui.catalog()

st.header("Review")
answering.draw(person, catalog)
