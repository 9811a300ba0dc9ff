"""Every report ever written is still read: one file of each schema is kept, and the published schema describes all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from test_export import checked, full

from roadmap import export
from roadmap import report as reports
from roadmap.export import Refused, Seal
from roadmap.report import SCHEMA, Report, words
from roadmap.report.team import Member

ROOT = Path(__file__).resolve().parents[1]
WRITTEN = sorted((ROOT / "tests" / "data" / "reports").iterdir())
PUBLISHED = json.loads((ROOT / "docs" / "report-schema.json").read_text("utf-8"))


def content(file: Path) -> dict[str, Any]:
    text = file.read_text("utf-8")
    if file.suffix == ".html":
        text = re.search(r'id="roadmap-report">(.*?)</script>', text, re.DOTALL)[1]
    return dict(json.loads(text))


def test_there_is_a_file_of_every_schema_in_both_formats() -> None:
    expected = {f"schema-{version}.{suffix}" for version in range(1, SCHEMA + 1) for suffix in ("json", "html")}
    assert {file.name for file in WRITTEN} == expected


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.name)
def test_every_version_is_read_and_says_what_it_said(file: Path) -> None:
    made = export.read(file.name, file.read_bytes())
    assert made.name == "Zoë Ångström"
    assert words.claim(made) == "Claims Mid"
    assert made.checksum == content(file)["checksum"]
    assert export.judged(made) is Seal.UNSIGNED
    assert f"schema-{made.schema_version}" in file.name


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.name)
def test_every_version_is_written_again_in_every_format(file: Path) -> None:
    made = export.read(file.name, file.read_bytes())
    assert export.read("again", export.to_json(made)) == made
    assert export.read("again", export.to_html(made)) == made
    for written in (export.to_csv, export.to_markdown, export.to_pdf, export.to_xlsx):
        assert written(made)
    assert export.team_xlsx([Member.of(made)])
    assert export.team_csv([Member.of(made)])


def test_a_report_of_schema_1_says_that_nothing_was_checked() -> None:
    old = export.read("old", (ROOT / "tests" / "data" / "reports" / "schema-1.json").read_bytes())
    assert old.shown is None
    assert "checked by nobody yet" in export.to_html(old).decode()
    assert "What was checked" not in export.to_html(old).decode()


def test_a_newer_one_is_refused_with_the_version_it_needs() -> None:
    newer = {**reports.payload(full()), "schema": SCHEMA + 1, "mood": "fine"}
    with pytest.raises(
        Refused, match=rf"newer version of the dashboard \(schema {SCHEMA + 1}, this one reads {SCHEMA}"
    ):
        export.read("new", json.dumps({**newer, "checksum": reports.checksum(newer)}).encode())


def test_the_published_schema_is_the_one_of_the_model() -> None:
    assert reports.json_schema() == PUBLISHED, "python -m roadmap schema > docs/report-schema.json"
    Draft202012Validator.check_schema(PUBLISHED)


def test_the_published_schema_takes_every_report_and_refuses_what_is_none() -> None:
    validator = Draft202012Validator(PUBLISHED)
    for file in WRITTEN:
        validator.validate(content(file))
    for made in (full(), checked()):
        validator.validate(json.loads(export.to_json(made)))
    for wrong in ({}, {**reports.payload(full()), "schema": 3}, {**reports.payload(full()), "later": 1}):
        assert not validator.is_valid(wrong)


@pytest.mark.parametrize("field", sorted(reports.payload(checked())))
def test_a_report_with_a_field_left_out_is_a_report_or_refused_in_a_sentence(field: str) -> None:
    left = {key: value for key, value in reports.payload(checked()).items() if key != field}
    try:
        assert isinstance(export.read("x", json.dumps({**left, "checksum": reports.checksum(left)}).encode()), Report)
    except Refused as refused:
        assert str(refused).startswith("x was not opened: ")
