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
from miniature import by_counts, report
from openpyxl import Workbook, load_workbook
from test_export import TYPED, checked, full

from roadmap import export
from roadmap.export.workbook import LONGEST, _text
from roadmap.report import Note

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
    for book in (opened(export.to_xlsx(made)), opened(export.team_xlsx([made]))):
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
    with zipfile.ZipFile(io.BytesIO(export.team_xlsx([made]))) as parts:
        for part in parts.namelist():
            ElementTree.fromstring(parts.read(part))


def test_words_longer_than_a_cell_say_that_they_go_on() -> None:
    assert len(_text("x" * 40_000)) == LONGEST
    assert _text("x" * 40_000).endswith("…")
    assert _text("x" * LONGEST) == "x" * LONGEST


def test_the_same_report_makes_the_same_bytes_at_any_time() -> None:
    before = export.to_xlsx(full()), export.team_xlsx([full()])
    time.sleep(2.1)  # zip files count time in steps of two seconds
    assert (export.to_xlsx(full()), export.team_xlsx([full()])) == before


# A team


def test_people_stand_by_name_with_claimed_and_shown_side_by_side() -> None:
    people = [report(by_counts(5, 5, 5, 5, 4), name="zoe"), checked(name="Ada"), report(name="Ada")]
    book = opened(export.team_xlsx(people))
    assert book.sheetnames == ["People", "Skill by person", "Gaps"]
    rows = table(book, "People")
    assert [row["Name"] for row in rows] == ["Ada", "Ada (2)", "zoe"]
    assert (rows[1]["Claimed level"], rows[1]["Shown at least"], rows[1]["Checked answers"]) == ("Senior", "Mid", 25)
    assert rows[1]["Junior skills ticked"] == 4
    skills = table(book, "Skill by person")
    assert len(skills) == 24
    assert skills[0]["People who tick it"] == 2
    assert {"Ada", "Ada (2)", "zoe"} <= set(skills[0])


def test_shared_figures_are_only_there_for_five_people_or_more() -> None:
    four = [report(by_counts(5, 5, 0, 0, 0), name=f"P{place}", person=f"p{place}") for place in range(4)]
    [only] = table(opened(export.team_xlsx(four)), "Gaps")
    assert only["Not shown"].startswith("Shared figures are shown for five people or more")
    five = [*four, report(name="Fifth", person="p5")]
    rows = table(opened(export.team_xlsx(five, "senior")), "Gaps")
    assert (rows[0]["Category"], rows[0]["Ticks"], rows[0]["People"]) == ("Core", 16, 5)


def test_no_people_make_an_empty_table() -> None:
    assert table(opened(export.team_xlsx([])), "People") == []
