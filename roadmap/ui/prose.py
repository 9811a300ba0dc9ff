"""Markdown of the dataset to HTML for the components: code highlighted here, so that the browser loads no library."""

import re
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, String, _TokenType
from pygments.util import ClassNotFound

# Five inks are enough to read code by; the component's stylesheet colours them for light and dark.
INKS = {Keyword: "k", String: "s", Number: "n", Comment: "c", Name.Decorator: "d"}


@lru_cache(maxsize=4096)
def html(markdown: str) -> str:
    """Render our own Markdown; raw HTML in it is shown as text, and what is hidden for the checker is left out."""
    return str(_markdown.render(visible(markdown)))


def visible(markdown: str) -> str:
    """The Markdown without the lines that only the snippet checker reads."""
    return re.sub(r"^<!-- *ts:setup.*?-->\n?", "", markdown, flags=re.DOTALL | re.MULTILINE)


def _highlighted(code: str, language: str, info: str) -> str:
    output = " class='output'" if "output" in info.split() else ""
    return f"<pre{output} tabindex='0'><code>{_inked(code, language)}</code></pre>"


def _inked(code: str, language: str) -> str:
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return escape(code)
    return "".join(
        f"<span class='{ink}'>{escape(text)}</span>" if (ink := _ink(kind)) else escape(text)
        for kind, text in lexer.get_tokens(code)
    )


def _ink(kind: _TokenType) -> str | None:
    return next((ink for family, ink in INKS.items() if family in (kind, *kind.split())), None)


_markdown = MarkdownIt("commonmark", {"html": False, "highlight": _highlighted}).enable("table")
