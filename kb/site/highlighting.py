"""Python in colours. It reaches no other code of the site, so that what is kept is kept while that changes."""

from __future__ import annotations

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from kb.cache import remembered


@remembered("pygments")
def highlighted(source: str) -> str:
    r"""Return Python source as HTML, a line for each of its lines.

    Examples:
        >>> highlighted("x = 1")
        '<span class="n">x</span> <span class="o">=</span> <span class="mi">1</span>\n'
    """
    return highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))
