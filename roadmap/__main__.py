"""The commands: `python3 -m roadmap` starts the dashboard, and sets up what it needs at first use.

This file keeps to syntax that Python 3.6 reads, so that an old Python gets as far as the one sentence below.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - pip, which would refuse an old Python, has not run yet
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    sys.exit(f"This needs Python 3.11 or newer, and this is Python {version}. Start it with a newer one.")

import argparse
import json
import subprocess
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from io import TextIOWrapper
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from roadmap import environment

if TYPE_CHECKING:
    from roadmap.catalog import Catalog
    from roadmap.content import Problem
    from roadmap.evidence import Evidence
    from roadmap.levels import Gap, Standing
    from roadmap.snippets import Outcome

LINTERS = (("ruff", "check"), ("ruff", "format", "--check"), ("mypy",))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 when all is well, 1 when problems were found, 2 for wrong use."""
    if isinstance(sys.stdout, TextIOWrapper):  # where a terminal lacks a letter, its code is better than an error
        sys.stdout.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help")):
        given.insert(0, "run")
    parser = _parser()
    options, rest = parser.parse_known_args(given)
    if options.does is test:
        options.pytest = rest
    elif rest:
        parser.error(f"{given[0]} does not take {' '.join(rest)}")
    try:
        environment.enter("test" if getattr(options, "snippets", False) else options.extra, given)
        return int(options.does(options))
    except environment.Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130  # what a shell expects of a command that Ctrl+C ended


def run(options: argparse.Namespace) -> int:
    """Start the dashboard and stay until it is stopped."""
    if not (environment.ROOT / "app.py").exists():
        raise environment.Trouble(f"There is no app.py in {environment.ROOT}. Start the dashboard from a clone.")
    sys.path.insert(0, str(environment.ROOT))  # app.py stands beside the package, not in it
    from app import serve

    with suppress(KeyboardInterrupt):  # Ctrl+C is how it is meant to end
        serve(port=options.port, open_browser=options.open_browser)
    return 0


def test(options: argparse.Namespace) -> int:
    """Run the tests, and with --lint what else must hold. Arguments it does not know go to pytest."""
    python = [sys.executable, "-m"]
    failed = [tool for tool in LINTERS if options.lint and _call([*python, *tool])]
    if not options.pytest and _call([*python, "roadmap.browser"]):  # first, so that a download shows
        return 1
    tests = _call([*python, "pytest", *options.pytest])
    for tool in failed:
        print(f"Failed: {' '.join(tool)}", file=sys.stderr)
    return 2 if tests == 4 else int(bool(tests or failed))  # 4 is pytest's word for wrong use


def check(options: argparse.Namespace) -> int:
    """Name every problem in the dataset, then count what it holds."""
    from roadmap import content

    if options.record:
        print(f"{_count(content.record_ids(options.folder), 'new id')} recorded.", file=sys.stderr)
    catalog, problems = content.read(options.folder)
    counts = content.counts(catalog) if catalog else {}
    code = _snippets(options) if options.snippets else None
    problems = (*problems, *(code.problems if code else ()))
    if options.json:
        said = {"ok": not problems, "problems": [p._asdict() for p in problems], "counts": counts}
        checked = {"snippets": {**code._asdict(), "problems": len(code.problems)}} if code else {}
        _print_json({**said, **checked})
    elif counts:
        _print_counts(counts)
    status = _tell(problems, options.folder)
    if code:
        took = f"compiled in {code.compile_seconds:.0f} s, run in {code.run_seconds:.0f} s"
        print(f"Code: {took}; {_count(code.unchanged, 'file')} unchanged since it passed.", file=sys.stderr)
        print(f"{code.passed} passed, {code.failed} failed, {code.skipped} skipped", file=sys.stderr)
    return status


def _snippets(options: argparse.Namespace) -> "Outcome":
    """Check the code in the content; a bar shows how far the runs are where someone watches."""
    from roadmap import snippets

    def ran(done: int, of: int) -> None:
        if sys.stderr.isatty():
            bar = "#" * (30 * done // of)
            print(f"\rRunning blocks [{bar:<30}] {done} of {of}", end="\n" if done == of else "", file=sys.stderr)
        elif done == of or done % 50 == 0:
            print(f"Ran {done} of {of} blocks", file=sys.stderr)

    def tell(words: str) -> None:
        print(f"{words}.", file=sys.stderr)

    try:
        return snippets.check(options.folder, everything=options.all, tell=tell, ran=ran)
    except snippets.CannotCheck as reason:
        raise environment.Trouble(str(reason)) from None


def level(options: argparse.Namespace) -> int:
    """Say where the ticks of a file put a person, what its answers show, and the gaps on the way to the next stage."""
    from roadmap import case, content, evidence, export, levels

    catalog, problems = content.read()
    if not catalog:
        return _tell(problems, content.FOLDER)
    try:
        told = case.read(catalog, options.file, options.as_of, datetime.now(UTC).date())
    except (OSError, ValueError, export.Refused) as problem:
        if options.json:
            _print_json({"problems": str(problem).split("\n")})
        print(problem, file=sys.stderr)
        return 1
    standing = levels.standing(catalog, told.ticks)
    target = levels.next_stage(catalog, standing.level) or catalog.stages[-1]
    gaps = levels.gaps(catalog, told.ticks, target.id)
    found = evidence.judge(catalog, told.ticks, told.events, told.as_of)
    if options.json:
        _print_json(
            {
                "claimed": standing.model_dump(),
                "gaps": {gap.category: _gap_as_json(gap) for gap in gaps},
                "target": target.id,
                "as_of": told.as_of.isoformat(),
                **_evidence_as_json(found),
            }
        )
    else:
        _print_standing(catalog, told.ticks, standing, gaps)
        _print_shown(catalog, found, told.as_of)
    return 0


def team(options: argparse.Namespace) -> int:
    """Read every report of a folder, one at a time, and write what they say of the team."""
    from roadmap import export
    from roadmap.report.team import Member, comparable, coverage, latest_by_person, names

    if not options.xlsx and not options.json:
        options.parser.error("say what to make of it: --xlsx OUT, --json, or both")
    try:
        export.keys()
    except export.MalformedKey as problem:
        raise environment.Trouble(str(problem)) from None
    files = sorted(path for path in options.folder.rglob("*") if path.suffix.lower() in export.SUFFIXES)
    members, problems = [], []
    for place, path in enumerate(files, start=1):
        told = str(path.relative_to(options.folder))
        try:
            for packed in export.unpack(told, path.read_bytes()):
                try:
                    members.append(Member.of(packed.read()))
                except export.Refused as refused:
                    problems.append(refused)
        except export.Refused as refused:
            problems.append(refused)
        except OSError as error:
            problems.append(export.Refused(told, f"it cannot be read ({error.strerror})"))
        _tell_progress(place, len(files), len(members))
    for bad in problems:
        print(bad, file=sys.stderr)
    people, reports = latest_by_person(members), len({member.id for member in members})
    if not people:
        print(f"There is no report to read in {options.folder}.", file=sys.stderr)
    elif options.xlsx:
        options.xlsx.write_bytes(export.team_xlsx(people))
        print(f"{_count(reports, 'report')} of {len(people)} people written to {options.xlsx}.", file=sys.stderr)
    if options.json:
        sums, called = comparable(people), names(people)
        skills = [*sums.together[0].catalog.skills] if sums.together else []
        counted = {
            one.skill.id: {"claimed": len(one.claims), "shown": len(one.shown), "contradicted": len(one.against)}
            for one in coverage(sums.together, skills)
        }
        refused_files = [{"file": one.name, "reason": one.reason} for one in problems]
        left_out = [{"name": called[one.person], "reason": why} for one, why in sums.apart]
        found = {"files": len(files), "reports": reports, "people": len(people), "counted": len(sums.together)}
        _print_json({**found, "skills": counted, "left_out": left_out, "problems": refused_files})
    return int(bool(problems) or not people)


def _tell_progress(done: int, of: int, reports: int) -> None:
    """One line that moves where someone watches, else one now and then."""
    said = f"Read {done} of {of} files, {_count(reports, 'report')}"
    if sys.stderr.isatty():
        print(f"\r{said}", end="\n" if done == of else "", file=sys.stderr, flush=True)
    elif done == of or done % 1000 == 0:
        print(said, file=sys.stderr, flush=True)


def key(_options: argparse.Namespace) -> int:
    """Make a key that signs reports, and say where its two halves go."""
    from roadmap.export import signature

    private, public = signature.new_key()
    print(f"{signature.OWN}={private}")
    print(f"# Its public half; list it in {signature.TRUSTED} wherever reports signed with it are read, and here")
    print("# once another key has taken its place. Keep the first line secret: whoever has it signs as this server.")
    print(f"# {public}")
    return 0


def schema(options: argparse.Namespace) -> int:
    """Print the JSON schema of a report, as docs/report-schema.json has it, or of a review."""
    from roadmap import report
    from roadmap.report import review

    _print_json(review.json_schema() if options.of == "review" else report.json_schema())
    return 0


def simulate(options: argparse.Namespace) -> int:
    """Try every rule on made-up engineers, print what it is worth, and say whether what is promised holds."""
    from roadmap import content, simulation

    catalog, problems = content.read()
    if not catalog:
        return _tell(problems, content.FOLDER)
    started = time.monotonic()

    def told(words: str) -> None:
        print(f"{time.monotonic() - started:4.0f} s  {words}", file=sys.stderr)

    found = simulation.run(catalog, options.seed, simulation.QUICK if options.quick else simulation.FULL, told)
    if options.json:
        _print_json({"seed": options.seed, **found.as_json()})
    else:
        print(f"{found}\n\nSeed {options.seed}; {time.monotonic() - started:.0f} s.")
    return int(not all(promise.holds for promise in found.promises))


def bench(options: argparse.Namespace) -> int:
    """Measure what a click costs, and the rest of the budgets."""
    from roadmap import bench

    bench.main(as_json=options.json, people=options.load)
    return 0


def _print_standing(catalog: "Catalog", ticks: frozenset[str], standing: "Standing", gaps: "Iterable[Gap]") -> None:
    from roadmap import levels

    print(f"Claimed level: {levels.title(catalog, standing.level)}")
    print(f"{levels.progress_sentence(catalog, standing)}. {levels.blocking_sentence(catalog, ticks)}")
    for title, ids in (("Open at or below this level", standing.debts), ("Held further up", standing.ahead)):
        if ids:
            print(f"\n{title}:")
            for id in ids:
                print(f"  {id}  {catalog.lines[id].text}")
    print("\nSkills held by category:")
    for gap in gaps:
        required = len(gap.held) + len(gap.missing)
        print(f"  {len(gap.held)} of {required}  {gap.category}")
        for id in gap.missing:
            print(f"          {id}  {catalog.lines[id].text}")


def _print_shown(catalog: "Catalog", found: "Evidence", as_of: date) -> None:
    from roadmap import evidence

    print(f"\nChecked up to {as_of}: {evidence.shown_sentence(catalog, found, as_of)}")
    if found.enough:
        print(f"80 % range: {evidence.range_words(catalog, found)}. Beside the claim: {found.status}.")


def _evidence_as_json(found: "Evidence") -> dict[str, Any]:
    """What is shown, skill by skill, and every counted answer with its weight: all that a check by hand needs."""
    return {
        "shown": {
            "level": found.level,
            "likely": found.likely,
            "range": [found.low, found.high],
            "status": found.status,
            "probability": {stage: round(share, 4) for stage, share in found.probability.items()},
            "answers": found.answers,
            "effective": round(found.effective, 4),
            "newest": found.newest.isoformat() if found.newest else None,
        },
        "skills": {
            id: {"probability": round(skill.probability, 4), "state": skill.state, "checked": skill.checked}
            for id, skill in found.skills.items()
        },
        "counted": [
            {
                "on": one.event.on.isoformat(),
                "item": one.event.item,
                "kind": one.event.kind,
                "right": one.event.right,
                "skill": one.skill,
                "weight": round(one.weight, 4),
            }
            for one in found.counted
        ],
    }


def _gap_as_json(gap: "Gap") -> dict[str, Any]:
    return {"required": gap.required, "held": gap.held_weight, "missing": gap.missing, "share": gap.share}


def _print_counts(counts: dict[str, Any]) -> None:
    """What the dataset holds, then its cards by stage and by category, side by side."""
    blocks = {"what": {kind: count for kind, count in counts.items() if isinstance(count, int)}}
    blocks |= {f"cards {kind.replace('_', ' ')}": of for kind, of in counts.items() if isinstance(of, dict)}
    columns = [_column(title, rows) for title, rows in blocks.items()]
    for row in zip_longest(*columns):
        cells = (cell or " " * len(column[0]) for cell, column in zip(row, columns, strict=True))
        print("    ".join(cells).rstrip())


def _column(title: str, rows: dict[str, int]) -> list[str]:
    wide = max(map(len, [*rows, title]))
    return [title.ljust(wide + 6), *(f"{name:{wide}}{count:6}" for name, count in rows.items())]


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2))


def _tell(problems: "Sequence[Problem]", folder: Path) -> int:
    """Put every problem on standard error; the answer is the exit code."""
    for problem in problems:
        print(f"{folder.name}/{problem}", file=sys.stderr)
    if problems:
        print(f"{_count(len(problems), 'problem')} found.", file=sys.stderr)
    return int(bool(problems))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _call(command: Sequence[str]) -> int:
    # the tools named here are ours and run in the environment that `enter` made sure of
    return subprocess.call(command, cwd=environment.ROOT)  # noqa: S603


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m roadmap",
        description="The Backend Engineer Roadmap as a dashboard: tick what you can do, see your level and gaps, "
        "drill, report. Without a command it starts the dashboard.",
        epilog="What it needs is installed into .venv at first use (ROADMAP_VENV names another folder); what you do is "
        "kept in data/roadmap.db (ROADMAP_DATABASE_URL names another database). Exit codes: 0 all is well, 1 problems "
        "were found, 2 wrong use. `python3 -m roadmap COMMAND --help` says more about one command.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(does: Any, says: str, extra: str = "", more: str = "") -> argparse.ArgumentParser:
        made = commands.add_parser(
            does.__name__, help=says, description=f"{says[0].upper()}{says[1:]}. {more}", allow_abbrev=False
        )
        made.set_defaults(does=does, extra=extra)
        return made

    running = command(run, "start the dashboard and open it in the browser")
    running.add_argument("--port", type=port, help="the port to listen on (8501 unless told)")
    running.add_argument(
        "--no-browser",
        "--headless",
        dest="open_browser",
        action="store_false",
        help="do not open the browser",
    )

    testing = command(
        test,
        "run every test",
        extra="test",
        more="Installs the test tools, and a browser where none is found. Whatever else is given goes to pytest: "
        "`test tests/test_levels.py -k history`.",
    )
    testing.add_argument("--lint", action="store_true", help="first run the linter, the formatter and the type checker")

    dataset = environment.ROOT / "content"
    checking = command(check, "name every problem in the dataset, then count what it holds")
    checking.add_argument("folder", nargs="?", type=folder, default=dataset, help="another dataset than content/")
    checking.add_argument("--record", action="store_true", help="first add new ids to the ledger of ids ever used")
    checking.add_argument("--snippets", action="store_true", help="also compile and run the code in it, in Node")
    checking.add_argument("--all", action="store_true", help="with --snippets: the unchanged files too")
    _add_json(checking)

    standing = command(
        level,
        "say which level the ticks in a file claim, and which one the answers in it show",
        more="FILE is an exported report (JSON or HTML), a backup, a JSON list of ticked skill ids, or "
        '{"ticks": [ids], "events": [{"skill": id, "kind": "quiz", "outcome": "right", "at": "2026-05-31", "item": id}'
        "]}; kind is quiz, open or recall; outcome right or wrong, of a recall again, hard, good or easy.",
    )
    standing.add_argument("file", metavar="FILE", type=file)
    standing.add_argument(
        "--as-of",
        metavar="DATE",
        type=day,
        help="count answers, and a backup's ticks, up to this day, and judge them on it: 2026-05-31",
    )
    _add_json(standing)

    teaming = command(
        team,
        "read the reports of a folder and write what they say of a team",
        more="Every HTML, JSON and .zip file in DIR and below is read, one at a time; a bad one is named on standard "
        "error and the rest count.",
    )
    teaming.add_argument("folder", metavar="DIR", type=folder)
    teaming.add_argument("--xlsx", metavar="OUT", type=new_file, help="the spreadsheet to write")
    teaming.set_defaults(parser=teaming)
    _add_json(teaming)

    command(key, "make a key that signs the reports of this server")
    published = command(schema, "print the JSON schema of a report, or of a review")
    published.add_argument("of", nargs="?", choices=("report", "review"), default="report", help="which of the two")
    simulating = command(
        simulate,
        "try the rules on made-up engineers",
        more="Prints the tables that docs/measurement.md quotes, each from its seed, and whether what is promised "
        "holds; the exit code is 1 where it does not.",
    )
    simulating.add_argument("--quick", action="store_true", help="fewer people: under a minute instead of several")
    simulating.add_argument("--seed", type=seed, default=2026, help="another seed than 2026")
    _add_json(simulating)

    measuring = command(bench, "measure the time from click to paint, start, memory and team loading", extra="test")
    measuring.add_argument(
        "--load",
        metavar="PEOPLE",
        type=people,
        nargs="?",
        const=100,
        help="instead: so many people (100 unless told) on one process, each ticking every two seconds",
    )
    _add_json(measuring)
    return parser


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="JSON alone on standard output, for machines")


# Named for what a person typed: "argument --port: invalid port value" is what they read when it is wrong.


def port(text: str) -> int:
    """A port number."""
    number = int(text)
    if not 0 < number < 65536:
        raise ValueError
    return number


def seed(text: str) -> int:
    """A number to draw chance from: any whole one from 0."""
    number = int(text)
    if number < 0:
        raise ValueError
    return number


def people(text: str) -> int:
    """How many people."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def day(text: str) -> date:
    """A day such as 2026-05-31."""
    return date.fromisoformat(text)


def file(text: str) -> Path:
    """A file that is there."""
    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return Path(text)


def new_file(text: str) -> Path:
    """A file that can be written: in a folder that is there."""
    if not Path(text).parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {Path(text).parent}")
    return Path(text)


def folder(text: str) -> Path:
    """A folder that is there."""
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return Path(text).resolve()


if __name__ == "__main__":
    sys.exit(main())
