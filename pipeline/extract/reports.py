"""A document to its reports: cut, recognise, read the tables and the sentences, keep what stays unclaimed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from pipeline.chinese.numbering import section_of
from pipeline.chinese.text import compared, squeeze, without_sounds
from pipeline.chinese.titles import read_title
from pipeline.codebook import load_codebook
from pipeline.document import Block, Document, Paragraph, Table
from pipeline.extract.genre import why_no_report
from pipeline.extract.identity import detect_template, find_published, find_year
from pipeline.extract.pieces import Piece, Section, cut, sections
from pipeline.extract.prose.sentences import read_prose
from pipeline.extract.tables.account import account
from pipeline.extract.tables.fused import fused_rows
from pipeline.extract.tables.report import read_tables
from pipeline.extract.tables.vocabulary import vocabulary
from pipeline.finding import finding
from pipeline.places import Evidence, Registry, detect_scope, identify
from pipeline.report import Finding, Report

_BY = re.compile(r"^\s*主办(?:单位)?\s*[:：]\s*(\S+?)(?:\s.*|承办.*)?$")
_KEEPER_LABEL = re.compile(r"(?:发布|发文|公开|编制|责任)(?:机构|机关|单位|部门|主体)[:：]?")
_KEEPER = re.compile(
    r"(?:信息来源|文章来源|来源|发布机构|发布机关|发布单位|发文机关|发文单位|公开机构|编制单位|责任单位|信息来源单位)\s*[:：]\s*([^\s:：|]{3,40})"
)
_SIGNATURE_LINES = 6
_LINE = 60


class Origin(NamedTuple):
    """Where a document came from, and the body whose report the source registry says that address is."""

    address: str | None
    registered: str | None


def extract_reports(
    document: Document,
    *,
    source_url: str | None = None,
    registered: str | None = None,
    registry: Registry | None = None,
    attached: Sequence[Block] = (),
) -> tuple[Report, ...]:
    """Every report that the document holds, as read: observations as printed, nothing resolved by proof yet.

    ``source_url`` is where it came from, ``registered`` the body whose report the source registry says that
    this address is, ``registry`` the places.

    ``attached`` are the blocks of files that belong to the document's one report: its tables and the lines
    between them; of a document that holds little but links to these files also their text."""
    if not document.blocks:
        return ()
    pieces, fragments = cut(document, registry)
    if attached and len(pieces) == 1:
        pieces = [
            _joined(pieces[0], [b for b in attached if not (isinstance(b, Paragraph) and read_title(b.text))])
        ]
    reports: list[Report] = []
    ids = load_codebook().ids
    for piece in pieces:
        report = _report(
            document, piece, len(reports) + 1, len(pieces), Origin(source_url, registered), registry
        )
        known = [o for o in report.observations if o.indicator in ids]
        tabled = sum(o.method != "text" and o.state != "table_missing" for o in known) + len(report.unplaced)
        if not why_no_report(document, piece, len(known) + len(report.unplaced), tabled):
            reports.append(report)
    if document.status != "ok" and reports:
        note = finding("document.incomplete", f"文件不完整 / the document is not whole: {document.detail}")
        reports = [replace(r, findings=(*r.findings, note)) for r in reports]
    if fragments and reports:
        note = finding(
            "document.fragment",
            f"文件中还有不完整的报告片段 / the document also holds fragments of other reports: {'; '.join(fragments)}",
        )
        first = reports[0]
        reports[0] = replace(first, findings=(*first.findings, note))
    return tuple(reports)


def _joined(piece: Piece, attached: Sequence[Block]) -> Piece:
    """A report with the blocks of its attachments: after its text, or, where it has none of its own, as its
    text."""
    headings = sum(1 for p in piece.paragraphs if section_of(p.text))
    if headings < 2 and not piece.tables:
        return replace(piece, blocks=[*piece.blocks, *attached])
    return replace(
        piece, attached=[b for b in attached if not isinstance(b, Paragraph) or len(b.text) <= _LINE]
    )


def _report(
    document: Document, piece: Piece, ordinal: int, pieces: int, origin: Origin, registry: Registry | None
) -> Report:
    codebook = load_codebook()
    paragraphs = piece.paragraphs
    all_tables = piece.tables + [b for b in piece.attached if isinstance(b, Table)]
    text = "".join(
        [squeeze(p.text) for p in paragraphs] + [squeeze(c.text) for t in all_tables for c in t.cells]
    )
    template = detect_template(text, codebook)
    published = find_published(document, piece)
    year, year_evidence, period, titled = find_year(piece.title, paragraphs, published)
    findings: list[Finding] = []
    if period and titled and period != titled:
        findings.append(
            finding(
                "meta.year_title_vs_period",
                "标题年份与统计期限年份不一致 / the title's year differs from the data period's year",
                (),
                titled,
                period,
            )
        )
    form = next(f for f in codebook.forms if f.template == template)
    if year and form.valid_from and year < form.valid_from and form.needs != "else":
        findings.append(
            finding(
                "meta.form_older_than_itself",
                f"{year}年的报告用了{form.valid_from}年起才有的格式 / a report of {year} on a form in use since {form.valid_from}",
                (),
                year,
                form.valid_from,
            )
        )
    body = identify(_evidence(document, piece, pieces, origin, year), registry)
    parts = sections(piece.blocks)
    tables = read_tables([*piece.blocks, *piece.attached], template, year)
    counted = {
        int(o.value)
        for o in tables.observations
        if o.value is not None
        and (row := codebook.any_form.get(o.indicator))
        and row.table == "application"
        and o.applicant in (None, "total")
    }
    scope = detect_scope(
        piece.title.text if piece.title else document.title,
        [squeeze(p.text) for p in paragraphs],
        body.kind,
        counted,
    )
    if scope.contradicted:
        findings.append(
            finding(
                "meta.scope_sentence_differs",
                f"“{scope.contradicted}”的数与表不符,不作口径依据 / this sentence counts otherwise than the tables: it does not say whose figures they give",
            )
        )
    findings += tables.findings
    prose = read_prose(
        paragraphs,
        template=template,
        year=year,
        codebook=codebook,
        issuer=body.issuer,
        narrow=scope.value == "own_body"
        and body.kind not in ("government", "governing_zone", "zone", "unknown"),
    )
    findings += prose.findings
    observations = [*tables.observations, *prose.observations]
    held = {(o.indicator, o.applicant) for o in observations} | {s for u in tables.unplaced for s in u.slots}
    fused, notes = fused_rows(paragraphs, template, held, vocabulary())
    observations += fused
    findings += notes
    held |= {(o.indicator, o.applicant) for o in fused}
    told = account(parts, tables.read, template, held, vocabulary())
    findings += told.findings
    observations += told.observations
    observations += [
        o._replace(value=None, state="unreadable", resolved=None, resolution=None)
        if o.locator in told.doubted
        else o
        for o in tables.local
    ]
    return Report(
        report_id=f"{document.sha256[:16]}-{ordinal}",
        document_sha256=document.sha256,
        ordinal=ordinal,
        source_url=origin.address,
        title=piece.title.text if piece.title else None,
        issuer=body.issuer,
        body_id=body.body_id or None,
        body_kind=body.kind,
        level=body.level,
        division_code=body.division_code,
        division_name=body.division_name,
        division_candidates=body.candidates,
        issuer_evidence=body.evidence,
        year=year,
        year_evidence=year_evidence,
        template=template,
        scope=scope.value,
        scope_evidence=scope.evidence,
        published_on=published.isoformat() if isinstance(published, date) else None,
        place=piece.place,
        observations=tuple(observations),
        findings=tuple(findings),
        unplaced=tables.unplaced,
        sections=tuple((f"{s.number} {s.heading}".strip(), own) for s in parts if (own := _prose(s))),
        statements=tuple(prose.statements),
    )


def _prose(section: Section) -> str:
    return "\n".join(b.text for b in section.blocks if isinstance(b, Paragraph))


def _evidence(document: Document, piece: Piece, pieces: int, origin: Origin, year: int | None) -> Evidence:
    paragraphs = piece.paragraphs
    signatures = [
        _BY.sub(r"\1", compared(p.text)) for p in paragraphs[-_SIGNATURE_LINES:] if len(p.text) <= 40
    ]
    tables = piece.tables + [b for b in piece.attached if isinstance(b, Table)]
    first = (compared(c.text) for t in tables for c in t.cells[:6])
    cells = [text for text in first if "填报单位" in text or "单位(盖章)" in text]
    alone = pieces == 1
    source = document.meta.get("ContentSource", "") if alone else ""
    issuers = [f"来源:{source}" if source else "", *_keepers(document, piece, alone)]
    if (
        (title := piece.title)
        and title.body
        and squeeze(title.text).endswith((f"({title.body})", f"（{title.body}）"))
    ):
        issuers.append(title.body)
    return Evidence(
        title=piece.title.text if piece.title else (document.title or None if alone else None),
        issuer_texts=tuple(t for t in [*issuers, *cells, *signatures] if t),
        site_name=document.meta.get("SiteName") if alone else None,
        site_id_code=document.meta.get("SiteIDCode") if alone else None,
        source_url=origin.address if alone else None,
        registered=origin.registered if alone else None,
        text_samples=tuple(without_sounds(compared(p.text)) for p in paragraphs[:60]),
        year=year,
    )


def _keepers(document: Document, piece: Piece, alone: bool) -> list[str]:
    """Who published, as lines before the report (来源:…) and index cards (发布机构 | …) say."""
    blocks = [*(document.blocks[:12] if alone else ()), *piece.blocks[:8]]
    found = [f"来源:{m[1]}" for b in blocks if isinstance(b, Paragraph) and len(b.text) < 200
             for m in _KEEPER.finditer(compared(b.text))]  # fmt: skip
    for table in (b for b in blocks if isinstance(b, Table) and len(b.cells) <= 40):
        texts = [squeeze(c.text) for c in table.cells]
        found += [f"来源:{name}" for label, name in pairwise(texts) if _KEEPER_LABEL.fullmatch(label)]
    return list(dict.fromkeys(found))
