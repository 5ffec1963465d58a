"""OFD is read as a PDF of the same page is; what means harm gets a status."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pypdfium2
import pytest

from pipeline import read_reports
from pipeline.clean import read_document
from pipeline.clean.ofd import reader as ofd
from pipeline.clean.pdf.page import page_content
from pipeline.document import Image, Paragraph, Table
from pipeline.report import Report
from tests.drawn.files import drawn_tables, ofd_files, pdf_files, picture_files
from tests.drawn.files.report_pdf import as_drawn, report_pdf

GOLDEN = Path(__file__).parents[1] / "golden" / "documents"
WORDS = '<ofd:TextObject ID="3" Boundary="20 {y} 150 8" Size="5"><ofd:TextCode X="0" Y="5">{text}</ofd:TextCode></ofd:TextObject>'


def _again(pdf: bytes, way: ofd_files.Way = "runs") -> bytes:
    file = pypdfium2.PdfDocument(pdf)
    return ofd_files.written_again([page_content(file[n]) for n in range(len(file))], way)


def _figures(report: Report) -> list[tuple[object, ...]]:
    return [(o.indicator, o.applicant, o.value, o.state, o.raw, o.method) for o in report.observations]


@pytest.fixture(scope="module")
def form() -> tuple[bytes, Report]:
    """A report drawn as PDF, and what is read from it."""
    pdf = report_pdf(read_document((GOLDEN / "v2021_form.html").read_bytes()))
    return pdf, read_reports(pdf)[0]


@pytest.mark.parametrize("way", ["runs", "signs", "scaled", "template", "composite"])
def test_a_report_drawn_as_ofd_reads_like_the_same_drawn_as_pdf(
    form: tuple[bytes, Report], way: ofd_files.Way
) -> None:
    pdf, as_pdf = form
    (as_ofd,) = read_reports(_again(pdf, way))
    assert len(as_pdf.observations) > 180
    assert _figures(as_ofd) == _figures(as_pdf)
    assert (as_ofd.title, as_ofd.issuer, as_ofd.year) == (as_pdf.title, as_pdf.issuer, as_pdf.year)


def test_a_table_over_pages_and_one_without_lines() -> None:
    page = read_document((GOLDEN / "v2019_form.html").read_bytes())
    tables = [block for block in page.blocks if isinstance(block, Table)]
    story = [
        pdf_files.text("一、主动公开政府信息情况"),
        pdf_files.ruled(as_drawn(tables[0])),
        pdf_files.page_end(),
    ]
    pdf = pdf_files.document([*story, pdf_files.bare(as_drawn(tables[-1]))])
    expected, found = read_document(pdf), read_document(_again(pdf))
    assert [(type(b), getattr(b, "cells", None), b.locator) for b in found.blocks] == [
        (type(b), getattr(b, "cells", None), b.locator) for b in expected.blocks
    ]


def _text(layer: str, **parts: str) -> list[str]:
    document = read_document(ofd_files.packed({**ofd_files.document_parts([ofd_files.page(layer)]), **parts}))
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def test_invisible_objects_draw_nothing() -> None:
    seen = WORDS.format(y=20, text="本机关收到申请3件。")
    for mark in ('Visible="false"', 'Alpha="0"', 'Fill="false"'):
        hidden = WORDS.format(y=40, text="9件").replace("<ofd:TextObject", f"<ofd:TextObject {mark}")
        assert _text(seen + hidden) == ["本机关收到申请3件。"]


def test_text_without_advances_stands_side_by_side_and_spaces_stay() -> None:
    assert _text(WORDS.format(y=20, text="Report 2023 of 某县")) == ["Report 2023 of 某县"]


@pytest.mark.slow
@pytest.mark.skipif(not picture_files.font_paths(), reason=picture_files.NEEDED)
def test_pictures_are_recognised_or_told() -> None:
    picture = '<ofd:ImageObject ID="5" Boundary="10 10 190 120" CTM="190 0 0 120 0 0" ResourceID="6"/>'
    common = "<ofd:DocumentRes>Res.xml</ofd:DocumentRes>"
    res = (
        f'<ofd:Res {ofd_files.NAMESPACE} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="6" Type="Image">'
        "<ofd:MediaFile>a.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"
    )
    parts = ofd_files.document_parts([ofd_files.page(picture)], common=common)
    parts["Doc_0/Res.xml"] = res
    blocks = read_document(ofd_files.packed(parts)).blocks
    assert [type(block) for block in blocks] == [Image]
    parts["Doc_0/Res/a.png"] = b"no picture"
    assert [type(block) for block in read_document(ofd_files.packed(parts)).blocks] == [Image]
    table = drawn_tables.plain_table(3, n_rows=3, n_cols=3, blanks=False)
    parts["Doc_0/Res/a.png"] = picture_files.encoded(picture_files.page([table]))
    (found,) = (b for b in read_document(ofd_files.packed(parts)).blocks if isinstance(b, Table))
    assert found.method == "ocr"
    assert drawn_tables.shape(found.cells) == drawn_tables.shape(table.cells)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"OFD.xml": '<!DOCTYPE a [<!ENTITY b "c">]><ofd:OFD>&b;</ofd:OFD>'}, "broken_ofd"),
        ({"OFD.xml": "<ofd:OFD"}, "broken_ofd"),
        ({"OFD.xml": "<OFD><DocBody><DocRoot>../../etc/passwd</DocRoot></DocBody></OFD>"}, "broken_ofd"),
        ({"OFD.xml": "<OFD><DocBody/></OFD>"}, "broken_ofd"),
        ({"OFD.xml": "<OFD/>"}, "empty"),
        ({"Doc_0/Pages/Page_0/Content.xml": "<Page>" + "<a>" * 300 + "</a>" * 300 + "</Page>"}, "broken_ofd"),
        ({"Doc_0/Pages/Page_0/Content.xml": "<Page/>"}, "empty"),
        (
            {
                "Doc_0/Document.xml": "<Document><Pages>"
                + '<Page BaseLoc="Pages/Page_0/Content.xml"/>' * 500
                + "</Pages></Document>"
            },
            "too_large",
        ),
        (
            {"Doc_0/Document.xml": '<Document><Pages><Page BaseLoc="no.xml"/></Pages></Document>'},
            "broken_ofd",
        ),
        ({"Doc_0/Pages/Page_0/Content.xml": b"<Page>" + b" " * 70_000_000 + b"</Page>"}, "too_large"),
    ],
)
def test_hostile_files_get_a_status(change: dict[str, str | bytes], status: str) -> None:
    parts = ofd_files.document_parts([ofd_files.page(WORDS.format(y=20, text="字"))])
    assert read_document(ofd_files.packed({**parts, **change})).status == status


def test_units_that_draw_themselves_and_endless_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    use = '<ofd:CompositeObject ResourceID="1"/>' * 2
    parts = ofd_files.document_parts([ofd_files.page(use)], common="<ofd:PublicRes>Res.xml</ofd:PublicRes>")
    parts["Doc_0/Res.xml"] = (
        f'<ofd:Res {ofd_files.NAMESPACE}><ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="1"><ofd:Content>{use}'
        "</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits></ofd:Res>"
    )
    assert read_document(ofd_files.packed(parts)).status == "too_deep"
    many = ofd_files.packed(
        ofd_files.document_parts([ofd_files.page(WORDS.format(y=20, text="字" * 20))] * 30)
    )
    monkeypatch.setattr(ofd, "MAX_GLYPHS", 100)
    assert read_document(many).status == "too_large"
    monkeypatch.setattr(ofd, "MAX_UNPACKED", 1000)
    assert read_document(many).status == "too_large"


def test_a_file_that_is_cut_off_or_locked() -> None:
    data = ofd_files.packed(ofd_files.document_parts([ofd_files.page(WORDS.format(y=20, text="字"))]))
    assert read_document(data[: len(data) // 2]).status == "truncated"
    locked = bytearray(data)
    info = zipfile.ZipFile(io.BytesIO(data)).infolist()[0]
    locked[info.header_offset + 6] |= 1
    locked[data.index(b"PK\x01\x02") + 8] |= 1
    assert read_document(bytes(locked)).status == "encrypted"
