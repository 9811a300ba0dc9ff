"""A report is what was true on one day, and nothing in it can be claimed that its ticks do not carry."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from miniature import but, by_counts, catalog, report
from pydantic import ValidationError

from roadmap import levels
from roadmap import report as reports
from roadmap.catalog import Catalog
from roadmap.report import Changes, Drilled, Incomparable, Note, Report, words
from roadmap.report.team import Member, TeamGaps, Withheld, coverage, histories, latest_by_person, team_gaps

SENIOR = by_counts(4, 5, 4, 2, 1)


def number(of: int) -> str:
    return str(UUID(int=of))


# What it holds


def test_a_report_carries_the_roadmap_so_that_later_wording_does_not_change_it() -> None:
    made = report(SENIOR)
    again = Report.model_validate_json(made.model_dump_json(by_alias=True))
    assert again == made
    assert again.stages[0].skills[0].text == "Do junior thing number 1."
    assert carried(again.catalog) == carried(catalog())


def carried(of: Catalog) -> list[object]:
    """The part of a catalog that a report carries."""
    return [
        (
            stage.id,
            stage.title,
            stage.tagline,
            [(line.id, line.text, line.categories) for line in (*stage.skills, *stage.goals)],
        )
        for stage in of.stages
    ]


@given(st.sets(st.sampled_from(sorted(catalog().lines))), st.sampled_from([stage.id for stage in catalog().stages]))
def test_the_level_and_the_gaps_are_those_of_the_rule(ticks: set[str], target: str) -> None:
    made = report(ticks, target=target)
    assert made.claimed == levels.standing(catalog(), ticks)
    assert [(gap.category, gap.held, gap.missing) for gap in made.gaps] == [
        (gap.category, gap.held, gap.missing) for gap in levels.gaps(catalog(), ticks, target)
    ]
    assert made.ticks == ticks


def test_a_report_says_the_days_since_which_skills_are_held_and_no_times() -> None:
    made = report(held={"junior.skill-1": date(2025, 3, 9)})
    assert made.lines["junior.skill-1"].since == date(2025, 3, 9)
    assert made.lines["junior.skill-2"].since is None
    assert "T00" not in made.model_dump_json()


def test_a_retired_skill_that_is_still_held_is_left_out() -> None:
    assert report({"junior.skill-1", "gone.skill"}).ticks == {"junior.skill-1"}


def test_notes_and_card_counts_are_only_there_if_their_owner_shows_them() -> None:
    own = {
        "notes": {"junior.skill-1": Note(text="See this", link="https://example.org/1")},
        "drilled": Drilled(cards=3, recalls=9, days=2),
    }
    shown, hidden = report(**own), report(**own, show_notes=False, show_cards=False)
    assert (shown.lines["junior.skill-1"].note, shown.drilled) == ("See this", Drilled(cards=3, recalls=9, days=2))
    assert (hidden.notes_included, hidden.drilled) == (False, None)
    assert "See this" not in hidden.model_dump_json()
    assert "example.org" not in hidden.model_dump_json()


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "data:text/html,x", "//example.org", "https://", "https://a b", 'https://x"y', "ftp://x.y"],
)
def test_a_link_that_is_no_web_address_is_refused(link: str) -> None:
    with pytest.raises(ValidationError):
        Note(link=link)


def test_a_web_address_or_none_is_a_link() -> None:
    assert Note(link="HTTPS://example.org/a?b=c#d").link == "HTTPS://example.org/a?b=c#d"
    assert Note().link == ""


@given(st.text(max_size=120))
def test_any_name_makes_a_report_that_can_be_written_down(name: str) -> None:
    made = report(name=name, message=name)
    assert "\n" not in made.name
    assert Report.model_validate_json(json.dumps(reports.payload(made))) == made


@pytest.mark.parametrize("name", ["Zoë <b>O'Neil</b>", "=1+1", "שלום Ada", "👩🏽‍💻", "*_`#|", "\u202eadA"])
def test_a_name_stays_as_typed(name: str) -> None:
    assert report(name=name).name == name


@pytest.mark.parametrize(("field", "most"), [("name", 120), ("role", 120), ("message", 4000)])
def test_words_longer_than_the_limit_are_refused(field: str, most: int) -> None:
    report(**{field: "x" * most})
    with pytest.raises(ValidationError):
        report(**{field: "x" * (most + 1)})


# What cannot be claimed


def forged(**changes: object) -> dict[str, object]:
    return {**reports.payload(report(SENIOR)), **changes}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"claimed": {"level": "beyond", "ticked": None, "needed": None, "debts": [], "ahead": []}}, "does not follow"),
        ({"gaps": []}, "gaps do not follow"),
        ({"target": "elsewhere"}, "do not fit"),
        ({"roadmap": {"version": 1, "digest": "", "title": "R", "categories": ["Core"]}}, "category"),
        ({"schema": 3}, "schema"),
        ({"shown": None}, "shown level does not follow"),
        ({"schema": 1}, "do not hold"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_report_whose_parts_disagree_is_refused(changes: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Report.model_validate(forged(**changes), strict=False)


def test_a_stage_that_counts_by_an_easier_rule_is_refused() -> None:
    stages = forged()["stages"]
    stages[0]["needed"] = 1  # type: ignore[index]
    with pytest.raises(ValidationError, match="another rule"):
        Report.model_validate(forged(stages=stages), strict=False)


# The seal


def test_the_checksum_is_over_sorted_json_without_spaces_and_without_itself() -> None:
    content = {"b": "é", "a": [1, None], "checksum": "whatever"}
    assert reports.canonical(content) == '{"a":[1,null],"b":"é"}'.encode()


def test_a_made_report_is_intact_and_any_change_shows() -> None:
    content = reports.payload(report(SENIOR))
    assert reports.is_intact(content)
    assert not reports.is_intact({**content, "name": "Eve"})
    assert not reports.is_intact({**content, "later": "field"})


def test_the_same_facts_make_the_same_checksum() -> None:
    assert report(SENIOR).checksum == report(sorted(SENIOR)).checksum


def test_a_report_holds_no_fraction_so_that_any_language_sums_it_alike() -> None:
    def numbers(value: object) -> list[object]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return [value] if isinstance(value, float) else [found for part in inner for found in numbers(part)]

    assert numbers(reports.payload(report(SENIOR, drilled=Drilled(cards=1, recalls=1, days=1)))) == []


# What changed


def test_a_second_report_says_what_was_gained_lost_and_learned_since() -> None:
    first = report(by_counts(5, 3, 0, 0, 0), id=number(1), as_of=date(2026, 3, 1))
    second = report({*by_counts(4, 4, 0, 0, 0), "junior.goal-1"}, id=number(2), previous=first)
    assert second.changes == Changes(
        since=date(2026, 3, 1),
        previous=number(1),
        gained=("mid.skill-4",),
        lost=("junior.skill-5",),
        goals_gained=("junior.goal-1",),
        level_before="junior",
        level_after="mid",
    )
    assert words.changed(second) == "The claimed level went from Junior to Mid. 1 skill gained, 1 skill withdrawn."
    assert words.change_list(second)[0] == ("Gained", "Do mid thing number 4.")
    assert reports.is_intact(reports.payload(second))


def test_reports_about_two_roadmap_versions_are_not_compared_and_say_so() -> None:
    first = report(catalog=but(version=7))
    second = report(previous=first)
    assert isinstance(second.changes, Incomparable)
    assert "version 7" in words.changed(second)
    assert "version 1" in words.changed(second)


def test_reports_of_two_people_are_not_compared() -> None:
    assert isinstance(reports.changes(report(person="eve"), report()), Incomparable)


@given(*(st.sets(st.sampled_from(sorted(catalog().lines))) for _ in range(2)))
def test_changes_lead_from_the_one_report_to_the_other(before: set[str], after: set[str]) -> None:
    found = reports.changes(report(before), report(after))
    assert isinstance(found, Changes)
    gained, lost = {*found.gained, *found.goals_gained}, {*found.lost, *found.goals_lost}
    assert (before | gained) - lost == after
    assert not gained & before


# What a manager can repeat


@pytest.mark.parametrize(
    ("counts", "headline"),
    [
        ((0, 0, 0, 0, 0), "Starting out: No stage counts yet. 0 of 4 toward Junior."),
        ((3, 5, 5, 5, 4), "Starting out: No stage counts yet. 3 of 4 toward Junior."),
        ((4, 0, 0, 0, 0), "Claims Junior: 4 of 5 Junior skills. 0 of 4 toward Mid."),
        (
            (4, 5, 4, 2, 1),
            "Claims Senior: 4 of 5 Senior skills, and every stage below counts. 2 of 4 toward Architect.",
        ),
        (
            (5, 5, 5, 5, 2),
            "Claims Architect: 5 of 5 Architect skills, and every stage below counts. 2 of 3 toward Beyond.",
        ),
        ((4, 4, 4, 4, 3), "Claims Beyond: 3 of 4 Beyond skills, and every stage below counts. The top of this ladder."),
    ],
)
def test_the_headline_states_a_claim_and_its_reason(counts: tuple[int, ...], headline: str) -> None:
    assert words.headline(report(by_counts(*counts))) == headline


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((4, 2, 0, 0, 0), "Any 2 of the 3 open Mid skills would make the claimed level Mid."),
        ((3, 5, 5, 5, 4), "Any 1 of the 2 open Junior skills would make the claimed level Beyond."),
        ((4, 4, 4, 4, 3), "Every stage counts: the top of this ladder."),
    ],
)
def test_what_blocks_the_next_stage_is_said_about_someone_else(counts: tuple[int, ...], sentence: str) -> None:
    assert words.blocking(report(by_counts(*counts))) == sentence


@given(st.sets(st.sampled_from(sorted(catalog().skills))))
def test_nobody_is_ever_called_their_level(ticks: set[str]) -> None:
    made = report(ticks)
    said = f"{words.headline(made)} {words.blocking(made)}"
    assert not any(f"is {stage.title}" in said or f"is a {stage.title}" in said for stage in catalog().stages)


# Many people


def member(*ticks: Any, **said: Any) -> Member:
    return Member.of(report(*ticks, **said))


def team(people: int, *counts: int) -> list[Member]:
    return [member(by_counts(*counts), id=number(of), person=f"p{of}", name=f"Person {of}") for of in range(people)]


def test_people_are_listed_by_name_whatever_their_level() -> None:
    given_in = [
        member(by_counts(5, 5, 5, 5, 4), id=number(1), person="1", name="zoe"),
        member(id=number(2), person="2", name="Ada"),
        member(by_counts(5, 5, 0, 0, 0), id=number(3), person="3", name="Mia"),
    ]
    assert [of.name for of in latest_by_person(given_in)] == ["Ada", "Mia", "zoe"]


def test_a_person_counts_once_with_the_newest_report() -> None:
    old, new = member(id=number(1), as_of=date(2026, 1, 1)), member(id=number(2), as_of=date(2026, 2, 1))
    [newest] = latest_by_person([new, old, new])
    assert (newest.id, newest.as_of) == (new.id, new.as_of)
    assert histories([new, old, new]) == {"ada": (old, new)}


def test_of_two_reports_of_one_day_the_later_is_the_one_that_names_the_other() -> None:
    made = report(id=number(9))
    first, second = Member.of(made), member(id=number(1), previous=made)
    assert histories([second, first])["ada"] == (first, second)
    assert histories([first, second])["ada"] == (first, second)


def test_two_people_of_one_name_stay_two_people() -> None:
    assert len(latest_by_person([member(id=number(1), person="1"), member(id=number(2), person="2")])) == 2


@pytest.mark.parametrize("people", [1, 4])
def test_fewer_than_five_people_have_no_shared_figures(people: int) -> None:
    withheld = team_gaps(team(people, 5, 0, 0, 0, 0), "mid")
    assert isinstance(withheld, Withheld)
    assert "five people" in withheld.reason


def test_shared_figures_are_withheld_where_a_few_others_could_be_worked_out() -> None:
    assert isinstance(team_gaps(team(6, 5, 0, 0, 0, 0), "mid", of=8), Withheld)
    assert isinstance(team_gaps(team(6, 5, 0, 0, 0, 0), "mid", of=6), TeamGaps)
    assert isinstance(team_gaps(team(6, 5, 0, 0, 0, 0), "mid", of=11), TeamGaps)


def test_reports_of_two_versions_are_not_added_up() -> None:
    other = member(catalog=but(version=2), id=number(99), person="other")
    withheld = team_gaps([*team(5, 5, 0, 0, 0, 0), other], "mid")
    assert isinstance(withheld, Withheld)
    assert "versions 1 and 2" in withheld.reason


def test_shared_gaps_add_up_everybodys_ticks_and_count_who_holds_a_skill() -> None:
    everyone = [*team(4, 5, 0, 0, 0, 0), member(id=number(50), person="new")]
    shared = team_gaps(everyone, "junior")
    assert isinstance(shared, TeamGaps)
    assert [(gap.category, gap.held, gap.required) for gap in shared.gaps] == [
        ("Core", 8, 10),
        ("Data & ORM", 8, 10),
        ("Testing", 4, 5),
        ("Deploy & Ops", 4, 5),
    ]
    assert {len(one.claims) for one in coverage(everyone, by_counts(5, 0, 0, 0, 0))} == {4}
    assert shared.people == 5
