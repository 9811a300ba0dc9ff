"""What the values of a catalog must be to each other: references, coverage, fairness of questions, the ledger."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rapidfuzz import fuzz

from roadmap.catalog import Card, Catalog, Question, Reading
from roadmap.content.files import Place, Source
from roadmap.content.values import LEDGER, READINGS, RETIRED, Values

FRONT_WORDS = 60
ANSWER_WORDS = 60
CARD_WORDS = 180
STEM_WORDS = 80
SAME_FRONT = 90

DESIGN = ("Prompt", "Surprise", "Rubric", "Model answer A", "Model answer B", "Red flags", "Follow-ups")
CODING = ("Task", "Hint 1", "Hint 2", "Hint 3", "Reference solution", "Tests", "Rubric", "Follow-ups")
FEWEST_DIMENSIONS = 3

ENOUGH_QUESTIONS = 40
KEY_POSITION = 0.10
KEY_LONGEST = 0.35
VAGUE = re.compile(r"\b(all|none|both|neither) of (the above|these)\b|^[A-D] and [A-D]\b", re.IGNORECASE)


def check(values: Values, catalog: Catalog) -> None:
    """What each value says of the others; holds for those that were read, though others were not."""
    _check_lines(values, catalog)
    _check_directions(values, catalog)
    for card, source in values.cards:
        _check_card(values, catalog, card, source)
    for question, source in values.questions:
        _check_question(values, catalog, question, source)
    for reading, source in values.written:
        _check_reading(values, catalog, reading, source)
        if reading in catalog.prompts:
            _check_prompt(values, reading, source)
    _check_same(values, [(card.id, card.front, source, "front") for card, source in values.cards])
    _check_same(values, [(one.id, one.question, source, "question") for one, source in values.questions])


def check_nothing_lacks(values: Values, catalog: Catalog) -> None:
    """What must be there; said only once everything could be read, for the missing one may be among the rest."""
    _check_floors(values, catalog)
    _check_keys(values)
    _check_ledger(values)


def _check_lines(values: Values, catalog: Catalog) -> None:
    names = {category.name for category in catalog.categories}
    roadmap = values.roadmap
    place: dict[str, Place] = {
        line.id: ("stages", s, kind, i)
        for s, stage in enumerate(catalog.stages)
        for kind in ("skills", "goals")
        for i, line in enumerate(getattr(stage, kind))
    }
    for line in catalog.lines.values():
        at = place[line.id]
        if not line.categories:
            values.problem(roadmap, at, f"`{line.id}` needs at least one category")
        _refer(values, line.categories, names, "category", roadmap, (*at, "categories"))
        _refer(values, line.prerequisites, catalog.lines, "skill or goal", roadmap, (*at, "prerequisites"))
        _refer(values, line.topics, catalog.readings, "reading", roadmap, (*at, "topics"))
        _refer(values, line.prompts, catalog.readings, "reading", roadmap, (*at, "prompts"))
        for other in line.prerequisites:
            if other in catalog.lines and catalog.rank[catalog.lines[other].stage] > catalog.rank[line.stage]:
                later = f"`{line.id}` needs `{other}`, which stands at a later stage"
                values.problem(roadmap, (*at, "prerequisites"), later)
    for circle in _circles({line.id: line.prerequisites for line in catalog.lines.values()}):
        words = f"prerequisites go in a circle: {' needs '.join([*circle, circle[0]])}"
        values.problem(roadmap, (*place[circle[0]], "prerequisites"), words)


def _check_directions(values: Values, catalog: Catalog) -> None:
    names = {category.name for category in catalog.categories}
    roadmap = values.roadmap
    for place, stage in enumerate(catalog.stages):
        at: Place = ("stages", place, "direction")
        direction = stage.direction
        _refer(values, direction.categories, names, "category", roadmap, (*at, "categories"))
        _refer(values, direction.stages, catalog.stage, "stage", roadmap, (*at, "stages"))
        _refer(values, direction.category_stages, catalog.stage, "stage", roadmap, (*at, "category_stages"))
        for kind in READINGS:
            titled = {reading.id for reading in getattr(catalog, kind)}
            _refer(values, getattr(direction, kind), titled, kind.removesuffix("s"), roadmap, (*at, kind))


def _check_card(values: Values, catalog: Catalog, card: Card, source: Source) -> None:
    _check_labels(values, catalog, card, source, "card")
    everything = "\n".join((card.front, card.answer, card.proof, card.why, card.trap))
    _check_length(values, source, ("front",), "the front", card.front, FRONT_WORDS)
    _check_length(values, source, ("answer",), "the answer", card.answer, ANSWER_WORDS)
    _check_length(values, source, ("id",), "the whole card", everything, CARD_WORDS)


def _check_question(values: Values, catalog: Catalog, question: Question, source: Source) -> None:
    _check_labels(values, catalog, question, source, "question")
    _refer(values, (question.card,), catalog.card, "card", source, ("card",))
    _check_length(values, source, ("question",), "the question", question.question, STEM_WORDS)
    at: Place = ("options",)
    if len(question.options) not in (3, 4):
        values.problem(source, at, f"a question has 3 or 4 options, this has {len(question.options)}")
    if sum(option.right for option in question.options) != 1:
        values.problem(source, at, "exactly one option is marked [x]")
    stem = " ".join(question.question.lower().split())
    for option in question.options:
        if VAGUE.search(option.text):
            values.problem(source, at, f"the option `{option.text}` only points at others; say what it claims")
        is_code = option.text.startswith("`") and option.text.endswith("`")  # a value may stand on both sides
        if len(option.text.split()) > 3 and not is_code and option.text.lower().strip(".") in stem:
            values.problem(source, at, f"the option `{option.text}` repeats the question")
    if len({option.text.lower() for option in question.options}) < len(question.options):
        values.problem(source, at, "two options say the same")


def _check_reading(values: Values, catalog: Catalog, reading: Reading, source: Source) -> None:
    _refer(values, reading.skills, catalog.lines, "skill or goal", source, ("skills",))
    _refer(values, reading.sources, catalog.sources, "source", source, ("sources",))
    _refer(values, reading.cards, catalog.card, "card", source, ("cards",))
    for key in re.findall(r"\]\(source:([^)]*)\)", reading.text):
        if key not in catalog.sources:
            values.problem(source, (), f"there is no source `{key}`")


def _check_prompt(values: Values, reading: Reading, source: Source) -> None:
    """A prompt opens in stages, so its headings stand in order, and its rubric can be scored."""
    headings = CODING if reading.codes else DESIGN
    if (found := tuple(reading.parts)) != headings:
        order = f"a prompt's headings are {', '.join(headings)}, in this order"
        values.problem(source, (), f"{order}; found {', '.join(found) or 'none'}")
    written = len(re.findall(r"^### ", reading.parts.get("Rubric", ""), re.MULTILINE))
    if written != len(reading.rubric) or written < FEWEST_DIMENSIONS:
        needed = f"a rubric has {FEWEST_DIMENSIONS} dimensions or more, each with lines `- 0:` to `- 4:`"
        values.problem(source, (), f"{needed}; {len(reading.rubric)} of {written} are whole")


def _check_labels(values: Values, catalog: Catalog, of: Card | Question, source: Source, kind: str) -> None:
    """What cards and questions say of themselves in the same words."""
    _refer(values, (of.stage,), catalog.stage, "stage", source, ("stage",))
    *_, folder, name = source.file.split("/")
    if of.stage in catalog.stage and (folder, name) != (of.stage, f"{of.id}.md"):
        values.files.problem(source.file, 1, f"{kind} `{of.id}` belongs in {kind}s/{of.stage}/{of.id}.md")
    _refer(values, (of.category,), {c.name for c in catalog.categories}, "category", source, ("category",))
    _refer(values, of.skills, catalog.lines, "skill or goal", source, ("skills",))
    _refer(values, of.sources, catalog.sources, "source", source, ("sources",))
    for needed in ("skills", "sources"):
        if not getattr(of, needed):
            values.problem(source, (needed,), f"`{needed}` must name at least one")


def _check_length(values: Values, source: Source, place: Place, part: str, text: str, limit: int) -> None:
    if (words := count_words(text)) > limit:
        values.problem(source, place, f"{part} has {words} words; at most {limit}")


def _check_same(values: Values, texts: Sequence[tuple[str, str, Source, str]]) -> None:
    """No two say nearly the same; each comes with its id, its text, its source and the field that holds it."""
    for one, other in _near_duplicates([text for _, text, _, _ in texts]):
        first, (_, _, source, field) = texts[one][0], texts[other]
        values.problem(source, (field,), f"the {field} is nearly that of `{first}`")


def _check_floors(values: Values, catalog: Catalog) -> None:
    """How much there must be of each, as the dataset itself says (`floors` in the roadmap), and never nothing."""
    floors, roadmap = catalog.floors, values.roadmap
    cards = Counter(line for card in catalog.cards for line in card.skills)
    questions = Counter(line for question in catalog.questions for line in question.skills)
    for id in catalog.lines:
        floor = floors.cards_of_a_skill if id in catalog.skills else floors.cards_of_a_goal
        if not cards[id]:
            values.files.problem(*values.places[id], f"no card serves `{id}`")
        elif cards[id] < floor:
            values.files.problem(*values.places[id], f"{cards[id]} cards serve `{id}`; at least {floor}")
        if id in catalog.skills and questions[id] < floors.questions_of_a_skill:
            few = f"{questions[id]} questions ask about `{id}`; at least {floors.questions_of_a_skill}"
            values.files.problem(*values.places[id], few)
    for place, stage in enumerate(catalog.stages):
        at: Place = ("stages", place, "direction")
        if not stage.direction.categories and not catalog.directed(stage.id):
            values.problem(roadmap, at, f"the direction names {stage.title}, where no card stands")
        for category in stage.direction.categories:
            here = sum(card.category == category and card.stage == stage.id for card in catalog.cards)
            if here < floors.cards_of_a_directed_category:
                said = f"the direction names {stage.title} and {category}, where {here or 'no'} card"
                values.problem(roadmap, at, f"{said}{'s stand' if here > 1 else ' stands'}")


def _check_keys(values: Values) -> None:
    """No tell in the set as a whole: the key stands everywhere equally often and is not the longest option."""
    if len(values.questions) < ENOUGH_QUESTIONS:
        return
    of_four = [one.options for one, _ in values.questions if len(one.options) == 4]
    for place, letter in enumerate("ABCD"):
        share = sum(options[place].right for options in of_four) / len(of_four)
        if abs(share - 0.25) > KEY_POSITION:
            values.files.problem(
                "questions", 1, f"the key is option {letter} in {share:.0%} of the questions; keep it even"
            )
    every = [one.options for one, _ in values.questions]
    longest = sum(max(options, key=lambda option: len(option.text)).right for options in every) / len(every)
    if longest > KEY_LONGEST:
        values.files.problem(
            "questions", 1, f"the key is the longest option in {longest:.0%}; at most {KEY_LONGEST:.0%}"
        )


def _check_ledger(values: Values) -> None:
    line_of = {line.removeprefix(RETIRED): number for number, line in enumerate(values.ledger, start=1) if line}
    retired = {line.removeprefix(RETIRED) for line in values.ledger if line.startswith(RETIRED)}
    for id, (file, line) in values.places.items():
        if id not in line_of:
            missing = f"id `{id}` is not in {LEDGER} yet; `python -m roadmap check --record` adds it"
            values.files.problem(file, line, missing)
        elif id in retired:
            values.files.problem(file, line, f"id `{id}` was retired and is never used again; choose another")
    for id in line_of.keys() - values.places.keys() - retired:
        values.files.problem(LEDGER, line_of[id], f"id `{id}` is gone from the content; write `retired {id}` here")


def _refer(
    values: Values, ids: Sequence[str], known: Mapping[str, Any] | set[str], what: str, source: Source, place: Place
) -> None:
    for index, id in enumerate(ids):
        if id not in known:
            values.problem(source, (*place, index), f"there is no {what} `{id}`")


def count_words(markdown: str) -> int:
    """The words of a Markdown text, fenced code and hidden comments left out."""
    prose = re.sub(r"^(`{3,}|~{3,}).*?^\1\s*$|<!--.*?-->", "", markdown, flags=re.DOTALL | re.MULTILINE)
    return len(prose.split())


def _circles(needs: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Each circle among the prerequisites once, starting at its smallest id."""
    done: set[str] = set()
    found: set[tuple[str, ...]] = set()

    def walk(id: str, path: list[str]) -> Iterator[list[str]]:
        if id in path:
            circle = path[path.index(id) :]
            start = circle.index(min(circle))
            circle = circle[start:] + circle[:start]
            if tuple(circle) not in found:
                found.add(tuple(circle))
                yield circle
        elif id not in done:
            for other in needs.get(id, ()):
                yield from walk(other, [*path, id])
            done.add(id)

    for id in needs:
        yield from walk(id, [])


def _near_duplicates(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of texts that say nearly the same (rapidfuzz token_set_ratio of 90 or more), the earlier one first.

    Comparing every pair letter by letter would cost seconds. Texts that say the same share rare words, so only those
    that share one of the three rarest that a text has in common with any other are compared.
    """
    words = [set(re.findall(r"\w+", text.lower())) for text in texts]
    holders: dict[str, list[int]] = defaultdict(list)
    for place, of in enumerate(words):
        for word in of:
            holders[word].append(place)
    likely = {
        (min(place, other), max(place, other))
        for place, of in enumerate(words)
        for word in sorted((w for w in of if len(holders[w]) > 1), key=lambda word: (len(holders[word]), word))[:3]
        for other in holders[word]
        if other != place
    }
    return [
        (one, other)
        for one, other in sorted(likely)
        if fuzz.token_set_ratio(texts[one].lower(), texts[other].lower()) >= SAME_FRONT
    ]
