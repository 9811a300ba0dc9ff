"""The front door: `python -m roadmap`, `roadmap` and `streamlit run app.py` all start this app."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from roadmap import ui
from roadmap.ui.middleware import FirstPage, SecurityHeaders

HERE = Path(__file__).resolve().parent


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Load everything before the first visitor comes."""
    ui.warm_up()
    yield


ui.refuse_malformed_keys()

# The main script lives in the package: beside pages/, Streamlit would run a page without the router on a first visit.
app = st.App(
    HERE / "roadmap" / "ui" / "main.py",
    middleware=[Middleware(SecurityHeaders), Middleware(FirstPage)],
    lifespan=lifespan,
)


def serve(port: int | None = None, open_browser: bool = True) -> None:
    """Start the dashboard and block until it is stopped."""
    os.chdir(HERE)  # Streamlit reads .streamlit/config.toml from the current folder
    config: dict[str, object] = {"server.headless": not open_browser}
    if port is not None:
        config["server.port"] = port
    app.run(config=config)


if __name__ == "__main__":
    serve()
