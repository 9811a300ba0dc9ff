"""The Team page: any file is opened or refused in a sentence, people are shown side by side, and nobody is ranked."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import miniature
import pytest
from markdown_it import MarkdownIt
from visit import NOON, Visit, catalog, skills, store

from roadmap import export, levels, report, ui
from roadmap.report import Note, Report, team

NAMES = ("Ada", "Bo", "Cy", "Di", "Eve", "Flo")
HOSTILE = [
    "<script>alert(1)</script>",
    "**bold** [a](http://b.example) ![](http://tracker.example/x.png)",
    '=HYPERLINK("http://x.example")',
    "שלום Ada",
    "\u202eevil",
    "👩🏽‍💻 Zoë 漢字",
    ":red[x] $x$ :smile:",
]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "now", lambda: NOON)


def sent(name: str, *ticked: str, person: str = "", **said: Any) -> Report:
    """A report over the real roadmap, as its owner sent it this morning."""
    facts = {"id": str(uuid4()), "person": person or f"{name} is here", "name": name, "role": "", "catalog": catalog()}
    return miniature.report(ticked, **{**facts, **said})


def files(*reports: Report) -> list[tuple[str, bytes]]:
    """Exported in turn as HTML and as JSON."""
    formats = ((export.to_html, "html"), (export.to_json, "json"))
    return [(f"{place}.{formats[place % 2][1]}", formats[place % 2][0](one)) for place, one in enumerate(reports)]


def team_of(count: int, **said: Any) -> list[Report]:
    return [sent(name, *skills(junior=5, mid=place), **said) for place, name in enumerate(NAMES[:count])]


def opened(*reports: Report) -> Visit:
    visit = Visit("team").upload("reports", files(*reports))
    assert not visit.app.exception
    return visit


def people(visit: Visit) -> list[dict[str, Any]]:
    [table] = [one for one in visit.app.dataframe if one.key == "people"]
    return [dict(row) for _, row in table.value.iterrows()]


def as_read(markdown: str) -> str:
    """The text that a Markdown viewer shows, without the invisible joiners; nothing in it is markup."""
    text = ""
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(markdown):
        for part in token.children or []:
            assert part.type in ("text", "text_special", "softbreak"), (part.type, markdown)
            text += part.content or " "
    return text.replace("\u2060", "")


# Files


def test_without_a_file_it_says_what_to_ask_for() -> None:
    visit = Visit("team")
    assert "Ask each engineer for the HTML file of their Report page" in visit.words
    assert "Nothing you open is stored" in visit.words


def zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("report.json", data)
    return file.getvalue()


def changed(**fields: Any) -> bytes:
    """A report with some fields changed and sealed again, as only somebody careful would do it."""
    content = {**report.payload(sent("Ada", *skills(junior=2))), **fields}
    return json.dumps({**content, "checksum": report.checksum(content)}).encode()


GOOD = sent("Ada", *skills(junior=2))
SHAPE = json.loads(export.to_json(GOOD))
BAD = {
    "over 5 MB": (b"{" + b" " * (5 * 1024**2) + b"}", "it is larger than 5 MB"),
    "empty": (b"", "it is empty"),
    "not UTF-8": (b"\xff\xfe{\x00}\x00", "it is not UTF-8 text"),
    "broken JSON": (export.to_json(GOOD)[:-200], "its JSON breaks off"),
    "not a report": (b'{"hello": "world"}', "it is not a roadmap report"),
    "a list": (b"[1, 2]", "it holds a list"),
    "wrong shape": (changed(stages=[]), "it is not shaped like a report"),
    "newer schema": (changed(schema=99), "it was made by a newer version of the dashboard"),
    "wrong checksum": (export.to_json(GOOD).replace(b"Ada", b"Eve"), "it was changed or damaged"),
    "HTML without data": (b"<!doctype html><p>Hello</p>", "it is a web page without a report's data"),
    "a million ticks": (changed(gaps=[{"category": "Core", "held": [], "missing": ["a"] * 10**6}]), "it is "),
    "a level that was only asserted": (
        changed(claimed={**SHAPE["claimed"], "level": "beyond", "ticked": None, "needed": None}),
        "its level does not follow from its ticks",
    ),
    "deeply nested": (b'{"a":' * 100_000, "its JSON"),
    "a zip renamed": (zipped(export.to_json(GOOD)), "it is a zip archive"),
    "text": (b"Hello", "it is neither the JSON nor the HTML of a report"),
}


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=BAD)
def test_a_bad_file_gets_its_sentence_and_the_good_one_still_loads(data: bytes, reason: str) -> None:
    visit = Visit("team").upload("reports", [("bad.json", data), ("good.html", export.to_html(GOOD))])
    assert not visit.app.exception
    [said] = map(as_read, visit.errors)
    assert said.startswith("bad.json was not opened: ")
    assert reason in said
    assert said.endswith(".")
    assert "Claims" in visit.html or levels.STARTING_OUT in visit.html


@pytest.mark.parametrize(
    "name", ["![](http://tracker.example/x.png).json", "[a](http://b.example).json", "<b>x</b>.json"]
)
def test_the_name_of_a_bad_file_appears_as_typed(name: str) -> None:
    visit = Visit("team").upload("reports", {name: b"Hello"})
    assert as_read(visit.errors[0]).startswith(f"{name} was not opened")


def test_with_only_bad_files_nothing_else_is_drawn() -> None:
    visit = Visit("team").upload("reports", [("a.json", b"1"), ("b.json", b"2")])
    assert len(visit.errors) == 2
    assert not visit.app.dataframe
    assert not visit.html


def test_a_file_dropped_twice_counts_once_and_says_so() -> None:
    visit = opened(GOOD, GOOD, GOOD)
    assert "2 of these files hold a report that is already here; each report counts once." in visit.words
    assert "Over time" not in visit.words
    assert "people" not in visit.words


def test_nothing_that_is_opened_is_stored() -> None:
    held, who = store()
    opened(*team_of(5))
    assert held.backup(who).steps == ()


# One person


def test_one_report_is_shown_as_it_was_sent() -> None:
    visit = opened(GOOD)
    assert export.body(GOOD, top=3) in visit.html
    assert not visit.app.dataframe


def test_two_reports_of_one_person_are_compared_by_name() -> None:
    first = sent("Ada", *skills(junior=4), person="ada", as_of=date(2026, 5, 1))
    second = sent("Ada L.", *skills(junior=5, mid=4)[1:], person="ada", as_of=date(2026, 11, 1))
    visit = opened(second, first)
    assert "Over time" in visit.words
    assert "**1 May 2026 to 1 November 2026**" in visit.words
    told = as_read(visit.words.split("**: ")[1].split("\n")[0])
    assert told == "The claimed level went from Junior to Mid. 5 skills gained, 1 skill withdrawn."
    lines = [as_read(line.removeprefix("- ")) for line in visit.words.split("\n") if line.startswith("- ")]
    assert f"Withdrawn: {catalog().skills[skills(junior=1)[0]].text}" in lines
    assert len(lines) == 6
    assert export.body(second, top=3) in visit.html  # the newest


def test_reports_about_two_versions_of_the_roadmap_are_not_compared() -> None:
    older = miniature.report(
        miniature.first(junior=2), catalog=miniature.changed(version=0), id=str(uuid4()), person="ada"
    )
    visit = opened(older, sent("Ada", *skills(junior=5), person="ada", as_of=date(2026, 11, 23)))
    assert "so they are not compared" in visit.words


# Many people


def test_people_are_listed_by_name_with_their_counts_and_no_rank() -> None:
    reports = [
        sent("zoe", *skills(junior=5, mid=5, senior=5, architect=5, beyond=4)),
        sent("Ada", role="Backend engineer"),
        sent("bo", *skills(junior=4, mid=2)),
    ]
    visit = opened(*reports)
    rows = people(visit)
    assert [row["Name"] for row in rows] == ["Ada", "bo", "zoe"]
    assert [row["Claimed level"] for row in rows] == ["Starting out", "Junior", "Beyond"]
    assert [row["Mid"] for row in rows] == ["0 of 5", "2 of 5", "5 of 5"]
    assert rows[0]["Role"] == "Backend engineer"
    assert all(row["Ladder"].startswith("data:image/svg") for row in rows)
    assert {row["Since last"] for row in rows} == {"First report"}
    assert "People are listed by name; there is no ranking." in visit.words
    assert "3 people" in visit.words


def test_what_changed_since_each_last_report_is_in_the_table() -> None:
    first = sent("Ada", *skills(junior=4), person="ada", as_of=date(2026, 5, 1))
    second = sent("Ada", *skills(junior=5), person="ada", as_of=date(2026, 11, 1), previous=first)
    for reports in ([first, second], [second]):  # also from what the report itself says
        rows = people(opened(*reports, sent("Bo")))
        assert rows[0]["Since last"] == "The claimed level stays Junior. 1 skill gained, 0 skills withdrawn."


def test_an_old_report_is_called_stale() -> None:
    rows = people(opened(sent("Ada", as_of=NOON.date() - timedelta(days=121)), sent("Bo", as_of=NOON.date())))
    assert [row["Age"] for row in rows] == ["121 days, stale", "0 days"]


def test_a_chosen_row_opens_that_persons_report() -> None:
    reports = team_of(3)
    visit = opened(*reports)
    assert not visit.html
    visit.click_row("people", 1)
    assert not visit.app.exception
    assert export.body(reports[1], top=3) in visit.html


def test_the_heatmap_and_its_table_say_who_ticked_what() -> None:
    reports = team_of(3)
    visit = opened(*reports)
    figure = visit.figure("holders")["data"][0]
    assert len(figure["x"]) == 3 * len(catalog().skills)
    rows = visit.table(next(line for line in visit.words.split("\n") if "are ticked by nobody" in line))
    for row, skill in zip(rows, catalog().skills.values(), strict=True):
        assert row["Skill"] == skill.text
        assert [row[one.name] == "yes" for one in reports] == [skill.id in one.ticks for one in reports]
        assert row["People"] == sum(skill.id in one.ticks for one in reports)


def test_filters_by_name_level_stage_and_category() -> None:
    visit = opened(*team_of(6))
    visit.app.text_input(key="who").set_value(" e ").run()
    assert [row["Name"] for row in people(visit)] == ["Eve"]
    assert "1 of 6 people" in visit.words
    visit.app.text_input(key="who").set_value("").run()
    visit.app.selectbox(key="level").set_value("mid").run()
    assert [row["Name"] for row in people(visit)] == ["Eve", "Flo"]
    stage = catalog().stage["mid"]
    category = stage.skills[0].categories[0]
    visit.app.selectbox(key="of_stage").set_value("mid").run()
    visit.app.selectbox(key="of_category").set_value(category).run()
    rows = visit.table(next(line for line in visit.words.split("\n") if "are ticked by nobody" in line))
    expected = [skill.text for skill in stage.skills if category in skill.categories]
    assert [row["Skill"] for row in rows] == expected
    visit.app.text_input(key="who").set_value("nobody").run()
    assert not visit.app.exception
    assert "Nobody fits these filters." in visit.words


def test_a_stage_and_category_without_a_skill_say_so() -> None:
    visit = opened(*team_of(2))
    stage, category = next(
        (stage.id, category.name)
        for stage in catalog().stages
        for category in catalog().categories
        if any(category.name in skill.categories for skill in catalog().skills.values())
        and not any(category.name in skill.categories for skill in stage.skills)
    )
    visit.app.selectbox(key="of_stage").set_value(stage).run()
    visit.app.selectbox(key="of_category").set_value(category).run()
    assert not visit.app.exception
    assert "No skill stands in this stage and category." in visit.words


def gaps(visit: Visit) -> dict[str, tuple[int, int]]:
    held, missing = visit.figure("team_gaps")["data"]
    return dict(zip(held["y"], zip(held["x"], missing["x"], strict=True), strict=True))


def counted(reports: Sequence[Report], target: str) -> dict[str, tuple[int, int]]:
    found = team.team_gaps(reports, target)
    assert isinstance(found, team.TeamGaps)
    return {gap.category: (gap.held, gap.required - gap.held) for gap in found.gaps}


def test_five_people_have_shared_gaps() -> None:
    reports = team_of(5)
    visit = opened(*reports)
    assert gaps(visit) == counted(reports, "senior")
    assert "Over 5 people, most is open in" in visit.words
    visit.app.get_by_key("up_to").set_value("mid").run()
    assert gaps(visit) == counted(reports, "mid")


def test_four_people_have_none_and_it_says_why() -> None:
    visit = opened(*team_of(4))
    assert "Shared figures are shown for five people or more; this is about 4." in visit.words
    assert [chart.key for chart in visit.app.get("plotly_chart")] == ["holders"]


def test_a_filter_that_leaves_five_of_six_shows_no_shared_figure() -> None:
    visit = opened(*team_of(6), sent("Adam", *skills(junior=5)), sent("Adana", *skills(junior=5)))
    visit.app.selectbox(key="level").set_value("junior").run()
    assert len(people(visit)) == 6
    assert "Shared figures are not shown: with them, those of the 2 left out could be worked out." in visit.words


def test_reports_about_an_older_version_are_left_out_of_what_is_shared() -> None:
    older = miniature.report((), catalog=miniature.changed(version=0), id=str(uuid4()), person="old", name="Old")
    visit = opened(*team_of(5), older)
    assert "1 report is about another version of the roadmap and left out here." in visit.words
    assert "Old" in [row["Name"] for row in people(visit)]
    assert "those of the 1 left out could be worked out" in visit.words


# People as they are called


def test_people_of_one_name_are_told_apart() -> None:
    visit = opened(
        sent("Ada", person="1", role="Payments"),
        sent("Ada", person="2", role="Search"),
        sent("Ada", person="3", role="Search"),
        sent("Ada", person="4"),
        sent("", person="5"),
        sent("", person="6"),
    )
    names = [row["Name"] for row in people(visit)]
    assert len(set(names)) == 6
    assert "Ada (Payments)" in names
    table = visit.table(next(line for line in visit.words.split("\n") if "are ticked by nobody" in line))
    assert set(names) <= set(table[0])


def test_names_that_look_like_the_tables_own_columns_stay_people() -> None:
    reports = [sent(name, *skills(junior=5)) for name in ("Skill", "People", "Ada (2)")]
    reports += [sent("Ada", *skills(junior=5), person=person) for person in ("one", "two")]
    visit = opened(*reports)
    names = [row["Name"] for row in people(visit)]
    assert len(set(names)) == 5
    rows = visit.table(next(line for line in visit.words.split("\n") if "are ticked by nobody" in line))
    first = [str(value) for value in rows[0].values()]
    assert first.count("yes") == 5
    assert catalog().skills[skills(junior=1)[0]].text in first
    assert "5" in first


@pytest.mark.parametrize("typed", HOSTILE)
def test_words_appear_as_typed(typed: str) -> None:
    note = {skills(junior=1)[0]: Note(text=typed)}
    hostile = sent(typed, *skills(junior=1), role=typed, message=typed, notes=note)
    visit = opened(hostile, sent("Bo"))
    rows = {row["Name"]: row for row in people(visit)}
    assert rows[typed]["Role"] == typed
    sentence = next(line for line in visit.words.split("\n") if "are ticked by nobody" in line)
    assert typed in visit.table(sentence)[0]
    ticks = visit.figure("holders")["layout"]["xaxis"]["ticktext"]
    assert not any("<" in tick for tick in ticks)  # plotly reads a little HTML
    place = [row["Name"] for row in people(visit)].index(typed)
    visit.click_row("people", place)
    assert not visit.app.exception
    assert "<script>alert" not in visit.html
    assert typed not in visit.words  # nowhere as live Markdown


# Reports that fit nothing here


def test_two_roadmaps_that_claim_one_version_harm_nothing() -> None:
    assert miniature.catalog().version == catalog().version
    other = miniature.report(
        miniature.first(junior=5), id=str(uuid4()), person="mini", name="Aaron", as_of=date(2026, 1, 1)
    )
    for reports in ([other, *team_of(5)], [*team_of(1), other]):
        visit = opened(*reports)
        assert len(people(visit)) == len(reports)
        assert "1 report is about another version of the roadmap and left out here." in visit.words
        visit.app.text_input(key="who").set_value("Aaron").run()
        assert not visit.app.exception
        assert "Nobody is left to show here." in visit.words


def test_a_roadmap_with_other_stages_harms_nothing() -> None:
    stages = tuple(
        stage.model_copy(update={"id": f"step-{place}"}) for place, stage in enumerate(miniature.catalog().stages)
    )
    foreign = miniature.changed(
        version=9,
        stages=tuple(
            stage.model_copy(
                update={
                    "skills": tuple(s.model_copy(update={"stage": stage.id}) for s in stage.skills),
                    "goals": tuple(s.model_copy(update={"stage": stage.id}) for s in stage.goals),
                }
            )
            for stage in stages
        ),
    )
    reports = [
        miniature.report((), catalog=foreign, target="step-1", id=str(uuid4()), person=name, name=name)
        for name in NAMES
    ]
    visit = opened(*reports)
    assert len(people(visit)) == 6


def test_changes_that_name_no_known_stage_are_refused_or_shown_but_never_a_traceback() -> None:
    since = {"since": "2026-01-01", "previous": "x", "level_before": "no-such-stage", "level_after": "junior"}
    empty = {"gained": ["no.such-skill"], "lost": [], "goals_gained": [], "goals_lost": []}
    data = changed(changes={**since, **empty})
    for others in ([], [sent("Bo")]):
        visit = Visit("team").upload("reports", [("hostile.json", data), *files(*others)])
        assert not visit.app.exception
