"""The crowd of the load benchmark is a real one: what its tabs tick is what the app stores."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from conftest import Served
from visit import catalog

from roadmap import load
from roadmap.store import Store


def test_what_a_tab_of_the_crowd_ticks_is_stored_and_said_to_be(served: Served) -> None:
    async def three_tick_and_one_looks_on() -> list[load.Tab]:
        async with load.crowd(served.url, 4) as tabs:
            await load.tick(tabs[:3], load.EVERY + 0.5)
            await load.settle(tabs)
            return tabs

    with ThreadPoolExecutor(1) as apart:  # this thread may run the browser's loop already
        *ticking, looking = apart.submit(lambda: asyncio.run(three_tick_and_one_looks_on())).result()
    assert all(tab.settled for tab in ticking)
    assert not any(tab.unsettled or tab.refused for tab in ticking)
    assert (looking.settled, looking.runs > 1) == ([], True)  # its heartbeat ran
    held = Store(served.database)
    stored = held.ticks(held.person())
    assert len(stored) == sum(len(tab.settled) for tab in ticking)
    assert {one.skill for one in stored} <= catalog().skills.keys()
    held.close()
