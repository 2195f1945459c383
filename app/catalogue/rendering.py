"""Authors' Markdown becomes safe HTML: CommonMark with tables, footnotes, maths and admonitions, never raw HTML.

The result passes through nh3's allow-list, so that a mistake in a plugin cannot put a script on a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import latex2mathml.converter
import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MATHML = {
    "math", "mrow", "mi", "mo", "mn", "mfrac", "msup", "msub", "msubsup", "msqrt", "mroot", "mover", "munder",
    "munderover", "mtext", "mspace", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose", "semantics",
}  # fmt: skip
TAGS = nh3.ALLOWED_TAGS | MATHML | {"section", "figure", "figcaption", "input"}
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"class", "id", "lang"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "th": {"align", "scope"},
    "td": {"align"},
    "ol": {"start"},
    "math": {"display", "xmlns"},
    "mo": {"stretchy", "fence", "separator", "lspace", "rspace", "form", "minsize", "maxsize"},
    "mi": {"mathvariant"},
    "mspace": {"width"},
    "mover": {"accent"},
    "mtable": {"columnalign"},
    "pre": {"tabindex"},
    "div": {"role"},
}
FORMATTER = HtmlFormatter(nowrap=True)


def render(source: str, links: Mapping[str, str] | None = None) -> Markup:
    """`source` as HTML. `links` maps links and images as written to URLs.

    A link not in it is kept if it is http(s) or mailto. Kept by content: a lesson is rendered once for a process.
    """
    return _render(source, tuple(sorted((links or {}).items())))


@lru_cache(maxsize=512)
def _render(source: str, links: tuple[tuple[str, str], ...]) -> Markup:
    html = _parser().render(source, {"links": dict(links)})
    return Markup(  # noqa: S704 - cleaned by nh3
        nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, link_rel="noopener", url_schemes={"http", "https", "mailto"})
    )


def render_inline(source: str) -> Markup:
    """One line of Markdown (a question, an option, a hint) without a paragraph around it."""
    return Markup(nh3.clean(_parser().renderInline(source, {"links": {}}), tags=TAGS, attributes=ATTRIBUTES))  # noqa: S704


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False})
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(admon_plugin).use(dollarmath_plugin, renderer=_maths, allow_space=False)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("link_open", _link)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("heading_open", _lower_heading)
    parser.add_render_rule("heading_close", _lower_heading)
    parser.add_render_rule("table_open", lambda *_: '<div class="table-scroll"><table>\n')
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return parser


def _maths(content: str, options: Mapping[str, Any]) -> str:
    try:
        return latex2mathml.converter.convert(content, display="block" if options["display_mode"] else "inline")
    except Exception:  # noqa: BLE001 - whatever its parser stumbles over, the reader sees what the author wrote
        return f"<code>{escape(content)}</code>"


def _fence(self: Any, tokens: list[Token], index: int, _options: Any, _env: Any) -> str:
    token = tokens[index]
    language = token.info.split()[0] if token.info.split() else ""
    try:
        body = (
            highlight(token.content, get_lexer_by_name(language), FORMATTER) if language else str(escape(token.content))
        )
    except ClassNotFound:
        body = str(escape(token.content))
    return (
        f'<pre class="highlight" tabindex="0"><code class="language-{escape(language or "text")}">{body}</code></pre>\n'
    )


def _link(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    written = str(token.attrGet("href") or "")
    token.attrSet("href", env["links"].get(written, written))
    return str(self.renderToken(tokens, index, options, env))


def _image(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    source = str(token.attrGet("src") or "")
    if source not in env["links"]:
        return str(escape(token.content))  # only pictures of the course: another site would learn who reads
    alt = self.renderInlineAsText(token.children or [], options, env)
    return f'<img src="{escape(env["links"][source])}" alt="{escape(alt)}" loading="lazy">'


def _lower_heading(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """The page's own title is the only h1."""
    token = tokens[index]
    token.tag = "h2" if token.tag == "h1" else token.tag
    return str(self.renderToken(tokens, index, options, env))
