"""stub"""
import streamlit as st
from roadmap import ui
person = ui.person()
st.header("settings")
