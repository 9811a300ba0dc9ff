"""Questions and readings: what the gate holds, so that no question can be passed without reading it."""

from __future__ import annotations

import textwrap
from hashlib import sha256
from pathlib import Path

import miniature_folder
import pytest

from roadmap import content

QUESTION = """\
---
id: q.walk.stand.{name}
stage: junior
category: Balance
skills: [walk.stand]
card: walk.stand.card
sources: [handbook]
verified: document
---

## Question

{stem}

## Options

{options}

## Proof

Somebody looked.
"""

OPTIONS = ("Both feet stay down", "One foot leaves", "Neither foot moves", "The heel turns")


def options(*texts: str, key: int = 0) -> str:
    return "\n".join(
        f"- [{'x' if place == key else ' '}] {text}\n\n  Because of belief {place}.\n"
        for place, text in enumerate(texts)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return miniature_folder.make(tmp_path / "content")


def write(folder: Path, name: str = "one", stem: str = "What happens when you stand?", listed: str = "") -> Path:
    file = folder / "questions" / "junior" / f"q.walk.stand.{name}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(QUESTION.format(name=name, stem=stem, options=listed or options(*OPTIONS)), "utf-8")
    content.record_ids(folder)
    return file


def said(folder: Path) -> list[str]:
    return [problem.text for problem in content.read(folder).problems]


def test_a_question_is_read_with_its_options_and_an_explanation_for_each(folder: Path) -> None:
    write(folder)
    catalog, problems = content.read(folder)
    assert problems == ()
    assert catalog
    (question,) = catalog.questions
    assert [option.text for option in question.options] == list(OPTIONS)
    assert [option.right for option in question.options] == [True, False, False, False]
    assert question.options[2].why == "Because of belief 2."
    assert content.counts(catalog)["questions"] == 1


@pytest.mark.parametrize(
    ("listed", "problem"),
    [
        (options(*OPTIONS, key=9), "exactly one option is marked [x]"),
        (options(*OPTIONS[:2]), "a question has 3 or 4 options, this has 2"),
        (options(*OPTIONS[:3], "All of the above"), "the option `All of the above` only points at others"),
        (options(*OPTIONS[:3], OPTIONS[0]), "two options say the same"),
        (options(*OPTIONS[:3], "what happens when you stand"), "repeats the question"),
    ],
)
def test_an_unfair_question_is_named(folder: Path, listed: str, problem: str) -> None:
    write(folder, listed=listed)
    assert any(problem in text for text in said(folder)), said(folder)


def test_an_option_without_an_explanation_is_named(folder: Path) -> None:
    write(folder, listed=options(*OPTIONS).replace("Because of belief 1.", ""))
    assert said(folder) == ["`options.1.why` is empty"]


def test_a_question_names_a_card_that_exists(folder: Path) -> None:
    file = write(folder)
    file.write_text(file.read_text("utf-8").replace("card: walk.stand.card", "card: walk.stand.gone"), "utf-8")
    assert said(folder) == ["there is no card `walk.stand.gone`"]


def hashed(number: int) -> str:
    """A stem unlike every other."""
    return " ".join(textwrap.wrap(sha256(bytes([number])).hexdigest(), 4)) + "?"


def many(folder: Path, key_of: object, length_of: object = lambda place: "") -> list[str]:
    for number in range(40):
        key = key_of(number)
        texts = [f"{length_of(place == key)}{number} answer {place}" for place in range(4)]
        write(folder, f"n{number}", hashed(number), options(*texts, key=key))
    return said(folder)


def test_a_set_whose_key_is_mostly_one_letter_is_refused(folder: Path) -> None:
    problems = many(folder, lambda number: 1 if number % 2 else number // 2 % 4)
    assert any(text.startswith("the key is option B in") for text in problems)


def test_a_set_whose_key_is_mostly_the_longest_option_is_refused(folder: Path) -> None:
    problems = many(folder, lambda number: number % 4, lambda is_key: "much longer than the rest " if is_key else "")
    assert problems == ["the key is the longest option in 100%; at most 35%"]


def test_an_even_set_passes(folder: Path) -> None:
    assert many(folder, lambda number: number % 4) == []


def test_the_datasets_own_floors_are_held(folder: Path) -> None:
    roadmap = folder / "roadmap.yaml"
    floors = "floors: {cards_of_a_skill: 2, questions_of_a_skill: 1}\n"
    roadmap.write_text(floors + roadmap.read_text("utf-8"), "utf-8")
    write(folder)
    problems = said(folder)
    assert "1 cards serve `walk.step`; at least 2" in problems
    assert "0 questions ask about `walk.step`; at least 1" in problems
    assert "0 questions ask about `walk.stand`; at least 1" not in problems


def test_a_reading_that_the_roadmap_does_not_name_is_no_reading_yet(folder: Path) -> None:
    (folder / "topics").mkdir()
    (folder / "topics" / "topic.77.md").write_text("---\nid: topic.77\n---\n\nWords.\n", "utf-8")
    assert said(folder) == ["the roadmap has no topic `topic.77`; give it a title there first"]


def test_a_source_named_in_a_reading_exists(folder: Path) -> None:
    (folder / "topics").mkdir()
    text = "---\nid: topic.01\nsources: [handbook]\n---\n\nRead [more](source:gone) and [this](source:handbook).\n"
    (folder / "topics" / "topic.01.md").write_text(text, "utf-8")
    assert said(folder) == ["there is no source `gone`"]
