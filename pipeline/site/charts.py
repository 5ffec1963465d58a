"""Small charts as SVG text: a series as a line that breaks where it must, and parts of a whole as bars.

What a figure rests on is told by the mark's shape, comparability by whether it is filled, parts by pattern;
colour says nothing alone. Sizes are units of the view box.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup, escape

WIDTH, HEIGHT = 360, 176
LEFT, RIGHT, TOP, BOTTOM = 46, 6, 20, 20
PATTERNS = 6
"""How many parts a bar can tell apart; ``base.html`` draws the patterns."""
_MOST_LABELS = 7


class Point(NamedTuple):
    """A figure of a series in a year. ``mark`` is a key of the words of kind ``read``; ``hollow``: roughly
    comparable; ``few``: of few cases, drawn small; ``joined``: a line may lead here from the year before."""

    year: int
    value: float | None
    text: str
    mark: str
    hollow: bool
    few: bool
    joined: bool
    href: str


class Frame(NamedTuple):
    """What the charts of one place share: years from first to last, years without report, breaks as (year,
    sign)."""

    first: int
    last: int
    gaps: frozenset[int]
    breaks: tuple[tuple[int, str], ...]

    @property
    def step(self) -> float:
        return (WIDTH - LEFT - RIGHT) / (self.last - self.first + 1)

    def x(self, year: float) -> float:
        """The middle of a year."""
        return LEFT + (year - self.first + 0.5) * self.step


def nice_top(value: float) -> float:
    """The least round number (1, 2, 2.5, 5 times a power of ten) that is not below ``value``."""
    if value <= 0:
        return 1.0
    power = 1.0
    while power * 10 <= value:
        power *= 10
    while power > value:
        power /= 10
    return next(power * f for f in (1, 2, 2.5, 5, 10) if power * f >= value * 0.999999)


def line_chart(frame: Frame, series: Sequence[Sequence[Point]], label: str, *, share: bool = False) -> Markup:
    """One or two series over the years as an SVG. ``share``: values are shares, drawn up to 100 %."""
    values = [p.value for one in series for p in one if p.value is not None]
    top = 1.0 if share else nice_top(max(values, default=0.0))
    out = [_open(label), *_ground(frame, top, share)]
    for number, one in enumerate(series):
        known = [p for p in one if p.value is not None]
        for a, b in pairwise(known):
            if b.joined and b.year == a.year + 1:
                out.append(
                    f'<path class="l{number}" d="M{_n(frame.x(a.year))} {_y(a.value, top)}'
                    f'L{_n(frame.x(b.year))} {_y(b.value, top)}"/>'
                )
        out.extend(_dot(frame, p, top, number) for p in one)
    return _closed(out)


def bar_chart(
    frame: Frame, bars: Sequence[tuple[int, Sequence[float | None], str, str, bool]], label: str
) -> Markup:
    """Bars of stacked parts: of each year its parts from below (None: no figure), the text for it, its link,
    and whether a part is doubtful. Where all known parts are nought a 0 stands; where none is known, nothing."""
    top = nice_top(max((sum(v or 0 for v in parts) for _, parts, *_ in bars), default=0.0))
    out = [_open(label), *_ground(frame, top, False)]
    width = frame.step * 0.7
    for year, parts, text, href, doubtful in bars:
        x, base = frame.x(year) - width / 2, 0.0
        drawn = []
        for number, value in enumerate(parts):
            if value:
                upper, lower = _at(base + value, top), _at(base, top)
                drawn.append(
                    f'<rect class="p" fill="url(#p{number})" x="{_n(x)}" y="{_n(upper)}" width="{_n(width)}" '
                    f'height="{_n(lower - upper)}"/>'
                )
                base += value
        if not drawn and any(v is not None for v in parts):
            drawn.append(f'<text class="zero" x="{_n(frame.x(year))}" y="{_n(_at(0, top) - 3)}">0</text>')
        if doubtful:
            drawn.append(f'<text class="q" x="{_n(frame.x(year))}" y="{_n(_at(base, top) - 3)}">？</text>')
        if drawn:
            out.append(_linked("".join(drawn), text, href))
    return _closed(out)


def _open(label: str) -> str:
    return f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{escape(label)}">'


def _closed(parts: Iterable[str]) -> Markup:
    return Markup("".join(parts) + "</svg>")


def _ground(frame: Frame, top: float, share: bool) -> Iterable[str]:
    bottom = HEIGHT - BOTTOM
    for year in sorted(frame.gaps):
        x = frame.x(year) - frame.step / 2
        yield (
            f'<rect class="gap" fill="url(#gap)" x="{_n(x)}" y="{TOP}" width="{_n(frame.step)}" '
            f'height="{bottom - TOP}"><title>{year}: 无报告 no report</title></rect>'
        )
    for part in (0, 0.5, 1):
        y = _n(_at(top * part, top))
        text = f"{part * 100:.0f}%" if share else _short(top * part)
        yield f'<path class="grid" d="M{LEFT} {y}H{WIDTH - RIGHT}"/><text class="ty" x="{LEFT - 4}" y="{y}">{text}</text>'
    years = frame.last - frame.first + 1
    every = -(-years // _MOST_LABELS)
    for year in range(frame.first, frame.last + 1):
        if (frame.last - year) % every == 0:
            yield f'<text class="tx" x="{_n(frame.x(year))}" y="{HEIGHT - 6}">{year}</text>'
    for year, signs in frame.breaks:
        at = _n(frame.x(year) - frame.step / 2)
        yield f'<path class="break" d="M{at} {TOP - 4}V{bottom}"/>'
        yield f'<text class="tb" x="{at}" y="{TOP - 8}">{escape(signs)}</text>'


def _dot(frame: Frame, point: Point, top: float, number: int) -> str:
    x = frame.x(point.year)
    if point.value is None:
        if point.mark != "doubtful":
            return ""
        text = f'<text class="q" x="{_n(x)}" y="{HEIGHT - BOTTOM - 3}">？</text>'
        return _linked(text, point.text, point.href)
    y = _at(point.value, top)
    kind = f"d{number}{' h' if point.hollow else ''}"
    size = 0.6 if point.few else 1.0
    a, b, c, r = _n(4.6 * size), _n(4.4 * size), _n(7.6 * size), _n(3.2 * size)
    d = _n(6.8 * size)
    shape = {
        "proved": f"M{_n(x)} {_n(y - 4.6 * size)}l{a} {a}l-{a} {a}l-{a}-{a}z",
        "decided": f"M{_n(x - 3.4 * size)} {_n(y - 3.4 * size)}h{d}v{d}h-{d}z",
        "text": f"M{_n(x)} {_n(y - 4.4 * size)}l{b} {c}h-{_n(8.8 * size)}z",
    }.get(
        point.mark,
        f"M{_n(x - 3.2 * size)} {_n(y)}a{r} {r} 0 1 0 {_n(6.4 * size)} 0a{r} {r} 0 1 0-{_n(6.4 * size)} 0z",
    )
    return _linked(f'<path class="{kind}" d="{shape}"/>', point.text, point.href)


def _linked(drawn: str, text: str, href: str) -> str:
    inner = f"<title>{escape(text)}</title>{drawn}"
    return f'<a href="{escape(href)}" tabindex="-1">{inner}</a>' if href else f"<g>{inner}</g>"


def _at(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top


def _y(value: float | None, top: float) -> str:
    return _n(_at(value or 0.0, top))


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _short(value: float) -> str:
    if value >= 10_000:
        return f"{value / 10_000:.1f}".removesuffix(".0") + "万"
    return f"{value:.1f}".removesuffix(".0") if value < 10 else f"{value:,.0f}"
