"""The snippet checker: what a fence promises is held, and what is wrong is named with the content's own file and line.

Needs Node and the packages of content/verify, as `check --snippets` itself does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from roadmap import snippets

Check = Callable[..., snippets.Outcome]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Check]:
    """Check a folder with one card of this Markdown."""
    monkeypatch.setattr(snippets, "PASSED", tmp_path / "passed.json")

    def checked(markdown: str, **options: bool) -> snippets.Outcome:
        card = tmp_path / "cards" / "junior" / "a.card.md"
        card.parent.mkdir(parents=True, exist_ok=True)
        card.write_text(markdown, "utf-8")
        return snippets.check(tmp_path, **options)

    yield checked


def told(outcome: snippets.Outcome) -> list[tuple[str, int]]:
    return [(problem.file, problem.line) for problem in outcome.problems]


def test_a_block_that_compiles_and_one_that_prints_what_it_says_pass(check: Check) -> None:
    outcome = check(
        "```ts\nconst one: number = 1;\n```\n\n```ts run\nconsole.log(1 + 1);\n```\n```text output\n2\n```\n"
    )
    assert (outcome.passed, outcome.failed, outcome.skipped) == (2, 0, 0)


def test_a_type_error_is_named_with_its_line(check: Check) -> None:
    outcome = check("Words.\n\n```ts\nconst fine = 1;\nconst one: number = 'one';\n```\n")
    assert told(outcome) == [("cards/junior/a.card.md", 5)]
    assert "TS2322" in outcome.problems[0].text


def test_an_output_that_differs_shows_both(check: Check) -> None:
    outcome = check("```ts run\nconsole.log('two');\n```\n```text output\none\n```\n")
    assert told(outcome) == [("cards/junior/a.card.md", 1)]
    assert "two" in outcome.problems[0].text
    assert "one" in outcome.problems[0].text


def test_a_block_that_must_fail_and_compiles_is_a_wrong_claim(check: Check) -> None:
    assert check("```ts fails=TS2322\nconst one: number = 'one';\n```\n").failed == 0
    outcome = check("```ts fails=TS2322\nconst one: number = 1;\n```\n")
    assert "the claim is wrong" in outcome.problems[0].text


def test_a_run_that_throws_or_prints_unsaid_is_a_problem(check: Check) -> None:
    assert "ended with 1" in check("```ts run\nthrow new Error('no');\n```\n```text output\n```\n").problems[0].text
    assert "has no `text output` block" in check("```ts run\nconsole.log(1);\n```\n").problems[0].text


def test_names_that_packages_export_need_no_import_and_hidden_lines_count(check: Check) -> None:
    hidden = "<!-- ts:setup const name: string = 'orders'; -->\n"
    outcome = check(f"{hidden}```ts\n@Controller(name) class Orders {{ @Get() all() {{ return []; }} }}\n```\n")
    assert (outcome.passed, outcome.failed) == (1, 0)


def test_a_lane_runs_on_its_own_nest(check: Check) -> None:
    code = "import * as common from '@nestjs/common';\nconsole.log('StandardSchemaValidationPipe' in common);\n"
    old = f"```ts run lane=11\n{code}```\n```text output\nfalse\n```\n"
    outcome = check(f"{old}\n```ts run\n{code}```\n```text output\ntrue\n```\n")
    assert (outcome.passed, outcome.failed) == (2, 0), outcome.problems


def test_a_skipped_block_says_why_and_is_counted(check: Check) -> None:
    assert check('```ts skip="needs a broker"\nbroken(\n```\n').skipped == 1
    assert "says why" in check("```ts skip\nbroken(\n```\n").problems[0].text


def test_an_unclosed_fence_is_a_problem_and_no_crash(check: Check) -> None:
    assert told(check("Words.\n\n```ts\nconst one = 1;\n")) == [("cards/junior/a.card.md", 3)]


def test_what_passed_is_left_alone_until_it_changes(check: Check) -> None:
    text = "```ts\nconst one = 1;\n```\n"
    assert (check(text).passed, check(text).unchanged) == (1, 1)
    assert check(text, everything=True).passed == 1
    assert check(text.replace("one", "two")).unchanged == 0


def test_what_failed_is_checked_again(check: Check) -> None:
    text = "```ts\nconst one: number = 'one';\n```\n"
    assert check(text).failed == check(text).failed == 1
