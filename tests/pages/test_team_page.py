"""The Team page: any file is opened or refused in a sentence, people are shown side by side, and nobody is ranked."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import miniature
import pytest
from markdown_it import MarkdownIt
from visit import NOON, Visit, catalog, skills, store

from roadmap import export, levels, report, ui
from roadmap.evidence import Event
from roadmap.export import signature
from roadmap.report import Note, Report, team
from roadmap.report.team import Member

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
    [table] = [one for one in visit.app.dataframe if str(one.key).startswith("people-")]
    return [dict(row) for _, row in table.value.iterrows()]


def part(visit: Visit, name: str) -> Visit:
    """Open a part of the page by its tab."""
    visit.app.session_state["part"] = name
    return visit.again()


def read(visit: Visit, one: Report) -> Visit:
    """Open a person's report by choosing them by name."""
    visit.app.selectbox(key="reading").set_value(one.person).run()
    assert not visit.app.exception
    return visit


def typed_as_markdown(text: str) -> str:
    """A person's words as the page hands them to Markdown."""
    from roadmap.ui.parts import typed  # its component is only known once an app runs

    return typed(text)


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
    assert "Nothing you open is stored unless you keep it as a team" in visit.words


def zipped(**files: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.json", content)
    return data.getvalue()


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
    "a zip renamed": (zipped(good=export.to_json(GOOD)), "it is a zip archive"),
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
    visit.app.get_by_key("columns").set_value(["Role", "Ladder", "Claimed level", "Stages", "Since last"]).run()
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


def test_a_person_opens_beside_the_table_by_name_or_by_row_and_both_agree() -> None:
    reports = team_of(3)
    visit = opened(*reports)
    assert not visit.html
    visit.click_row("people-0", 1)
    assert not visit.app.exception
    assert export.body(reports[1], top=3) in visit.html
    assert visit.app.selectbox(key="reading").value == reports[1].person
    read(visit, reports[2])
    assert export.body(reports[2], top=3) in visit.html
    assert export.body(reports[1], top=3) not in visit.html
    assert "Answer this report" in visit.buttons


def test_the_map_and_its_table_say_who_claims_and_who_has_shown_what() -> None:
    first = skills(junior=1)[0]
    reports = [*team_of(2), shown("Cy", first), shown("Di", first, ticked=False), shown("Eve", first, right=False)]
    visit = opened(*reports)
    drawn = {trace["name"]: len(trace.get("x", [])) for trace in visit.figure("skill_by_person")["data"]}
    states = Counter(Member.of(one).states[skill] for one in reports for skill in catalog().skills)
    assert sum(drawn.values()) == 5 * len(catalog().skills)
    assert drawn["Claimed and shown"] == states["confirmed"] == 1
    assert drawn["Shown, not claimed"] == states["shown"] == 1
    assert drawn["Claimed, answers say otherwise"] == states["contradicted"] == 1
    row = visit.table(by_sentence(visit))[0]
    assert row["Skill"] == catalog().skills[first].text
    assert [row[one.name] for one in reports] == [
        *["claimed, not tested"] * 2,
        "claimed and shown",
        "shown, not claimed",
        "claimed, answers say otherwise",
    ]
    assert (row["Claim it"], row["Have shown it"]) == (4, 2)


def test_what_hangs_on_nobody_and_on_one_person_is_said() -> None:
    first, second, *_ = skills(junior=5)
    visit = opened(*team_of(2), shown("Cy", first))
    said = visit.words
    nobody, alone = said.split("#### Nobody has shown")[1].split("#### One person has shown")
    assert f"{as_markdown(first)} Cy; 3 claim it." in alone
    assert f"{as_markdown(second)} 2 claim it." in nobody
    assert "Of 24 skills, 23 are shown by nobody and 1 by one person only." in said
    assert "Fewer than five people: read it name by name" in said


def as_markdown(skill: str) -> str:
    return typed_as_markdown(catalog().skills[skill].text)


def by_sentence(visit: Visit) -> str:
    """The sentence that introduces the map of skills by person."""
    return next(line for line in visit.words.split("\n") if line.startswith(("Of ", "No skill is shown by checked")))


def shown(name: str, skill: str, *, ticked: bool = True, right: bool = True) -> Report:
    """Somebody with three answers about one skill."""
    asked = [one for one in catalog().questions if one.skills == (skill,)][:3]
    day = date(2026, 11, 20)
    events = [Event(day, one.id, "quiz", right, one.skills) for one in asked]
    return sent(name, *([skill] if ticked else []), as_of=day, events=events)


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
    rows = visit.table(by_sentence(visit))
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
    found = team.team_gaps([Member.of(one) for one in reports], target)
    assert isinstance(found, team.TeamGaps)
    return {gap.category: (gap.held, gap.required - gap.held) for gap in found.gaps}


def test_five_people_have_shared_gaps() -> None:
    reports = team_of(5)
    visit = part(opened(*reports), "Training plan")
    assert gaps(visit) == counted(reports, "senior")
    assert "Over 5 people, most is open in" in visit.words
    visit.app.get_by_key("up_to").set_value("mid").run()
    assert gaps(visit) == counted(reports, "mid")


def test_a_training_plan_lists_what_most_lack_with_what_closes_it() -> None:
    visit = part(opened(*team_of(5)), "Training plan")
    lines = [line for line in visit.words.split("\n") if re.match(r"\d\. \*\*", line)]
    assert [line[0] for line in lines] == [str(place) for place in range(1, 9)]
    assert all("5 of 5 people lack it." in line for line in lines[:6])
    skill = catalog().skills[skills(mid=5)[4]]
    assert f"**{typed_as_markdown(skill.text)}** 5 of 5 people lack it." in visit.words
    topic = catalog().readings[skill.topics[0]].title
    assert typed_as_markdown(topic) in visit.words
    assert f"{len(catalog().cards_of[skill.id])} cards to drill" in visit.words


def test_four_people_have_none_and_it_says_why() -> None:
    visit = part(opened(*team_of(4)), "Training plan")
    assert "Shared figures are shown for five people or more; this is about 4." in visit.words
    assert not visit.app.get("plotly_chart")
    assert "people lack it" not in visit.words


def test_a_filter_that_leaves_five_of_six_shows_no_shared_figure() -> None:
    visit = opened(*team_of(6), sent("Adam", *skills(junior=5)), sent("Adana", *skills(junior=5)))
    visit.app.selectbox(key="level").set_value("junior").run()
    assert len(people(visit)) == 6
    part(visit, "Training plan")
    assert "Shared figures are not shown: with them, those of the 2 left out could be worked out." in visit.words


def test_reports_about_an_older_version_are_left_out_of_what_is_shared() -> None:
    older = miniature.report((), catalog=miniature.changed(version=0), id=str(uuid4()), person="old", name="Old")
    visit = opened(*team_of(5), older)
    assert "1 report is about another roadmap or another version of it, and left out below." in visit.words
    assert "Old: about version 0 of the roadmap, the others about version 1." in as_read(visit.app.warning[0].value)
    assert "Old" in [row["Name"] for row in people(visit)]
    part(visit, "Training plan")
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
    table = visit.table(by_sentence(visit))
    assert set(names) <= set(table[0])


def test_names_that_look_like_the_tables_own_columns_stay_people() -> None:
    reports = [sent(name, *skills(junior=5)) for name in ("Skill", "Claim it", "Ada (2)")]
    reports += [sent("Ada", *skills(junior=5), person=person) for person in ("one", "two")]
    visit = opened(*reports)
    names = [row["Name"] for row in people(visit)]
    assert len(set(names)) == 5
    rows = visit.table(by_sentence(visit))
    first = [str(value) for value in rows[0].values()]
    assert first.count("claimed, not tested") == 5
    assert catalog().skills[skills(junior=1)[0]].text in first
    assert "5" in first


@pytest.mark.parametrize("typed", HOSTILE)
def test_words_appear_as_typed(typed: str) -> None:
    note = {skills(junior=1)[0]: Note(text=typed)}
    hostile = sent(typed, *skills(junior=1), role=typed, message=typed, notes=note)
    visit = opened(hostile, sent("Bo"))
    rows = {row["Name"]: row for row in people(visit)}
    assert rows[typed]["Role"] == typed
    sentence = by_sentence(visit)
    assert typed in visit.table(sentence)[0]
    ticks = visit.figure("skill_by_person")["layout"]["xaxis"]["ticktext"]
    assert not any("<" in tick for tick in ticks)  # plotly reads a little HTML
    read(visit, hostile)
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
        assert "1 report is about another roadmap or another version of it, and left out below." in visit.words
        visit.app.text_input(key="who").set_value("Aaron").run()
        assert not visit.app.exception
        assert "Nobody is left to add up." in visit.words


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


# A .zip, and what happens while it is read


def test_a_zip_loads_as_its_files_would_and_names_what_is_bad_in_it() -> None:
    reports = team_of(3)
    data = zipped(**{f"p{place}": export.to_json(one) for place, one in enumerate(reports)}, bad=b"Hello")
    visit = Visit("team").upload("reports", {"team.zip": data})
    assert not visit.app.exception
    assert [row["Name"] for row in people(visit)] == [one.name for one in reports]
    [said] = map(as_read, visit.errors)
    assert said.startswith("bad.json in team.zip was not opened: it is neither the JSON nor the HTML")


def test_many_bad_files_are_named_in_a_table() -> None:
    visit = Visit("team").upload("reports", {"team.zip": zipped(**{f"x{place:02}": b"Hello" for place in range(14)})})
    assert len(visit.errors) == 10
    table = visit.table("4 more files that were not opened, and why")
    assert [row["File"] for row in table] == [f"x{place}.json in team.zip" for place in range(10, 14)]


def test_what_is_open_stays_open_while_another_page_is_looked_at() -> None:
    visit = opened(*team_of(3))
    visit.go("skills").go("team")
    assert len(people(visit)) == 3
    visit.press("Close all reports")
    assert "Ask each engineer for the HTML file" in visit.words


# Signatures


def test_every_report_says_what_its_signature_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    private, _ = signature.new_key()
    plain = files(*team_of(2))
    monkeypatch.setenv(signature.OWN, private)
    signed = export.to_html(sent("Zed"))
    monkeypatch.setenv(signature.OWN, signature.new_key()[0])
    unknown = export.to_html(sent("Yan"))
    monkeypatch.setenv(signature.OWN, private)
    visit = Visit("team").upload("reports", [*plain, ("signed.html", signed), ("unknown.html", unknown)])
    assert {row["Name"]: row["Signature"] for row in people(visit)} == {
        "Ada": "Unsigned",
        "Bo": "Unsigned",
        "Yan": "Signed with an unknown key",
        "Zed": "Signed by your server",
    }
    for seal, count in ((export.Seal.UNSIGNED, 2), (export.Seal.UNKNOWN, 1), (export.Seal.SIGNED, 1)):
        assert f"**{seal.sentence.removesuffix('.')}: {count}.** {seal.limits}" in visit.words


# Who could help, and what changed


def test_who_could_help_is_a_table_by_name() -> None:
    first = skills(junior=1)[0]
    visit = part(opened(shown("Ada", first), sent("Bo"), sent("Cy", first)), "Who could help")
    [row] = visit.table("1 open skills of people, and who has shown them")
    assert (row["Who could learn"], row["Who has shown it"]) == ("Bo", "Ada")
    assert row["Open skill"] == catalog().skills[first].text


def test_without_anybody_who_has_shown_anything_it_says_so() -> None:
    visit = part(opened(*team_of(2)), "Who could help")
    assert "No open skill up to this stage is one that somebody else here has shown" in visit.words


def test_what_changed_is_said_by_name_with_what_is_noise() -> None:
    people_of = team_of(5)
    earlier = sent("Ada", *skills(junior=4), person=people_of[0].person, as_of=date(2026, 5, 1))
    visit = part(opened(*people_of, earlier), "Since last time")
    [row] = visit.table("What changed for 1 people since their earlier reports, by name")
    assert row["What is claimed"] == "The claimed level stays Junior. 1 skill gained, 0 skills withdrawn."
    assert row["Gained"] == catalog().skills[skills(junior=5)[4]].text
    assert "For 0 of 5 people what is shown can be compared with last time." in visit.words
    assert "anything less is what repeating a check does by itself" in visit.words
    few = part(opened(people_of[0], people_of[1], earlier), "Since last time")
    assert "Shared figures are shown for five people or more; this is about 2." in few.words


def test_how_many_were_asked_stands_beside_how_many_shared() -> None:
    visit = opened(*team_of(3))
    visit.app.number_input(key="asked").set_value(7).run()
    assert "3 shared of 7 asked. Who shares is not chance" in visit.words


def test_columns_are_chosen() -> None:
    visit = opened(*team_of(2))
    visit.app.get_by_key("columns").set_value(["Claimed level", "Stages"]).run()
    assert [*people(visit)[0]] == ["Name", "Claimed level", *(stage.title for stage in catalog().stages)]


# Kept teams


def kept(visit: Visit, name: str) -> Visit:
    visit.app.text_input(key="team_name").set_value(name).run()
    label = "Replace the team" if "Replace the team" in visit.buttons else "Keep these reports as a team"
    return visit.press(label)


def test_a_team_is_kept_opened_again_replaced_and_let_go() -> None:
    held, who = store()
    reports = team_of(3)
    visit = opened(*reports)
    assert "Until you press the button nothing is stored." in visit.words
    kept(visit, "Payments *x*")
    assert "Kept as Payments" in visit.words
    assert held.team(who, "Payments *x*") == tuple(reports)

    later = Visit("team")
    later.app.get_by_key("open_teams").set_value(["Payments *x*"]).run()
    assert not later.app.exception
    assert [row["Name"] for row in people(later)] == [one.name for one in reports]
    read(later, reports[1])
    assert export.body(reports[1], top=3) in later.html
    later.app.selectbox(key="reading").set_value(None).run()
    later.app.text_input(key="who").set_value("Ada").run()
    kept(later, "Payments *x*")
    assert held.team(who, "Payments *x*") == (reports[0],)

    again = Visit("team")
    again.press(typed_as_markdown("Payments *x*"))
    again.press("Let it go")
    assert held.teams(who) == {}
    assert as_read(again.app.success[0].value) == "Payments *x* is let go. Its reports are deleted here."


def test_people_are_filtered_by_the_kept_team_they_are_in() -> None:
    held, who = store()
    reports = team_of(4)
    held.keep_team(who, "Search", reports[:2], NOON)
    visit = opened(*reports)
    visit.app.get_by_key("open_teams").set_value(["Search"]).run()
    assert len(people(visit)) == 4
    visit.app.selectbox(key="of_team").set_value("Search").run()
    assert [row["Name"] for row in people(visit)] == ["Ada", "Bo"]


# What was chosen before fits no more


def test_more_people_than_were_said_to_be_asked_harm_nothing() -> None:
    reports = team_of(3)
    visit = opened(*reports[:2])
    visit.app.number_input(key="asked").set_value(2).run()
    visit.upload("reports", files(*reports))
    assert not visit.app.exception
    assert len(people(visit)) == 3
    assert "2 asked" not in visit.words


def test_a_filter_that_leaves_out_the_person_who_is_read_closes_their_report() -> None:
    reports = team_of(3)
    visit = read(opened(*reports), reports[0])
    visit.app.text_input(key="who").set_value("Bo").run()
    assert not visit.app.exception
    assert not visit.html
    visit.app.text_input(key="who").set_value("").run()
    assert not visit.app.exception


def test_fewer_people_than_a_page_of_the_map_ago_harm_nothing() -> None:
    visit = opened(*[sent(f"P{place:03}", *skills(junior=1)) for place in range(45)])
    visit.app.get_by_key("across").set_value(2).run()
    assert "People 41 to 45 of 45, by name." in visit.words
    visit.app.text_input(key="who").set_value("P00").run()
    assert not visit.app.exception
    assert len(people(visit)) == 10


def test_a_stage_aimed_at_that_the_next_roadmap_lacks_harms_nothing() -> None:
    visit = part(opened(*team_of(5)), "Training plan")
    visit.app.get_by_key("up_to").set_value("beyond").run()
    visit.press("Close all reports")
    stages = miniature.catalog().stages[:2]
    small = miniature.changed(version=7, stages=stages)
    others = [
        miniature.report((), catalog=small, target="junior", id=str(uuid4()), person=name, name=name) for name in NAMES
    ]
    visit.upload("reports", files(*others))
    part(visit, "Training plan")
    assert not visit.app.exception
    part(visit, "Who could help")
    assert not visit.app.exception
