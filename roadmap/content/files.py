"""Files to plain data, with the line of everything in them; what cannot be read is a problem with its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import yaml

Place = tuple[str | int, ...]


class Problem(NamedTuple):
    """One mistake in the content, and where to mend it; `file` is relative to the content folder."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class Source(NamedTuple):
    """Plain data from a file, with the line of each place in it, so that a problem can point there."""

    file: str
    data: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest thing around it that has one."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


class Files:
    """A content folder, read file by file; `problems` gathers what is wrong, `digest` what was read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.digest = sha256()

    def problem(self, file: str, line: int, text: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(file, line, text))

    def text(self, file: str) -> str | None:
        """A file as text, or None and a problem."""
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

    def yaml(self, file: str, kind: type[dict[Any, Any]] | type[list[Any]]) -> Source:
        """A YAML file that holds a mapping or a list at the top; an empty one and a problem where it does not."""
        text = self.text(file)
        source = None if text is None else self.parsed(file, text, offset=0)
        if source and isinstance(source.data, kind):
            return source
        if source:
            self.problem(file, 1, f"must be a {'mapping' if kind is dict else 'list'} at the top")
        return Source(file, kind(), {})

    def parsed(self, file: str, text: str, offset: int) -> Source | None:
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
            return Source(file, plain(node, ()) if node else None, lines)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            what = getattr(error, "problem", None) or str(error)
            self.problem(file, (mark.line + 1 if mark else 1) + offset, f"not valid YAML: {what}")
        finally:
            loader.dispose()
        return None

    def documents(self, kind: str) -> list[tuple[Source, str]]:
        """Every Markdown file under a folder, in order: its front matter, and the whole text."""
        found = []
        for path in sorted((self.folder / kind).glob("**/*.md")):
            file = path.relative_to(self.folder).as_posix()
            if document := self.document(file):
                found.append(document)
        return found

    def document(self, file: str) -> tuple[Source, str] | None:
        """A Markdown file as its front matter and the whole text."""
        text = self.text(file)
        if text is None:
            return None
        head = re.match(r"---\n(.*?\n)---\n", text, re.DOTALL)
        if not head:
            self.problem(file, 1, f"a {KINDS[file.split('/')[0]]} starts with front matter between two lines of `---`")
            return None
        source = self.parsed(file, head[1], offset=1)
        if source and not isinstance(source.data, dict):
            self.problem(file, 1, "the front matter must be `key: value` lines")
            return None
        return (source, text) if source else None

    def sections(self, source: Source, text: str, wanted: Sequence[str]) -> dict[str, str]:
        """The sections under the second-level headings `wanted`, which must stand in this order.

        Headings inside code fences are code. The line of each heading goes into the source's lines, under its title.
        """
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
            self.problem(source.file, opened, "this code fence is not closed")
        titles = [title for title, _, _ in found]
        if titles != list(wanted) and not fence:
            first = next((n for (t, n, _), want in zip(found, wanted, strict=False) if t != want), 1)
            order = f"the headings must be {', '.join(wanted)}, in this order"
            self.problem(source.file, first, f"{order}; found {', '.join(titles) or 'none'}")
        source.lines.update({(title,): number for title, number, _ in found})
        return {title: "\n".join(body).strip() for title, _, body in found}


KINDS = {
    "cards": "card",
    "questions": "question",
    "topics": "topic",
    "guide": "guide section",
    "dives": "deep dive",
    "prompts": "prompt",
}
"""What a file is called, by the folder that it stands in."""
