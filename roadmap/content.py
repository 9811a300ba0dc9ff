"""The folder content/ to a Catalog: every mistake is a problem with its place, all gathered, worded for the author.

A problem never raises. `read` returns what it found wrong, and a Catalog only when nothing was.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import yaml
from pydantic import ValidationError
from rapidfuzz import fuzz

from roadmap.catalog import Card, Catalog, Category, Goal, Reading, Skill, Stage, Value

FOLDER = Path(__file__).resolve().parents[1] / "content"
LEDGER = "ids.txt"

FRONT_WORDS = 60
ANSWER_WORDS = 60
CARD_WORDS = 180
SAME_FRONT = 90

SECTIONS = {"Front": "front", "Answer": "answer", "Proof": "proof", "Why it matters": "why", "Trap": "trap"}
READINGS = ("topics", "guide", "dives", "prompts")

V = TypeVar("V", bound=Value)
Place = tuple[str | int, ...]


class Problem(NamedTuple):
    """One mistake in the content, and where to mend it; `file` is relative to the content folder."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class Loaded(NamedTuple):
    """What reading found: the catalog when there was no problem, else every problem in file order."""

    catalog: Catalog | None
    problems: tuple[Problem, ...]


class _Source(NamedTuple):
    """Plain data from a YAML text, with the line of each place in it, so that a problem can point there."""

    file: str
    data: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest thing around it that has one."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(folder: Path = FOLDER) -> Loaded:
    """Read and check a content folder (roadmap, categories, sources, cards, ledger of ids)."""
    return _Reading(folder).loaded()


def counts(catalog: Catalog) -> dict[str, Any]:
    """How much is authored: by kind, and cards by stage and by category. A title alone is not counted."""
    snippets = sum(
        len(re.findall(r"^```ts\b", text, re.MULTILINE)) for card in catalog.cards for text in (card.front, card.proof)
    )
    by_stage = Counter(card.stage for card in catalog.cards)
    by_category = Counter(card.category for card in catalog.cards)
    return {
        "stages": len(catalog.stages),
        "skills": len(catalog.skills),
        "goals": len(catalog.goals),
        "cards": len(catalog.cards),
        "questions": 0,
        **{kind: sum(bool(reading.text) for reading in getattr(catalog, kind)) for kind in READINGS},
        "snippets": snippets,
        "by_stage": {stage.id: by_stage[stage.id] for stage in catalog.stages},
        "by_category": {category.name: by_category[category.name] for category in catalog.categories},
        "by_verified": dict(Counter(card.verified for card in catalog.cards)),
    }


def record_ids(folder: Path = FOLDER) -> int:
    """Add every id that the ledger has not seen to it, sorted; returns how many were new."""
    ledger = folder / LEDGER
    seen = ledger.read_text("utf-8").splitlines() if ledger.exists() else []
    reading = _Reading(folder)
    reading.loaded()
    new = [id for id in reading.places if id not in {line.removeprefix("retired ") for line in seen}]
    ledger.write_text("\n".join(sorted([*seen, *new], key=lambda line: line.removeprefix("retired "))) + "\n", "utf-8")
    return len(new)


class _Reading:
    """One pass over a content folder. `places` says where each id was first seen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.places: dict[str, tuple[str, int]] = {}
        self.digest = sha256()

    def loaded(self) -> Loaded:
        roadmap = self.yaml("roadmap.yaml", dict)
        sources = self.sources()
        categories = self.categories()
        stages, readings = self.stages(roadmap), self.readings(roadmap)
        cards = self.cards()
        catalog = None
        if not self.problems:
            catalog = self.validated(
                Catalog,
                {
                    **{key: roadmap.data.get(key) for key in ("version", "title", "summary")},
                    "digest": self.digest.hexdigest()[:12],
                    "stages": stages,
                    "categories": categories,
                    "sources": sources,
                    "cards": [card for card, _ in cards],
                    **readings,
                },
                roadmap,
            )
        if catalog:
            self.check(catalog, roadmap, {card.id: source for card, source in cards})
        in_order = tuple(sorted(set(self.problems)))
        return Loaded(None if in_order else catalog, in_order)

    # Reading files

    def text(self, file: str) -> str:
        path = self.folder / file
        try:
            data = path.read_bytes()
            self.digest.update(file.encode() + b"\0" + data + b"\0")
            return data.decode("utf-8")
        except FileNotFoundError:
            self.problem(file, 1, "this file is missing")
        except UnicodeDecodeError as error:
            self.problem(file, data[: error.start].count(b"\n") + 1, "not UTF-8 text; save the file as UTF-8")
        return ""

    def yaml(self, file: str, kind: type[dict[Any, Any]] | type[list[Any]]) -> _Source:
        text = self.text(file)
        source = self.parsed(file, text, offset=0) if text else _Source(file, kind(), {})
        if not isinstance(source.data, kind):
            self.problem(file, 1, f"must be a {'mapping' if kind is dict else 'list'} at the top")
            return _Source(file, kind(), {})
        return source

    def parsed(self, file: str, text: str, offset: int) -> _Source:
        """YAML to plain data and the line of each place; `offset` is the line before the text's first."""
        lines: dict[Place, int] = {}
        loader = yaml.CSafeLoader(text)

        def plain(node: yaml.Node, place: Place) -> Any:
            lines[place] = node.start_mark.line + 1 + offset
            if isinstance(node, yaml.MappingNode):
                mapping: dict[Any, Any] = {}
                for key_node, value_node in node.value:
                    key = plain(key_node, (*place, "\0key"))
                    if key in mapping:
                        self.problem(file, key_node.start_mark.line + 1 + offset, f"`{key}` is given twice")
                    mapping[key] = plain(value_node, (*place, key))
                    lines[*place, key] = key_node.start_mark.line + 1 + offset
                return mapping
            if isinstance(node, yaml.SequenceNode):
                return [plain(child, (*place, index)) for index, child in enumerate(node.value)]
            return loader.construct_object(node)

        try:
            node = loader.get_single_node()
            return _Source(file, plain(node, ()) if node else None, lines)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            what = getattr(error, "problem", None) or str(error)
            self.problem(file, (mark.line + 1 if mark else 1) + offset, f"not valid YAML: {what}")
        finally:
            loader.dispose()
        return _Source(file, None, lines)

    # From plain data to values

    def validated(self, model: type[V], data: Any, source: _Source, place: Place = ()) -> V | None:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for mistake in error.errors():
                where = (*place, *mistake["loc"])
                self.problem(source.file, source.line(where), _worded(model, mistake))
        return None

    def sources(self) -> dict[str, str]:
        source = self.yaml("sources.yaml", dict)
        for key, address in source.data.items():
            if not re.match(r"(https?://|npm:)\S", str(address)):
                self.problem(source.file, source.line((key,)), f"source `{key}` must be a URL or start with npm:")
        return {str(key): str(address) for key, address in source.data.items()}

    def categories(self) -> list[Category]:
        source = self.yaml("categories.yaml", list)
        found = [self.validated(Category, entry, source, (place,)) for place, entry in enumerate(source.data)]
        return [category for category in found if category]

    def stages(self, source: _Source) -> list[Stage]:
        found = []
        for place, entry in enumerate(self.entries(source, "stages")):
            where: Place = ("stages", place)
            lines: dict[str, list[Skill]] = {}
            for kind, model in (("skills", Skill), ("goals", Goal)):
                made = [
                    self.validated(model, {**line, "stage": entry.get("id")}, source, (*where, kind, index))
                    for index, line in enumerate(entry.get(kind) or [])
                    if self.known(line, source, (*where, kind, index))
                ]
                lines[kind] = [line for line in made if line]
            self.known(entry, source, where)
            stage = self.validated(Stage, {**entry, **lines}, source, where)
            if stage:
                found.append(stage)
        return found

    def readings(self, source: _Source) -> dict[str, list[Reading]]:
        found: dict[str, list[Reading]] = {}
        for kind in READINGS:
            found[kind] = []
            for place, entry in enumerate(self.entries(source, kind)):
                file = f"{kind}/{entry.get('id')}.md"
                text = self.text(file) if (self.folder / file).exists() else ""
                self.known(entry, source, (kind, place))
                reading = self.validated(Reading, {**entry, "text": text}, source, (kind, place))
                if reading:
                    found[kind].append(reading)
        return found

    def entries(self, source: _Source, key: str) -> list[dict[str, Any]]:
        entries = source.data.get(key)
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self.problem(source.file, source.line((key,)), f"`{key}` must be a list of entries")
            return []
        return entries

    def cards(self) -> list[tuple[Card, _Source]]:
        found = []
        for path in sorted((self.folder / "cards").glob("**/*.md")):
            file = path.relative_to(self.folder).as_posix()
            card, source = self.one_card(file, self.text(file))
            if not card:
                continue
            if path.stem != card.id or path.parent.name != card.stage:
                self.problem(file, 1, f"card `{card.id}` belongs in cards/{card.stage}/{card.id}.md")
            found.append((card, source))
        if not found and not self.problems:
            self.problem("cards", 1, "no card was found")
        return found

    def one_card(self, file: str, text: str) -> tuple[Card | None, _Source]:
        head = re.match(r"---\n(.*?\n)---\n", text, re.DOTALL)
        if not head:
            if text:
                self.problem(file, 1, "a card starts with front matter between two lines of `---`")
            return None, _Source(file, None, {})
        source = self.parsed(file, head[1], offset=1)
        if not isinstance(source.data, dict):
            self.problem(file, 1, "the front matter must be `key: value` lines")
            return None, source
        sections = dict(self.sections(file, text, source))
        if not self.known(source.data, source, ()):
            return None, source
        return self.validated(Card, {**source.data, **sections}, source), source

    def sections(self, file: str, text: str, source: _Source) -> Iterator[tuple[str, str]]:
        """The card's five sections in order; headings inside code fences are code."""
        found: list[tuple[str, int, list[str]]] = []
        fence = ""
        for number, line in enumerate(text.split("\n"), start=1):
            if mark := re.match(r"\s*(`{3,}|~{3,})", line):
                fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
            heading = re.match(r"## +(.+?)\s*$", line)
            if heading and not fence:
                found.append((heading[1], number, []))
            elif found:
                found[-1][2].append(line)
        if fence:
            self.problem(file, len(text.split("\n")), "a code fence is not closed")
        titles = [title for title, _, _ in found]
        if titles != list(SECTIONS):
            first = next((n for (t, n, _), want in zip(found, SECTIONS, strict=False) if t != want), 1)
            self.problem(
                file,
                first,
                f"the headings must be {', '.join(SECTIONS)}, in this order; found {', '.join(titles) or 'none'}",
            )
        for title, number, body in found:
            if field := SECTIONS.get(title):
                source.lines[field,] = number
                yield field, "\n".join(body).strip()

    # Checks across values

    def known(self, entry: Any, source: _Source, place: Place) -> bool:
        """Note where an entry's id stands; a second entry of the same id is a problem."""
        if not isinstance(entry, dict):
            self.problem(source.file, source.line(place), "must be a mapping of fields")
            return False
        id, line = entry.get("id"), source.line((*place, "id"))
        if not isinstance(id, str):
            return True
        if id in self.places:
            self.problem(source.file, line, f"id `{id}` is already used in {':'.join(map(str, self.places[id]))}")
        else:
            self.places[id] = (source.file, line)
        return True

    def check(self, catalog: Catalog, roadmap: _Source, cards: Mapping[str, _Source]) -> None:
        self.check_lines(catalog, roadmap)
        self.check_directions(catalog, roadmap)
        for card in catalog.cards:
            self.check_card(catalog, card, cards[card.id])
        self.check_same_fronts(catalog.cards, cards)
        self.check_ledger()

    def check_lines(self, catalog: Catalog, roadmap: _Source) -> None:
        names = {category.name for category in catalog.categories}
        served = {line for card in catalog.cards for line in card.skills}
        place = {
            line.id: ("stages", s, kind, i)
            for s, stage in enumerate(catalog.stages)
            for kind in ("skills", "goals")
            for i, line in enumerate(getattr(stage, kind))
        }
        for line in catalog.lines.values():
            at = place[line.id]
            if not line.categories:
                self.problem(roadmap.file, roadmap.line(at), f"`{line.id}` needs at least one category")
            self.refer(line.categories, names, "category", roadmap, (*at, "categories"))
            self.refer(line.prerequisites, catalog.lines, "skill or goal", roadmap, (*at, "prerequisites"))
            self.refer((*line.topics, *line.prompts), catalog.readings, "reading", roadmap, at)
            for other in line.prerequisites:
                if other in catalog.lines and catalog.rank[catalog.lines[other].stage] > catalog.rank[line.stage]:
                    self.problem(
                        roadmap.file,
                        roadmap.line((*at, "prerequisites")),
                        f"`{line.id}` needs `{other}`, which stands at a later stage",
                    )
            if line.id not in served:
                self.problem(roadmap.file, roadmap.line((*at, "id")), f"no card serves `{line.id}`")
        for circle in _circles({line.id: line.prerequisites for line in catalog.lines.values()}):
            self.problem(
                roadmap.file,
                roadmap.line((*place[circle[0]], "prerequisites")),
                f"prerequisites go in a circle: {' needs '.join([*circle, circle[0]])}",
            )

    def check_directions(self, catalog: Catalog, roadmap: _Source) -> None:
        names = {category.name for category in catalog.categories}
        for place, stage in enumerate(catalog.stages):
            at: Place = ("stages", place, "direction")
            direction = stage.direction
            self.refer(direction.categories, names, "category", roadmap, (*at, "categories"))
            self.refer((*direction.stages, *direction.category_stages), catalog.stage, "stage", roadmap, at)
            for kind in READINGS:
                written = {reading.id for reading in getattr(catalog, kind)}
                self.refer(getattr(direction, kind), written, kind.removesuffix("s"), roadmap, (*at, kind))
            directed = catalog.directed(stage.id)
            for category in direction.categories or (None,):
                if not any(category in (None, card.category) for card in directed):
                    where = f"{stage.title} and {category}" if category else stage.title
                    self.problem(roadmap.file, roadmap.line(at), f"the direction names {where}, where no card stands")

    def check_card(self, catalog: Catalog, card: Card, source: _Source) -> None:
        self.refer((card.stage,), catalog.stage, "stage", source, ("stage",))
        self.refer((card.category,), {c.name for c in catalog.categories}, "category", source, ("category",))
        self.refer(card.skills, catalog.lines, "skill or goal", source, ("skills",))
        self.refer(card.sources, catalog.sources, "source", source, ("sources",))
        for needed in ("skills", "sources"):
            if not getattr(card, needed):
                self.problem(source.file, source.line((needed,)), f"`{needed}` must name at least one")
        everything = "\n".join((card.front, card.answer, card.proof, card.why, card.trap))
        for field, part, text, limit in (
            ("front", "the front", card.front, FRONT_WORDS),
            ("answer", "the answer", card.answer, ANSWER_WORDS),
            ("id", "the whole card", everything, CARD_WORDS),
        ):
            if (words := _words(text)) > limit:
                self.problem(source.file, source.line((field,)), f"{part} has {words} words; at most {limit}")

    def check_same_fronts(self, cards: Sequence[Card], sources: Mapping[str, _Source]) -> None:
        for one, other in _near_duplicates([card.front for card in cards]):
            source = sources[cards[other].id]
            self.problem(source.file, source.line(("front",)), f"the front is nearly that of `{cards[one].id}`")

    def check_ledger(self) -> None:
        lines = self.text(LEDGER).split("\n")
        line_of = {line.removeprefix("retired "): number for number, line in enumerate(lines, start=1) if line}
        retired = {line.removeprefix("retired ") for line in lines if line.startswith("retired ")}
        for id, (file, line) in self.places.items():
            if id not in line_of:
                self.problem(
                    file,
                    line,
                    f"id `{id}` is not in {LEDGER} yet; `python -m roadmap check --record` adds it",
                )
            elif id in retired:
                self.problem(file, line, f"id `{id}` was retired and is never used again; choose another")
        for id in line_of.keys() - self.places.keys() - retired:
            self.problem(LEDGER, line_of[id], f"id `{id}` is gone from the content; write `retired {id}` here")

    def refer(
        self,
        ids: Sequence[str],
        known: Mapping[str, Any] | set[str],
        what: str,
        source: _Source,
        place: Place,
    ) -> None:
        for index, id in enumerate(ids):
            if id not in known:
                self.problem(source.file, source.line((*place, index)), f"there is no {what} `{id}`")

    def problem(self, file: str, line: int, text: str) -> None:
        self.problems.append(Problem(file, line, text))


def _worded(model: type[Value], mistake: Any) -> str:
    """A pydantic mistake in an author's words."""
    field = ".".join(str(part) for part in mistake["loc"]) or "this"
    match mistake["type"]:
        case "extra_forbidden":
            return f"unknown field `{field}`; a {model.__name__.lower()} has {', '.join(model.model_fields)}"
        case "missing":
            return f"`{field}` is missing"
        case "string_pattern_mismatch":
            return f"`{field}` must be lower-case words joined by dots or hyphens, not `{mistake['input']}`"
        case "string_too_short":
            return f"`{field}` is empty"
    return f"`{field}`: {mistake['msg'][0].lower()}{mistake['msg'][1:]}"


def _words(markdown: str) -> int:
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


def _near_duplicates(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of texts that say nearly the same (rapidfuzz token_set_ratio of 90 or more), earlier one first.

    Comparing every pair letter by letter would cost seconds, so only pairs that share half of the shorter one's
    words are compared.
    """
    words = [set(re.findall(r"\w+", text.lower())) for text in texts]
    column = {word: index for index, word in enumerate(sorted(set().union(*words)))}
    has = np.zeros((len(texts), len(column)), dtype=np.float32)
    for row, of in enumerate(words):
        has[row, [column[word] for word in of]] = 1
    size = has.sum(axis=1)
    likely = has @ has.T >= 0.5 * np.minimum.outer(size, size)
    for one, other in zip(*np.nonzero(np.triu(likely, k=1)), strict=True):
        if fuzz.token_set_ratio(texts[one].lower(), texts[other].lower()) >= SAME_FRONT:
            yield int(one), int(other)
