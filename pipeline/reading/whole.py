"""The whole way from bytes to checked observations, with no file, clock or network.

An article whose tables stand in a linked file is one report with several documents (``read_reports_of``); so
is one that shows its tables as pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from pipeline.chinese.titles import read_title
from pipeline.clean import is_archive
from pipeline.clean.opened import Opened, open_file
from pipeline.codebook import load_codebook
from pipeline.document import Block, Document, Image, Paragraph, Table
from pipeline.extract import extract_reports
from pipeline.extract.genre import report_titles, what_it_shows
from pipeline.extract.pieces import cut
from pipeline.places import Registry
from pipeline.reading.named_files import plain_name
from pipeline.reconcile import reconcile
from pipeline.report import Observation, Report

Open = Callable[[bytes, str | None], Opened]
"""Reads a file from its bytes and the media type that it came with."""
Extract = Callable[..., tuple[Report, ...]]
_MIN_PICTURE_BYTES = 1_500
_MAX_PICTURES = 40


class Whole(NamedTuple):
    """What reading an article gave. ``used`` tells, by position, the attachments that belong to its report,
    with their documents (None: a picture that did not have to be looked at)."""

    document: Document
    reports: tuple[Report, ...]
    used: Mapping[int, Document | None]


def read_whole(
    data: bytes,
    *,
    media_type: str | None = None,
    source_url: str | None = None,
    registry: Registry | None = None,
) -> tuple[Document, tuple[Report, ...]]:
    """Read one file that is no archive: the document (with its status) and its checked reports. A file that
    can be read and holds none has the status ``not_a_report``."""
    whole = read_reports_of(data, (), media_type=media_type, source_url=source_url, registry=registry)
    return whole.document, whole.reports


def read_reports_of(
    article: bytes,
    attachments: Sequence[tuple[str, bytes]],
    *,
    media_type: str | None = None,
    source_url: str | None = None,
    registered: str | None = None,
    registry: Registry | None = None,
    open_as: Open | None = None,
    shown: frozenset[int] = frozenset(),
) -> Whole:
    """Read an article with the files that it names: name and bytes each.

    The files are looked at only where the article holds one report and lacks tables of its form: pictures
    that the text shows are read in their place; another file's tables are joined to the report where that
    file by itself would give no second report, nor one of another body or year. ``open_as`` reads a file (by
    default ``open_file``); ``shown`` are the attachments that the article shows as pictures: they never hold
    reports of their own.
    """
    opener = open_as or _open
    opened = opener(article, media_type)
    document = opened.document

    def extract(document: Document, attached: Sequence[Block] = ()) -> tuple[Report, ...]:
        return extract_reports(
            document, source_url=source_url, registered=registered, registry=registry, attached=attached
        )

    reports = extract(document)
    used: dict[int, Document | None] = dict.fromkeys(shown)
    if (not reports and len(report_titles(document)) < 2) or (len(reports) == 1 and lacks_tables(reports[0])):
        document, reports = _with_pictures(
            document, reports, opened.pictures, attachments, opener, used, extract
        )
        if attachments and lacks_tables(reports[0]):
            reports = _with_files(document, reports, attachments, opener, used, extract)
    if not reports and len(report_titles(document)) < 2:
        used.clear()  # the pictures do not make one report: each may be one
    return Whole(_judged(document, reports), tuple(reconcile(report) for report in reports), used)


def _open(data: bytes, media_type: str | None) -> Opened:
    return open_file(data, media_type=media_type)


def _with_pictures(
    document: Document,
    reports: tuple[Report, ...],
    carried: Mapping[str, bytes],
    attachments: Sequence[tuple[str, bytes]],
    opener: Open,
    used: dict[int, Document | None],
    extract: Extract,
) -> tuple[Document, tuple[Report, ...]]:
    """The document with what its pictures show in their places, and its reports then, if they gained tables.
    Pictures that follow each other are the pages or the slices of one."""
    if not any(isinstance(block, Image) for block in document.blocks):
        return document, reports
    from pipeline.clean.scan.picture_series import inline_bytes, may_hold_table, read_series

    beside = {plain_name(name): n for n, (name, _) in enumerate(attachments)}
    blocks: list[Block] = []
    looked: dict[int, Document] = {}
    titled = bool(reports) or bool(report_titles(document))
    row: list[tuple[int, str, bytes]] = []

    def read_row() -> None:
        if not row:
            return
        picture = (
            opener(row[0][2], None).document if len(row) == 1 else read_series([data for _, _, data in row])
        )
        if picture.reader == "picture":
            looked.update((n, picture) for n, _, _ in row)
            blocks.extend(
                _under(picture, row[0][1] if len(row) == 1 else f"{row[0][1]} ff.", titles=not titled)
            )
        row.clear()

    for block in document.blocks:
        if not isinstance(block, Image):
            read_row()
            blocks.append(block)
            continue
        blocks.append(block)
        n = beside.get(plain_name(block.source))
        data = carried.get(block.source) or (
            attachments[n][1] if n is not None else inline_bytes(block.source)
        )
        if (
            len(data) >= _MIN_PICTURE_BYTES
            and len(looked) + len(row) < _MAX_PICTURES
            and (reports or may_hold_table(data))
        ):
            row.append((n if n is not None else -len(blocks), block.locator, data))
    read_row()
    if not looked:
        return document, reports
    seen = replace(document, blocks=tuple(blocks))
    better = extract(seen)
    if len(better) != 1 or not (_gains(better[0], reports[0]) if reports else _tabled(better[0])):
        return document, reports
    used.update((n, picture) for n, picture in looked.items() if n >= 0)
    return seen, better


def _with_files(
    document: Document,
    reports: tuple[Report, ...],
    attachments: Sequence[tuple[str, bytes]],
    opener: Open,
    used: dict[int, Document | None],
    extract: Extract,
) -> tuple[Report, ...]:
    """The article's report with the tables of its attachments, each where it adds figures."""
    attached: list[Block] = []
    for n, (name, data) in enumerate(attachments):
        if n in used or is_archive(data):
            continue
        other = opener(data, None).document
        own = extract(other)
        if len(own) > 1 or (own and not _agree(reports[0], own[0])):
            continue
        if not any(isinstance(b, Table) for b in other.blocks) and not own:
            continue
        more = [*attached, *_under(other, f"附件 {name}")]
        better = extract(document, more)
        if len(better) == 1 and _gains(better[0], reports[0]):
            reports, attached = better, more
            used[n] = other
    return reports


def _under(document: Document, place: str, *, titles: bool = False) -> list[Block]:
    """The blocks of a file with locators that name it; lines that read as titles would cut the report and
    stay out, unless the article has no title of its own (``titles``)."""
    return [
        replace(block, locator=f"{place}: {block.locator}")
        for block in document.blocks
        if titles or not (isinstance(block, Paragraph) and read_title(block.text))
    ]


def _tabled(report: Report) -> list[Observation]:
    known = load_codebook().ids
    return [
        o
        for o in report.observations
        if o.method != "text" and o.state != "table_missing" and o.indicator in known
    ]


def lacks_tables(report: Report) -> bool:
    """Whether a report shows none of its form's tables, or lacks one of them."""
    if any(o.state == "table_missing" for o in report.observations):
        return True
    seen = {o.indicator for o in _tabled(report)} | {slot[0] for row in report.unplaced for slot in row.slots}
    codebook = load_codebook()
    if codebook.family_of(report.template) == "sections":
        tables = {codebook.any_form[i].table for i in seen if i in codebook.any_form}
        return not tables >= {section.table for section in codebook.sections}
    return not seen


def _gains(now: Report, before: Report) -> bool:
    return len(_tabled(now)) + len(now.unplaced) > len(_tabled(before)) + len(before.unplaced)


def _agree(article: Report, attachment: Report) -> bool:
    """Whether an attachment's own report can be the article's: no other year and no other body."""
    if article.year and attachment.year and article.year != attachment.year:
        return False
    if not article.issuer or not attachment.issuer or article.body_id == attachment.body_id:
        return True
    return article.issuer.endswith(attachment.issuer) or attachment.issuer.endswith(article.issuer)


def _judged(document: Document, reports: Sequence[Report]) -> Document:
    """The document, with the status ``not_a_report`` where it was read well and holds none."""
    if reports or document.status != "ok" or document.reader == "archive":
        return document
    what = what_it_shows(document, cut(document)[0] if document.blocks else ())
    return replace(document, status="not_a_report", detail=f"The file holds no report: {what}.")
