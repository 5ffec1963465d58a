"""What a page holds, whatever file it comes from: glyphs, ruled lines and pictures in points from the
page's top left, x to the right along the text, y down. Pages of scans use the same shapes, in pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

RULE_WIDTH = 3.2
"""A filled box thinner than this (points) is a drawn line."""

Box = tuple[float, float, float, float]
"""Two corners of a box: x0, y0, x1, y1, the smaller ones first."""
Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def times(inner: Matrix, outer: Matrix) -> Matrix:
    """One matrix after the other."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (
        a * p + b * r, a * q + b * s,
        c * p + d * r, c * q + d * s,
        e * p + f * r + t, e * q + f * s + u,
    )  # fmt: skip


class Glyph(NamedTuple):
    """One character with its advance box; ``size`` is the font's height in points as drawn. A space that the
    file prints takes no room: it stands at the end of the character before it."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float


class Rule(NamedTuple):
    """A straight line: ``at`` is its fixed coordinate, ``lo`` to ``hi`` its run along the other axis."""

    at: float
    lo: float
    hi: float


class Picture(NamedTuple):
    """A picture's place on the page and its size in pixels."""

    x0: float
    y0: float
    x1: float
    y1: float
    px_width: int
    px_height: int


@dataclass(slots=True)
class PageContent:
    """What a page draws. ``unmapped`` counts glyphs whose font gives no character for them; ``hidden`` is
    true where all text is drawn invisibly (the text layer of a scan); ``paths`` counts vector drawings."""

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    horizontal: list[Rule] = field(default_factory=list)
    vertical: list[Rule] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    unmapped: int = 0
    hidden: bool = False
    paths: int = 0
    overflow: bool = False
