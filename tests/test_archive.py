"""A .zip of reports loads as its files would; what is hostile or damaged in it is refused in a sentence, by name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from miniature import report

from roadmap import export
from roadmap.export import archive
from roadmap.report import Report

GOOD = report(name="Ada")
FILE = export.to_json(GOOD)


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return data.getvalue()


def outcome(data: bytes, name: str = "team.zip") -> list[Report | str]:
    """Each report, or the sentence of what was refused, in order."""
    found: list[Report | str] = []
    try:
        packed = export.unpack(name, data)
    except export.Refused as refused:
        return [str(refused)]
    for one in packed:
        try:
            found.append(one.read())
        except export.Refused as refused:
            found.append(str(refused))
    return found


def test_html_and_json_in_one_archive_load_in_its_order() -> None:
    other = report(name="Bo", person="bo", id="22222222-2222-4333-8444-555555555555")
    assert outcome(zipped({"a/ada.json": FILE, "bo.html": export.to_html(other)})) == [GOOD, other]
    assert outcome(zipped({"ada.json": FILE}, zipfile.ZIP_STORED), "TEAM.ZIP") == [GOOD]


def test_a_file_that_is_no_archive_is_one_file() -> None:
    assert outcome(FILE, "ada.json") == [GOOD]
    [said] = outcome(zipped({"ada.json": FILE}), "ada.json")
    assert "ada.json was not opened: it is a zip archive" in str(said)


def test_a_bad_member_is_refused_by_name_and_the_good_ones_load() -> None:
    packed = zipped({"notes.txt": b"Hello", "ada.json": FILE, "cut.json": FILE[:-300], "empty.html": b""})
    text, good, cut, empty = outcome(packed)
    assert good == GOOD
    assert str(text).startswith("notes.txt in team.zip was not opened: it is neither the JSON nor the HTML")
    assert str(cut).startswith("cut.json in team.zip was not opened: its JSON breaks off")
    assert str(empty).startswith("empty.html in team.zip was not opened: it is empty")


def test_names_are_words_and_never_paths() -> None:
    names = ["../../etc/passwd", "/srv/x.json", "C:\\x.json", "<b>x</b>.json", "a" * 5000 + ".json"]
    for name, said in zip(names, outcome(zipped(dict.fromkeys(names, b"x"))), strict=True):
        assert str(said).startswith(name[:200])
        assert len(str(said)) < 400


def test_an_archive_in_an_archive_is_refused_without_being_unpacked() -> None:
    [said] = outcome(zipped({"inner.zip": zipped({"ada.json": FILE})}))
    assert str(said).startswith("inner.zip in team.zip was not opened: it is a zip archive; unpack it")


def test_what_systems_add_by_themselves_is_passed_over() -> None:
    files = {"__MACOSX/._ada.json": b"\0", "x/.DS_Store": b"\0", "Thumbs.db": b"\0", "x/": b"", "x/ada.json": FILE}
    assert outcome(zipped(files)) == [GOOD]


def test_a_member_that_unpacks_to_more_than_a_report_is_refused_at_its_limit() -> None:
    [said, good] = outcome(zipped({"bomb.json": b" " * (60 * 1024**2), "ada.json": FILE}))
    assert "bomb.json in team.zip was not opened: it is larger than 5 MB" in str(said)
    assert good == GOOD


def test_a_bomb_of_many_members_is_refused_before_any_is_unpacked() -> None:
    flat = b"\0" * (5 * 1024**2)
    data = zipped({f"{place}.json": flat for place in range(60)})
    assert len(data) < 1024**2
    [said] = outcome(data)
    assert said == (
        "team.zip was not opened: unpacked it is larger than 256 MB, which reports never are; pack only reports."
    )


def test_too_many_members_are_refused_before_they_are_listed() -> None:
    data = zipped({f"{place}": b"" for place in range(archive.MOST_FILES + 1)}, zipfile.ZIP_STORED)
    assert outcome(data) == ["team.zip was not opened: it holds more than 2000 files; drop a part of them at a time."]


def test_an_archive_that_lies_about_its_sizes_gives_no_more_than_it_says() -> None:
    data = bytearray(zipped({"liar.json": b" " * 1000}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(mark) + offset
        data[at : at + 4] = (3).to_bytes(4, "little")
    [said] = outcome(bytes(data))
    assert "was not opened" in str(said)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18, b"hello", FILE])
def test_what_is_called_zip_and_is_none_says_so(data: bytes) -> None:
    [said] = outcome(data)
    assert str(said).startswith("team.zip was not opened: ")


def test_a_locked_archive_says_so() -> None:
    data = bytearray(zipped({"ada.json": FILE}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    [said] = outcome(bytes(data))
    assert "it is locked with a password" in str(said)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_compress_are_refused(method: int) -> None:
    [said] = outcome(zipped({"ada.json": FILE}, method))
    assert "it is compressed in a way that is not read here" in str(said)


PACKED = zipped({"ada.json": FILE, "b.html": b"<p>"})


@given(st.one_of(st.binary(max_size=400), st.binary(max_size=200).map(lambda data: PACKED + data)))
def test_any_bytes_give_reports_or_sentences(data: bytes) -> None:
    assert all(isinstance(one, Report) or one.endswith(".") for one in outcome(data))


@given(
    st.lists(
        st.tuples(st.integers(-1000, len(PACKED) - 1), st.integers(0, 255)),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 300),
)
@example([(-1, 255)], 0)
def test_an_archive_damaged_anywhere_gives_reports_or_sentences(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(PACKED)
    for place, byte in changes:
        data[place % len(PACKED)] = byte
    assert all(isinstance(one, Report) or one.endswith(".") for one in outcome(bytes(data[: len(data) - cut])))
