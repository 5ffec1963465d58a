"""A report's page: every figure with its state, its raw text where it stood, its proof and its checks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import duckdb
from markupsafe import Markup

from pipeline.site.atlas import Atlas, Head
from pipeline.site.checks import Held, Tested, rules_by_form
from pipeline.site.links import TOTAL, figure_anchor, link, measure_anchor
from pipeline.site.series import also, read_key
from pipeline.site.snippets import (
    NO_CELL,
    both,
    evidence,
    listed_figure,
    made_row,
    marked_row,
    marked_sentence,
    matrix_cell,
    term_links,
)
from pipeline.site.streams import Grouped, rows_of
from pipeline.site.words import Word, plain, shown, word

_OF_YEAR = "report_id IN (SELECT report_id FROM core.report WHERE year IS NOT DISTINCT FROM $year::INTEGER)"
_CELLS = """
SELECT report_id, indicator, applicant, value, raw, unit, approx, state, resolved, resolution, method, locator, label,
    rule, proof, candidates
FROM core.observation WHERE year IS NOT DISTINCT FROM $year::INTEGER ORDER BY report_id, observation_id
"""
_FINDINGS = """
SELECT report_id, rule, severity, "left", "right", cells, message FROM core.finding
WHERE {of_year} ORDER BY report_id, finding_id
"""
_SECTIONS = """
SELECT report_id, section, heading, body_text FROM core.section WHERE {of_year} ORDER BY report_id, section
"""
_STATEMENTS = """
SELECT report_id, value, unit, raw, locator, status, reason FROM core.statement
WHERE status <> 'claimed' AND {of_year} ORDER BY report_id, statement_id
"""
_MEASURED = """
SELECT report_id, measure_id, value, state, method, comparability, approx, small_n, contested, alternative, template FROM mart.measure
WHERE year IS NOT DISTINCT FROM $year::INTEGER AND report_id IS NOT NULL ORDER BY report_id, measure_id
"""
_QUALITY = """
SELECT report_id, cells_expected, cells_resolved, cells_proved, cells_ambiguous, cells_unreadable, share_resolved,
    tables_unread FROM mart.quality WHERE {of_year} ORDER BY report_id
"""
_LABELS = "SELECT template, indicator, label_zh, label_en, table_name FROM ref.indicator"
_APPLICANTS = "SELECT applicant, label_zh, label_en FROM ref.applicant ORDER BY position"


class Cell(NamedTuple):
    """One figure as the page shows it. ``around`` is the sentence or row with the figure marked; ``signs`` are
    empty for a figure that the page prints and nothing speaks against; ``raw`` is given where it is not just
    the figure's digits."""

    anchor: str
    applicant: str
    text: str
    signs: str
    state: Word
    resolution: Word
    method: Word
    raw: str
    around: Markup
    place: str
    proof: str
    rule: str
    candidates: str
    held: int
    failed: list[str]

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to say of it but the figure."""
        return not (self.signs or self.failed or self.proof or self.raw)

    @property
    def notes(self) -> Markup:
        """What there is to say of it."""
        words = [self.state]
        if self.method.sign:
            words.append(self.method)
        if self.resolution.key != "as_printed":
            words.append(self.resolution)
        return evidence(
            signs=self.signs,
            words=words,
            raw="" if self.method.key == "text" else self.raw,
            candidates=self.candidates,
            proof=self.proof,
            failed=self.failed,
        )


class Line(NamedTuple):
    """The figures of one indicator: its labels, id, unit, where its row stands; in a matrix one entry a
    column (None: no such cell)."""

    indicator: str
    label_zh: str
    label_en: str
    unit: str
    place: str
    cells: list[Cell | None]

    @property
    def columns(self) -> Markup:
        """The cells of a matrix's row."""
        return Markup("").join(
            matrix_cell(c.anchor, c.text, c.signs, c.held, len(c.failed)) if c else NO_CELL
            for c in self.cells
        )

    @property
    def rows(self) -> Markup:
        """The rows of a list, one a figure."""
        label, plain_label = both(self.label_zh, self.label_en), both(self.label_zh)
        unit = word("unit", self.unit).zh if self.unit else ""
        return Markup("").join(
            listed_figure(
                anchor=c.anchor,
                label=(plain_label if n else label) + (f" · {c.applicant}" if c.applicant else ""),
                text=c.text,
                unit=unit,
                around=c.around,
                place=c.place,
                notes=c.notes,
                held=c.held,
            )
            for n, c in enumerate(self.cells)
            if c is not None
        )

    @property
    def noted(self) -> list[Cell]:
        """Cells of which there is something to say."""
        return [c for c in self.cells if c is not None and not c.is_plain]


class Block(NamedTuple):
    """Lines that stand in one table of the page: ``columns`` of a matrix, none for a list."""

    columns: list[tuple[str, str]]
    lines: list[Line]


class ReportPage(NamedTuple):
    """All that a report's page shows."""

    head: Head
    page: str
    root: str
    blocks: list[Block]
    findings: list[Any]
    statements: list[Any]
    measures: list[Markup]
    quality: Any
    revisions: Sequence[Head]
    before: Head | None
    after: Head | None


def iter_reports(atlas: Atlas, con: duckdb.DuckDBPyConnection) -> Iterator[ReportPage]:
    """Every report, year by year and by its id: each table is asked once a year, so that no more than a year's
    rows are sorted at a time."""
    labels = {(t, i): (zh, en, table) for t, i, zh, en, table in rows_of(con, _LABELS)}
    applicants = {a: (zh, en) for a, zh, en in rows_of(con, _APPLICANTS)}
    rules = rules_by_form(con)
    heads = sorted(atlas.heads.values(), key=lambda h: (h.year or 0, h.report_id))
    for year, of_year in groupby(heads, key=lambda h: h.year):
        queries = (_CELLS, _FINDINGS, _SECTIONS, _STATEMENTS, _MEASURED, _QUALITY)
        streams = [Grouped(con, q.format(of_year=_OF_YEAR), {"year": year}) for q in queries]
        for head in of_year:
            yield _report(atlas, head, [s.of(head.report_id) for s in streams], labels, applicants, rules)


def _report(
    atlas: Atlas,
    head: Head,
    rows: Sequence[list[Any]],
    labels: dict[tuple[str, str], tuple[str, str, str]],
    applicants: dict[str, tuple[str, str]],
    rules: dict[str, tuple[Held, ...]],
) -> ReportPage:
    cells, findings, sections, statements, measured, quality = rows
    tested = Tested(rules.get(head.template or "", ()), cells, [(f.rule, f.cells) for f in findings])
    blocks = _blocks(head, cells, [s.body_text or "" for s in sections], labels, applicants, tested)
    anchors = {c.anchor for b in blocks for ln in b.lines for c in ln.cells if c}
    others = _same_body(atlas, head)
    current = [h for h in others if h.is_current and h.year]
    return ReportPage(
        head=head,
        page=head.page,
        root="../" * head.page.count("/"),
        blocks=blocks,
        findings=findings,
        statements=statements,
        measures=_made(atlas, measured, labels, anchors),
        quality=quality[0] if quality else None,
        revisions=[h for h in others if h.year == head.year and h.report_id != head.report_id],
        before=next((h for h in reversed(current) if (h.year or 0) < (head.year or 0)), None),
        after=next((h for h in current if (h.year or 0) > (head.year or 0)), None),
    )


def _same_body(atlas: Atlas, head: Head) -> list[Head]:
    if head.body_id is None:
        return []
    return [h for h in atlas.by_place.get(head.division_code or "", ()) if h.body_id == head.body_id]


def _blocks(
    head: Head,
    cells: Sequence[Any],
    texts: Sequence[str],
    labels: dict[tuple[str, str], tuple[str, str, str]],
    applicants: dict[str, tuple[str, str]],
    tested: Tested,
) -> list[Block]:
    """Figures with a column for each applicant as the form's matrix, all others as lists, in the order of the
    file."""
    crossed = {c.indicator for c in cells if c.applicant and c.applicant != TOTAL and c.method != "text"}
    rows = _printed_rows(cells)
    copies = _copies(cells)
    blocks: list[Block] = []
    lines: dict[tuple[str, bool], Line] = {}
    columns = list(applicants)
    for n, c in enumerate(cells):
        is_crossed = c.indicator in crossed and c.method != "text" and (c.applicant or TOTAL) in applicants
        if not blocks or bool(blocks[-1].columns) != is_crossed:
            blocks.append(Block(list(applicants.values()) if is_crossed else [], []))
            lines = {}
        line = lines.get((c.indicator, is_crossed))
        if line is None:
            zh, en, _ = labels.get((head.template or "", c.indicator), (c.label.partition(" | ")[0], "", ""))
            line = Line(c.indicator, zh, en, c.unit or "", "", [None] * len(columns) if is_crossed else [])
            lines[c.indicator, is_crossed] = line
            blocks[-1].lines.append(line)
        cell = _cell(c, copies[n], rows[n], texts, applicants, tested, is_crossed)
        if is_crossed and line.cells[at := columns.index(c.applicant or TOTAL)] is None:
            line.cells[at] = cell
        else:
            line.cells.append(cell)  # a second figure of a column stands behind the columns
    return [
        Block(b.columns, [ln._replace(place=_places(ln.cells)) if b.columns else ln for ln in b.lines])
        for b in blocks
    ]


def _cell(
    c: Any,
    copy: int,
    row: tuple[list[str], int],
    texts: Sequence[str],
    applicants: dict[str, tuple[str, str]],
    tested: Tested,
    is_crossed: bool,
) -> Cell:
    held, failed = tested.of(c.indicator, c.applicant)
    text = ("≈" if c.approx and c.resolved is not None else "") + shown(c.resolved)
    state, method = word("state", c.state), word("method", c.method)
    resolution = word("resolution", c.resolution) if c.resolution else NO_PROOF
    is_printed = c.state == "reported" and c.resolution == "as_printed"
    raw = c.raw or ""
    return Cell(
        figure_anchor(c.indicator, c.applicant, copy),
        applicants.get(c.applicant, (c.applicant or "", ""))[0] if c.applicant else "",
        text,
        ("" if is_printed else state.sign + resolution.sign) + method.sign,
        state,
        resolution,
        method,
        raw if raw.replace(",", "").strip() != plain(c.resolved) else "",
        Markup() if is_crossed else marked_sentence(raw, texts) if c.method == "text" else marked_row(*row),
        c.locator or "",
        c.proof or "",
        c.rule or "",
        c.candidates or "",
        held,
        failed,
    )


def _places(cells: Sequence[Cell | None]) -> str:
    """Where the cells of a row stand: what their places share, and the cells' numbers; all of them where they
    share nothing."""
    places = [c.place for c in cells if c is not None]
    parts = [p.rpartition(" cell ") for p in places]
    if len({row for row, _, _ in parts}) > 1 or not all(row for row, _, _ in parts):
        return "; ".join(dict.fromkeys(places))
    numbers = [n for _, _, n in parts]
    follow = all(n.isdecimal() for n in numbers) and [int(n) for n in numbers] == list(
        range(int(numbers[0]), int(numbers[0]) + len(numbers))
    )
    told = f"{numbers[0]}–{numbers[-1]}" if follow and len(numbers) > 1 else ", ".join(numbers)
    return f"{parts[0][0]} cell {told}"


def _copies(cells: Sequence[Any]) -> list[int]:
    """Of each cell how many of its figure the panel prefers to it."""
    times: dict[tuple[str, str], int] = {}
    found = [0] * len(cells)
    for n, c in sorted(enumerate(cells), key=lambda item: _preference(item[1])):
        slot = (c.indicator, c.applicant or TOTAL)
        found[n] = times[slot] = times.get(slot, -1) + 1
    return found


NO_PROOF = Word("", "", "没有定数", "no figure is settled")


def _preference(c: Any) -> int:
    """As the panel chooses among figures of one cell: resolved first, tables before text, exact before
    about."""
    about = c.resolved is not None and bool(c.approx)
    return 4 * (c.resolved is None) + 2 * int(c.method == "text") + int(about)


def _printed_rows(cells: Sequence[Any]) -> list[tuple[list[str], int]]:
    """Of each cell the raw texts of the row that it stands in, and its own position there."""
    rows: dict[str, list[str]] = {}
    found: list[tuple[list[str], int]] = []
    for c in cells:
        row_of, cell, _ = (c.locator or "").rpartition(" cell ")
        row = rows.setdefault(row_of if cell else f"{c.indicator}|{c.method}", [])
        found.append((row, len(row)))
        row.append(c.raw or "")
    return found


def _made(
    atlas: Atlas,
    measured: Sequence[Any],
    labels: dict[tuple[str, str], tuple[str, str, str]],
    anchors: Collection[str],
) -> list[Markup]:
    """The harmonised measures of a report, a row each."""
    found = []
    by_id = {m.measure_id: m for m in measured}
    for measure in atlas.measures.values():
        m = by_id.get(measure.measure_id)
        if m is None or (m.value is None and m.state in ("not_in_form", "no_report")):
            continue
        read = word("read", read_key(m.value, m.state, m.method))
        grade = word("grade", m.comparability)
        text = shown(m.value, measure.unit) if m.value is not None else read.sign or "—"
        terms = []
        for indicator, applicant in atlas.terms.get((m.measure_id, m.template or "", m.alternative or 0), ()):
            anchor = figure_anchor(indicator, applicant)
            label = labels.get((m.template, indicator), (indicator, "", ""))[0]
            terms.append((_within(anchor) if anchor in anchors else "", label))
        found.append(
            made_row(
                measure_anchor(m.measure_id),
                both(measure.label_zh, measure.label_en),
                ("≈" if m.approx and m.value is not None else "") + text,
                "".join(mark.sign for mark in also(m.small_n and m.value is not None, m.contested)),
                grade.zh + ("" if read.key == "printed" else f" · {read.sign}{read.zh}"),
                term_links(tuple(terms)),
            )
        )
    return found


@lru_cache(maxsize=4_096)
def _within(anchor: str) -> str:
    return link("", anchor)
