"""A review answers one report and changes nothing in it; both sides, the thread and what became of each objective."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import jsonschema
import miniature
import pytest
from conftest import ROOT
from hypothesis import example, given
from hypothesis import strategies as st
from miniature import by_counts, catalog, report
from pydantic import ValidationError

from roadmap import export
from roadmap import report as reports
from roadmap.__main__ import main
from roadmap.export import Refused, Seal, judged
from roadmap.export.signature import OWN, TRUSTED, new_key
from roadmap.report import Report
from roadmap.report import review as answers
from roadmap.report.review import (
    Objective,
    ObjectiveAnswer,
    ObjectiveState,
    PromptScore,
    Review,
    Stance,
    Verdict,
    carried,
    counts,
    disagreements,
    due,
    newest_of_each,
    objectives,
    thread,
)

SKILLS = sorted(catalog().skills)
DAY = date(2026, 12, 3)
STANCES: tuple[Stance, ...] = ("agree", "show", "not-yet")
stances = st.dictionaries(st.sampled_from(SKILLS), st.sampled_from(STANCES))
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def number(of: int) -> str:
    return str(UUID(int=of))


def review(of: Report | None = None, said: Mapping[str, Stance] = {}, **facts: Any) -> Review:
    """Mira's answer as a manager, unless said otherwise."""
    about: dict[str, Any] = {"id": number(7), "by": "Mira", "role": "manager", "on": DAY}
    verdicts = [Verdict(skill=skill, stance=stance) for skill, stance in said.items()]
    return answers.make(of or report(by_counts(5, 4, 1, 0, 0)), **{**about, "verdicts": verdicts, **facts})


def full(**facts: Any) -> Review:
    """A review with everything in it."""
    said: dict[str, Any] = {
        "verdicts": [
            Verdict(skill="junior.skill-1", stance="agree"),
            Verdict(skill="mid.skill-4", stance="not-yet", comment="The last one\nleaked a connection."),
            Verdict(skill="senior.skill-2", stance="show"),
        ],
        "objectives": [Objective(id=number(21), skill="mid.skill-4", text="Close a <pool>", due=date(2027, 1, 31))],
        "scores": [PromptScore(prompt="dp-design", points={"Correctness": 3, "Design & clarity": 2})],
        "comment": "Half a year well used.\n\nNext: operations.",
    }
    return review(**{**said, **facts})


# The seal


def test_a_review_says_whose_report_it_answers_and_exactly_which() -> None:
    of = report(by_counts(3, 0, 0, 0, 0))
    made = review(of)
    assert (made.report, made.report_checksum, made.person) == (of.id, of.checksum, of.person)
    assert (made.name, made.as_of) == (of.name, of.as_of)


def test_a_made_review_is_intact_and_any_change_shows() -> None:
    content = answers.payload(full())
    assert reports.is_intact(content)
    for field, value in {"by": "Eve", "verdicts": [], "as_of": "2026-11-23", "later": 1}.items():
        assert not reports.is_intact({**content, field: value})


names = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=120)


@given(names, st.text(max_size=2000), stances)
def test_any_words_make_a_file_that_gives_the_same_review_back(by: str, words: str, said: dict[str, Stance]) -> None:
    made = review(by=by, comment=words, said=said)
    assert export.read_review("review.json", export.review_json(made)) == made


@pytest.mark.parametrize(
    "twice",
    [
        {"verdicts": [Verdict(skill="mid.skill-1", stance=stance) for stance in STANCES[:2]]},
        {"objectives": [Objective(id=number(1), text=text) for text in "ab"]},
        {"scores": [PromptScore(prompt="dp-design", points={"Design": points}) for points in (1, 2)]},
    ],
)
def test_a_review_says_each_thing_once(twice: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="two things about one"):
        review(**twice)


@pytest.mark.parametrize(
    "missing", [{"by": ""}, {"role": "friend"}, {"scores": [{"prompt": "dp-design", "points": {}}]}]
)
def test_a_review_without_a_reader_a_role_or_points_is_none(missing: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        review(**missing)


# Both sides


@given(st.sets(st.sampled_from(SKILLS)), stances)
def test_what_is_ticked_and_not_supported_comes_first_then_what_to_show_then_what_is_agreed(
    ticks: set[str], said: dict[str, Stance]
) -> None:
    found = disagreements(of := report(ticks), review(of, said))
    assert {one.line.id for one in found} == said.keys()
    order = ["disputed", "to show", "agreed"]
    assert [one.standing for one in found] == sorted((one.standing for one in found), key=order.index)
    places = {id: place for place, id in enumerate(of.lines)}
    for standing in order:
        group = [places[one.line.id] for one in found if one.standing == standing]
        assert group == sorted(group), "within a group the order is the roadmap's"
    for one in found:
        [(_, verdict)] = one.said
        assert verdict.stance == said[one.line.id]
        if verdict.stance == "not-yet":
            assert (one.standing == "disputed") == one.line.ticked
        else:
            assert one.standing == {"agree": "agreed", "show": "to show"}[verdict.stance]


@given(stances, stances)
def test_of_two_readers_both_are_heard_and_the_doubt_decides(one: dict[str, Stance], two: dict[str, Stance]) -> None:
    of = report(by_counts(5, 5, 5, 5, 4))
    mira, sam = review(of, one), review(of, two, id=number(8), by="Sam", role="mentor")
    doubt = {"not-yet": 0, "show": 1, "agree": 2}
    for found in disagreements(of, mira, sam):
        said = [verdict.stance for _, verdict in found.said]
        assert said == [given_[found.line.id] for given_ in (one, two) if found.line.id in given_]
        assert found.standing == ("disputed", "to show", "agreed")[min(map(doubt.__getitem__, said))]


def test_a_skill_that_the_report_does_not_have_is_nobodys_disagreement() -> None:
    assert disagreements(report(), review(said={"gone.skill": "not-yet"})) == ()


def test_the_newest_review_of_each_reader_speaks_for_them() -> None:
    first, other = review(id=number(1)), review(id=number(2), by="Sam", role="mentor")
    later = review(id=number(3), by="mira", on=DAY + timedelta(days=1))
    as_mentor = review(id=number(4), role="mentor", on=DAY + timedelta(days=2))
    assert newest_of_each([later, first, other, as_mentor]) == (other, later, as_mentor)


# The thread


@given(st.lists(days, max_size=6), st.lists(st.tuples(days, st.integers(0, 8)), max_size=8))
def test_the_thread_holds_everything_in_time_order_and_no_answer_before_its_report(
    made: list[date], answered: list[tuple[date, int]]
) -> None:
    past = [report(id=number(100 + place), as_of=on) for place, on in enumerate(made)]
    strange = report(id=number(99))
    came = [
        review(past[about] if about < len(past) else strange, id=number(200 + place), on=on)
        for place, (on, about) in enumerate(answered)
    ]
    told = thread(past, came)
    assert {one.id for one in told} == {one.id for one in (*past, *came)}
    assert len(told) == len(past) + len(came)
    places = {one.id: place for place, one in enumerate(told)}
    on = {one.id: one.as_of for one in past}
    for one in came:
        assert one.report not in places or places[one.report] < places[one.id]
        on[one.id] = max(one.on, on.get(one.report, one.on))
    assert [on[one.id] for one in told] == sorted(on.values())


# Beginning from an earlier review


def test_an_earlier_answer_is_carried_unless_the_claim_moved_since() -> None:
    first = report(by_counts(3, 0, 0, 0, 0), id=number(1))
    held = dict.fromkeys(["junior.skill-1", "junior.skill-2"], date(2026, 1, 5)) | {"junior.skill-4": DAY}
    later = report(id=number(2), held=held, as_of=DAY, previous=first)
    said: dict[str, Stance] = {f"junior.skill-{place}": "agree" for place in (1, 3, 4)}
    said |= {"junior.skill-2": "show", "mid.skill-1": "not-yet", "gone.skill": "agree"}
    kept = {"junior.skill-1": "agree", "junior.skill-2": "show", "mid.skill-1": "not-yet"}
    assert carried(review(first, said), later) == kept
    assert carried(review(first, said), report(person="eve")) == {}


# Objectives


@given(
    st.lists(st.tuples(days, st.lists(st.integers(0, 9), max_size=3, unique=True)), max_size=5),
    st.dictionaries(st.integers(0, 9), st.lists(st.sampled_from(["accepted", "declined", "done"]), max_size=4)),
)
@example([(DAY, [1])], {1: []})
def test_every_objective_says_what_became_of_it_last(
    given_: list[tuple[date, list[int]]], said: dict[int, list[ObjectiveState]]
) -> None:
    came = [
        review(id=number(50 + place), on=on, objectives=[Objective(id=number(id), text=f"{place}") for id in ids])
        for place, (on, ids) in enumerate(given_)
    ]
    at = datetime(2026, 12, 4, 12, tzinfo=UTC)
    answered = {
        number(id): [ObjectiveAnswer(at, state, f"{place} {state}") for place, state in enumerate(states)]
        for id, states in said.items()
    }
    found = objectives(came, answered)
    assert {one.id for one in found} == {one.id for review in came for one in review.objectives}
    assert [one.given for one in found] == sorted(one.given for one in found)
    for one in found:
        last = answered.get(one.id) or [None]
        assert (one.state, one.words) == ((last[-1].state, last[-1].words) if last[-1] else ("open", ""))
    assert miniature.report(objectives=found).objectives == found


def test_a_report_carries_the_newest_500_objectives_at_most() -> None:
    came = [
        review(
            id=number(place), objectives=[Objective(id=number(1000 + 50 * place + of), text="x") for of in range(50)]
        )
        for place in range(11)
    ]
    found = objectives(came, {})
    assert len(found) == 500
    assert found[-1].id == number(1000 + 549)
    assert len(report(objectives=found).objectives) == 500


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (None, "no due day"),
        (12, "due in 12 days"),
        (1, "due tomorrow"),
        (0, "due today"),
        (-1, "1 day overdue"),
        (-3, "3 days overdue"),
    ],
)
def test_how_long_an_objective_has(days: int | None, words: str) -> None:
    assert due(None if days is None else DAY + timedelta(days), DAY) == words


def test_a_review_in_counts() -> None:
    assert counts(full()) == "1 agreed, 1 to show, 1 not yet, 1 objective, 1 prompt scored"
    assert counts(review()) == "nothing yet"
    assert counts(review(comment="Well done.")) == "a comment"


# The file


def altered(**fields: Any) -> bytes:
    content = {**answers.payload(full()), **fields}
    return json.dumps({**content, "checksum": reports.checksum(content)}).encode()


def test_the_file_is_named_for_the_person_and_the_day() -> None:
    assert (
        export.review_filename(review(report(name="Ada Löve/lace"))) == "roadmap-review-ada-love-lace-2026-12-03.json"
    )
    assert export.review_filename(review(report(name="漢字"))) == "roadmap-review-11111111-2026-12-03.json"


BAD = {
    "too large": (b"{" + b" " * (5 * 1024**2) + b"}", "it is larger than 5 MB"),
    "empty": (b"  ", "it is empty"),
    "not UTF-8": (b"\xff\xfe{\x00", "it is not UTF-8 text"),
    "broken JSON": (export.review_json(full())[:-90], "its JSON breaks off at line"),
    "a list": (b"[]", "it holds a list or a single value, not a review"),
    "words": (b"Hello", "it is not the JSON of a review"),
    "a web page": (b"<p>Hello", "it is a web page without a review's data"),
    "something else": (b'{"hello": 1}', "it is not a review"),
    "a report": (export.to_json(report()), "it is a report, not a review"),
    "a report as a page": (export.to_html(report()), "it is a report, not a review"),
    "a newer one": (altered(review=2), "it was made by a newer version of the dashboard (version 2, this one reads 1)"),
    "edited": (export.review_json(full()).replace(b"Mira", b"Eve"), "it is altered: it was changed or damaged"),
    "misshapen": (altered(role="boss"), "it is not shaped like a review (role"),
    "with more in it": (altered(mood="good"), "it is not shaped like a review (mood"),
    "points out of range": (
        altered(scores=[{"prompt": "dp-design", "points": {"Design": 9}}]),
        "it is not shaped like a review (scores",
    ),
    "a link as an id": (altered(verdicts=[{"skill": "../x", "stance": "agree", "comment": ""}]), "(verdicts"),
    "control characters": (altered(comment="\x07"), "it holds something that a review never holds"),
    "no number": (altered().replace(b'"review": 1', b'"review": NaN'), "it holds NaN"),
    "twice": (altered().replace(b'{"review": 1', b'{"review": 1, "review": 1'), "its JSON says the same thing twice"),
    "a zip": (b"PK\x03\x04", "it is a zip archive; unpack it and open the reviews in it"),
    "a PDF": (b"%PDF", "it is a PDF, which carries no data; ask for the JSON file"),
    "nested without end": (b'{"a":' * 100_000, "its JSON"),
}


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=BAD)
def test_any_other_file_is_refused_in_one_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        export.read_review("answer.json", data)
    assert reason in str(refused.value)
    assert str(refused.value).startswith("answer.json was not opened: ")
    assert str(refused.value).endswith(".")


def test_where_a_report_is_asked_for_a_review_says_where_it_belongs() -> None:
    with pytest.raises(Refused, match="it is a review, not a report; whose report it answers opens it on their Report"):
        export.read("answer.json", export.review_json(full()))


GOOD = export.review_json(full())


@given(st.one_of(st.binary(max_size=300), st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255))))
def test_any_bytes_give_a_review_or_a_refusal(data: bytes | tuple[int, int]) -> None:
    if isinstance(data, tuple):
        place, value = data
        data = GOOD[:place] + bytes([value]) + GOOD[place + 1 :]
    with suppress(Refused):
        assert export.read_review("x.json", data) == full()


def test_a_review_is_signed_where_the_organisation_has_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    private, public = new_key()
    monkeypatch.setenv(OWN, private)
    data = export.review_json(full())
    signed = export.read_review("x.json", data)
    assert judged(signed) is Seal.SIGNED
    assert signed.checksum == full().checksum
    monkeypatch.delenv(OWN)
    assert judged(export.read_review("x.json", data)) is Seal.UNKNOWN
    monkeypatch.setenv(TRUSTED, public)
    assert judged(export.read_review("x.json", data)) is Seal.SIGNED
    edited = {**json.loads(data), "by": "Eve"}
    with pytest.raises(Refused, match="its signature is not one of what it says"):
        export.read_review("x.json", json.dumps({**edited, "checksum": reports.checksum(edited)}).encode())
    assert judged(full()) is Seal.UNSIGNED


def test_the_published_schema_is_the_one_in_the_code_and_every_review_meets_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    published = json.loads((ROOT / "docs" / "review-schema.json").read_text("utf-8"))
    assert published == answers.json_schema()
    assert main(["schema", "review"]) == 0
    assert json.loads(capsys.readouterr().out) == published
    jsonschema.validate(json.loads(GOOD), published)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**json.loads(GOOD), "role": "boss"}, published)


# Both sides as a page


TYPED = ["<script>alert(1)</script>", "</blockquote><img src=x onerror=alert(1)>", "שלום \u202eevil", '"quoted" & co']


@pytest.mark.parametrize("typed", TYPED)
def test_words_of_a_reader_are_shown_as_typed(typed: str) -> None:
    of = report(["mid.skill-4"], name=typed)
    made = full(
        of=of,
        by=typed,
        verdicts=[Verdict(skill="mid.skill-4", stance="not-yet", comment=typed)],
        comment=typed,
        objectives=[Objective(id=number(3), text=typed)],
        scores=[PromptScore(prompt="dp-design", points={typed: 1})],
    )
    pages = [
        export.side_by_side(of, disagreements(of, made)),
        export.history(thread([of], [made]), lambda id: typed, lambda id: typed),
        export.quoted(typed),
    ]
    for page in pages:
        assert "<script" not in page
        assert "<img" not in page
    assert "not supported" not in pages[0]
