"""What the two READMEs say is run: the examples are a dataset without problems, the commands exist, the tree true."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from roadmap import content, evidence

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
MEASUREMENT = (ROOT / "docs" / "measurement.md").read_text("utf-8")
AUTHORS = (ROOT / "content" / "README.md").read_text("utf-8")


def test_the_skill_and_the_card_of_the_authors_guide_join_the_dataset_without_a_problem(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    shutil.copytree(content.FOLDER, folder, ignore=shutil.ignore_patterns("verify"))
    skill = re.search(r"```yaml\n(.*?)```", AUTHORS, re.DOTALL)[1]
    card, question = re.findall(r"````markdown\n(.*?)````", AUTHORS, re.DOTALL)

    roadmap = (folder / "roadmap.yaml").read_text("utf-8")
    mid = roadmap.index("  - id: mid\n")
    skills = roadmap.index("    skills:", mid)
    after = roadmap.index("\n", skills) + 1
    indented = "".join(f"      {line}\n" for line in skill.rstrip().split("\n"))
    (folder / "roadmap.yaml").write_text(roadmap[:after] + indented + roadmap[after:], "utf-8")
    (folder / "cards" / "mid" / "config.rotate-secrets.env-is-read-once.md").write_text(card, "utf-8")
    (folder / "questions" / "mid" / "q.config.rotate-secrets.which-pods.md").write_text(question, "utf-8")

    assert content.record_ids(folder) == 3
    said = {problem.text for problem in content.read(folder).problems}
    promised = {
        "1 cards serve `config.rotate-secrets`; at least 12",
        "1 questions ask about `config.rotate-secrets`; at least 5",
    }
    assert said == promised, "a new skill owes what this dataset promises, and nothing else is wrong"


def test_every_command_in_the_readme_is_one() -> None:
    commands = set(re.findall(r"^python3? -m roadmap(?: ([a-z]+))?", README, re.MULTILINE))
    assert {"", "test"} <= commands
    helped = subprocess.run(
        [sys.executable, "-m", "roadmap", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for command in commands - {""}:
        assert re.search(rf"^\s+{command}\b", helped, re.MULTILINE), f"--help does not name {command}"


def test_the_tree_in_the_readme_is_the_tree_on_disk() -> None:
    tree = re.search(r"```\n(app\.py.*?)```", README, re.DOTALL)[1]
    parents: list[str] = []
    named = []
    for line in tree.rstrip().split("\n"):
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2
        parents[depth:] = [name]
        named.append("".join(parents))
    for path in named:
        assert (ROOT / path).exists(), f"the README names {path}"
    for folder in ("pages", "roadmap"):
        on_disk = {
            f"{folder}/{entry.name}{'/' if entry.is_dir() else ''}"
            for entry in (ROOT / folder).iterdir()
            if not entry.name.startswith("__") or entry.name == "__main__.py"
        }
        assert on_disk <= set(named), "the README leaves a room out"


def test_every_picture_in_the_readme_is_there() -> None:
    for picture in re.findall(r"!\[[^]]+\]\(([^)]+)\)", README):
        assert (ROOT / picture).exists()


def test_the_case_in_the_readme_comes_to_what_it_says(tmp_path: Path) -> None:
    told = re.search(r"```json\n(.*?)```", README, re.DOTALL)[1]
    arguments, said = re.search(
        r"`python -m roadmap (level ada\.json [^`]*)` ends with\n\n```\n(.*?)```", README, re.DOTALL
    ).groups()
    (tmp_path / "ada.json").write_text(told)
    command = [sys.executable, "-m", "roadmap", *arguments.replace("ada.json", str(tmp_path / "ada.json")).split()]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.endswith(said)


def test_the_rule_is_explained_with_the_numbers_that_it_has() -> None:
    odds = evidence.LOG_ODDS
    for words in (
        f"question right {odds['quiz', True]:+.2f}",
        f"{evidence.HELD_RIGHT:.0%}".replace("%", " %") + " of those who hold the skill answer right",
        f"{evidence.GUESSED_RIGHT:.0%}".replace("%", " %") + " of those who do not",
        f"question wrong {odds['quiz', False]:+.2f}",
        f"passed {odds['open', True]:+.2f}, not passed {odds['open', False]:+.2f}",
        f"card passed {odds['recall', True]:+.2f}",
        f"2^(-days / {evidence.HALF_LIFE})",
        " ".join(f"{p:.2f}"[1:] for p in evidence.PRIOR),
        f"right answers that weigh {evidence.RIGHT_ABOVE} or more",
    ):
        assert words in MEASUREMENT
    assert len(re.findall(r"^    holds ", MEASUREMENT, re.MULTILINE)) == 7
    assert "FAILS" not in MEASUREMENT
