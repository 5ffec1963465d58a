"""What every page may need: the codebook's labels, the places and the heads of all reports, read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import duckdb

from pipeline.codebook import load_codebook
from pipeline.site.links import figure_anchor, link, measure_anchor, report_page
from pipeline.site.snapshot import Snapshot
from pipeline.site.streams import rows_of


class Measure(NamedTuple):
    """A harmonised measure: labels, unit, kind."""

    measure_id: str
    label_zh: str
    label_en: str
    unit: str
    kind: str


class Head(NamedTuple):
    """A row of ``core.report`` with what the pages show of its document."""

    report_id: str
    title: str | None
    issuer: str | None
    body_id: str | None
    body_kind: str | None
    level: str | None
    division_code: str | None
    division_name: str | None
    issuer_evidence: str | None
    year: int | None
    year_evidence: str | None
    template: str | None
    scope: str | None
    scope_evidence: str | None
    published_on: date | None
    place: str | None
    is_current: bool
    superseded_by: str | None
    current_rule: str | None
    report_key: str | None
    source_url: str | None
    sha256: str | None
    media_type: str | None
    reader: str | None
    encoding: str | None
    fetched_at: Any

    @property
    def page(self) -> str:
        """The address of its page."""
        return report_page(self.report_id)

    @property
    def name(self) -> str:
        """How a link to it reads."""
        return self.title or f"{self.issuer or self.report_id} {self.year or ''}".strip()


class Division(NamedTuple):
    """A row of ``ref.division``: a place under one name for some years."""

    division_code: str
    name: str
    full_name: str | None
    level: str
    kind: str | None
    parent_code: str | None
    valid_from: int | None
    valid_to: int | None


Term = tuple[str, str | None]
"""A cell that a measure is made of: its indicator and its applicant."""


@dataclass(frozen=True, slots=True)
class Atlas:
    """The snapshot, its labels, places and heads of reports. ``terms`` gives the cells of a measure in a form
    (by alternative)."""

    snapshot: Snapshot
    measures: Mapping[str, Measure]
    terms: Mapping[tuple[str, str, int], tuple[Term, ...]]
    forms: Mapping[str, tuple[str, str]]
    divisions: Mapping[str, Division]
    former: Mapping[str, tuple[str, ...]]
    children: Mapping[str, tuple[str, ...]]
    heads: Mapping[str, Head]
    by_place: Mapping[str, tuple[Head, ...]]
    places: tuple[str, ...] = field(default=())
    """Codes that have a page, sorted: what reports or is missed here, and what lies above it."""

    def form(self, template: str | None) -> str:
        """The form's name in Chinese with the years that it is for."""
        return self.forms.get(template or "", (template or "—", ""))[0]

    def above(self, code: str) -> list[Division]:
        """What a place lies in, the province first."""
        found: list[Division] = []
        here = self.divisions.get(code)
        while here and here.parent_code and len(found) < 4:
            here = self.divisions.get(here.parent_code)
            if here:
                found.insert(0, here)
        return found

    def figure_link(
        self, report_id: str, measure_id: str, template: str | None, alternative: int | None
    ) -> str:
        """Where a measure's figure stands: its cell where it is made of one, else its line among the report's
        measures."""
        terms = self.terms.get((measure_id, template or "", alternative or 0), ())
        if alternative is not None and len(terms) == 1:
            return link(report_page(report_id), figure_anchor(*terms[0]))
        return link(report_page(report_id), measure_anchor(measure_id))


_HEADS = """
SELECT r.report_id, r.title, r.issuer, r.body_id, r.body_kind, r.level, r.division_code, r.division_name,
    r.issuer_evidence, r.year, r.year_evidence, r.template, r.scope, r.scope_evidence, r.published_on, r.place,
    r.is_current, r.superseded_by, r.current_rule, r.report_key, r.source_url, d.sha256, d.media_type, d.reader,
    d.encoding, d.fetched_at
FROM core.report r LEFT JOIN core.document d USING (document_id) ORDER BY r.report_id
"""
_DIVISIONS = """
SELECT division_code, name, full_name, level, kind, parent_code, valid_from, valid_to FROM ref.division
ORDER BY division_code, valid_to NULLS LAST, valid_from, name
"""
_MEASURES = """
SELECT measure_id, any_value(label_zh), any_value(label_en), any_value(unit), any_value(kind)
FROM ref.measure GROUP BY measure_id ORDER BY measure_id
"""
_COVERED = "SELECT DISTINCT division_code FROM mart.coverage WHERE in_corpus"
_TERMS = """
SELECT measure_id, template, alternative, indicator, applicant FROM ref.measure_term ORDER BY ALL
"""


def load_atlas(snapshot: Snapshot, con: duckdb.DuckDBPyConnection) -> Atlas:
    """Read what every page may need."""
    heads = {row[0]: Head(*row) for row in rows_of(con, _HEADS)}
    divisions: dict[str, Division] = {}
    names: dict[str, list[str]] = {}
    for row in rows_of(con, _DIVISIONS):
        one = Division(*row)
        names.setdefault(one.division_code, []).append(one.name)
        divisions[one.division_code] = one  # the name in force comes last
    terms: dict[tuple[str, str, int], list[Term]] = {}
    for measure_id, template, alternative, indicator, applicant in rows_of(con, _TERMS):
        terms.setdefault((measure_id, template, alternative), []).append((indicator, applicant))
    by_place: dict[str, list[Head]] = {}
    for head in heads.values():
        if head.division_code:
            by_place.setdefault(head.division_code, []).append(head)
    covered = {code for (code,) in rows_of(con, _COVERED) if code}
    children: dict[str, list[str]] = {}
    for code, one in divisions.items():
        if one.parent_code:
            children.setdefault(one.parent_code, []).append(code)
    ranks = {m.measure_id: n for n, m in enumerate(load_codebook().measures)}
    measures = sorted(
        (Measure(*row) for row in rows_of(con, _MEASURES)),
        key=lambda m: (ranks.get(m.measure_id, len(ranks)), m.measure_id),
    )
    return Atlas(
        snapshot=snapshot,
        measures={m.measure_id: m for m in measures},
        terms={k: tuple(v) for k, v in terms.items()},
        forms={t: (zh, en) for t, zh, en in rows_of(con, "SELECT template, name_zh, name_en FROM ref.form")},
        divisions=divisions,
        former={c: tuple(dict.fromkeys(n for n in ns if n != divisions[c].name)) for c, ns in names.items()},
        children={k: tuple(sorted(v)) for k, v in children.items()},
        heads=heads,
        by_place={
            code: tuple(sorted(found, key=lambda h: (h.year or 0, h.issuer or "", h.report_id)))
            for code, found in by_place.items()
        },
        places=tuple(sorted(_with_parents(covered | set(by_place), divisions))),
    )


def _with_parents(codes: Iterable[str], divisions: Mapping[str, Division]) -> set[str]:
    found: set[str] = set()
    for code in codes:
        here: str | None = code
        while here and here not in found:
            found.add(here)
            one = divisions.get(here)
            here = one.parent_code if one else None
    return found
