"""What a click costs: the app in a real browser beside a plain HTML checkbox, so that runs compare as ratios; and what
a crowd of people meets (`--load`).

Needs the test extra (Playwright) and a browser. Every time is from the click to the frame in which its effect is
painted, in milliseconds.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
import urllib.request
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

import yaml
from playwright.sync_api import Browser, Page, sync_playwright

from roadmap import content, evidence, export, load, report
from roadmap.browser import FLAGS, find_browser
from roadmap.catalog import Card, Catalog
from roadmap.evidence import HELD, Event
from roadmap.recall import IN_A_ROW
from roadmap.report import Report
from roadmap.report.team import Member, latest_by_person
from roadmap.search import Search
from roadmap.store import Store

ROOT = Path(__file__).resolve().parents[1]
CLICKS = 40
LOAD_SECONDS = 30
TIMES = (1, 10)
EVIDENCE_BUDGETS = {"posterior": 1.0, "from 1,000 events": 5.0}
"""Milliseconds."""
NAMES = (
    *("Ada Okafor", "Bruno Silva", "Chiara Conti", "Daniyar Omarov", "Elin Strand", "Farah Haddad"),
    *("Goran Petrović", "Hana Sato", "Ivo Novák", "Jun Park", "Kaveh Rahimi", "Leila Mansour"),
)
BUDGETS = {"tick": 2.0, "flip": 1.2, "grade": 1.6, "answer": 4.0, "filter": 4.0, "deck": 4.0, "page": 12.0}

# In the page: do something, wait until what `shown` reads has changed, then for the frame that paints it.
PAINTED = """
async ({act, shown}) => {
  const search = (node, selector) => {
    const found = node.querySelector(selector);
    if (found) return found;
    for (const host of node.querySelectorAll("*")) {
      const deep = host.shadowRoot && search(host.shadowRoot, selector);
      if (deep) return deep;
    }
    return null;
  };
  const inside = (selector) => search(document, selector);
  const run = new Function("inside", act);
  const read = new Function("inside", "return " + shown);
  // A page at rest paints at once. Frames are kept coming, so that a click meets them at a random moment.
  for (let frame = 0; frame < 6; frame++) await new Promise((next) => requestAnimationFrame(next));
  await new Promise((next) => setTimeout(next, 17 * Math.random()));
  const before = read(inside);
  const start = performance.now();
  run(inside);
  do {
    if (performance.now() - start > 10000) throw new Error("nothing changed in 10 seconds after: " + act);
    await new Promise((next) => requestAnimationFrame(next));
  } while (read(inside) === before);
  // A frame's callbacks run before it is painted; the next frame's run after.
  await new Promise((next) => requestAnimationFrame(next));
  return performance.now() - start;
}
"""

PLAIN = """<!doctype html><title>Floor</title>
<label><input type="checkbox"> tick</label> <output>0</output>
<script>
const output = document.querySelector("output");
document.querySelector("input").onchange = () => { output.value = Number(output.value) + 1; };
</script>"""


START = ("-m", "roadmap", "run", "--no-browser", "--port")
"""What Python is told to start the dashboard; the port follows."""

START_FOR_A_CROWD = (
    "-c",
    f"""
import sys
import streamlit as st
from roadmap import ui
ui.person = lambda: ui.store().person("crowd", st.context.headers["{load.PERSON}"])
import app
app.serve(int(sys.argv[1]), open_browser=False)
""",
)
"""The same, and every tab is of the person that its header names."""


def main(*, as_json: bool = False, people: int | None = None) -> None:
    """Run every measure for the dataset as it is and ten times as large, or a crowd of so many, and print them."""
    measured = measure() if people is None else measure_load(people)
    table = _table if people is None else _load_table
    print(json.dumps(measured, indent=1) if as_json else table(measured))


def measure_load(people: int, seconds: float = LOAD_SECONDS) -> dict[str, Any]:
    """What a crowd meets on the Skills page of one process: each a person of their own, as behind a sign-in."""
    with tempfile.TemporaryDirectory() as made:
        url = f"sqlite:///{Path(made) / 'load.db'}"
        with _served(content.FOLDER, url, START_FOR_A_CROWD) as (address, process, _):
            return {"people": people, "seconds": seconds, **asyncio.run(_crowd(address, process.pid, people, seconds))}


async def _crowd(address: str, pid: int, people: int, seconds: float) -> dict[str, Any]:
    async with load.crowd(address, 1):
        pass  # the first visitor loads what all share
    before = _memory(pid, "VmRSS")
    async with load.crowd(address, people) as tabs:
        started, used, runs = time.perf_counter(), _processor_seconds(pid), sum(tab.runs for tab in tabs)
        await load.tick(tabs, seconds)
        lasted = time.perf_counter() - started
        busy = None if used is None else (_processor_seconds(pid) or 0) - used
        runs = sum(tab.runs for tab in tabs) - runs
        await load.settle(tabs)
        after = _memory(pid, "VmRSS")
    times = sorted(milliseconds for tab in tabs for milliseconds in tab.settled)
    return {
        "ticks": len(times),
        "p50": round(median(times), 1),
        "p95": round(quantiles(times, n=20)[-1], 1),
        "missed": sum(len(tab.unsettled) + tab.refused for tab in tabs),
        "runs_per_second": round(runs / lasted, 1),
        "cpu_share": busy and round(busy / lasted, 2),
        "memory_before_mb": before,
        "memory_after_mb": after,
        "memory_per_session_mb": after and before and round((after - before) / people, 2),
    }


def measure() -> dict[str, Any]:
    """Every measure by dataset size; `ratio` is the median to that of the plain HTML checkbox of the same run."""
    executable = find_browser()
    found: dict[str, Any] = {"clicks": CLICKS, "sizes": {}}
    with tempfile.TemporaryDirectory() as made, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=executable, args=FLAGS)
        found["floor"] = floor = _summary(_floor(browser, Path(made)))
        for times in TIMES:
            folder = Path(made) / f"content-{times}"
            many_times(content.FOLDER, folder, times)
            found["sizes"][str(times)] = _size(browser, folder, Path(made) / f"{times}.db", floor["median"])
        browser.close()
    found["reports_per_second"] = _reports_per_second()
    found["evidence_ms"] = evidence_milliseconds()
    if catalog := content.read().catalog:
        found["zip_of_500_seconds"] = _zip_seconds(catalog)
    return found


def many_times(source: Path, target: Path, times: int) -> None:
    """Write a dataset with `times` as many skills, goals and cards; the copies' ids end in x2, x3 and so on.

    Questions and readings are copied once.
    """
    loaded = content.read(source)
    if loaded.catalog is None:
        raise SystemExit("The content has problems; `python -m roadmap check` lists them.")
    target.mkdir()
    for name in ("categories.yaml", "sources.yaml"):
        (target / name).write_text((source / name).read_text("utf-8"), "utf-8")
    roadmap = yaml.load((source / "roadmap.yaml").read_text("utf-8"), yaml.CSafeLoader)
    roadmap.pop("floors", None)  # the copies owe no questions
    for kind in ("questions", "topics", "guide", "dives", "prompts"):
        if (source / kind).exists():
            shutil.copytree(source / kind, target / kind)
    copies = range(1, times + 1)
    for stage in roadmap["stages"]:
        for kind in ("skills", "goals"):
            stage[kind] = [_copied_line(line, copy) for copy in copies for line in stage[kind]]
    (target / "roadmap.yaml").write_text(json.dumps(roadmap, ensure_ascii=False), "utf-8")  # JSON is YAML
    for card in loaded.catalog.cards:
        folder = target / "cards" / card.stage
        folder.mkdir(parents=True, exist_ok=True)
        text = (source / "cards" / card.stage / f"{card.id}.md").read_text("utf-8")
        for copy in copies:
            (folder / f"{_copy(card.id, copy)}.md").write_text(_copied_card(card, text, copy), "utf-8")
    content.record_ids(target)


def _copy(id: str, copy: int) -> str:
    return id if copy == 1 else f"{id}-x{copy}"


def _copied_line(line: dict[str, Any], copy: int) -> dict[str, Any]:
    needs = [_copy(id, copy) for id in line["prerequisites"]]
    return {**line, "id": _copy(line["id"], copy), "prerequisites": needs}


def _copied_card(card: Card, text: str, copy: int) -> str:
    if copy == 1:
        return text
    skills = ", ".join(_copy(skill, copy) for skill in card.skills)
    text = re.sub(r"^id: .*", f"id: {_copy(card.id, copy)}", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^skills: .*", f"skills: [{skills}]", text, count=1, flags=re.MULTILINE)
    # A front without words of its own would be a near-duplicate.
    own = " ".join(textwrap.wrap(sha256(f"{card.id} {copy}".encode()).hexdigest(), 4))
    return text.replace(card.front, own, 1)


def _size(browser: Browser, folder: Path, database: Path, floor: float) -> dict[str, Any]:
    url = f"sqlite:///{database}"
    store = Store(url)
    store.choose(store.person(), {"daily_budget": 500, "new_limit": 500, "target": "beyond"}, datetime.now(UTC))
    store.close()
    started = time.perf_counter()
    loaded = content.read(folder)
    read = time.perf_counter() - started
    if loaded.catalog is None:
        raise SystemExit("\n".join(str(problem) for problem in loaded.problems[:20]))
    found: dict[str, Any] = {
        "skills": len(loaded.catalog.skills),
        "cards": len(loaded.catalog.cards),
        "content_seconds": round(read, 2),
        "search_ms": _search_milliseconds(Search(loaded.catalog)),
    }
    with _served(folder, url) as (address, process, started):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        page.get_by_role("heading", name="Skills", exact=True).wait_for()
        page.locator(".level").wait_for()
        found["first_page_seconds"] = round(time.perf_counter() - started, 2)
        times = {
            "tick": _each(page, "inside('.lines input').click()", "inside('.toward').textContent"),
            "filter": _filter(page, "[type=search]"),
            "page": _pages(page),
            **_drill(page, address),
            "answer": _answers(page, address),
            "deck": _deck(page, address),
        }
        found["peak_memory_mb"] = _memory(process.pid, "VmHWM")
        page.close()
    for name, sample in times.items():
        found[name] = {**_summary(sample), "ratio": round(median(sample) / floor, 2), "budget": BUDGETS[name]}
    return found


def _search_milliseconds(index: Search) -> float:
    """The median time that a search over everything takes, each word typed to its end."""
    taken = []
    for words in ("transaction rollback", "redis cache", "guard interceptor order", "event loop", "outbox"):
        for typed in range(3, len(words) + 1):
            started = time.perf_counter()
            index.find(words[:typed])
            taken.append(1000 * (time.perf_counter() - started))
    return round(median(taken), 2)


def _each(page: Page, act: str, done: str, clicks: int = CLICKS) -> list[float]:
    warm_up = 5
    found = []
    for _ in range(clicks + warm_up):
        found.append(page.evaluate(PAINTED, {"act": act, "shown": done}))
        page.wait_for_timeout(120)
    return found[warm_up:]


def _filter(page: Page, box: str) -> list[float]:
    found = []
    for words in ("redis", "", "cache", "", "event") * (CLICKS // 5):
        typed = f"const box = inside('{box}'); box.value = '{words}';"
        act = f"{typed} box.dispatchEvent(new Event('input', {{bubbles: true}}))"
        found.append(page.evaluate(PAINTED, {"act": act, "shown": "inside('.found').textContent"}))
    return found


def _pages(page: Page) -> list[float]:
    def open_page(name: str, shown: str) -> float:
        act = f"[...document.querySelectorAll('a')].find((link) => link.textContent.includes('{name}')).click()"
        done = f"Boolean(inside('{shown}')) && document.querySelector('h2').textContent === '{name}'"
        return float(page.evaluate(PAINTED, {"act": act, "shown": done}))

    found = []
    for _ in range(6):
        found += [open_page("Drill", ".front"), open_page("Skills", ".toward")]
        page.wait_for_timeout(300)
    return found[2:]


def _drill(page: Page, address: str) -> dict[str, list[float]]:
    page.goto(f"{address}/drill")
    page.locator(".front").wait_for()
    page.wait_for_timeout(1000)
    flips, grades = [], []
    for _ in range(CLICKS):
        flips.append(page.evaluate(PAINTED, {"act": "inside('.show').click()", "shown": "inside('.back').hidden"}))
        page.wait_for_timeout(60)
        act = "inside('.grades button:nth-child(3)').click()"
        grades.append(page.evaluate(PAINTED, {"act": act, "shown": "inside('.front').textContent"}))
        page.wait_for_timeout(150)
    return {"flip": flips, "grade": grades}


def _answers(page: Page, address: str) -> list[float]:
    """From picking an option and saying how sure to the verdict, which only the server knows."""
    page.goto(f"{address}/drill?mode=questions")
    found = []
    for count in range(1, CLICKS + 1):
        page.locator(".options button").first.wait_for()
        page.wait_for_timeout(150)
        act = "inside('.options button').click(); inside('.sure button').click()"
        found.append(page.evaluate(PAINTED, {"act": act, "shown": "inside('.verdict').hidden"}))
        page.locator(".actions .show").click()
        if count % IN_A_ROW == 0:
            page.get_by_role("button", name="More questions").click()
    return found


def _deck(page: Page, address: str) -> list[float]:
    page.goto(f"{address}/drill?mode=deck")
    page.locator(".found").wait_for()
    page.wait_for_timeout(1000)
    return _filter(page, ".filters input")


def _floor(browser: Browser, folder: Path) -> list[float]:
    (folder / "plain.html").write_text(PLAIN, "utf-8")
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto((folder / "plain.html").as_uri())
    found = _each(page, "inside('input').click()", "inside('output').value")
    page.close()
    return found


@contextmanager
def _served(
    folder: Path, url: str, start: Sequence[str] = START
) -> Iterator[tuple[str, subprocess.Popen[bytes], float]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own app, with arguments of our own
        [sys.executable, *start, str(port)],
        cwd=ROOT,
        env={**os.environ, "ROADMAP_CONTENT": str(folder), "ROADMAP_DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://localhost:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health").close()  # noqa: S310 - our own server
                break
            except OSError:
                time.sleep(0.05)
        yield address, process, started
    finally:
        process.terminate()
        process.wait()


def _memory(pid: int, which: str) -> int | None:
    """The memory a process holds (VmRSS), or the most it ever held (VmHWM), in MB; None where the system is silent."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return None
    return round(int(status.split(f"{which}:")[1].split()[0]) / 1024)


def _processor_seconds(pid: int) -> float | None:
    """The processor time a process has used; None where the system is silent."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _reports_per_second(many: int = 200) -> dict[str, float]:
    catalog = content.read().catalog
    if catalog is None:
        return {}
    made = report.make(
        catalog,
        id=str(uuid.UUID(int=1)),
        as_of=date(2026, 1, 1),
        person="bench",
        name="Ada",
        role="Engineer",
        message="",
        target="senior",
        held={skill: date(2026, 1, 1) for skill in catalog.skills},
        notes={},
        drilled=None,
        previous=None,
        show_notes=True,
        show_cards=True,
    )
    found: dict[str, float] = {}
    for name, data in (("json", export.to_json(made)), ("html", export.to_html(made))):
        started = time.perf_counter()
        for _ in range(many):
            export.read(f"report.{name}", data)
        found[name] = round(many / (time.perf_counter() - started))
    return found


def evidence_milliseconds(many: int = 40) -> dict[str, dict[str, float]]:
    """What one posterior costs, and judging a person from 1,000 events: time on the processor, by name."""
    catalog = content.read().catalog
    if catalog is None:
        return {}
    chance = Random(1)  # noqa: S311 - a made-up person
    kinds: tuple[evidence.Kind, ...] = ("quiz", "open", "recall")
    events = [
        evidence.Event(
            date(2026, 1, 1) + timedelta(days=chance.randrange(300)),
            f"item {chance.randrange(700)}",
            chance.choice(kinds),
            chance.random() < 0.7,
            (chance.choice([*catalog.skills]),),
        )
        for _ in range(1000)
    ]
    ladder = evidence.Ladder(catalog)
    as_of = date(2026, 12, 1)
    moved = evidence.log_odds(catalog, evidence.counted(catalog, events, as_of), faded=True)[None, :]
    what: dict[str, Callable[[], object]] = {
        "posterior": lambda: ladder.posterior(moved),
        "from 1,000 events": lambda: evidence.judge(catalog, (), events, as_of),
    }
    found = {}
    for name, do in what.items():
        sample = []
        for _ in range(many):
            started = time.process_time()  # other programs on the machine do not count
            do()
            sample.append(1000 * (time.process_time() - started))
        found[name] = {"median": round(median(sample), 2), "p95": round(quantiles(sample, n=20)[-1], 2)}
    return found


def crowd(catalog: Catalog, many: int, *, seed: int = 1, as_of: date = date(2026, 11, 20)) -> Iterator[Report]:
    """Made-up people, the same for the same seed: each has a place on the ladder, ticks what fits it and some more.

    They answered none to a hundred questions; two in three send an earlier report of theirs too, which comes first.
    """
    chance = random.Random(seed)  # noqa: S311 - for people that nobody is
    for place in range(many):
        rung = chance.choices(range(6), (1, 3, 4, 3, 2, 1))[0]
        name = NAMES[place] if place < len(NAMES) else f"{NAMES[place % len(NAMES)]} {place // len(NAMES) + 1}"
        questions, sent = [*catalog.questions], None
        chance.shuffle(questions)
        for days in (100, 0) if chance.random() < 2 / 3 else (0,):
            held = {
                skill.id: chance.random() < HELD[max(0, min(catalog.rank[skill.stage] - rung + 1, len(HELD) - 1))]
                for skill in catalog.skills.values()
            }
            on, answered = as_of - timedelta(days=days + chance.randrange(20)), chance.choice((0, 3, 12, 24, 48, 100))
            events = [
                Event(
                    on - timedelta(days=chance.randrange(90)),
                    question.id,
                    "quiz",
                    chance.random() < (0.9 if all(held.get(skill) for skill in question.skills) else 0.4),
                    question.skills,
                )
                for question in questions[:answered]
            ]
            sent = report.make(
                catalog,
                id=str(uuid.UUID(int=chance.getrandbits(128))),
                as_of=on,
                person=f"crowd-{seed}-{place}",
                name=name,
                role=chance.choice(("Backend engineer", "Payments", "Search", "")),
                message="",
                target=catalog.stages[min(rung, len(catalog.stages) - 1)].id,
                held={
                    skill: on - timedelta(days=30)
                    for skill, is_held in held.items()
                    if chance.random() < (0.95 if is_held else 0.12)
                },
                notes={},
                drilled=None,
                previous=sent,
                show_notes=True,
                show_cards=True,
                events=events,
            )
            yield sent
        rung = min(rung + chance.randrange(2), 5)


def packed(reports: Iterable[Report]) -> bytes:
    """Reports as HTML files in one .zip."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in reports:
            archive.writestr(f"{one.id}.html", export.to_html(one))
    return data.getvalue()


def _zip_seconds(catalog: Catalog, many: int = 500) -> float:
    """How long the reports of one .zip take to read, each as a team sees it."""
    data = packed(islice(crowd(catalog, many), many))
    started = time.perf_counter()
    members = [Member.of(one.read()) for one in export.unpack("team.zip", data)]
    latest_by_person(members)
    return round(time.perf_counter() - started, 2)


def _summary(sample: list[float]) -> dict[str, float]:
    return {"median": round(median(sample), 1), "p95": round(quantiles(sample, n=20)[-1], 1)}


def _load_table(found: dict[str, Any]) -> str:
    return "\n".join(
        [
            f"{found['people']} people in one process, each ticking every {load.EVERY:.0f} s for {found['seconds']} s",
            f"p50 {found['p50']} ms, p95 {found['p95']} ms, {found['missed']} of {found['ticks']} missed",
            f"{found['runs_per_second']} script runs a second on {found['cpu_share']} of a processor",
            f"memory {found['memory_before_mb']} to {found['memory_after_mb']} MB, "
            f"{found['memory_per_session_mb']} MB a session",
        ]
    )


def _table(measured: dict[str, Any]) -> str:
    floor = measured["floor"]
    lines = [f"plain HTML checkbox: {floor['median']} ms (p95 {floor['p95']}); everything below as a ratio to it", ""]
    for found in measured["sizes"].values():
        lines.append(f"{found['skills']} skills, {found['cards']} cards")
        for name, budget in BUDGETS.items():
            value = found[name]
            times = f"{value['median']:>7} ms  p95 {value['p95']:>7}"
            lines.append(f"  {name:<8} {times}  ratio {value['ratio']:>5}  budget {budget}")
        lines.append(f"  first page after start {found['first_page_seconds']} s")
        lines.append(f"  content read in {found['content_seconds']} s, a search takes {found['search_ms']} ms")
        lines.append(f"  peak memory {found['peak_memory_mb']} MB")
    for name, value in measured["evidence_ms"].items():
        budget = EVIDENCE_BUDGETS[name]
        lines.append(f"evidence, {name}: {value['median']} ms (p95 {value['p95']}), budget {budget} ms")
    rates = measured["reports_per_second"]
    lines.append(f"reports read a second: {rates.get('json')} JSON, {rates.get('html')} HTML")
    lines.append(f"500 reports in one .zip read in {measured.get('zip_of_500_seconds')} s")
    return "\n".join(lines)
