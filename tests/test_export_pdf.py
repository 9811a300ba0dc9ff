"""The PDF is for people with and without eyes: tagged, titled, the same bytes each time, and no word can break it."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from miniature import by_counts, catalog, changed, report
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject
from test_export import TYPED, checked, full

from roadmap import bench, content, export
from roadmap.export import pdf, typeset
from roadmap.report import Note, Report
from roadmap.report.team import Member, latest_by_person

HOSTILE = [
    *TYPED,
    '#import "@preview/cetz:0.3.0": *',
    "#{panic()}",
    '#eval("1+1") #sys.inputs',
    "= Heading\n- item\n+ one\n/ Term: x",
    "$x^2$ `raw` ```block``` <label> @ref ~ --- \\ // /* */",
    "\\u{41} \\n \\",
    '{"rows": []}',
    "a" * 120,
    "https://example.org/" + "x/" * 50,
    "e\u0301\u0336\u20e3 zalgo\u0334",
    "مرحبا بالعالم",
]


def opened(of: Report) -> PdfReader:
    return PdfReader(io.BytesIO(export.to_pdf(of)), strict=True)


def words(of: PdfReader) -> str:
    """Everything that is printed, without the spaces and breaks that lines bring."""
    return "".join("".join(page.extract_text() for page in of.pages).replace("\u200b", "").split())


def tags(of: PdfReader) -> Iterator[DictionaryObject]:
    """Every element of the tag tree, as someone who hears the page meets them."""

    def within(node: Any) -> Iterator[DictionaryObject]:
        node = node.get_object() if isinstance(node, IndirectObject) else node
        for kid in node if isinstance(node, list) else [node]:
            kid = kid.get_object()
            if isinstance(kid, dict):
                if "/S" in kid:
                    yield kid
                if "/K" in kid:
                    yield from within(kid["/K"])

    yield from within(of.trailer["/Root"]["/StructTreeRoot"])


# What a reader with a screen reader needs, by ISO 14289-1


def test_it_says_that_it_is_accessible_and_in_which_language() -> None:
    made = opened(full())
    root = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in made.xmp_metadata.rdf_root.toxml()
    assert made.metadata.title == "Ada: Miniature Roadmap, 22 November 2026"
    assert made.metadata.author == "Ada"


def test_its_headings_go_down_one_level_at_a_time_from_the_name() -> None:
    found = [int(tag["/S"][2]) for tag in tags(opened(full())) if tag["/S"][1:] in ("H1", "H2", "H3", "H4")]
    assert found[0] == 1
    assert found.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(found))


def test_every_drawing_says_what_it_shows_and_the_numbers_behind_it() -> None:
    ladder, matrix, bars = (tag["/Alt"] for tag in tags(opened(full())) if tag["/S"] == "/Figure")
    assert ladder.startswith("Claimed level: Senior.")
    assert "Core: Junior 1 of 2, Mid 2 of 2," in matrix
    assert "Core: Held 6 of 9, Missing 3." in bars


def test_lists_are_lists_and_every_link_is_one() -> None:
    made = opened(full())
    found = [tag["/S"] for tag in tags(made)]
    assert found.count("/LI") >= 5
    assert found.count("/Link") == 1
    links = [note.get_object() for page in made.pages for note in page.get("/Annots", ())]
    assert [link["/A"]["/URI"] for link in links] == ["https://example.org/pull/1?a=b&c=d"]


def test_every_font_is_within() -> None:
    for page in opened(full()).pages:
        for font in page["/Resources"]["/Font"].values():
            [descendant] = font["/DescendantFonts"]
            about = descendant.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(about)
            assert "SourceSans3" in about["/FontName"]


# What it tells


def test_it_tells_who_what_why_and_what_next_on_two_pages() -> None:
    made = opened(full())
    assert len(made.pages) <= 2
    printed = words(made)
    for said in (
        "Ada",
        "Backend engineer",
        "as of 22 November 2026",
        "Claims Senior",
        "4 of 5 Senior skills, and every stage below counts.",
        "A quarter of observability.",
        "What blocks Architect",
        "Merged.",
        "Twice.",
        "84 cards recalled 312 times on 1 day.",
        "Since the report of 1 May 2026",
        "for a conversation about development",
        "three quarters of its skills",
        full().checksum,
    ):
        assert "".join(said.split()) in printed


def test_it_tells_what_was_checked_with_the_answers_that_count_at_the_end() -> None:
    made = opened(checked())
    printed = words(made)
    for said in (
        "Knowledge shown: at least Mid, likely Mid (80 % range Junior to Mid). 25 checked answers, newest 2 days ago.",
        "Three questions for the one-to-one",
        "7, newest 20 Nov 2026",
        "In Core surer than right: 15 of 22 right when sure.",
        "accepted, due 1 March 2027",
        "Appendix: the answers that count",
        "recalls, 3",
    ):
        assert "".join(said.split()) in printed
    found = [tag["/S"] for tag in tags(made)]
    assert found.count("/Table") == 2
    assert found.count("/TH") == 8 + 5
    [ladder, *_] = (tag["/Alt"] for tag in tags(made) if tag["/S"] == "/Figure")
    assert "Shown so far: at least Mid" in ladder


def test_what_its_owner_left_out_is_left_out() -> None:
    printed = words(opened(full(show_notes=False, show_cards=False)))
    assert "Merged" not in printed
    assert "recalled" not in printed
    assert "Theauthorleftnotesandlinksout." in printed


def test_the_same_report_is_the_same_bytes_and_another_is_not() -> None:
    assert export.to_pdf(full()) == export.to_pdf(full())
    assert export.to_pdf(full(as_of=date(2026, 11, 23))) != export.to_pdf(full())
    assert opened(full()).metadata.creation_date_raw == "D:20261122000000Z"


# Words are data


@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_typed_is_markup(typed: str) -> None:
    typed = typed[:120]
    notes = {"junior.skill-1": Note(text=typed, link="https://example.org/#import")}
    made = opened(full(name=typed, role=typed, message=typed, notes=notes))
    drawable = all(ord(c) < 0x530 or unicodedata.bidirectional(c) in ("R", "AL") for c in typed)
    straight = all(unicodedata.bidirectional(c) not in ("R", "AL", "RLO") for c in typed)
    if drawable and straight and "\u0336" not in typed:
        assert words(made).count("".join(typed.split())) >= len(["name", "role", "message", "note"])
    plain = [tag["/S"] for tag in tags(opened(full(notes=notes)))]
    assert {tag["/S"] for tag in tags(made)} <= {*plain}
    assert [tag["/S"] for tag in tags(made)].count("/H2") == plain.count("/H2")


def test_a_word_too_long_for_its_line_is_broken_inside_of_it() -> None:
    made = opened(full(name="W" * 120, message="m" * 4000, notes={"mid.skill-1": Note(text="n" * 2000)}))
    for page in made.pages:
        reach = []
        page.extract_text(visitor_text=lambda text, cm, tm, font, size, at=reach: at.append(tm[4]) if text else None)
        assert max(reach) < float(page.mediabox.right) - 40
    assert words(made).count("W") >= 120


def test_a_stage_named_in_another_script_is_drawn_or_marked() -> None:
    stages = tuple(stage.model_copy(update={"title": f"段階 {stage.title}"}) for stage in catalog().stages)
    made = opened(report(by_counts(4, 4, 0, 0, 0), catalog=changed(stages=stages)))
    assert len(made.pages) >= 1


def test_what_no_font_has_is_marked_once_a_cluster_and_said() -> None:
    said = pdf.content(full(name="Zoë 漢字 👩🏽‍💻"))
    made = typeset.typeset(said, datetime(2026, 11, 22, tzinfo=UTC), system=False)  # a computer without fonts
    printed = words(PdfReader(io.BytesIO(made)))
    assert "Zoë□□□Backend" in printed  # two characters, and four that make one picture
    assert "".join(typeset.UNDRAWN_SENTENCE.split()) in printed
    assert "stands for a character" not in "".join(page.extract_text() for page in opened(full()).pages)


@given(st.text(max_size=40), st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_makes_a_pdf(name: str, message: str) -> None:
    said = pdf.content(report(name=name, message=message))
    assert typeset.typeset(said, datetime(2026, 11, 22, tzinfo=UTC)).startswith(b"%PDF-1.7")


def test_the_shipped_font_has_latin_greek_and_cyrillic_and_the_mark() -> None:
    every = "".join(
        chr(c)
        for first, last in ((0x20, 0x7E), (0xA1, 0x17F), (0x386, 0x3CE), (0x400, 0x45F), (0x490, 0x491))
        for c in range(first, last + 1)
        if unicodedata.category(chr(c)) not in ("Cn", "Cf")
    )
    only = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(typeset.FONTS)])
    source = b'#set document(title: "x")\n#set text(font: "Source Sans 3")\n= x\n#sys.inputs.every'
    compiler = typst.Compiler(source, font_paths=only, sys_inputs={"every": every + typeset.MISSING + "✓○"})
    assert compiler.compile(format="pdf", pdf_standards=["ua-1"])


def test_a_report_with_everything_stays_small() -> None:
    assert len(export.to_pdf(full())) < 200_000


# A team


def members(count: int) -> tuple[Member, ...]:
    real = content.read().catalog
    assert real
    return latest_by_person(Member.of(one) for one in bench.crowd(real, count, seed=7))


@pytest.mark.parametrize("count", [1, 4, 12, 60])
def test_a_team_is_one_or_two_pages_of_names_and_counts(count: int) -> None:
    people = members(count)
    pages = PdfReader(io.BytesIO(export.team_pdf(people, "senior", asked=count + 2)), strict=True)
    assert 1 <= len(pages.pages) <= 2
    said = words(pages)
    assert f"{count}sharedof{count + 2}asked." in said
    assert "thereisnoranking" in said
    assert ("Sharedfiguresareshownforfivepeopleormore" in said) == (count < 5)
    assert pages.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("typed", HOSTILE)
def test_names_of_a_team_are_set_as_typed(typed: str) -> None:
    people = [Member.of(report(name=typed, role=typed)), Member.of(report(name="Bo", person="bo"))]
    pages = PdfReader(io.BytesIO(export.team_pdf(people)), strict=True)
    assert len(pages.pages) >= 1


def test_the_same_team_makes_the_same_bytes() -> None:
    people = members(3)
    assert export.team_pdf(people) == export.team_pdf(people)
