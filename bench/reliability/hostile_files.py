"""The hostile files, family by family: each function gives (name, bytes), with what the dice vary."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator, Mapping

Files = Iterator[tuple[str, bytes]]
TITLE = "虚谷县2020年政府信息公开工作年度报告"
HEAD = f"<html><head><meta charset=utf-8></head><body><h1>{TITLE}</h1>"
ZEROS = 200_000_000
XXE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY y SYSTEM "http://127.0.0.1:9/">]>'
LAUGHS = (
    "<!DOCTYPE r [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    + "]>"
)


def html(dice: random.Random) -> Files:
    """Nested without end, repeated without end, numbers that lie, things from elsewhere."""
    for tag in (
        "div",
        "table",
        "b",
        "ul",
        "span",
        "blockquote",
        "svg",
        "select",
        "p",
        "form",
        "a",
        "template",
    ):
        inner = {"table": "<table><tr><td>"}.get(tag, f"<{tag}>")
        yield f"nested-{tag}.html", (HEAD + inner * dice.randint(20_000, 60_000)).encode()
    repeated = ('<a href="', "<!--", "<![CDATA[", "<script>", "<style>", "</", "&#x", "&", "<td colspan=", '<p style="',
                "<title>", "<textarea>", "一、", "（", "2020年", "1,", "<br>", "<math><mi>", "<table><tr><td>1", "<iframe srcdoc='")  # fmt: skip
    for n, unit in enumerate(repeated):
        whole = HEAD + unit * (dice.randint(200_000, 900_000) // len(unit))
        yield f"repeated-{n}.html", whole.encode()
        yield f"ended-{n}.html", f'{whole}"></p></td></table></style></script></title></textarea>-->'.encode()
    for span in (1_000, 65_534, 10**6, 10**9, -1, 10**30):
        cells = f"<td colspan={span} rowspan={span}>收到申请</td><td>3</td>" * 40
        yield f"span-{span}.html", (HEAD + f"<table>{f'<tr>{cells}</tr>' * 40}</table>").encode()
    for n, source in enumerate(
        (
            "file:///etc/passwd",
            "http://127.0.0.1:9/x",
            "//169.254.169.254/",
            "javascript:1",
            "data:text/html;base64,PGI+",
        )
    ):
        shown = f"<iframe src='{source}'></iframe><img src='{source}'><link rel=stylesheet href='{source}'><base href='{source}'>"
        yield f"elsewhere-{n}.html", (HEAD + shown * 200).encode()
    rules = "".join(f".c{n} .c{n} > p:nth-child({n})~p{{display:none}}" for n in range(20_000))
    yield "rules.html", (HEAD + f"<style>{rules}</style>" + "<p class='c1 c2'>1</p>" * 20_000).encode()
    yield "attributes.html", (HEAD + "<p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">x").encode()
    yield "utf7.html", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-" * 1000
    yield "utf16.html", ("\ufeff" + HEAD + "<p>收到申请3件</p>" * 30_000).encode("utf-16")
    yield "lying-charset.html", HEAD.replace("utf-8", "gb18030").encode() + dice.randbytes(300_000)
    yield "nul.html", HEAD.encode() + b"\0" * 3_000_000
    yield "huge-table.html", (HEAD + "<table>" + ("<tr>" + "<td>1" * 200) * 2_000).encode()
    yield (
        "word-marker.html",
        f"<!-- urn:schemas-microsoft-com:office:word -->{HEAD}<img src=http://127.0.0.1:9/>".encode(),
    )


def zipped(parts: Mapping[str, bytes | str], level: int = 9) -> bytes:
    """A ZIP of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
WORD_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _docx(body: str, before: str = "", more: Mapping[str, bytes | str] | None = None) -> bytes:
    main = f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
    document = f"<?xml version='1.0'?>{before}<w:document {W}><w:body>{body}</w:body></w:document>"
    parts = {
        "[Content_Types].xml": WORD_TYPES,
        "_rels/.rels": RELS.format(main),
        "word/document.xml": document,
    }
    return zipped({**parts, **(more or {})})


def word(dice: random.Random) -> Files:
    """Entities, parts that unpack to much, tables in tables, relations that lead out."""
    text = f"<w:p><w:r><w:t>{TITLE}</w:t></w:r></w:p>"
    yield (
        "xxe.docx",
        _docx(
            text + "<w:p><w:r><w:t>&x;&y;</w:t></w:r></w:p>", XXE.replace("DOCTYPE r", "DOCTYPE w:document")
        ),
    )
    yield (
        "laughs.docx",
        _docx("<w:p><w:r><w:t>&a11;</w:t></w:r></w:p>", LAUGHS.replace("DOCTYPE r", "DOCTYPE w:document")),
    )
    yield "bomb.docx", _docx(text + " " * ZEROS)
    cell = "<w:tbl><w:tr><w:tc>"
    for depth in (40, 400, 4_000, 40_000):
        yield f"nested-{depth}.docx", _docx(text + cell * depth + text + cell.replace("<", "</") * 0)
        closing = "</w:tc></w:tr></w:tbl>" * depth
        yield f"nested-closed-{depth}.docx", _docx(text + cell * depth + text + closing)
    for span in (100, 10**5, 10**9, -5):
        row = f'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="{span}"/><w:vMerge/></w:tcPr>{text}</w:tc></w:tr>'
        yield f"span-{span}.docx", _docx(f"<w:tbl>{row * 300}</w:tbl>")
    yield "paragraphs.docx", _docx("<w:p/>" * 500_000)
    yield "runs.docx", _docx("<w:p>" + "<w:r><w:t>1</w:t></w:r>" * 200_000 + "</w:p>")
    for n, target in enumerate(
        ("file:///etc/passwd", "http://127.0.0.1:9/", "../../../../etc/passwd", "\\\\127.0.0.1\\x")
    ):
        rel = RELS.format(
            f'<Relationship Id="r9" Type="{OFFICE}/attachedTemplate" TargetMode="External" Target="{target}"/>'
        )
        yield f"relation-{n}.docx", _docx(text, more={"word/_rels/document.xml.rels": rel})
    sound = _docx(text * 200)
    for n in range(6):
        at = dice.randrange(len(sound))
        yield f"cut-{n}.docx", sound[:at]
        yield f"flipped-{n}.docx", sound[:at] + dice.randbytes(8) + sound[at + 8 :]
    yield "old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + dice.randbytes(60_000)
    yield "marker.doc", b"{\\rtf1" + b"{\\field{\\*\\fldinst INCLUDETEXT http://127.0.0.1:9/}}" * 500
    yield "groups.rtf", b"{\\rtf1" + b"{" * 200_000


S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _xlsx(sheet: str, more: Mapping[str, bytes | str] | None = None, before: str = "") -> bytes:
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
    main = f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    first = f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    book = f'<workbook {S} xmlns:r="{OFFICE}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
    return zipped(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": RELS.format(main),
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": RELS.format(first),
            "xl/worksheets/sheet1.xml": f"<?xml version='1.0'?>{before}<worksheet {S}>{sheet}</worksheet>",
            **(more or {}),
        }
    )


def excel(dice: random.Random) -> Files:
    """Dimensions and merged ranges that lie, strings that unpack to much, records of nonsense."""
    cell = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>收到申请</t></is></c><c r="B{0}"><v>3</v></c></row>'
    rows = "".join(cell.format(n) for n in range(1, 30))
    for n, area in enumerate(("A1:XFD1048576", "A1:A99999999999", "B2:A1", "A0:ZZZZZZ1", "")):
        yield f"dimension-{n}.xlsx", _xlsx(f'<dimension ref="{area}"/><sheetData>{rows}</sheetData>')
        merged = f'<mergeCells>{f"""<mergeCell ref="{area}"/>""" * 50}</mergeCells>'
        yield f"merged-{n}.xlsx", _xlsx(f"<sheetData>{rows}</sheetData>{merged}")
    yield (
        "far.xlsx",
        _xlsx(f'<sheetData>{rows}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    )
    yield "bomb.xlsx", _xlsx("<sheetData/>" + " " * ZEROS)
    yield (
        "xxe.xlsx",
        _xlsx(f"<sheetData>{rows}&x;</sheetData>", before=XXE.replace("DOCTYPE r", "DOCTYPE worksheet")),
    )
    yield (
        "laughs.xlsx",
        _xlsx("<sheetData>&a11;</sheetData>", before=LAUGHS.replace("DOCTYPE r", "DOCTYPE worksheet")),
    )
    yield (
        "strings.xlsx",
        _xlsx("<sheetData/>", {"xl/sharedStrings.xml": f"<sst {S}>" + "<si><t>a</t></si>" * 2_000_000}),
    )
    yield (
        "index.xlsx",
        _xlsx('<sheetData><row r="1"><c r="A1" t="s"><v>99999999999</v></c></row></sheetData>'),
    )
    yield (
        "cells.xlsx",
        _xlsx("<sheetData>" + "".join(cell.format(n) for n in range(1, 120_000)) + "</sheetData>"),
    )
    sheet = "<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet' xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'><Worksheet ss:Name='a'><Table>{}</Table></Worksheet></Workbook>"
    for n, index in enumerate((10**4, 10**7, 10**12, -3)):
        row = f"<Row ss:Index='{index}'><Cell ss:Index='{index}' ss:MergeAcross='{index}' ss:MergeDown='{index}'><Data ss:Type='Number'>1</Data></Cell></Row>"
        yield f"index-{n}.xml", sheet.format(row * 20).encode()
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    for n in range(6):
        yield f"nonsense-{n}.xls", ole + dice.randbytes(dice.randint(500, 80_000))
    sound = _xlsx(f"<sheetData>{rows}</sheetData>")
    for n in range(4):
        at = dice.randrange(len(sound))
        yield f"cut-{n}.xlsx", sound[:at]


def texts(dice: random.Random) -> Files:
    """One line without end, signs that a terminal obeys, numbers without end, sentences that match nearly."""
    units = (
        "收到申请3件，",
        "1",
        "1,",
        "一",
        "（一）",
        "。",
        " ",
        "\t",
        "\r",
        "\x1b[31m",
        "‮",
        "\ufffd",
        "|",
        "2020年",
        "第一条",
        "￥1,000.00万元",
        "其中",
        "\n\n\n",
        "a",
        "零一二三四五六七八九",
    )
    for n, unit in enumerate(units):
        yield f"line-{n}.txt", (TITLE + "\n" + unit * (dice.randint(200_000, 600_000) // len(unit))).encode()
    yield "numbers.txt", (TITLE + "\n收到申请" + "9" * 500_000 + "件").encode()
    yield "empty.txt", b""
    yield "bom.txt", b"\xef\xbb\xbf" * 100_000
    yield "random.txt", dice.randbytes(500_000)
    yield "half.txt", (TITLE * 20_000).encode("gb18030")[:-1]
