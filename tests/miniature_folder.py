"""A content folder small enough to break one line at a time: two stages, three skills, a goal, and a card for each."""

from __future__ import annotations

from pathlib import Path

from roadmap import content

ROADMAP = """\
version: 1
title: Miniature Roadmap
summary: Less of everything.
stages:
  - id: junior
    title: Junior
    tagline: Learn to walk.
    summary: The first steps.
    skills:
      - id: walk.stand
        text: Stand on both feet.
        categories: [Balance]
        prerequisites: []
        evidence: Somebody saw it.
        why: Nobody walks lying down.
        topics: [topic.01]
        prompts: [dp-fall]
      - id: walk.step
        text: Take a step.
        categories: [Balance, Motion]
        prerequisites: [walk.stand]
        evidence: A footprint.
        why: Standing brings nobody home.
    goals:
      - id: walk.fast
        text: Walk faster.
        categories: [Motion]
        prerequisites: [walk.step]
        evidence: A stopwatch.
        why: The bus leaves at nine.
    direction:
      text: Drill Junior, plus Motion.
      match: any
      stages: [junior]
      categories: [Motion]
      category_stages: [junior, mid]
      topics: [topic.01]
      guide: [guide.01]
      dives: [dive.feet]
      prompts: [dp-fall]
  - id: mid
    title: Mid
    tagline: Learn to run.
    summary: The next steps.
    skills:
      - id: run.leap
        text: Leave the ground.
        categories: [Motion]
        prerequisites: [walk.step, walk.stand]
        evidence: A photograph.
        why: Running is leaping again and again.
    goals: []
    direction:
      text: Drill Mid and Motion.
      match: all
      stages: [mid]
      categories: [Motion]
topics:
  - {id: topic.01, title: On feet, stages: [junior]}
guide:
  - {id: guide.01, title: On legs}
dives:
  - {id: dive.feet, title: Feet in depth}
prompts:
  - {id: dp-fall, title: Design a fall}
"""

CATEGORIES = """\
- name: Balance
  summary: Not falling.
- name: Motion
  summary: Getting somewhere.
"""

SOURCES = """\
handbook: https://example.org/handbook
package: npm:walk@1
"""

FRONTS = {
    "walk.stand": "Both knees are locked and the floor tilts by ten degrees. What gives way first?",
    "walk.step": "One foot is in the air over a kerb. Where does the weight rest at that moment?",
    "walk.fast": "The arms stop swinging halfway along the street. How does the pace answer?",
    "run.leap": "Neither sole touches the track. Which phase of running does the camera show?",
}


def card(id: str, stage: str = "junior", category: str = "Motion", skill: str = "", front: str = "") -> str:
    """The text of a card file; lines 1 to 7 are its front matter, and `## Front` stands on line 10."""
    return f"""\
---
id: {id}
stage: {stage}
category: {category}
skills: [{skill or id.removesuffix(".card")}]
sources: [handbook]
verified: document
---

## Front

{front or FRONTS[skill or id.removesuffix(".card")]}

## Answer

The {id} answer.

## Proof

```ts
## Not a heading, but code
```

## Why it matters

It matters.

## Trap

Believing otherwise.
"""


def make(folder: Path) -> Path:
    """Write the folder, whole and without a mistake."""
    texts = {
        "roadmap.yaml": ROADMAP,
        "categories.yaml": CATEGORIES,
        "sources.yaml": SOURCES,
        "cards/junior/walk.stand.card.md": card("walk.stand.card", category="Balance"),
        "cards/junior/walk.step.card.md": card("walk.step.card", category="Balance"),
        "cards/junior/walk.fast.card.md": card("walk.fast.card"),
        "cards/mid/run.leap.card.md": card("run.leap.card", stage="mid"),
    }
    for file, text in texts.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(text.encode())
    content.record_ids(folder)
    return folder
