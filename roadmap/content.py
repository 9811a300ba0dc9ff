"""The folder content/ to a Catalog: every mistake is a problem with its place, all gathered, worded for the author.

A problem never raises. `read` returns what it found wrong, and a Catalog only when nothing was.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

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
        is_framed = not self.problems
        cards = self.cards()
        are_all_read = not self.problems
        catalog = None
        if is_framed:
            catalog = self.validated(
                Catalog,
                {
                    **roadmap.data,
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
            self.check(catalog, roadmap, cards)
            if are_all_read:
                self.check_nothing_lacks(catalog, roadmap)
                self.check_ledger()
        in_order = tuple(sorted(set(self.problems)))
        return Loaded(None if in_order else catalog, in_order)

    # Reading files

    def text(self, file: str) -> str | None:
        path = self.folder / file
        try:
            data = path.read_bytes().replace(b"\r\n", b"\n")
            self.digest.update(file.encode() + b"\0" + data + b"\0")
            return data.decode("utf-8")
        except FileNotFoundError:
            self.problem(file, 1, "this file is missing")
        except OSError as error:
            self.problem(file, 1, f"cannot be read: {error.strerror}")
        except UnicodeDecodeError as error:
            self.problem(file, data[: error.start].count(b"\n") + 1, "not UTF-8 text; save the file as UTF-8")
        return None

    def yaml(self, file: str, kind: type[dict[Any, Any]] | type[list[Any]]) -> _Source:
        text = self.text(file)
        source = None if text is None else self.parsed(file, text, offset=0)
        if source and isinstance(source.data, kind):
            return source
        if source:
            self.problem(file, 1, f"must be a {'mapping' if kind is dict else 'list'} at the top")
        return _Source(file, kind(), {})

    def parsed(self, file: str, text: str, offset: int) -> _Source | None:
        """YAML to plain data and the line of each place; `offset` is the line before the text's first."""
        lines: dict[Place, int] = {}
        met: set[int] = set()
        loader = yaml.CSafeLoader(text)

        def plain(node: yaml.Node, place: Place) -> Any:
            line = lines[place] = node.start_mark.line + 1 + offset
            if id(node) in met:
                self.problem(file, line, "`*` repeats what stands elsewhere; write it out")
                return None
            met.add(id(node))
            if isinstance(node, yaml.MappingNode):
                mapping: dict[Any, Any] = {}
                for key_node, value_node in node.value:
                    line = key_node.start_mark.line + 1 + offset
                    key = plain(key_node, (*place, "\0key"))
                    if not isinstance(key_node, yaml.ScalarNode):
                        self.problem(file, line, "a field's name must be plain text")
                        continue
                    if key in mapping:
                        self.problem(file, line, f"`{key}` is given twice")
                        continue
                    mapping[key] = plain(value_node, (*place, key))
                    lines[*place, key] = line
                return mapping
            if isinstance(node, yaml.SequenceNode):
                return [plain(child, (*place, index)) for index, child in enumerate(node.value)]
            try:
                return loader.construct_object(node)
            except (ValueError, LookupError, AttributeError):  # how PyYAML takes a 13th month, or `!!int one`
                self.problem(file, line, f"`{node.value}` is not what it looks like; put it in quotes")
                return None

        try:
            node = loader.get_single_node()
            return _Source(file, plain(node, ()) if node else None, lines)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            what = getattr(error, "problem", None) or str(error)
            self.problem(file, (mark.line + 1 if mark else 1) + offset, f"not valid YAML: {what}")
        finally:
            loader.dispose()
        return None

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
        found: dict[str, Category] = {}
        for place, entry in enumerate(source.data):
            category = self.validated(Category, entry, source, (place,))
            if category and category.name in found:
                self.problem(source.file, source.line((place,)), f"category `{category.name}` is given twice")
            elif category:
                found[category.name] = category
        return [*found.values()]

    def stages(self, source: _Source) -> list[Stage]:
        found = []
        for place, entry in enumerate(self.entries(source, source.data, ("stages",))):
            where: Place = ("stages", place)
            self.known(entry, source, where)
            lines: dict[str, list[Skill]] = {"skills": [], "goals": []}
            for kind, model in (("skills", Skill), ("goals", Goal)):
                for index, line in enumerate(self.entries(source, entry, (*where, kind))):
                    self.known(line, source, (*where, kind, index))
                    made = self.validated(model, {**line, "stage": entry.get("id")}, source, (*where, kind, index))
                    if made:
                        lines[kind].append(made)
            stage = self.validated(Stage, {**entry, **lines}, source, where)
            if stage:
                found.append(stage)
        return found

    def readings(self, source: _Source) -> dict[str, list[Reading]]:
        found: dict[str, list[Reading]] = {}
        for kind in READINGS:
            found[kind] = []
            for place, entry in enumerate(self.entries(source, source.data, (kind,))):
                file = f"{kind}/{entry.get('id')}.md"
                text = self.text(file) if (self.folder / file).exists() else None
                self.known(entry, source, (kind, place))
                reading = self.validated(Reading, {**entry, "text": text or ""}, source, (kind, place))
                if reading:
                    found[kind].append(reading)
        return found

    def entries(self, source: _Source, around: Mapping[str, Any], place: Place) -> list[dict[str, Any]]:
        entries = around.get(str(place[-1]))
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self.problem(source.file, source.line(place), f"`{place[-1]}` must be a list of entries")
            return []
        return entries

    def cards(self) -> list[tuple[Card, _Source]]:
        found = []
        for path in sorted((self.folder / "cards").glob("**/*.md")):
            file = path.relative_to(self.folder).as_posix()
            text = self.text(file)
            made = None if text is None else self.one_card(file, text)
            if made:
                found.append(made)
        if not found and not self.problems:
            self.problem("cards", 1, "no card was found")
        return found

    def one_card(self, file: str, text: str) -> tuple[Card, _Source] | None:
        head = re.match(r"---\n(.*?\n)---\n", text, re.DOTALL)
        if not head:
            self.problem(file, 1, "a card starts with front matter between two lines of `---`")
            return None
        source = self.parsed(file, head[1], offset=1)
        if not source:
            return None
        if not isinstance(source.data, dict):
            self.problem(file, 1, "the front matter must be `key: value` lines")
            return None
        self.known(source.data, source, ())
        missing = dict.fromkeys(SECTIONS.values(), "missing")  # which `sections` has said already
        card = self.validated(Card, {**source.data, **missing, **dict(self.sections(file, text, source))}, source)
        return (card, source) if card else None

    def sections(self, file: str, text: str, source: _Source) -> Iterator[tuple[str, str]]:
        """The card's five sections in order; headings inside code fences are code."""
        found: list[tuple[str, int, list[str]]] = []
        fence, opened = "", 0
        for number, line in enumerate(text.split("\n"), start=1):
            if mark := re.match(r"\s*(`{3,}|~{3,})", line):
                fence, opened = ("", 0) if fence and mark[1].startswith(fence) else (fence or mark[1], opened or number)
            heading = re.match(r"## +(.+?)\s*$", line)
            if heading and not fence:
                found.append((heading[1], number, []))
            elif found:
                found[-1][2].append(line)
        if fence:
            self.problem(file, opened, "this code fence is not closed")
        titles = [title for title, _, _ in found]
        if titles != list(SECTIONS) and not fence:
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

    def known(self, entry: Mapping[str, Any], source: _Source, place: Place) -> None:
        """Note where an entry's id stands; a second entry of the same id is a problem."""
        id, line = entry.get("id"), source.line((*place, "id"))
        if not isinstance(id, str):
            return
        if id in self.places:
            self.problem(source.file, line, f"id `{id}` is already used in {':'.join(map(str, self.places[id]))}")
        else:
            self.places[id] = (source.file, line)

    def check(self, catalog: Catalog, roadmap: _Source, cards: Sequence[tuple[Card, _Source]]) -> None:
        """What each value says of the others; holds for the cards that were read, though others were not."""
        self.check_lines(catalog, roadmap)
        self.check_directions(catalog, roadmap)
        for card, source in cards:
            self.check_card(catalog, card, source)
        self.check_same_fronts(cards)

    def check_nothing_lacks(self, catalog: Catalog, roadmap: _Source) -> None:
        """What must be there; said only once every card could be read, for the missing one may be among the rest."""
        served = {line for card in catalog.cards for line in card.skills}
        for id in catalog.lines.keys() - served:
            self.problem(*self.places[id], f"no card serves `{id}`")
        for place, stage in enumerate(catalog.stages):
            at: Place = ("stages", place, "direction")
            directed = catalog.directed(stage.id)
            for category in stage.direction.categories or (None,):
                if not any(category in (None, card.category) for card in directed):
                    where = f"{stage.title} and {category}" if category else stage.title
                    self.problem(roadmap.file, roadmap.line(at), f"the direction names {where}, where no card stands")

    def check_lines(self, catalog: Catalog, roadmap: _Source) -> None:
        names = {category.name for category in catalog.categories}
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
            self.refer(line.topics, catalog.readings, "reading", roadmap, (*at, "topics"))
            self.refer(line.prompts, catalog.readings, "reading", roadmap, (*at, "prompts"))
            for other in line.prerequisites:
                if other in catalog.lines and catalog.rank[catalog.lines[other].stage] > catalog.rank[line.stage]:
                    self.problem(
                        roadmap.file,
                        roadmap.line((*at, "prerequisites")),
                        f"`{line.id}` needs `{other}`, which stands at a later stage",
                    )
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
            self.refer(direction.stages, catalog.stage, "stage", roadmap, (*at, "stages"))
            self.refer(direction.category_stages, catalog.stage, "stage", roadmap, (*at, "category_stages"))
            for kind in READINGS:
                written = {reading.id for reading in getattr(catalog, kind)}
                self.refer(getattr(direction, kind), written, kind.removesuffix("s"), roadmap, (*at, kind))

    def check_card(self, catalog: Catalog, card: Card, source: _Source) -> None:
        self.refer((card.stage,), catalog.stage, "stage", source, ("stage",))
        *_, folder, name = source.file.split("/")
        if card.stage in catalog.stage and (folder, name) != (card.stage, f"{card.id}.md"):
            self.problem(source.file, 1, f"card `{card.id}` belongs in cards/{card.stage}/{card.id}.md")
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

    def check_same_fronts(self, cards: Sequence[tuple[Card, _Source]]) -> None:
        for one, other in _near_duplicates([card.front for card, _ in cards]):
            first, (_, source) = cards[one][0], cards[other]
            self.problem(source.file, source.line(("front",)), f"the front is nearly that of `{first.id}`")

    def check_ledger(self) -> None:
        lines = (self.text(LEDGER) or "").split("\n")
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
