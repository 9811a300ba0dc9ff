"""A crowd on the Skills page without browsers: WebSocket clients that speak Streamlit's protocol as its own page does.

A tab asks for the page, beats as often as the page's heartbeat says, and sends ticks through the component's trigger;
what is not confirmed in time it sends again, as acts.js does. Needs the test extra.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from random import Random

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

EVERY = 2.0
"""Seconds between two ticks of one person: several times what a person does."""
RETRY = 1.5
"""Seconds after which what is not confirmed is sent again, as in acts.js."""
PATIENCE = 10.0
"""Seconds that a tick may take until it counts as missed."""
PERSON = "X-Person"
"""The header that says whose tab it is, to a server that asks: the app has one local person."""
CACHED = 8
"""How many large messages a tab keeps, so that the server names one instead of sending it again."""
TRIGGER = "$$STREAMLIT_INTERNAL_KEY_{}__events"
"""The id under which Streamlit hears what the component of this id sends."""


@asynccontextmanager
async def crowd(address: str, people: int) -> AsyncIterator[list[Tab]]:
    """So many tabs that show the Skills page of the app at this address. Raises TimeoutError where it never shows."""
    socket_address = address.replace("http", "ws", 1) + "/_stcore/stream"
    tabs: list[Tab] = []
    listening = []
    try:
        for number in range(people):
            socket = await connect(
                socket_address,
                subprotocols=[Subprotocol("streamlit")],
                additional_headers={PERSON: str(number)},
                max_size=None,
            )
            tabs.append(Tab(socket, Random(number)))  # noqa: S311 - a moment and a skill, no secret
            listening.append(asyncio.create_task(tabs[-1].listen()))
            await asyncio.wait_for(tabs[-1].drawn.wait(), 60)
        yield tabs
    finally:
        await asyncio.gather(*(tab.close() for tab in tabs))
        await asyncio.gather(*listening)


async def tick(tabs: Sequence[Tab], seconds: float) -> None:
    """Everyone ticks something every two seconds, each from a random moment on, for so many seconds."""
    until = time.perf_counter() + seconds
    await asyncio.gather(*(tab.tick(until) for tab in tabs))


async def settle(tabs: Sequence[Tab]) -> None:
    """Wait until every tick is confirmed, or has taken too long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while any(tab.unsettled for tab in tabs):
                await asyncio.sleep(0.05)


class Tab:
    """One tab on the Skills page: `settled` are the milliseconds from sending a tick to hearing that it is stored."""

    def __init__(self, socket: ClientConnection, chance: Random) -> None:
        self.drawn = asyncio.Event()
        self.settled: list[float] = []
        self.unsettled: dict[str, tuple[float, dict[str, object]]] = {}
        self.refused = 0
        self.runs = 0
        self._socket = socket
        self._chance = chance
        self._page = ""
        self._component, self._fragment = "", ""
        self._skills: list[str] = []
        self._held: set[str] = set()
        self._cached: dict[str, None] = {}
        self._beats: dict[str, asyncio.Task[None]] = {}
        self._again: asyncio.TimerHandle | None = None
        self._sending: set[asyncio.Task[None]] = set()

    async def listen(self) -> None:
        """Ask for the page and follow what the server sends until the connection ends."""
        await self._send()
        with suppress(ConnectionClosed):
            async for data in self._socket:
                self._hear(ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode()))

    async def tick(self, until: float) -> None:
        """Tick a skill, or take its tick back, every two seconds from a random moment on until this one."""
        await asyncio.sleep(self._chance.random() * EVERY)
        while (now := time.perf_counter()) < until:
            skill, uid = self._chance.choice(self._skills), uuid.UUID(int=self._chance.getrandbits(128)).hex
            self.unsettled[uid] = now, {"uid": uid, "do": "tick", "held": {skill: skill not in self._held}}
            await self._send_acts()
            await asyncio.sleep(max(0, now + EVERY - time.perf_counter()))

    async def close(self) -> None:
        """Close the tab."""
        self._stop_beating()
        if self._again:
            self._again.cancel()
        await self._socket.close()

    def _hear(self, message: ForwardMsg) -> None:
        if message.metadata.cacheable:
            self._cached[message.hash] = None
            if len(self._cached) > CACHED:
                del self._cached[next(iter(self._cached))]
        match message.WhichOneof("type"):
            case "new_session":
                self._page = message.new_session.page_script_hash
                if not message.metadata.run.fragment_ids:  # the whole page is drawn: it asks for its heartbeat anew
                    self._stop_beating()
            case "navigation":  # the main script has a page of its own; this is the one that it shows
                self._page = message.navigation.page_script_hash
            case "auto_rerun" if message.auto_rerun.fragment_id not in self._beats:
                beat = self._beat(message.auto_rerun.fragment_id, message.auto_rerun.interval)
                self._beats[message.auto_rerun.fragment_id] = asyncio.create_task(beat)
            case "script_finished":
                self.runs += 1
            case "delta" if message.delta.new_element.HasField("bidi_component"):
                self._show(message)

    def _show(self, message: ForwardMsg) -> None:
        drawn = message.delta.new_element.bidi_component
        data = json.loads(drawn.json)
        self._component, self._fragment = drawn.id, message.delta.fragment_id
        self._skills = self._skills or [skill["id"] for stage in data["stages"] for skill in stage["skills"]]
        self._held = set(data["held"])
        for uid in data["settled"]:
            if sent := self.unsettled.pop(uid, None):
                if data["failed"]:
                    self.refused += 1
                else:
                    self.settled.append(1000 * (time.perf_counter() - sent[0]))
        self.drawn.set()

    async def _beat(self, fragment: str, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            await self._send(fragment, beat=True)

    def _stop_beating(self) -> None:
        for task in self._beats.values():
            task.cancel()
        self._beats.clear()

    async def _send_acts(self) -> None:
        """Send all that is not confirmed, oldest first; and again while that stays so."""
        if self._again:
            self._again.cancel()
        if self.unsettled:
            acts = [act for _, act in self.unsettled.values()]
            trigger = WidgetState(
                id=TRIGGER.format(self._component), json_trigger_value=json.dumps([{"event": "acts", "value": acts}])
            )
            self._again = asyncio.get_running_loop().call_later(RETRY, self._send_again)
            await self._send(self._fragment, trigger)

    def _send_again(self) -> None:
        task = asyncio.create_task(self._send_acts())
        self._sending.add(task)  # the loop itself would let it go
        task.add_done_callback(self._sending.discard)

    async def _send(self, fragment: str = "", *states: WidgetState, beat: bool = False) -> None:
        message = BackMsg()
        asked = message.rerun_script
        asked.page_script_hash, asked.fragment_id, asked.is_auto_rerun = self._page, fragment, beat
        asked.context_info.timezone = "UTC"
        asked.cached_message_hashes.extend(self._cached)
        asked.widget_states.widgets.extend(states)
        with suppress(ConnectionClosed):
            await self._socket.send(message.SerializeToString())
