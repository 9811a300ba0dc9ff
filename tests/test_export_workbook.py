"""A spreadsheet holds dates, counts and words as what they are; no word is ever run, followed or cut in secret."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from miniature import by_counts, catalog, changed, report
from openpyxl import Workbook, load_workbook
from test_export import TYPED, checked, full

from roadmap import export
from roadmap.export import workbook
from roadmap.export.workbook import LONGEST, _text
from roadmap.report import Note
from roadmap.report.team import Member

HOSTILE = [
    *TYPED,
    "=1+1",
    "=cmd|'/c calc'!A1",
    "{=SUM(A1)}",
    "Sheet1!A1",
    "'Skills'!$A$1",
    "internal:Summary!A1",
    "external:c:\\x.xlsx",
    "http://example.org",
    "mailto:a@b.c",
    "1234567890123456789",
    "1e5",
    "TRUE",
    "2026-11-22",
    "_x0041_ _x000D_",
    " leading and trailing ",
    "]]>",
    "\ufffe\uffff",
]


TWO, THREE = "22222222-2222-4333-8444-555555555555", "33333333-2222-4333-8444-555555555555"
SHEETS = ["People", "Person by skill", "Skills", "Who could help", "Training", "Gaps", "Since last", "About"]


def member(*ticks: Any, **said: Any) -> Member:
    return Member.of(report(*ticks, **said))


def opened(data: bytes) -> Workbook:
    return load_workbook(io.BytesIO(data))


def at(day: str) -> datetime:
    """A day as a spreadsheet gives it back."""
    return datetime.fromisoformat(day)


def table(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    heads, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_there_is_a_sheet_a_table_with_a_frozen_header_and_a_filter() -> None:
    book = opened(export.to_xlsx(full()))
    assert book.sheetnames == ["Summary", "Skills", "Gaps", "Changes"]
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert all(10 <= column.width <= 62 for column in sheet.column_dimensions.values())


def test_what_was_checked_has_sheets_of_its_own() -> None:
    book = opened(export.to_xlsx(checked()))
    assert book.sheetnames == ["Summary", "Skills", "Gaps", "Changes", "Answers", "Calibration", "Objectives"]
    summary = {row["What"]: row["Value"] for row in table(book, "Summary")}
    assert summary["Shown at least"] == "Mid"
    assert summary["Checked answers"] == 25
    answers = table(book, "Answers")
    assert {row["Kind"] for row in answers} == {"question", "scored work"}
    assert {row["Outcome"] for row in answers} == {"right", "wrong"}
    assert all(isinstance(row["Weight"], float) and 0 < row["Weight"] <= 1 for row in answers)
    [objective, _] = table(book, "Objectives")
    assert (objective["State"], objective["Due"]) == ("accepted", at("2027-03-01"))


def test_dates_are_dates_and_counts_are_numbers() -> None:
    book = opened(export.to_xlsx(full()))
    skills, gaps = table(book, "Skills"), table(book, "Gaps")
    assert len(skills) == 24 + 10
    assert (skills[0]["Text"], skills[0]["Since"]) == ("Do junior thing number 1.", at("2026-01-05"))
    assert skills[0]["Link"] == "https://example.org/pull/1?a=b&c=d"
    assert book["Skills"]["M2"].hyperlink.target == "https://example.org/pull/1?a=b&c=d"
    assert gaps[0]["Category"] == "Core"
    assert (gaps[0]["Required"], gaps[0]["Held"], gaps[0]["Missing"]) == (9, 6, 3)
    summary = {row["What"]: row["Value"] for row in table(book, "Summary")}
    assert summary["As of"] == at("2026-11-22")
    assert summary["Claimed level"] == "Senior"
    assert summary["Recalls"] == 312


def test_a_day_that_spreadsheets_count_in_two_ways_is_written_in_words() -> None:
    made = report(held={"junior.skill-1": date(1, 1, 1), "junior.skill-2": date(1900, 2, 28)})
    skills = table(opened(export.to_xlsx(made)), "Skills")
    assert [row["Since"] for row in skills[:2]] == ["0001-01-01", "1900-02-28"]


@pytest.mark.parametrize("typed", HOSTILE)
def test_words_stay_words(typed: str) -> None:
    made = full(name=typed, role=typed, message=typed, notes={"junior.skill-1": Note(text=typed)})
    for book in (opened(export.to_xlsx(made)), opened(export.team_xlsx([Member.of(made)]))):
        for sheet in book:
            for row in sheet.iter_rows():
                assert not [cell for cell in row if cell.data_type == "f" or cell.hyperlink]
    summary = {row["What"]: row["Value"] for row in table(opened(export.to_xlsx(made)), "Summary")}
    assert summary["Name"] == _text(typed)
    assert table(opened(export.to_xlsx(made)), "Skills")[0]["Note"] == _text(typed)


@given(st.text(max_size=40))
@example("_x0041_")
@example("\ufffe")
@settings(max_examples=60, deadline=None)
def test_any_name_makes_a_workbook_that_opens(name: str) -> None:
    made = report(name=name)
    with zipfile.ZipFile(io.BytesIO(export.team_xlsx([Member.of(made)]))) as parts:
        for part in parts.namelist():
            ElementTree.fromstring(parts.read(part))


def test_words_longer_than_a_cell_say_that_they_go_on() -> None:
    assert len(_text("x" * 40_000)) == LONGEST
    assert _text("x" * 40_000).endswith("…")
    assert _text("x" * LONGEST) == "x" * LONGEST


def test_the_same_report_makes_the_same_bytes_at_any_time() -> None:
    before = export.to_xlsx(full()), export.team_xlsx([Member.of(full())])
    time.sleep(2.1)  # zip files count time in steps of two seconds
    assert (export.to_xlsx(full()), export.team_xlsx([Member.of(full())])) == before


# A team


def test_people_stand_by_name_with_claimed_and_shown_side_by_side() -> None:
    people = [
        report(by_counts(5, 5, 5, 5, 4), name="zoe", person="zoe", id=TWO),
        checked(name="Ada", role="Payments"),
        report(name="Ada", person="other", role="", id=THREE),
    ]
    book = opened(export.team_xlsx([Member.of(one) for one in people]))
    assert book.sheetnames == SHEETS
    rows = table(book, "People")
    assert [row["Name"] for row in rows] == ["Ada (Payments)", "Ada", "zoe"]
    assert (rows[0]["Claimed level"], rows[0]["Shown at least"], rows[0]["Checked answers"]) == ("Senior", "Mid", 25)
    assert rows[0]["Junior skills ticked"] == 4
    skills = table(book, "Skills")
    assert len(skills) == 24
    assert (skills[0]["People who claim it"], skills[0]["People who have shown it"]) == (2, 1)
    assert (skills[0]["In words"], skills[0]["Shown by"]) == ("One person has shown it, 2 claim it.", "Ada (Payments)")
    by_person = {row.pop("Name"): row for row in table(book, "Person by skill")}
    assert [*by_person["zoe"]] == [one["Skill"] for one in skills]
    assert (by_person["zoe"][skills[0]["Skill"]], by_person["Ada (Payments)"][skills[0]["Skill"]]) == (
        "claimed",
        "confirmed",
    )
    assert set(by_person["Ada"].values()) == {None}


def test_who_could_help_whom_is_a_sheet_by_name() -> None:
    people = [Member.of(checked()), Member.of(report(name="Bo", person="bo", id=TWO))]
    rows = table(opened(export.team_xlsx(people)), "Who could help")
    assert {row["Name"] for row in rows} == {"Bo"}
    assert {row["Who has shown it"] for row in rows} == {"Ada"}
    assert {row["Open skill"] for row in rows} == {
        catalog().skills[id].text for id, state in people[0].states.items() if state in ("confirmed", "shown")
    }


def test_what_changed_since_last_is_a_sheet_with_days_and_counts() -> None:
    earlier = report(by_counts(4, 0, 0, 0, 0), as_of=date(2026, 5, 1), id=TWO)
    now = Member.of(report(by_counts(5, 0, 0, 0, 0), previous=earlier))
    [row] = table(opened(export.team_xlsx([now])), "Since last")
    assert (row["Name"], f"{row['Since']:%Y-%m-%d}", row["Skills gained"]) == ("Ada", "2026-05-01", 1)
    assert row["What is claimed"] == "The claimed level stays Junior. 1 skill gained, 0 skills withdrawn."


def test_who_is_left_out_of_what_is_shared_and_how_many_were_asked_is_said() -> None:
    old = report(name="Old", person="old", id=TWO, catalog=changed(version=0))
    people = [*(report(name=f"P{n}", person=f"p{n}") for n in range(2)), old]
    book = opened(export.team_xlsx([Member.of(one) for one in people], asked=7))
    about = {row["What"]: row["Value"] for row in table(book, "About")}
    assert about["Shared"] == "3 shared of 7 asked."
    assert about["Left out of what is shared"] == "Old: about version 0 of the roadmap, the others about version 1."
    assert [row["Name"] for row in table(book, "Person by skill")] == ["P0", "P1"]


def test_more_rows_than_a_sheet_holds_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    people = [Member.of(report(name=f"P{n}", person=f"p{n}")) for n in range(5)]
    rows = table(opened(export.team_xlsx(people)), "People")
    assert [row["Name"] for row in rows] == ["P0", "P1", "3 more rows do not fit"]


def test_shared_figures_are_only_there_for_five_people_or_more() -> None:
    four = [member(by_counts(5, 5, 0, 0, 0), name=f"P{place}", person=f"p{place}") for place in range(4)]
    for sheet in ("Gaps", "Training"):
        [only] = table(opened(export.team_xlsx(four)), sheet)
        assert only["Not shown"].startswith("Shared figures are shown for five people or more")
    five = [*four, member(name="Fifth", person="p5")]
    rows = table(opened(export.team_xlsx(five, "senior")), "Gaps")
    assert (rows[0]["Category"], rows[0]["Ticks"], rows[0]["People"]) == ("Core", 16, 5)
    lessons = table(opened(export.team_xlsx(five, "mid")), "Training")
    assert len(lessons) == 10
    assert {(row["People who lack it"], row["People"]) for row in lessons} == {(1, 5)}
    [only] = table(opened(export.team_xlsx(five, "senior", of=7)), "Training")
    assert only["Not shown"].endswith("those of the 2 left out could be worked out.")


def test_no_people_make_an_empty_table() -> None:
    assert table(opened(export.team_xlsx([])), "People") == []
