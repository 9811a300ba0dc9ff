"""Reading the content folder: whole it gives a catalog, and every mistake is named with its file, line and mending."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import miniature_folder
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from miniature_folder import FRONTS, ROADMAP

from roadmap import content
from roadmap.content import Problem

STAND = "cards/junior/walk.stand.card.md"
STEP = "cards/junior/walk.step.card.md"
LEAP = "cards/mid/run.leap.card.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return miniature_folder.make(tmp_path / "content")


def problems(folder: Path) -> list[tuple[str, int, str]]:
    loaded = content.read(folder)
    assert (loaded.catalog is None) == bool(loaded.problems)
    return [tuple(problem) for problem in loaded.problems]


def line_of(file: Path, text: str) -> int:
    """The one line of a file that holds a text."""
    (line,) = (number for number, line in enumerate(file.read_text("utf-8").split("\n"), start=1) if text in line)
    return line


# Whole


def test_a_whole_folder_gives_its_catalog(folder: Path) -> None:
    catalog, found = content.read(folder)
    assert found == ()
    assert catalog
    assert [*catalog.lines] == ["walk.stand", "walk.step", "walk.fast", "run.leap"]
    assert {line: [card.id for card in cards] for line, cards in catalog.cards_of.items()} == {
        line: [f"{line}.card"] for line in catalog.lines
    }
    walk = catalog.card["walk.stand.card"]
    assert (walk.stage, walk.category, walk.front) == ("junior", "Balance", FRONTS["walk.stand"])
    assert walk.proof == "```ts\n## Not a heading, but code\n```"
    assert [card.id for card in catalog.directed("junior")] == [
        "walk.fast.card",
        "walk.stand.card",
        "walk.step.card",
        "run.leap.card",
    ]


def test_the_real_folder_has_no_problem() -> None:
    catalog, found = content.read()
    assert found == ()
    assert catalog
    assert len(catalog.skills) == 24


def test_a_reading_has_a_text_once_its_file_is_written(folder: Path) -> None:
    (folder / "topics").mkdir()
    (folder / "topics" / "topic.01.md").write_text("---\nid: topic.01\n---\n\nPut the weight on both.\n", "utf-8")
    catalog, _ = content.read(folder)
    assert catalog
    assert catalog.readings["topic.01"].text == "Put the weight on both."
    assert catalog.readings["guide.01"].text == ""
    counted = content.counts(catalog)
    assert (counted["topics"], counted["guide"], counted["cards"], counted["snippets"]) == (1, 0, 4, 4)
    assert counted["by_stage"] == {"junior": 3, "mid": 1}


def test_the_digest_follows_the_words_and_the_version_does_not(folder: Path) -> None:
    before, _ = content.read(folder)
    same, _ = content.read(folder)
    change(folder / STAND, "It matters.", "It matters a lot.")
    after, _ = content.read(folder)
    assert before and same and after
    assert before.digest == same.digest != after.digest
    assert before.version == after.version


def test_a_checkout_with_windows_line_ends_reads_the_same(folder: Path) -> None:
    unix, _ = content.read(folder)
    for file in folder.rglob("*.*"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    windows, found = content.read(folder)
    assert found == ()
    assert windows == unix


# One mistake at a time


class Mistake(NamedTuple):
    """A change to one file, what is said of it, and the line that is blamed: its number or a text on it."""

    file: str
    old: str
    new: str
    says: str
    blamed: str | int


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
    file.write_text(text.replace(old, new), "utf-8")


def many(count: int) -> str:
    return " ".join(f"word{number}" for number in range(count))


HEADINGS = "the headings must be Front, Answer, Proof, Why it matters, Trap, in this order; found "
FRONT = FRONTS["walk.stand"]
DIRECTION = "text: Drill Mid and Motion.\n      match: all\n      stages: [mid]\n      categories: [Motion]"

MISTAKES = [
    # in a card
    Mistake(
        STAND,
        "verified: document",
        "verified: document\ncolour: red",
        "unknown field `colour`; a card has id, stage, category, skills, sources, verified, since, until, front, "
        "answer, proof, why, trap",
        "colour: red",
    ),
    Mistake(STAND, "category: Balance\n", "", "`category` is missing", "id: walk"),
    Mistake(STAND, "document", "dream", "`verified`: input should be 'run', 'check' or 'document'", "dream"),
    Mistake(STAND, "[walk.stand]", "walk.stand", "`skills`: input should be a valid tuple", "skills:"),
    Mistake(STAND, "[handbook]", "[]", "`sources` must name at least one", "sources:"),
    Mistake(
        STAND,
        "id: walk.stand.card",
        "id: Walk Stand",
        "`id` must be lower-case words joined by dots or hyphens, not `Walk Stand`",
        "id: Walk",
    ),
    Mistake(STAND, "stage: junior", "stage: mid", "card `walk.stand.card` belongs in cards/mid/walk.stand.card.md", 1),
    Mistake(STAND, "stage: junior", "stage: senior", "there is no stage `senior`", "stage:"),
    Mistake(STAND, "category: Balance", "category: Cooking", "there is no category `Cooking`", "category:"),
    Mistake(STAND, "[walk.stand]", "[walk.stand, fly]", "there is no skill or goal `fly`", "skills:"),
    Mistake(STAND, "[handbook]", "\n  - handbook\n  - rumour", "there is no source `rumour`", "- rumour"),
    Mistake(STAND, FRONT, many(61), "the front has 61 words; at most 60", "## Front"),
    Mistake(STAND, "The walk.stand.card answer.", many(61), "the answer has 61 words; at most 60", "## Answer"),
    Mistake(STAND, "Believing otherwise.", many(180), "the whole card has 200 words; at most 180", "id: walk"),
    Mistake(STAND, FRONT, "", "`front` is empty", "## Front"),
    Mistake(STEP, FRONTS["walk.step"], FRONT, "the front is nearly that of `walk.stand.card`", "## Front"),
    Mistake(
        STEP,
        FRONTS["walk.step"],
        "Both legs are locked and the soil tilts by ten degrees. What gives way first?",
        "the front is nearly that of `walk.stand.card`",
        "## Front",
    ),
    Mistake(STAND, "## Trap\n", "", HEADINGS + "Front, Answer, Proof, Why it matters", 1),
    Mistake(STAND, "## Proof", "## Evidence", HEADINGS + "Front, Answer, Evidence, Why it matters, Trap", "## Evid"),
    Mistake(
        STAND,
        "## Answer\n",
        "## Trap\n\n## Answer\n",
        HEADINGS + "Front, Trap, Answer, Proof, Why it matters, Trap",
        14,
    ),
    Mistake(STAND, "```\n", "", "this code fence is not closed", "```ts"),
    Mistake(STAND, "---\n\n##", "\n##", "a card starts with front matter between two lines of `---`", 1),
    Mistake(
        STAND,
        "verified: document",
        "verified: a: b",
        "not valid YAML: mapping values are not allowed in this context",
        "a: b",
    ),
    Mistake(STAND, "[walk.stand]", "[walk.stand", "not valid YAML: did not find expected ',' or ']'", "sources:"),
    Mistake(STAND, "verified: document", "verified: document\nid: twice", "`id` is given twice", "twice"),
    Mistake(STAND, "sources:", "[since]: 1\nsources:", "a field's name must be plain text", "[since]"),
    Mistake(
        STAND,
        "sources:",
        "since: 2026-13-45\nsources:",
        "`2026-13-45` is not what it looks like; put it in quotes",
        "since:",
    ),
    Mistake(
        STAND,
        "skills: [walk.stand]",
        "skills: &these [walk.stand]\nuntil: *these",
        "`*` repeats what stands elsewhere; write it out",
        "&these",
    ),
    # in the roadmap
    Mistake(
        "roadmap.yaml",
        "evidence: A footprint.",
        "evidence: A footprint.\n        colour: red",
        "unknown field `colour`; a skill has id, stage, text, categories, prerequisites, evidence, why, topics, "
        "prompts",
        "colour: red",
    ),
    Mistake(
        "roadmap.yaml",
        "version: 1",
        "version: 1\ncolour: red",
        "unknown field `colour`; a catalog has version, digest, title, summary, stages, categories, sources, floors, "
        "retired, cards, questions, topics, guide, dives, prompts",
        "colour: red",
    ),
    Mistake("roadmap.yaml", "        why: Nobody walks lying down.\n", "", "`why` is missing", "- id: walk.stand"),
    Mistake("roadmap.yaml", "version: 1\n", "", "`version` is missing", 1),
    Mistake("roadmap.yaml", "title: Mid", "title: ''", "`title` is empty", "title: ''"),
    Mistake("roadmap.yaml", "goals: []", "goals: 5", "`goals` must be a list of entries", "goals: 5"),
    Mistake(
        "roadmap.yaml", "- id: walk.fast\n", "- walk.fast\n      - id: fast\n", "`goals` must be a list of entries", 24
    ),
    Mistake("roadmap.yaml", "[Balance, Motion]", "[Balance, Cooking]", "there is no category `Cooking`", "Cooking"),
    Mistake("roadmap.yaml", "[Balance, Motion]", "[]", "`walk.step` needs at least one category", "- id: walk.step"),
    Mistake("roadmap.yaml", "[walk.stand]", "[walk.stand, fly]", "there is no skill or goal `fly`", "fly]"),
    Mistake(
        "roadmap.yaml",
        "        topics: [topic.01]",
        "        topics: [topic.02]",
        "there is no reading `topic.02`",
        "topic.02",
    ),
    Mistake(
        "roadmap.yaml",
        "        prompts: [dp-fall]",
        "        prompts: [dp-fly]",
        "there is no reading `dp-fly`",
        "dp-fly",
    ),
    Mistake(
        "roadmap.yaml",
        "prerequisites: [walk.step]",
        "prerequisites: [walk.step, run.leap]",
        "`walk.fast` needs `run.leap`, which stands at a later stage",
        "run.leap]",
    ),
    Mistake(
        "roadmap.yaml",
        "prerequisites: []",
        "prerequisites: [walk.fast]",
        "prerequisites go in a circle: walk.fast needs walk.step needs walk.stand needs walk.fast",
        "[walk.step]",
    ),
    Mistake(
        "roadmap.yaml",
        "prerequisites: []",
        "prerequisites: [walk.stand]",
        "prerequisites go in a circle: walk.stand needs walk.stand",
        13,
    ),
    Mistake(
        "roadmap.yaml",
        "stages: [mid]\n      categories: [Motion]",
        "stages: [mid]\n      categories: [Balance]",
        "the direction names Mid and Balance, where no card stands",
        53,
    ),
    Mistake("roadmap.yaml", "stages: [mid]", "stages: [mid, senior]", "there is no stage `senior`", "senior"),
    Mistake("roadmap.yaml", "guide: [guide.01]", "guide: [guide.02]", "there is no guide `guide.02`", "guide.02"),
    Mistake("roadmap.yaml", "dives: [dive.feet]", "dives: [dive.ears]", "there is no dive `dive.ears`", "dive.ears"),
    Mistake(
        "roadmap.yaml",
        "      prompts: [dp-fall]\n  -",
        "      prompts: [dp-rise]\n  -",
        "there is no prompt `dp-rise`",
        "dp-rise",
    ),
    # in the other files
    Mistake("categories.yaml", "  summary: Not falling.\n", "", "`summary` is missing", "Balance"),
    Mistake(
        "categories.yaml",
        "  summary: Getting somewhere.",
        "  summary: Getting somewhere.\n- {name: Balance, summary: Again}",
        "category `Balance` is given twice",
        "Again",
    ),
    Mistake("sources.yaml", "npm:walk@1", "walk@1", "source `package` must be a URL or start with npm:", "package"),
    Mistake("sources.yaml", "npm:walk@1", "[", "not valid YAML: did not find expected node content", 3),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.says)
def test_a_mistake_is_named_with_its_line(mistake: Mistake, folder: Path) -> None:
    change(folder / mistake.file, mistake.old, mistake.new)
    line = mistake.blamed if isinstance(mistake.blamed, int) else line_of(folder / mistake.file, mistake.blamed)
    assert problems(folder) == [(mistake.file, line, mistake.says)]


def test_a_line_that_no_card_serves_is_named_where_it_stands(folder: Path) -> None:
    change(folder / STEP, "skills: [walk.step]", "skills: [walk.stand]")
    line = line_of(folder / "roadmap.yaml", "- id: walk.step")
    assert problems(folder) == [("roadmap.yaml", line, "no card serves `walk.step`")]


def test_an_id_is_used_once_and_the_first_place_is_named(folder: Path) -> None:
    change(folder / STEP, "id: walk.step.card", "id: walk.stand.card")
    (folder / STEP).rename(folder / "cards" / "mid" / "walk.stand.card.md")
    change(folder / "roadmap.yaml", "id: guide.01", "id: topic.01")
    change(folder / "roadmap.yaml", "guide: [guide.01]", "guide: [topic.01]")
    found = problems(folder)
    assert ("cards/mid/walk.stand.card.md", 2, f"id `walk.stand.card` is already used in {STAND}:2") in found
    topic = line_of(folder / "roadmap.yaml", "On feet")
    assert ("roadmap.yaml", topic + 2, f"id `topic.01` is already used in roadmap.yaml:{topic}") in found


@pytest.mark.parametrize("file", ["roadmap.yaml", "categories.yaml", "sources.yaml", "ids.txt"])
def test_a_missing_file_is_named(file: str, folder: Path) -> None:
    (folder / file).unlink()
    assert (file, 1, "this file is missing") in problems(folder)


def test_an_empty_folder_lacks_everything(tmp_path: Path) -> None:
    assert {file for file, _, text in problems(tmp_path) if text == "this file is missing"} == {
        "roadmap.yaml",
        "categories.yaml",
        "sources.yaml",
    }


def test_a_folder_without_cards_says_so(folder: Path) -> None:
    shutil.rmtree(folder / "cards")
    assert ("cards", 1, "no card was found") in problems(folder)


def test_what_cannot_be_opened_is_a_problem_like_any_other(folder: Path) -> None:
    (folder / "cards" / "mid" / "odd.md").mkdir()
    assert problems(folder) == [("cards/mid/odd.md", 1, "cannot be read: Is a directory")]


@pytest.mark.parametrize("file", ["roadmap.yaml", STAND, "ids.txt"])
def test_text_that_is_not_utf_8_is_named_with_its_line(file: str, folder: Path) -> None:
    lines = (folder / file).read_bytes().split(b"\n")
    lines[1] += b" caf\xe9"
    (folder / file).write_bytes(b"\n".join(lines))
    assert (file, 2, "not UTF-8 text; save the file as UTF-8") in problems(folder)


@pytest.mark.parametrize("file", ["roadmap.yaml", "categories.yaml", "sources.yaml"])
def test_the_wrong_kind_of_yaml_is_named(file: str, folder: Path) -> None:
    (folder / file).write_text("only words", "utf-8")
    kind = "list" if file == "categories.yaml" else "mapping"
    assert (file, 1, f"must be a {kind} at the top") in problems(folder)


# The ledger of ids


def test_a_new_id_waits_to_be_recorded(folder: Path) -> None:
    change(folder / content.LEDGER, "walk.step\n", "")
    line = line_of(folder / "roadmap.yaml", "- id: walk.step")
    says = "id `walk.step` is not in ids.txt yet; `python -m roadmap check --record` adds it"
    assert problems(folder) == [("roadmap.yaml", line, says)]
    assert content.record_ids(folder) == 1
    assert problems(folder) == []
    assert content.record_ids(folder) == 0


def test_a_retired_id_is_never_used_again(folder: Path) -> None:
    change(folder / content.LEDGER, "walk.step\n", "retired walk.step\n")
    line = line_of(folder / "roadmap.yaml", "- id: walk.step")
    assert problems(folder) == [
        ("roadmap.yaml", line, "id `walk.step` was retired and is never used again; choose another")
    ]


def test_an_id_that_went_is_retired_by_hand(folder: Path) -> None:
    change(folder / content.LEDGER, "walk.step\n", "walk.skip\nwalk.step\n")
    line = line_of(folder / content.LEDGER, "walk.skip")
    assert problems(folder) == [
        (content.LEDGER, line, "id `walk.skip` is gone from the content; write `retired walk.skip` here")
    ]
    change(folder / content.LEDGER, "walk.skip", "retired walk.skip")
    assert problems(folder) == []


# Several at once


def test_every_mistake_is_said_at_once_in_the_order_of_the_files(folder: Path) -> None:
    """A card that cannot be read hides neither a bad reference in another one, nor one in the roadmap."""
    change(folder / STAND, "[walk.stand]", "[walk.stand")
    change(folder / LEAP, "[handbook]", "[rumour]")
    change(folder / LEAP, "category: Motion\n", "category: Motion\ncolour: red\nsize: large\n")
    change(folder / STEP, "[walk.step]", "[walk.step, fly]")
    change(folder / "roadmap.yaml", "guide: [guide.01]", "guide: [guide.02]")
    change(folder / "sources.yaml", "https://example.org/handbook", "a book")
    found = problems(folder)
    assert [(file, text.split(";")[0]) for file, _, text in found] == [
        (STAND, "not valid YAML: did not find expected ',' or ']'"),
        (LEAP, "unknown field `colour`"),
        (LEAP, "unknown field `size`"),
        ("sources.yaml", "source `handbook` must be a URL or start with npm:"),
    ]
    change(folder / "sources.yaml", "a book", "https://example.org/handbook")
    assert [(file, text.split(";")[0]) for file, _, text in problems(folder)] == [
        (STAND, "not valid YAML: did not find expected ',' or ']'"),
        (STEP, "there is no skill or goal `fly`"),
        (LEAP, "unknown field `colour`"),
        (LEAP, "unknown field `size`"),
        ("roadmap.yaml", "there is no guide `guide.02`"),
    ]


def test_a_card_that_cannot_be_read_is_not_also_missed(folder: Path) -> None:
    (folder / LEAP).write_text("Not a card", "utf-8")
    assert problems(folder) == [(LEAP, 1, "a card starts with front matter between two lines of `---`")]


# Anything at all

anything = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    st.text(alphabet="-#`~ \n:[]{}&*!?|>'\"id<", max_size=60).map(
        lambda text: f"---\n{text}\n---\n## Front\n".encode()
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(anything)
@example(b"---\n? [a]\n: b\n---\n")
@example(b"---\n&a [*a]\n---\n")
@example(b"---\nid: !!int one\n---\n")
@example(b"---\nid: !!timestamp now\n---\n")
@example(b"---\nid: !!bool maybe\n---\n")
@example(b"---\nid: !!float ''\n---\n")
@example(b"---\n1: 2\n---\n")
@example(b"---\n<<: {id: a}\n---\n")
@example(b"---\n[]\n---\n")
def test_any_bytes_in_a_card_are_a_problem_and_never_a_crash(folder: Path, data: bytes) -> None:
    (folder / STAND).write_bytes(data)
    found = problems(folder)
    assert found
    assert {file for file, _, _ in found} == {STAND}


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.sampled_from(["junior", "walk.stand", "topic.01", "Motion", "", "?"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "skills", "title", "1"]), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = [*re.finditer(r"^( *(?:- )?\w+): .*\n", ROADMAP, re.MULTILINE)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(st.sampled_from(FIELDS), values.map(json.dumps))
def test_any_value_of_any_field_of_the_roadmap_is_answered(folder: Path, field: re.Match[str], value: str) -> None:
    text = f"{ROADMAP[: field.start()]}{field[1]}: {value}\n{ROADMAP[field.end() :]}"
    (folder / "roadmap.yaml").write_text(text, "utf-8")
    assert all(
        re.fullmatch(r"(roadmap\.yaml|ids\.txt|cards/.+\.md):\d+: .+", str(Problem(*p))) for p in problems(folder)
    )


# Prompts

DESIGN = """\
---
id: dp-fall
skills: [walk.stand]
sources: [handbook]
verified: document
---

## Prompt

Design a fall.

## Surprise

The floor is lava.

## Rubric

### Landing

- 0: Lands on the face.
- 1: Lands on the knees.
- 2: Lands on the hands.
- 3: Rolls once.
- 4: Rolls, stands up and says why.

### Take-off

- 0: Trips.
- 1: Stumbles.
- 2: Leans.
- 3: Leans and looks.
- 4: Leans, looks and waits for a free floor.

### Flight

- 0: Spins.
- 1: Turns.
- 2: Glides.
- 3: Glides with the arms out.
- 4: Glides, and names what would change the course.

## Model answer A

Roll.

## Model answer B

Do not fall.

## Red flags

- No floor: capped at 2.

## Follow-ups

- And on ice?
"""


def with_prompt(folder: Path, text: str) -> None:
    (folder / "prompts").mkdir()
    (folder / "prompts" / "dp-fall.md").write_text(text)


def test_a_prompt_carries_its_rubric_to_be_scored(folder: Path) -> None:
    with_prompt(folder, DESIGN)
    catalog = content.read(folder).catalog
    assert catalog
    (prompt,) = catalog.prompts
    assert [dimension.title for dimension in prompt.rubric] == ["Landing", "Take-off", "Flight"]
    assert prompt.rubric[0].anchors[4] == "Rolls, stands up and says why."
    assert next(iter(prompt.parts)) == "Prompt"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("## Surprise\n", "## Twist\n", "a prompt's headings are Prompt, Surprise, Rubric"),
        ("- 3: Rolls once.\n", "", "each with lines `- 0:` to `- 4:`; 2 of 3 are whole"),
        ("### Flight\n", "#### Flight\n", "a rubric has 3 dimensions or more"),
    ],
)
def test_a_prompt_that_could_not_be_opened_or_scored_is_named(folder: Path, old: str, new: str, says: str) -> None:
    with_prompt(folder, DESIGN.replace(old, new, 1))
    (problem,) = content.read(folder).problems
    assert problem.file == "prompts/dp-fall.md"
    assert says in problem.text


def test_a_retired_id_is_known_to_the_catalog(folder: Path) -> None:
    ledger = folder / "ids.txt"
    ledger.write_text(ledger.read_text() + "retired walk.backwards\n")
    catalog = content.read(folder).catalog
    assert catalog
    assert catalog.retired == ("walk.backwards",)
