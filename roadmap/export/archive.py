"""Reports packed into one .zip, read one at a time: a member that is no report is refused by its name, the rest load.

Names inside an archive are words to show, never paths; nothing is ever written to a disk. What an archive says of its
sizes bounds what is read of it, so that a small file cannot become a large one.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import NamedTuple

from roadmap.export.reading import MOST_BYTES, Refused, read
from roadmap.report import Report

SUFFIXES = (".html", ".json", ".zip")
"""What files of reports are called."""
MOST_FILES = 2000
MOST_UNPACKED = 256 * 1024 * 1024
LONGEST_NAME = 200
ENTRY = b"PK\x01\x02"
"""What every entry of an archive's directory begins with."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LEFT_BY_SYSTEMS = (".DS_Store", "Thumbs.db", "desktop.ini")
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError),
    *(OSError, RuntimeError, ValueError, LookupError, OverflowError),
)


class Packed(NamedTuple):
    """A file by its name, which is not read yet."""

    name: str
    load: Callable[[], bytes]

    def read(self) -> Report:
        """The report in it. Raises Refused, and nothing else."""
        return read(self.name, self.load())


def unpack(name: str, data: bytes) -> tuple[Packed, ...]:
    """The files in a .zip, in its order, or the one file that this is. Raises Refused, and nothing else."""
    if not name.lower().endswith(".zip"):
        return (Packed(name, lambda: data),)
    if data.count(ENTRY) > MOST_FILES:  # before the directory is read, which a million entries would fill memory with
        raise Refused(name, f"it holds more than {MOST_FILES} files; drop a part of them at a time")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_left_by_system(entry)]
    except DAMAGED:
        raise Refused(name, "it is not a .zip archive, or it is damaged; pack the reports anew") from None
    if not entries:
        raise Refused(name, "there is no file in it")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Refused(
            name,
            f"unpacked it is larger than {MOST_UNPACKED // 1024**2} MB, which reports never are; pack only reports",
        )
    return tuple(_packed(name, archive, entry) for entry in entries)


def _packed(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Packed:
    called = f"{entry.filename[:LONGEST_NAME]} in {name}"

    def load() -> bytes:
        if entry.flag_bits & 1:
            raise Refused(called, "it is locked with a password; pack the reports without one")
        if entry.compress_type not in METHODS:
            raise Refused(called, "it is compressed in a way that is not read here; pack the reports as a plain .zip")
        try:
            with archive.open(entry) as file:
                return file.read(MOST_BYTES + 1)
        except DAMAGED:
            raise Refused(called, "it is damaged inside the archive; pack it anew") from None

    return Packed(called, load)


def _is_left_by_system(entry: zipfile.ZipInfo) -> bool:
    """What macOS and Windows add to an archive by themselves: nobody dropped it, so nobody is told of it."""
    path = PurePosixPath(entry.filename)
    return "__MACOSX" in path.parts or path.name in LEFT_BY_SYSTEMS
