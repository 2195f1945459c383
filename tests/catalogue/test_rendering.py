import pytest

from app.catalogue.rendering import render, render_inline


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "![x](http://elsewhere.example/spy.png)",
        "```html\n<script>alert(1)</script>\n```",
        '!!! note "<img src=x onerror=alert(1)>"\n    x',
        "$\\text{<script>alert(1)</script>}$",
        '[x](https://a.example "onmouseover=alert(1)")',
    ],
)
def test_nothing_an_author_writes_becomes_a_script_or_a_foreign_picture(source: str) -> None:
    html = render(source).lower()
    assert "<script" not in html
    assert "javascript:" not in html.replace("[x](javascript:alert(1))", "")
    assert "<img" not in html
    assert "onerror=" not in html.replace("&lt;img src=x onerror=", "")


def test_links_and_pictures_of_the_course_lead_where_the_course_says() -> None:
    html = render(
        "[next](loops/while) ![A tree](tree.svg)",
        {"loops/while": "/learn/1/loops/while", "tree.svg": "/files/tree.svg"},
    )
    assert 'href="/learn/1/loops/while"' in html
    assert '<img src="/files/tree.svg" alt="A tree" loading="lazy">' in html


def test_maths_is_mathml_and_prices_are_not_maths() -> None:
    html = render("$\\frac{a}{b}$ costs $5 and $6")
    assert "<mfrac>" in html
    assert "$5 and $6" in html


def test_tables_admonitions_and_highlighted_code_are_there() -> None:
    html = render('| a |\n|---|\n| 1 |\n\n!!! warning "Stop"\n    Careful\n\n```python\nprint(1)\n```')
    assert "<td>1</td>" in html
    assert "admonition warning" in html
    assert '<span class="nb">print</span>' in html


def test_the_page_keeps_the_only_first_heading() -> None:
    assert "<h1" not in render("# Title")
    assert "<h2>Title</h2>" in render("# Title")


def test_a_line_of_markdown_has_no_paragraph() -> None:
    assert render_inline("`None` *is* <b>not</b> 0") == "<code>None</code> <em>is</em> &lt;b&gt;not&lt;/b&gt; 0"
