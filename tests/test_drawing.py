"""Drawings say what they show: in form before colour, in words beside the form, and in any document."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from miniature import SHAPE, but, by_counts, catalog
from playwright.sync_api import Browser

from roadmap import drawing, levels
from roadmap.catalog import Catalog

SVG = "{http://www.w3.org/2000/svg}"
SENIOR = by_counts(4, 5, 4, 2, 1)
CLAIMED = ("3", "4", "2.5")
"""The stroke widths of what is climbed or being climbed."""


def drawings(of: Catalog, ticks: set[str]) -> list[str]:
    gaps = levels.gaps(of, ticks, of.stages[-1].id)
    return [
        *(drawing.ladder(of, ticks, id=f"ladder-{size}", size=size) for size in ("large", "side", "line")),
        *(drawing.matrix(of, ticks, id=f"matrix-{width}", width=width) for width in (640, 320)),
        *(drawing.bars(gaps, id=f"bars-{width}", width=width) for width in (640, 320)),
    ]


def words(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@given(st.sets(st.sampled_from(sorted(catalog().lines))))
def test_every_drawing_of_any_ticks_is_well_formed_and_named(ticks: set[str]) -> None:
    for svg in drawings(catalog(), ticks):
        root = ElementTree.fromstring(svg)
        named = {element.get("id"): element for element in root.iter() if element.get("id")}
        assert root.get("role") == "img"
        assert named[root.get("aria-labelledby")].text
        assert named[root.get("aria-describedby")].text


def test_two_drawings_on_a_page_share_no_id() -> None:
    ids = [id for svg in drawings(catalog(), SENIOR) for id in re.findall(r'\bid="([^"]+)"', svg)]
    assert len(ids) == len(set(ids))


def test_a_shape_has_its_light_colour_without_any_stylesheet() -> None:
    for svg in drawings(catalog(), SENIOR):
        for shape in ElementTree.fromstring(svg).iter():
            if (classes := (shape.get("class") or "").split()) and shape.tag != f"{SVG}svg":
                for what in {"stroke", "fill"} & set(classes):
                    assert shape.get(what) == drawing.INKS[classes[-1]][0]


def test_the_stylesheet_has_a_light_and_a_dark_colour_for_every_class_in_use() -> None:
    used = {
        name
        for svg in drawings(catalog(), SENIOR)
        for names in re.findall(r'class="([^"]+)"', svg)
        for name in names.split()
    }
    assert {name for name in used if f".{name}{{" not in drawing.STYLE} == set()


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_stage_ramp_is_ordered_in_lightness_and_stands_out_in_both_modes() -> None:
    ramp = [drawing.INKS[f"stage-{place}"] for place in range(1, 6)]
    light, dark = ([luminance(colours[mode]) for colours in ramp] for mode in (0, 1))
    assert light == sorted(light, reverse=True)
    assert dark == sorted(dark)
    assert all(contrast(on_light, "#ffffff") >= 3 and contrast(on_dark, "#10141a") >= 3 for on_light, on_dark in ramp)


def test_words_in_a_drawing_reach_the_contrast_of_text() -> None:
    on_light, on_dark = drawing.INKS["quiet"]
    assert contrast(on_light, "#ffffff") >= 4.5
    assert contrast(on_dark, "#10141a") >= 4.5


@pytest.mark.parametrize("size", ["large", "side"])
def test_the_ladder_stands_on_its_lowest_stage(size: str) -> None:
    svg = ElementTree.fromstring(drawing.ladder(catalog(), SENIOR, id="l", size=size))
    heights = {text.text: float(text.get("y", 0)) for text in svg.iter(f"{SVG}text")}
    titles = [stage.title for stage in catalog().stages]
    assert sorted(titles, key=lambda title: -heights[title]) == titles


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((0, 0, 0, 0, 0), ["0 of 4"]),
        ((5, 4, 2, 0, 0), ["5 of 5", "4 of 5", "2 of 4"]),
        ((4, 5, 4, 2, 1), ["4 of 5", "5 of 5", "4 of 5", "2 of 4", "1 ahead"]),
        ((3, 5, 5, 5, 4), ["3 of 4", "5 ahead", "5 ahead", "5 ahead", "4 ahead"]),
        ((4, 4, 4, 4, 3), ["4 of 5", "4 of 5", "4 of 5", "4 of 5", "3 of 4"]),
    ],
)
def test_each_rung_says_how_far_it_is(counts: tuple[int, ...], said: list[str]) -> None:
    titles = {stage.title for stage in catalog().stages}
    assert [word for word in words(drawing.ladder(catalog(), by_counts(*counts), id="l")) if word not in titles] == said


@pytest.mark.parametrize("size", ["large", "side", "line"])
@pytest.mark.parametrize(
    ("counts", "level"), [((0, 0, 0, 0, 0), 0), ((5, 4, 2, 0, 0), 2), ((4, 4, 4, 4, 3), 5), ((3, 5, 5, 5, 4), 0)]
)
def test_a_rung_has_a_strong_complete_outline_only_if_its_stage_counts(
    counts: tuple[int, ...], level: int, size: str
) -> None:
    svg = ElementTree.fromstring(drawing.ladder(catalog(), by_counts(*counts), id="l", size=size))
    strong = [box for box in svg.iter(f"{SVG}rect") if box.get("stroke-width") in CLAIMED]
    assert len(strong) == level


def test_nothing_on_a_ladder_of_claims_is_filled() -> None:
    """Fill is kept for evidence that was checked."""
    for size in ("large", "side", "line"):
        svg = ElementTree.fromstring(drawing.ladder(catalog(), SENIOR, id="l", size=size))
        assert {shape.get("fill") for tag in ("rect", "path") for shape in svg.iter(SVG + tag)} == {"none"}


def test_the_ladder_reads_as_a_sentence() -> None:
    assert drawing.ladder_reading(catalog(), SENIOR) == (
        "Claimed level: Senior. 2 of 4 toward Architect. "
        "Skills ticked: Junior 4 of 5, Mid 5 of 5, Senior 4 of 5, Architect 2 of 5, Beyond 1 of 4."
    )


def test_a_matrix_cell_counts_and_a_cell_without_skills_is_empty() -> None:
    counts = [word for word in words(drawing.matrix(catalog(), by_counts(5, 1, 0, 0, 0), id="m")) if "/" in word]
    beyond_has_four = 4
    assert len(counts) == 4 * len(SHAPE)
    assert counts[:5] == ["2/2", "1/2", "0/2", "0/2", "0/1"]
    assert sum(int(count.split("/")[1]) for count in counts) == 4 * 6 + beyond_has_four


def test_the_matrix_reads_as_a_sentence() -> None:
    assert drawing.matrix_reading(catalog(), by_counts(5, 3, 0, 0, 0)) == (
        "8 of 24 skills are ticked; the first open ones are at Mid, in Core, Data & ORM and Deploy & Ops."
    )
    assert drawing.matrix_reading(catalog(), set(catalog().skills)) == "24 of 24 skills are ticked."


def test_bars_put_the_widest_gap_first_and_keep_the_roadmaps_order_beyond_that() -> None:
    gaps = levels.gaps(catalog(), {"junior.skill-1", "junior.skill-5"}, "junior")
    shown = [word for word in words(drawing.bars(gaps, id="b")) if " of " not in word]
    assert shown == ["Data & ORM", "Testing", "Deploy & Ops", "Core"]
    assert drawing.bars_reading(gaps) == (
        "Most is missing in Data & ORM, Testing and Deploy & Ops: 1 skill each. "
        "Nothing is missing in 1 of 4 categories."
    )


def test_a_missing_skill_is_hatched_and_a_held_one_is_not() -> None:
    gaps = levels.gaps(catalog(), by_counts(4, 0, 0, 0, 0), "junior")
    boxes = list(ElementTree.fromstring(drawing.bars(gaps, id="b")).iter(f"{SVG}rect"))
    hatched = [box for box in boxes if box.get("fill") == "url(#b-hatch)"]
    assert (len(boxes), len(hatched)) == (6, 2)


def test_bars_of_nothing_are_a_drawing_too() -> None:
    assert "0 categories" in drawing.bars((), id="b")


def test_titles_that_look_like_markup_are_words() -> None:
    hostile = '</text><script>alert("1")</script>&'
    stages = tuple(stage.model_copy(update={"title": hostile}) for stage in catalog().stages)
    for svg in drawings(but(stages=stages), SENIOR):
        root = ElementTree.fromstring(svg)
        assert not list(root.iter(f"{SVG}script"))
    assert words(drawing.ladder(but(stages=stages), SENIOR, id="l"))[0] == hostile


def test_ten_times_the_skills_still_fit_the_drawing() -> None:
    stages = tuple(
        stage.model_copy(
            update={
                "skills": tuple(
                    skill.model_copy(update={"id": f"{skill.id}-{copy}"})
                    for copy in range(10)
                    for skill in stage.skills
                )
            }
        )
        for stage in catalog().stages
    )
    large = but(stages=stages)
    for svg in drawings(large, set()):
        root = ElementTree.fromstring(svg)
        width = float(root.get("width", 0))
        boxes = [(float(box.get("x", 0)), float(box.get("width", 0))) for box in root.iter(f"{SVG}rect")]
        assert all(wide > 0 and x + wide <= width + 1 for x, wide in boxes)


def test_an_image_carries_the_whole_drawing_and_its_reading() -> None:
    svg = drawing.ladder(catalog(), SENIOR, id="l")
    image = ElementTree.fromstring(drawing.image(svg, 'Says "Senior" & more'))
    carried = base64.b64decode(image.attrib["src"].removeprefix("data:image/svg+xml;base64,")).decode()
    assert image.get("alt") == 'Says "Senior" & more'
    assert drawing.STYLE in carried
    assert words(carried) == words(svg)


def test_an_image_follows_the_scheme_of_the_page_around_it(browser: Browser) -> None:
    image = drawing.image(drawing.ladder(catalog(), SENIOR, id="l"), "The ladder")
    pictures = []
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme="light")
        page.set_content(f'<body style="color-scheme:{scheme};background:#808080">{image}')
        pictures.append(page.screenshot())
        page.close()
    assert pictures[0] != pictures[1]
