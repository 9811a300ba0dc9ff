"""The commands as a person and a script meet them: what they print, where, and the code they end with."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import miniature
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from roadmap import content, evidence, export, levels, report, simulation
from roadmap.__main__ import main
from roadmap.export import signature

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = ("run", "test", "check", "level", "team", "key", "schema", "simulate", "bench")

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command here; gives its exit code and what it put on standard output and standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:  # argparse ends a wrong use this way
            code = int(end.code or 0)
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The roadmap small enough to reason about in one's head."""
    monkeypatch.setattr(content, "read", lambda *_: content.Loaded(miniature.catalog(), ()))


@pytest.fixture
def ticks(tmp_path: Path, small: None) -> Callable[[Any], Path]:
    def write(what: Any) -> Path:
        file = tmp_path / "ticks.json"
        file.write_text(json.dumps(sorted(what) if isinstance(what, set) else what))
        return file

    return write


def made_report(ticked: set[str]) -> report.Report:
    return report.make(
        miniature.catalog(),
        id="0b7c1c9e-1111-4222-8333-444455556666",
        as_of=date(2026, 5, 31),
        person="5c1f1a1e-1111-4222-8333-444455556666",
        name="Ada",
        role="",
        message="",
        target="mid",
        held=dict.fromkeys(ticked, date(2026, 5, 30)),
        notes={},
        drilled=None,
        previous=None,
        show_notes=False,
        show_cards=False,
    )


# Who may come in


@pytest.mark.parametrize("version", [(3, 6), (3, 10)])
def test_an_old_python_gets_one_plain_sentence(version: tuple[int, int]) -> None:
    pretend = f"import runpy, sys; sys.version_info = {(*version, 0)}; runpy.run_module('roadmap', run_name='__main__')"
    start = subprocess.run([sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True)
    assert start.returncode == 1
    assert start.stdout == ""
    assert start.stderr == (
        "This needs Python 3.11 or newer, and this is Python {}.{}. Start it with a newer one.\n".format(*version)
    )


@pytest.mark.parametrize("file", ["__init__.py", "__main__.py"])
def test_python_3_6_can_read_that_far(file: str) -> None:
    tree = ast.parse((ROOT / "roadmap" / file).read_text(), feature_version=(3, 6))
    assert not any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)


# Help, and wrong use


def test_help_names_every_command(say: Say) -> None:
    code, out, _ = say("--help")
    assert code == 0
    assert all(f"\n    {command} " in out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, say: Say) -> None:
    code, out, _ = say(command, "--help")
    assert code == 0
    assert out.startswith(f"usage: python3 -m roadmap {command}")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["walk"], "invalid choice: 'walk'"),
        (["check", "--colour"], "--colour"),
        (["check", "nowhere"], "there is no folder nowhere"),
        (["level"], "FILE"),
        (["level", "nothing.json"], "there is no file nothing.json"),
        (["level", __file__, "--as-of", "31 May"], "invalid day value: '31 May'"),
        (["simulate", "--seed", "-1"], "invalid seed value"),
        (["--port", "http"], "invalid port value: 'http'"),
        (["run", "--port", "70000"], "invalid port value: '70000'"),
    ],
)
def test_wrong_use_is_named_and_ends_with_2(arguments: list[str], word: str, say: Say) -> None:
    code, out, err = say(*arguments)
    assert code == 2
    assert out == ""
    assert word in err
    assert err.startswith("usage:")


# check


def test_the_dataset_has_no_problem_and_is_counted(say: Say) -> None:
    code, out, err = say("check", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["ok"], found["problems"]) == (True, [])
    assert (found["counts"]["skills"], found["counts"]["goals"]) == (24, 15)
    assert sum(found["counts"]["by_stage"].values()) == found["counts"]["cards"]


def test_the_counts_stand_in_aligned_columns(say: Say) -> None:
    code, out, _ = say("check")
    assert code == 0
    what, stage, category, *_ = (out.index(title) for title in ("what", "cards by stage", "cards by category"))
    first = out.splitlines()[1]
    assert [first[place].isspace() for place in (what, stage, category)] == [False, False, False]
    assert [first[place - 1 : place] for place in (stage, category)] == [" ", " "]


def test_a_problem_is_named_with_its_file_and_line(tmp_path: Path, say: Say) -> None:
    folder = shutil.copytree(content.FOLDER, tmp_path / "content", ignore=shutil.ignore_patterns("verify"))
    roadmap = (folder / "roadmap.yaml").read_text("utf-8").split("\n")
    line = next(number for number, text in enumerate(roadmap, start=1) if "id: core.scaffold-module" in text)
    roadmap[line - 1] = roadmap[line - 1].replace("core.scaffold-module", "Core Scaffold")
    (folder / "roadmap.yaml").write_text("\n".join(roadmap), "utf-8")

    code, out, err = say("check", folder)
    assert (code, out) == (1, "")
    assert f"content/roadmap.yaml:{line}: " in err

    code, out, err = say("check", folder, "--json")
    assert code == 1
    assert json.loads(out)["ok"] is False
    assert ("roadmap.yaml", line) in {(p["file"], p["line"]) for p in json.loads(out)["problems"]}
    assert f"content/roadmap.yaml:{line}: " in err


def test_a_new_id_is_recorded_when_asked(tmp_path: Path, say: Say) -> None:
    folder = shutil.copytree(content.FOLDER, tmp_path / "content", ignore=shutil.ignore_patterns("verify"))
    ledger = folder / content.LEDGER
    known = ledger.read_text("utf-8")
    ledger.write_text(known.replace("core.scaffold-module\n", ""), "utf-8")
    assert say("check", folder)[0] == 1
    code, _, err = say("check", folder, "--record")
    assert (code, err) == (0, "1 new id recorded.\n")
    assert ledger.read_text("utf-8") == known


# level


@pytest.mark.parametrize(
    ("counts", "level", "ticked", "needed", "debts", "ahead"),
    [
        ((0, 0, 0, 0, 0), None, 0, 4, 0, 0),
        ((3, 0, 0, 0, 0), None, 3, 4, 0, 0),
        ((4, 0, 0, 0, 0), "junior", 0, 4, 1, 0),
        ((5, 2, 0, 0, 0), "junior", 2, 4, 0, 0),
        ((5, 3, 5, 0, 0), "junior", 3, 4, 0, 5),
        ((3, 5, 5, 5, 4), None, 3, 4, 0, 19),
        ((4, 4, 4, 4, 3), "beyond", None, None, 5, 0),
        ((5, 5, 5, 5, 2), "architect", 2, 3, 0, 0),
        ((0, 0, 0, 0, 4), None, 0, 4, 0, 4),
    ],
)
def test_the_level_of_ticks_follows_the_rule(
    counts: tuple[int, ...],
    level: str | None,
    ticked: int | None,
    needed: int | None,
    debts: int,
    ahead: int,
    ticks: Callable[[Any], Path],
    say: Say,
) -> None:
    code, out, err = say("level", ticks(miniature.by_counts(*counts)), "--json")
    assert (code, err) == (0, "")
    claimed = json.loads(out)["claimed"]
    assert (claimed["level"], claimed["ticked"], claimed["needed"]) == (level, ticked, needed)
    assert (len(claimed["debts"]), len(claimed["ahead"])) == (debts, ahead)


def test_gaps_count_what_the_next_stage_still_asks_for(ticks: Callable[[Any], Path], say: Say) -> None:
    found = json.loads(say("level", ticks({"ticks": ["junior.skill-1"], "events": []}), "--json")[1])
    assert found["target"] == "junior"
    assert found["gaps"]["Core"] == {
        "required": 1.5,  # the fifth skill stands half here, half in Data & ORM
        "held": 1.0,
        "missing": ["junior.skill-5"],
        "share": pytest.approx(1 / 3),
    }
    assert sum(gap["required"] for gap in found["gaps"].values()) == 5


def test_the_same_in_words(ticks: Callable[[Any], Path], say: Say) -> None:
    held = miniature.by_counts(4, 3, 0, 0, 1)
    code, out, err = say("level", ticks(held))
    assert (code, err) == (0, "")
    assert out.startswith(
        "Claimed level: Junior\n"
        f"3 of 4 toward Mid. {levels.blocking_sentence(miniature.catalog(), held)}\n"
        "\n"
        "Open at or below this level:\n"
        "  junior.skill-5  Do junior thing number 5.\n"
        "\n"
        "Held further up:\n"
        "  beyond.skill-1  Do beyond thing number 1.\n"
    )
    assert "  2 of 4  Core\n" in out


def test_a_report_gives_the_standing_it_was_made_with(small: None, tmp_path: Path, say: Say) -> None:
    of = made_report({*miniature.by_counts(5, 2, 0, 0, 0), "junior.goal-1"})
    for name, data in (("report.json", export.to_json(of)), ("report.html", export.to_html(of))):
        (tmp_path / name).write_bytes(data)
        code, out, _ = say("level", tmp_path / name, "--json")
        assert code == 0
        assert json.loads(out)["claimed"] == of.claimed.model_dump(mode="json")


def test_a_backup_counts_up_to_a_day(small: None, tmp_path: Path, say: Say) -> None:
    from roadmap.store import Store

    store = Store()
    who, start = store.person(), datetime(2026, 5, 1, 12, tzinfo=UTC)
    for day, skill in enumerate(sorted(miniature.by_counts(5, 0, 0, 0, 0))):
        store.tick(who, {skill: True}, start + timedelta(days=day))
    (tmp_path / "backup.json").write_bytes(store.backup(who).model_dump_json().encode())
    store.close()
    for as_of, level, ticked in (([], "junior", 0), (["--as-of", "2026-05-02"], None, 2)):
        claimed = json.loads(say("level", tmp_path / "backup.json", "--json", *as_of)[1])["claimed"]
        assert (claimed["level"], claimed["ticked"]) == (level, ticked)


def right(*skills: str, kind: str = "quiz", outcome: str = "right", at: str = "2026-05-30") -> list[dict[str, str]]:
    """An event about each of these skills, two items each."""
    return [
        {"skill": skill, "kind": kind, "outcome": outcome, "at": at, "item": f"{skill} {kind} {n}"}
        for skill in skills
        for n in (1, 2)
    ]


def test_events_show_a_level_beside_the_claimed_one(ticks: Callable[[Any], Path], say: Say) -> None:
    junior = sorted(miniature.by_counts(5, 0, 0, 0, 0))
    events = right(*junior) + right(*junior, kind="recall", outcome="good")
    file = ticks({"ticks": junior[:4], "events": events})
    code, out, err = say("level", file, "--json", "--as-of", "2026-05-31")
    assert (code, err) == (0, "")
    found = json.loads(out)
    of = evidence.judge(
        miniature.catalog(),
        junior[:4],
        [
            evidence.Event(date(2026, 5, 30), e["item"], e["kind"], e["outcome"] in ("right", "good"), (e["skill"],))
            for e in events
        ],
        date(2026, 5, 31),
    )
    assert found["claimed"]["level"] == "junior"
    shown = found["shown"]
    assert (shown["level"], shown["likely"], shown["range"], shown["status"]) == (
        of.level,
        of.likely,
        [of.low, of.high],
        of.status,
    )
    assert shown["probability"] == {stage: pytest.approx(share, abs=1e-4) for stage, share in of.probability.items()}
    assert {id: skill["state"] for id, skill in found["skills"].items()} == {
        id: skill.state for id, skill in of.skills.items()
    }
    assert all(
        skill["probability"] == pytest.approx(of.skills[id].probability, abs=1e-4)
        for id, skill in found["skills"].items()
    )
    assert (shown["answers"], len(found["counted"])) == (10, 20)
    assert found["counted"][0]["weight"] == pytest.approx(2 ** (-1 / 120), abs=1e-4)


def test_clicking_easy_without_a_checked_answer_shows_nothing(ticks: Callable[[Any], Path], say: Say) -> None:
    everything = sorted(miniature.catalog().skills)
    file = ticks({"ticks": everything, "events": right(*everything, kind="recall", outcome="easy")})
    shown = json.loads(say("level", file, "--json", "--as-of", "2026-05-31")[1])["shown"]
    assert (shown["level"], shown["status"], shown["answers"]) == (None, "not enough evidence", 0)


def test_the_day_decides_which_events_count_and_how_far_they_have_faded(ticks: Callable[[Any], Path], say: Say) -> None:
    junior = sorted(miniature.by_counts(5, 0, 0, 0, 0))
    file = ticks({"events": right(*junior[:3], at="2026-05-01") + right(*junior[3:], at="2026-06-01T08:00:00Z")})

    def shown(day: str) -> dict[str, Any]:
        return json.loads(say("level", file, "--json", "--as-of", day)[1])["shown"]

    assert [shown(day)["answers"] for day in ("2026-04-30", "2026-05-31", "2026-06-01")] == [0, 6, 10]
    assert shown("2026-06-01")["status"] == "stronger than claimed"
    assert shown("2027-06-01")["status"] == "not enough evidence"
    words = say("level", file, "--as-of", "2026-06-01")[1]
    assert "\nChecked up to 2026-06-01: What you have shown so far: at least " in words
    assert words.endswith("Beside the claim: stronger than claimed.\n")


def test_a_report_is_judged_by_what_it_carries(small: None, tmp_path: Path, say: Say) -> None:
    checked = [
        evidence.Event(date(2026, 11, 20), f"{skill} {n}", "quiz", True, (skill,))
        for skill in miniature.by_counts(5, 5, 0, 0, 0)
        for n in (1, 2)
    ]
    of = miniature.report(miniature.by_counts(5, 5, 5, 0, 0), events=checked)
    (tmp_path / "report.json").write_bytes(export.to_json(of))
    found = json.loads(say("level", tmp_path / "report.json", "--json")[1])
    assert found["as_of"] == "2026-11-22"
    assert (found["shown"]["level"], found["shown"]["status"]) == (of.shown.level, of.shown.status)
    assert found["shown"]["status"] == "partly confirmed"


def test_a_mistake_in_an_event_is_named_with_its_place(ticks: Callable[[Any], Path], say: Say) -> None:
    events = [
        *right("junior.skill-1"),
        {"skill": "junior.skill-1", "kind": "quiz", "outcome": "easy", "at": "2026-05-30"},
    ]
    code, out, err = say("level", ticks({"ticks": [], "events": events}), "--json")
    assert code == 1
    assert err == "events[2].outcome must be right or wrong for kind quiz.\n"
    assert json.loads(out)["problems"] == [err.strip()]


def test_an_unknown_id_is_named_with_what_was_meant(ticks: Callable[[Any], Path], say: Say) -> None:
    code, out, err = say("level", ticks(["junior.skill-1", "junior.skil-2", "\x1b[31mred"]))
    assert (code, out) == (1, "")
    assert "There is no skill or goal 'junior.skil-2'. Did you mean junior.skill-2 or " in err
    assert "'\\x1b[31mred'" in err  # what would colour a terminal is spelled out


def test_a_million_unknown_ids_are_counted_not_listed(ticks: Callable[[Any], Path], say: Say) -> None:
    code, _, err = say("level", ticks([f"unknown-{number}" for number in range(1_000_000)]))
    assert code == 1
    assert len(err.splitlines()) == 21
    assert err.endswith("And 999980 more.\n")


@pytest.mark.parametrize(
    "what", [[1, 2], {"ticks": "all"}, {"ticks": [None]}, {}, {"backup": 1}, {"backup": 99}, "ada"]
)
def test_a_file_that_is_none_of_these_is_a_problem(what: Any, ticks: Callable[[Any], Path], say: Say) -> None:
    code, out, err = say("level", ticks(what), "--json")
    assert code == 1
    assert json.loads(out)["problems"] == err.splitlines()
    assert len(err.splitlines()) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.binary(), st.recursive(st.text() | st.integers(), st.lists).map(json.dumps).map(str.encode)))
def test_any_bytes_are_answered_in_a_sentence(small: None, tmp_path: Path, say: Say, data: bytes) -> None:
    (tmp_path / "any").write_bytes(data)
    code, _, err = say("level", tmp_path / "any")
    assert code in (0, 1)
    assert "Traceback" not in err


# simulate


@pytest.mark.parametrize("seed", [1, 2])
def test_a_simulation_prints_its_tables_and_says_whether_what_is_promised_holds(
    seed: int, monkeypatch: pytest.MonkeyPatch, say: Say
) -> None:
    monkeypatch.setattr(simulation, "QUICK", simulation.Sizes(30, 3, 3, 5, 2, 1))  # as few as say anything
    code, out, err = say("simulate", "--quick", "--seed", seed)
    assert f"(seed {seed})" in out
    assert out.count("holds  ") + out.count("FAILS  ") == 7
    assert code == int("FAILS" in out)
    assert "level accuracy, ladder world" in err
    told = json.loads(say("simulate", "--quick", "--seed", seed, "--json")[1])
    assert told["seed"] == seed
    assert [promise["holds"] for promise in told["promises"]] == [line.startswith("holds") for line in _promises(out)]
    assert len(told["tables"]) == 6


def _promises(out: str) -> list[str]:
    return [line for line in out.split("\n") if line.startswith(("holds", "FAILS"))]


# test


def test_what_the_test_command_does_not_know_goes_to_pytest(
    monkeypatch: pytest.MonkeyPatch, say: Say, tmp_path: Path
) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(subprocess, "call", lambda command, cwd: called.append(command[1:]) or 0)
    assert say("test", "tests/test_levels.py", "-k", "not slow", "--lf")[0] == 0
    assert called == [["-m", "pytest", "tests/test_levels.py", "-k", "not slow", "--lf"]]


@pytest.mark.parametrize(("pytests", "ours"), [(0, 0), (1, 1), (4, 2), (5, 1)])
def test_the_tests_outcome_is_the_commands(pytests: int, ours: int, monkeypatch: pytest.MonkeyPatch, say: Say) -> None:
    monkeypatch.setattr(subprocess, "call", lambda command, cwd: pytests if "pytest" in command else 0)
    assert say("test")[0] == ours


def test_a_linters_complaint_fails_the_run_and_the_tests_still_run(monkeypatch: pytest.MonkeyPatch, say: Say) -> None:
    called: list[str] = []
    monkeypatch.setattr(subprocess, "call", lambda command, cwd: called.append(command[-1]) or int("mypy" in command))
    code, _, err = say("test", "--lint")
    assert (code, err) == (1, "Failed: mypy\n")
    assert called == ["check", "--check", "mypy", "roadmap.browser", "pytest"]


# team


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """A folder of reports: one of each form, one of them in a .zip, and one that is none."""
    folder = tmp_path / "reports"
    (folder / "deeper").mkdir(parents=True)
    people = [
        miniature.report(miniature.first(junior=n), name=f"P{n}", person=f"p{n}", id=f"{n}" * 8 + TAIL)
        for n in (1, 2, 3)
    ]
    (folder / "one.json").write_bytes(export.to_json(people[0]))
    (folder / "deeper" / "two.HTML").write_bytes(export.to_html(people[1]))
    with zipfile.ZipFile(folder / "three.zip", "w") as archive:
        archive.writestr("three.json", export.to_json(people[2]))
    (folder / "notes.txt").write_text("not asked for")
    return folder


TAIL = "-2222-4333-8444-555555555555"


def test_a_folder_of_reports_becomes_a_spreadsheet(say: Say, sent: Path, tmp_path: Path) -> None:
    code, out, err = say("team", sent, "--xlsx", tmp_path / "team.xlsx")
    assert (code, out) == (0, "")
    assert err == f"Read 3 of 3 files, 3 reports\n3 reports of 3 people written to {tmp_path / 'team.xlsx'}.\n"
    rows = [*load_workbook(tmp_path / "team.xlsx")["People"].iter_rows(values_only=True)]
    assert [row[0] for row in rows] == ["Name", "P1", "P2", "P3"]


def test_a_bad_file_is_named_on_standard_error_and_the_rest_count(say: Say, sent: Path) -> None:
    (sent / "bad.json").write_text("Hello")
    (sent / "bad.zip").write_bytes(b"PK")
    code, out, err = say("team", sent, "--json")
    assert code == 1
    assert "bad.json was not opened: it is neither the JSON nor the HTML" in err
    assert "bad.zip was not opened: it is not a .zip archive" in err
    found = json.loads(out)
    assert (found["files"], found["reports"], found["people"], found["counted"]) == (5, 3, 3, 3)
    assert found["skills"]["junior.skill-1"] == {"claimed": 3, "shown": 0, "contradicted": 0}
    assert [one["file"] for one in found["problems"]] == ["bad.json", "bad.zip"]
    assert found["left_out"] == []


def test_a_report_about_another_version_is_left_out_by_name(say: Say, sent: Path) -> None:
    other = miniature.report(name="Old", person="old", id="9" * 8 + TAIL, catalog=miniature.changed(version=0))
    (sent / "old.json").write_bytes(export.to_json(other))
    found = json.loads(say("team", sent, "--json")[1])
    assert (found["people"], found["counted"]) == (4, 3)
    assert found["left_out"] == [
        {"name": "Old", "reason": "about version 0 of the roadmap, the others about version 1"}
    ]


def test_a_folder_without_a_report_says_so(say: Say, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    code, out, err = say("team", tmp_path / "empty", "--json")
    assert code == 1
    assert json.loads(out)["people"] == 0
    assert f"There is no report to read in {tmp_path / 'empty'}." in err
    assert not (tmp_path / "team.xlsx").exists()


def test_a_team_command_that_makes_nothing_is_wrong_use(say: Say, tmp_path: Path) -> None:
    for arguments, word in (
        ([tmp_path], "say what to make of it: --xlsx OUT, --json, or both"),
        ([tmp_path / "nowhere", "--json"], "there is no folder"),
        ([tmp_path, "--xlsx", tmp_path / "nowhere" / "team.xlsx"], "there is no folder"),
    ):
        code, out, err = say("team", *arguments)
        assert (code, out) == (2, "")
        assert word in err


def test_a_malformed_trusted_key_is_said_before_anything_is_read(
    say: Say, sent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(signature.TRUSTED, "nonsense")
    code, out, err = say("team", sent, "--json")
    assert (code, out) == (1, "")
    assert signature.TRUSTED in err
