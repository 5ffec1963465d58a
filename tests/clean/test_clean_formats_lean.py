"""A page made lean parses to the same text, elements and looked-at attributes as the page itself."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.clean.html.lean import Lean
from pipeline.clean.html.lean import lean as lean_bytes

LOOKED_AT = ("class", "id", "hidden", "colspan", "rowspan", "href", "title", "src", "alt", "value", "type")
WORD = '<p class="MsoNormal" style="margin:0cm;mso-pagination:none"><span lang=EN-US style=\'font-size:10.5pt\'>{}</span></p>'
PAGES = {
    "word processor's markup": WORD.format("收到") + WORD.format("12") + "<o:p></o:p>",
    "spans of cells": '<table border=1><tr><td width=10 colspan="2" rowspan=3>a</td><th ROWSPAN=2>b</th></tr></table>',
    "an attribute written twice": '<p style="color:red" style="display:none">seen</p><p class=a class=b>c</p>',
    "a greater-than sign in a value": '<p title="a > b" style="color:red">x</p><p style="color:red">y</p>',
    "a value never closed": '<p title="a>x</p><p class="b" style="color:red">y</p>',
    "a value never closed, single": "<a href='x>1</a><td style='a'>2</td>",
    "signs that are no tags": "<p>1 < 2 > 0 << 3 <3 </p><p>a</ >b</>c<?xml x?><![if !lists]>d<![endif]></p>",
    "tags in a text box": '<textarea><p style="color:red">a</p></textarea><p style="x">b</p>',
    "tags in the title": '<title>a<b style="x">b</title><p style="x">c</p>',
    "attributes without spaces": '<p class="a"style="x"id=b/>t</p><br/><br / ><hr style="x"/>',
    "upper case": '<P CLASS="a" STYLE="x">t</P><BR><IMG SRC="a.png" ALT="b" WIDTH=3>',
    "line ends in tags": '<p\nclass="a\nb"\r\nstyle="x">a\r\nb\tc</p>',
    "a comment never closed": '<p style="x">a</p><!-- <p style="x">b</p>',
    "drawings": '<svg><p style="x">a</p><font color="red">b</font></svg><math><mi style="x">c</mi></math>',
    "zero bytes and marks": "a\x00b\ue000c\ue001d<p\x00 style='x'>e</p>",
}  # fmt: skip


def lean(source: str) -> Lean:
    return lean_bytes(source.encode())


def _seen(source: str | bytes) -> list[tuple[object, ...]]:
    """The elements of a page with their looked-at attributes, and its text without white space."""
    body = LexborHTMLParser(source).body
    assert body is not None
    return [*map(_element, body.css("*")), ("".join(body.text(deep=True).split()),)]


def _element(node: LexborNode) -> tuple[object, ...]:
    held = node.attributes
    return node.tag, *((name, "".join((held[name] or "").split())) for name in LOOKED_AT if name in held)


def _plain(source: str) -> str:
    for mark in ("\x00", "\ue000", "\ue001"):
        source = source.replace(mark, "")
    return source


@pytest.mark.parametrize("name", PAGES)
def test_lean_page_parses_to_the_same(name: str) -> None:
    made = lean(PAGES[name])
    seen = _seen(made.text)
    assert seen == _seen(_plain(PAGES[name]))
    assert all(made.may_hold(str(element[0])) for element in seen[:-1] if element[0] not in ("body", "tbody"))


def test_comments_scripts_and_styles_go() -> None:
    made = lean("a<!-- <p>x</p> --><script>if (a<b) '<p>'</script><STYLE>p{}</style>b<!--> c")
    assert made.text == b"ab c"


def test_styles_that_may_hide_are_kept_and_told() -> None:
    for style in ("display: none", "visibility:hidden", "mso-hide:all", "font-size:0", "display&#58;none"):
        made = lean(f'<p style="{style}">x</p>')
        assert made.hides
        assert style.encode() in made.text
    shown = lean('<p style="font-size:10pt;font-family:&quot;a&quot;">x</p>')
    assert not shown.hides
    assert b"style" not in shown.text
    assert lean("<p hidden>x</p>").hides


def test_looks_go_where_all_tags_are_well_formed_and_stay_where_one_is_not() -> None:
    assert lean('<p style="color:red" class="a">x</p>').text == b'\n<p class="a">x\n</p>'
    broken = lean('<p style="color:red">x</p><p title="a>y</p>')
    assert b'style="color:red"' in broken.text
    assert broken.names is None
    assert broken.may_hold("p", "table")
    assert not broken.may_hold("table")
