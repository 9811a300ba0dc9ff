"""What exported files are called: in letters that every file system takes."""

import re
import unicodedata

from roadmap.report import Report
from roadmap.report.review import Review


def filename(of: Report, suffix: str) -> str:
    """The name of an exported report: "roadmap-report-ada-lovelace-2026-11-22.html"."""
    return f"roadmap-report-{_words(of.name, of.id)}-{of.as_of.isoformat()}.{suffix.lstrip('.')}"


def review_filename(of: Review) -> str:
    """The name of a review's file, by whose report it answers: "roadmap-review-ada-lovelace-2026-12-03.json"."""
    return f"roadmap-review-{_words(of.name, of.report)}-{of.on.isoformat()}.json"


def _words(name: str, id: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain) or [id[:8]]
    return "-".join(words)[:60].strip("-")
