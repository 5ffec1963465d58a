"""Word files and workbooks whose cells show one figure and hold another beside it that no reader sees."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence

import docx
import openpyxl
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font, PatternFill

from tests.drawn.files.word_files import saved

Row = tuple[str, str, str]
"""A label, the figure shown, the figure hidden beside it."""


def _field(code: str, result: str = "", form: str = "") -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}">{}</w:fldChar></w:r>'
    kept = mark.format("separate", "") + result if result else ""
    return f'{mark.format("begin", form)}<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>{kept}{mark.format("end", "")}'


def _run(text: str, looks: str = "") -> str:
    return f"<w:r><w:rPr>{looks}</w:rPr><w:t>{text}</w:t></w:r>"


_BOX = "<w:r><w:pict><v:shape><v:textbox><w:txbxContent><w:p>{}</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
WORD_HIDING = {
    "vanish": _run("{hidden}", "<w:vanish/>") + _run("{shown}"),
    "a style": _run("{hidden}", '<w:rStyle w:val="Gone"/>') + _run("{shown}"),
    "a style based on one": _run("{hidden}", '<w:rStyle w:val="GoneToo"/>') + _run("{shown}"),
    "struck": _run("{hidden}", "<w:strike/>") + _run("{shown}"),
    "struck by a style": _run("{hidden}", '<w:rStyle w:val="Old"/>') + _run("{shown}"),
    "white": _run("{hidden}", '<w:color w:val="FFFFFF"/>') + _run("{shown}"),
    "a field's code": _field("QUOTE {hidden}", _run("{shown}")),
}
WORD_SHOWING = {
    "a style undone": _run("{shown}", '<w:rStyle w:val="Gone"/><w:vanish w:val="0"/>'),
    "white on dark": _run("{shown}", '<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="1F3864"/>'),
    "a quotation": _field('QUOTE "{shown}"'),
    "a list of choices": _field(
        "FORMDROPDOWN",
        form='<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="{hidden}"/><w:listEntry w:val="{shown}"/></w:ddList></w:ffData>',
    ),
    "a text box": _BOX.format(_run("{shown}")),
    "an alternate": '<mc:AlternateContent><mc:Choice Requires="wps">'
    + _run("{shown}")
    + "</mc:Choice></mc:AlternateContent>",
    "a fallback": '<mc:AlternateContent><mc:Choice Requires="wps"/><mc:Fallback>'
    + _run("{shown}")
    + "</mc:Fallback></mc:AlternateContent>",
}
WORD_UNREADABLE = {
    "a sum that was never made": _field("=SUM(ABOVE)"),
    "a sign of pictures": '<w:r><w:sym w:font="Wingdings" w:char="F034"/></w:r>' + _run("{shown}"),
}
_STYLES = """<w:style {0} w:type="character" w:styleId="Gone"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style {0} w:type="character" w:styleId="GoneToo"><w:basedOn w:val="Gone"/></w:style>
<w:style {0} w:type="character" w:styleId="Old"><w:rPr><w:strike/></w:rPr></w:style>"""


def word(rows: Sequence[Row], cell: str) -> bytes:
    """A Word file with a table of labels and figures, each figure's paragraph as ``cell`` draws it."""
    spaces = (
        nsdecls("w", "r")
        + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    body = "".join(
        f"<w:tr><w:tc><w:p>{_run(label)}</w:p></w:tc><w:tc><w:p>{cell.format(shown=shown, hidden=hidden)}</w:p></w:tc></w:tr>"
        for label, shown, hidden in rows
    )
    made = docx.Document()
    made.element.body.insert(0, parse_xml(f"<w:tbl {spaces}>{body}</w:tbl>"))
    for style in parse_xml(f"<w:x {nsdecls('w')}>{_STYLES.format('')}</w:x>"):
        made.styles.element.append(style)
    return saved(made)


Paint = Callable[[openpyxl.worksheet.worksheet.Worksheet, openpyxl.cell.cell.Cell, str, str], None]


def _valued(text: object, **looks: object) -> Paint:
    def paint(sheet: object, cell: openpyxl.cell.cell.Cell, shown: str, hidden: str) -> None:
        cell.value = text.format(shown=shown, hidden=hidden) if isinstance(text, str) else text
        for name, look in looks.items():
            setattr(cell, name, look)

    return paint


def _number(**looks: object) -> Paint:
    def paint(sheet: object, cell: openpyxl.cell.cell.Cell, shown: str, hidden: str) -> None:
        cell.value = int(shown)
        for name, look in looks.items():
            setattr(cell, name, look)

    return paint


def _rich(**looks: object) -> Paint:
    def paint(sheet: object, cell: openpyxl.cell.cell.Cell, shown: str, hidden: str) -> None:
        cell.value = CellRichText(TextBlock(InlineFont(**looks), hidden), shown)

    return paint


EXCEL_SHOWN: dict[str, tuple[Paint, str]] = {
    "struck run": (_rich(strike=True), "{shown}"),
    "decimals": (_number(number_format="0.0"), "{shown}.0"),
    "a word in the format": (_number(number_format='0"件"'), "{shown}件"),
    "a section for large ones": (_number(number_format='[>=0]0;"-"'), "{shown}"),
    "white on dark": (
        _number(font=Font(color="FFFFFFFF"), fill=PatternFill("solid", fgColor="FF1F3864")),
        "{shown}",
    ),
    "no section prints": (_number(number_format=";;;"), ""),
    "a dash for every number": (_number(number_format='"-"'), "-"),
    "white": (_number(font=Font(color="FFFFFFFF")), ""),
    "struck": (_number(font=Font(strike=True)), ""),
    "an error": (_valued("#REF!", data_type="e"), "\ufffc"),
    "a formula without result": (_valued("=1+{shown}"), "\ufffc"),
}
ZEROS = {
    "0": "0",
    "0;-0;;@": "",
    '0;-0;"-"': "-",
    '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)': "-",
    '[=0]"";0': "",
    "General": "0",
}


def excel(rows: Sequence[Row], paint: Paint) -> bytes:
    """A workbook with a table of labels and figures, each figure's cell as ``paint`` makes it."""
    book = openpyxl.Workbook()
    sheet = book.active
    for number, (label, shown, hidden) in enumerate(rows, start=1):
        sheet.cell(number, 1, label)
        paint(sheet, sheet.cell(number, 2), shown, hidden)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_part(data: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """A package with one of its parts changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content.decode()) if part == name else content)
    return target.getvalue()
