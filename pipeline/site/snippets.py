"""Small pieces of HTML that pages hold by the thousand: made once, kept, and handed to the templates whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape

from markupsafe import Markup

from pipeline.site.words import Word


@lru_cache(maxsize=32_768)
def both(zh: str, en: str = "") -> Markup:
    """A text in Chinese with its English beside it."""
    english = f' <span lang="en" class="en">{escape(en)}</span>' if en else ""
    return Markup(f"{escape(zh)}{english}")


@lru_cache(maxsize=4_096)
def said(word: Word) -> Markup:
    """A word with its sign, which a screen reader passes over."""
    sign = f'<span class="sign" aria-hidden="true">{escape(word.sign)}</span> ' if word.sign else ""
    return Markup(f"{sign}{both(word.zh, word.en)}")


@lru_cache(maxsize=65_536)
def matrix_cell(anchor: str, text: str, signs: str, held: int, failed: int) -> Markup:
    """A figure in the matrix of a report: its anchor, the figure, its signs, how many checks held and
    failed."""
    checks = f"{f'✓{held}' if held else ''}{f' ✕{failed}' if failed else ''}"
    return Markup(
        f'<td class="n{" bad" if failed else ""}" id="{escape(anchor)}">{escape(text)}'
        f"{f'<i>{escape(signs)}</i>' if signs else ''}{f'<small>{checks}</small>' if checks else ''}</td>"
    )


NO_CELL = Markup('<td class="none"></td>')
"""A column of the matrix in which the report shows nothing."""


def marked_row(texts: Sequence[str], position: int) -> Markup:
    """A table's row with one cell marked; one text that all cells share is the whole row."""
    if len(texts) > 1 and " " in texts[0] and len(set(texts)) == 1:
        return Markup(f"<mark>{escape(texts[0])}</mark>")
    shown = [escape(t or "□") for t in texts]
    return Markup(" ".join(f"<mark>{t}</mark>" if n == position else t for n, t in enumerate(shown)))


def marked_sentence(clause: str, texts: Iterable[str], side: int = 60) -> Markup:
    """The sentence around a clause of the prose, the clause marked; the clause alone where it is not found.
    At most ``side`` signs stand before and behind it."""
    for text in texts if clause else ():
        start = text.find(clause)
        if start >= 0:
            end = start + len(clause)
            first = max(*(text.rfind(s, 0, start) + 1 for s in "。；\n"), start - side)
            stops = [p + 1 for s in "。；\n" if (p := text.find(s, end)) >= 0]
            last = min([*stops, end + side, len(text)])
            before, behind = escape(text[first:start].lstrip()), escape(text[end:last].rstrip())
            return Markup(f"{before}<mark>{escape(clause)}</mark>{behind}")
    return Markup(f"<mark>{escape(clause or '□')}</mark>")


def listed_figure(
    *, anchor: str, label: Markup, text: str, unit: str, around: Markup, place: str, notes: Markup, held: int
) -> Markup:
    """A row of a report's list of figures: label, figure, the text it stands in, place, notes and checks."""
    units = f' <span class="u">{escape(unit)}</span>' if unit else ""
    return Markup(
        f'<tr id="{escape(anchor)}"><th scope="row">{label}</th><td class="n">{escape(text)}{units}</td>'
        f'<td class="ctx">{around}</td><td class="loc">{escape(place)}</td>'
        f"<td>{notes}{f' ✓{held}' if held else ''}</td></tr>\n"
    )


def evidence(
    *, signs: str, words: Sequence[Word], raw: str, candidates: str, proof: str, failed: Sequence[str]
) -> Markup:
    """What there is to say of a figure: its signs with their words, what the page prints where that is not the
    figure, what else it could be, the proof, the checks that failed."""
    parts: list[str] = []
    if signs:
        parts.append(f"{escape(signs)} {_joined(tuple(words))}")
    if raw:
        parts.append(f"{both('原文', 'text')} <mark>{escape(raw)}</mark>")
    if candidates:
        parts.append(f'{both("可能是", "could be")} <span class="raw">{escape(candidates)}</span>')
    if proof:
        parts.append(f'<span class="raw">{escape(proof)}</span>')
    parts.extend(f'<a class="bad" href="#findings">✕ {escape(rule)}</a>' for rule in failed)
    return Markup(" ".join(parts))


@lru_cache(maxsize=1_024)
def _joined(words: tuple[Word, ...]) -> Markup:
    return both("，".join(w.zh for w in words), ", ".join(w.en for w in words))


def made_row(anchor: str, label: Markup, text: str, signs: str, compared: str, terms: Markup) -> Markup:
    """A row of a report's harmonised measures: label, figure, whether it compares, its cells."""
    small = f"<sup>{escape(signs)}</sup>" if signs else ""
    return Markup(
        f'<tr id="{escape(anchor)}"><th scope="row">{label}</th><td class="n">{escape(text)}{small}</td>'
        f"<td>{escape(compared)}</td><td>{terms}</td></tr>\n"
    )


@lru_cache(maxsize=16_384)
def term_links(terms: tuple[tuple[str, str], ...]) -> Markup:
    """The cells of a measure as links to them; one without an address is named alone."""
    return Markup(
        "、".join(
            f'<a href="{escape(href)}">{escape(zh)}</a>' if href else str(escape(zh)) for href, zh in terms
        )
    )
