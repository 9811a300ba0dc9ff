"""Plain data to the values of the catalog; a shape that is wrong is worded for the author and put in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from roadmap.catalog import Card, Catalog, Category, Goal, Option, Question, Reading, Skill, Stage, Value
from roadmap.content.files import KINDS, Files, Place, Source

CARD = {"Front": "front", "Answer": "answer", "Proof": "proof", "Why it matters": "why", "Trap": "trap"}
QUESTION = {"Question": "question", "Options": "options", "Proof": "proof"}
LEDGER, RETIRED = "ids.txt", "retired "
READINGS = ("topics", "guide", "dives", "prompts")

V = TypeVar("V", bound=Value)


class Values:
    """One pass over a content folder. `places` says where each id was first seen."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.places: dict[str, tuple[str, int]] = {}
        self.cards: list[tuple[Card, Source]] = []
        self.questions: list[tuple[Question, Source]] = []
        self.ledger: list[str] = []
        self.written: list[tuple[Reading, Source]] = []

    def catalog(self) -> Catalog | None:
        """Everything in the folder that can be read as a catalog, or None where its frame cannot."""
        self.roadmap = self.files.yaml("roadmap.yaml", dict)
        sources, categories, stages = self._sources(), self._categories(), self._stages()
        readings = self._readings()
        is_framed = not self.files.problems
        self.cards = self._documents("cards", Card, CARD)
        self.questions = self._documents("questions", Question, QUESTION)
        if not self.cards and is_framed:
            self.files.problem("cards", 1, "no card was found")
        if not is_framed:
            return None
        self.ledger = (self.files.text(LEDGER) or "").splitlines()
        return self._validated(
            Catalog,
            {
                **self.roadmap.data,
                "digest": self.files.digest.hexdigest()[:12],
                "stages": stages,
                "categories": categories,
                "sources": sources,
                "retired": [line.removeprefix(RETIRED) for line in self.ledger if line.startswith(RETIRED)],
                "cards": [card for card, _ in self.cards],
                "questions": [question for question, _ in self.questions],
                **readings,
            },
            self.roadmap,
        )

    def problem(self, source: Source, place: Place, text: str) -> None:
        """Note a mistake at a place of a source."""
        self.files.problem(source.file, source.line(place), text)

    def _validated(self, model: type[V], data: Any, source: Source, place: Place = ()) -> V | None:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for mistake in error.errors():
                self.problem(source, (*place, *mistake["loc"]), _worded(model, mistake))
        return None

    def _known(self, entry: Mapping[str, Any], source: Source, place: Place) -> None:
        """Note where an entry's id stands; a second entry of the same id is a problem."""
        id = entry.get("id")
        if not isinstance(id, str):
            return
        if id in self.places:
            first = ":".join(map(str, self.places[id]))
            self.problem(source, (*place, "id"), f"id `{id}` is already used in {first}")
        else:
            self.places[id] = (source.file, source.line((*place, "id")))

    def _sources(self) -> dict[str, str]:
        source = self.files.yaml("sources.yaml", dict)
        for key, address in source.data.items():
            if not re.match(r"(https?://|npm:)\S", str(address)):
                self.problem(source, (key,), f"source `{key}` must be a URL or start with npm:")
        return {str(key): str(address) for key, address in source.data.items()}

    def _categories(self) -> list[Category]:
        source = self.files.yaml("categories.yaml", list)
        found: dict[str, Category] = {}
        for place, entry in enumerate(source.data):
            category = self._validated(Category, entry, source, (place,))
            if category and category.name in found:
                self.problem(source, (place,), f"category `{category.name}` is given twice")
            elif category:
                found[category.name] = category
        return [*found.values()]

    def _stages(self) -> list[Stage]:
        found = []
        for place, entry in enumerate(self._entries(self.roadmap.data, ("stages",))):
            where: Place = ("stages", place)
            self._known(entry, self.roadmap, where)
            lines: dict[str, list[Skill]] = {"skills": [], "goals": []}
            for kind, model in (("skills", Skill), ("goals", Goal)):
                for index, line in enumerate(self._entries(entry, (*where, kind))):
                    at: Place = (*where, kind, index)
                    self._known(line, self.roadmap, at)
                    if made := self._validated(model, {**line, "stage": entry.get("id")}, self.roadmap, at):
                        lines[kind].append(made)
            if stage := self._validated(Stage, {**entry, **lines}, self.roadmap, where):
                found.append(stage)
        return found

    def _entries(self, around: Mapping[str, Any], place: Place) -> list[dict[str, Any]]:
        entries = around.get(str(place[-1]))
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self.problem(self.roadmap, place, f"`{place[-1]}` must be a list of entries")
            return []
        return entries

    def _readings(self) -> dict[str, list[Reading]]:
        """Titles from the roadmap; where a file of the same id stands, its front matter and text."""
        found: dict[str, list[Reading]] = {}
        for kind in READINGS:
            found[kind] = []
            written = {source.data.get("id"): (source, text) for source, text in self.files.documents(kind)}
            for place, entry in enumerate(self._entries(self.roadmap.data, (kind,))):
                at: Place = (kind, place)
                self._known(entry, self.roadmap, at)
                source, text = written.pop(entry.get("id"), (self.roadmap, ""))
                if text:
                    body = text.split("\n---\n", 1)[1].strip()
                    reading = self._validated(Reading, {**source.data, **entry, "text": body}, source)
                else:
                    reading = self._validated(Reading, entry, self.roadmap, at)
                if reading:
                    found[kind].append(reading)
                    if text:
                        self.written.append((reading, source))
            for id, (source, _) in written.items():
                self.problem(source, ("id",), f"the roadmap has no {KINDS[kind]} `{id}`; give it a title there first")
        return found

    def _documents(self, kind: str, model: type[V], fields: Mapping[str, str]) -> list[tuple[V, Source]]:
        """Every document of a kind as a value, with the fields that its sections fill."""
        found = []
        for source, text in self.files.documents(kind):
            self._known(source.data, source, ())
            sections = self.files.sections(source, text, [*fields])
            filled: dict[str, Any] = dict.fromkeys(fields.values(), "missing")  # a missing one has been said already
            for title, body in sections.items():
                if field := fields.get(title):
                    source.lines[field,] = source.lines[title,]
                    filled[field] = body
            if "options" in filled:
                filled["options"] = _options(filled["options"])
            if value := self._validated(model, {**source.data, **filled}, source):
                found.append((value, source))
        return found


def _options(markdown: str) -> list[Option | dict[str, Any]]:
    """The options of a question: `- [x] text` or `- [ ] text`, then the indented explanation."""
    found: list[Option | dict[str, Any]] = []
    for part in re.split(r"^(?=- \[[ x]\] )", markdown, flags=re.MULTILINE):
        if item := re.match(r"- \[([ x])\] (.*?)(?:\n\s*\n|\Z)(.*)", part, re.DOTALL):
            why = re.sub(r"^ {2}", "", item[3], flags=re.MULTILINE).strip()
            found.append({"text": " ".join(item[2].split()), "why": why, "right": item[1] == "x"})
    return found


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
