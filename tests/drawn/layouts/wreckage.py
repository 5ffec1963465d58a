"""Layouts in which cells are not what they seem: stacked lines, pictures, struck-out figures, numbered
columns."""

from __future__ import annotations

from html import escape

from tests.drawn.layouts.application import flat_head, flat_lines, head
from tests.drawn.layouts.registry import ALL, MODERN, layout
from tests.drawn.layouts.review import all_values
from tests.drawn.layouts.sheet import APPLICANTS, GROUP_NAMES, GROUPS, NAMES, STATE_NAMES, Row, Sheet
from tools.demo.forms import Td


def _lines_of(sheet: Sheet, rows: list[list[Td]]) -> list[str]:
    """What a cell holds that stacks one cell of each row, column by column: texts of lines."""
    columns = zip(*rows, strict=True)
    return [
        "<br>".join(sheet.show(td.key) if td.key else escape(td.text) for td in column) for column in columns
    ]


@layout(*MODERN)
def rows_stacked_in_one(sheet: Sheet) -> bytes:
    """Each group of the application table is one row, its labels and figures lines of cells; zeros are blank
    lines."""
    for key in sheet.keys("application.outcome."):
        if sheet.figures[key] == 0 and key[1] != "total":
            sheet.put(key, "", None, "blank")
    out = [sheet.table(head(2)).replace("</table>\n", "")]
    held: list[list[Td]] = []
    lines = sheet.lines()
    for n, line in enumerate(lines):
        row = [Td(line.label), *sheet.values(line.indicator)]
        if not line.group:
            cells = "".join(f"<td>{sheet.show(td.key) if td.key else escape(td.text)}</td>" for td in row[1:])
            out.append(f'<tr><td colspan="2">{escape(line.label)}</td>{cells}</tr>')
            continue
        held.append(row)
        if n + 1 == len(lines) or lines[n + 1].group != line.group:
            cells = "".join(f"<td><p>{text}</p></td>" for text in _lines_of(sheet, held))
            out.append(f"<tr><td>{line.group}</td>{cells}</tr>")
            held = []
    return sheet.page({3: "".join(out) + "</table>"})


@layout(*MODERN)
def two_matters_in_one_row(sheet: Sheet) -> bytes:
    rows: list[Row] = [list(row) for row in sheet.proactive()]
    out: list[str] = []
    n = 0
    while n < len(rows):
        two = [[*row] for row in rows[n : n + 2]]
        if len(two) == 2 and all(row[-1].key for row in two) and len(two[0]) == len(two[1]):
            cells = "".join(f"<td>{text}<br></td>" for text in _lines_of(sheet, two))
            out.append(f"<tr>{cells}</tr>")
            n += 2
            continue
        shown = (
            (td, sheet.show(td.key) if td.key and td.key in sheet.texts else escape(td.text))
            for td in rows[n]
        )
        out.append(
            "<tr>" + "".join(f'<td colspan="{td.colspan}">{text}</td>' for td, text in shown) + "</tr>"
        )
        n += 1
    return sheet.page({2: f"<table>{''.join(out)}</table>"})


@layout(*MODERN)
def share_beside_a_head_of_three_rows(sheet: Sheet) -> bytes:
    """A local column whose label reaches down beside the whole head; zeros are blank."""
    for key in sheet.keys("application."):
        if sheet.figures[key] == 0 and key[1] != "total":
            sheet.put(key, "", None, "blank")
    rows = head(1)
    rows[0].append(Td("占比", len(rows)))
    rows += [[*line, Td(f"{n}.5%")] for n, line in enumerate(flat_lines(sheet))]
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def review_columns_numbered(sheet: Sheet) -> bytes:
    """A row 1 to 15 stands between head and figures; blank figures would let it pass for them."""
    for group in GROUPS:
        for key in sheet.keys(f"{group}."):
            if sheet.figures[key] == 0 and not key[0].endswith(".total"):
                sheet.put(key, "", None, "blank")
    rows = [*sheet.review()[:-1], [Td(str(n)) for n in range(1, 16)], all_values(sheet)]
    return sheet.page({4: sheet.table(rows)})


@layout(*MODERN, open_allowed=True)
def pictures_for_figures(sheet: Sheet) -> bytes:
    """Some figures are pictures: not read, and no blanks."""
    for key in sheet.keys(
        "application.outcome.granted", "reconsideration.upheld", "proactive.licensing.decisions"
    ):
        if key[1] in (None, "natural_person"):
            sheet.put(key, "[picture]", None, "unreadable")
    page = sheet.page({}).decode()
    return page.replace("[picture]", '<img src="/upload/7.png" width="20">').encode()


@layout(*ALL)
def struck_out_and_hidden_figures(sheet: Sheet) -> bytes:
    """Old figures stand struck out before the new, and hidden between their digits."""
    old = '<span style="color:red;text-decoration: line-through;">41</span>'

    def cell(text: str) -> str:
        if not text.isdigit():
            return escape(text)
        return old + text[0] + '<b style="display:none">6</b>' + text[1:]

    tables: dict[int, str] = {}
    for form in sheet.forms():
        number = 9 if form.section < 0 else form.section
        tables[number] = (
            tables.get(number, "")
            + (f"<p>{form.title}</p>" if form.title else "")
            + sheet.table(form.rows, cell=cell)
        )
    return sheet.page(tables)


@layout("v2014", *MODERN)
def figures_after_colons(sheet: Sheet) -> bytes:
    """No table: a line for each figure, with its label and a colon; of the application table the totals
    alone."""
    if sheet.template == "v2014":
        rows = [row for form in sheet.forms() if form.section < 0 for row in form.rows]
        shown = [
            (
                row[0].text,
                sheet.show(td.key) if (td := next((td for td in row if td.key), None)) and td.key else "",
            )
            for row in rows[1:]
        ]
        return sheet.page(
            {9: "".join(f"<p>{label}{'：' + text if text else ''}</p>" for label, text in shown)}
        )
    out: list[str] = []
    group = ""
    for line in sheet.lines():
        if line.group and line.group != group:
            group = line.group
            out.append(f"<p>{group}</p>")
        out.append(f"<p>{line.label}：{sheet.show((line.indicator, 'total'))}件</p>")
    return sheet.page({3: "".join(out)})


@layout(*MODERN)
def total_unnumbered_beside_remarks(sheet: Sheet) -> bytes:
    """总计 without its numbering, or with blanks in it, and a remark at the row's end."""
    rows: list[Row] = [[*flat_head(), Td("备注")]]
    for line in flat_lines(sheet):
        label = line[0].text.replace("（七）", "(七)")
        spelt = label.replace("(七)", "( 七 )" if sheet.template == "v2021" else "")
        rows.append([Td(spelt), *line[1:], Td("含网上申请" if "总计" in label else "")])
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def last_year_below_small_tables(sheet: Sheet) -> bytes:
    """A table a group, and below them the year before in one table, headed with its year."""
    small: list[str] = []
    group = None
    rows: list[Row] = []
    for line in [*sheet.lines(), None]:
        if rows and (line is None or line.group != group):
            small.append((f"<p>{group}</p>" if group else "") + sheet.table([flat_head(), *rows]))
            rows = []
        if line is not None:
            group = line.group
            rows.append([Td(line.label), *sheet.values(line.indicator)])
    shown = dict(sheet.cells)
    old = [
        [row[0], *(Td(str(int(sheet.texts[td.key]) + 3)) for td in row[1:] if td.key)]
        for row in flat_lines(sheet)
    ]
    below = f"<p>附：{sheet.year - 1}年收到和处理政府信息公开申请情况</p>" + sheet.table([flat_head(), *old])
    sheet.cells = shown
    return sheet.page({3: "".join(small) + below})


@layout(*MODERN)
def third_again_after_disputes(sheet: Sheet) -> bytes:
    """The application table once more below disputes listed downwards, with a column of blanks at its end and
    its totals blank."""
    for key in sheet.keys("application."):
        if key[1] == "total":
            sheet.put(key, "", None, "blank")
    rows = [[*row, Td("")] for row in sheet.third()]
    disputes: list[Row] = [[Td("类别", 1, 2), Td("数量")]]
    for group, name in zip(GROUPS, GROUP_NAMES, strict=True):
        for n, (state, value) in enumerate(zip(STATE_NAMES, sheet.states_of(group), strict=True)):
            disputes.append([*([Td(name, 5)] if n == 0 else []), Td(state), value])
    return sheet.page({3: sheet.table(rows), 4: sheet.table(disputes), 9: sheet.table(rows)})


@layout(*MODERN)
def zeros_merged_over_a_row(sheet: Sheet) -> bytes:
    """A row of nothing but zeros shows one, merged over all its columns."""
    rows: list[Row] = [flat_head()]
    merged = [
        line[0] for line in flat_lines(sheet) if all(sheet.figures[td.key] == 0 for td in line[1:] if td.key)
    ]
    for line in flat_lines(sheet):
        rows.append([line[0], Td(line[1].text, 1, 7, key=line[1].key)] if line[0] in merged else line)
    page = sheet.page({3: sheet.table(rows)})
    for line in flat_lines(sheet):
        for td in line[1:]:
            if td.key:
                sheet.show(td.key)
    return page


@layout(*MODERN)
def runs_hidden_by_a_class(sheet: Sheet) -> bytes:
    """The page's own style never shows what stands between the digits; a part of the page with such a class
    stays."""

    def cell(text: str) -> str:
        return text[0] + '<span class="old note">6</span>' + text[1:] if text.isdigit() else escape(text)

    tables = {form.section: sheet.table(form.rows, cell=cell) for form in sheet.forms() if form.section == 3}
    page = sheet.page(tables).decode()
    style = "<style>.tab{float:left}\n.pane, span.old { color:red; display: none }</style>"
    return (
        page.replace("</head>", style + "</head>").replace('class="content"', 'class="content pane"').encode()
    )


@layout(*ALL)
def labels_end_with_unit_and_colon(sheet: Sheet) -> bytes:
    if sheet.template == "v2014":
        forms = [form for form in sheet.forms() if form.section < 0]
        rows = [
            [Td(row[0].text + "：", row[0].rowspan, row[0].colspan), *row[1:]]
            for form in forms
            for row in form.rows[1:]
        ]
        return sheet.page({9: sheet.table([*forms[0].rows[:1], *rows])})
    return sheet.page(
        {
            3: sheet.table(
                [flat_head(), *([Td(line[0].text + "（件）："), *line[1:]] for line in flat_lines(sheet))]
            )
        }
    )


@layout("v2014")
def words_for_figures_of_a_list(sheet: Sheet) -> bytes:
    """Dots where a figure should stand, a remark column behind: no blank."""
    for key in sheet.keys("complaint.", "meeting.", "application.received."):
        sheet.put(key, "……", None, "unreadable")
    rows: list[Row] = [[Td("统计指标"), Td("单位"), Td("统计数"), Td("备注")]]
    for form in sheet.forms():
        for row in form.rows[1:] if form.section < 0 else ():
            value = next((td for td in row if td.key), None)
            rows.append(
                [Td(row[0].text), Td("件"), value, Td("")]
                if value
                else [Td(row[0].text), Td(""), Td(""), Td("")]
            )
    return sheet.page({9: sheet.table(rows)})


@layout(*MODERN, open_allowed=True)
def words_for_figures_without_a_head(sheet: Sheet) -> bytes:
    """The application table goes on in one without a head; a row of dots has one figure left."""
    first, second = sheet.lines()[:8], sheet.lines()[8:]
    indicator = second[3].indicator
    for key in sheet.keys(indicator):
        if key[1] != "legal_service" and key[0] == indicator:
            sheet.put(key, "…", None, "unreadable")
    tables = (
        [flat_head(), *([Td(x.label), *sheet.values(x.indicator)] for x in first)],
        [[Td(x.label), *sheet.values(x.indicator)] for x in second],
    )
    return sheet.page({3: "<p>续表</p>".join(map(sheet.table, tables))})


@layout(*MODERN)
def two_notes_in_a_cell(sheet: Sheet) -> bytes:
    sheet.write(
        [k for k in sheet.keys("application.") if k[1] == "natural_person"],
        lambda v: f"{v}件（其中转办1件）（注）",
    )
    return sheet.page({})


@layout(*MODERN)
def dots_for_results_in_a_list(sheet: Sheet) -> bytes:
    """Results listed downwards; dots where some figures should stand."""
    for group in GROUPS:
        sheet.put((f"{group}.other", None), "…", None, "unreadable")
    rows: list[Row] = []
    for group, name in zip(GROUPS, GROUP_NAMES, strict=True):
        for n, (state, value) in enumerate(zip(STATE_NAMES, sheet.states_of(group), strict=True)):
            rows.append([*([Td(name, 5)] if n == 0 else []), Td(state), value])
    return sheet.page({4: sheet.table(rows)})


@layout(*MODERN)
def note_marks_raised_by_style(sheet: Sheet) -> bytes:
    def cell(text: str) -> str:
        return (
            text + '<span style="font-size:9pt; vertical-align: super">2</span>'
            if text.isdigit()
            else escape(text)
        )

    tables = {
        form.section: sheet.table(form.rows, cell=cell) for form in sheet.forms() if form.section in (3, 4)
    }
    return sheet.page(tables)


@layout("v2014")
def list_with_figures_in_the_labels_cells(sheet: Sheet) -> bytes:
    """Two cells a row, each a label, a colon and its figure."""
    cells: list[str] = []
    for form in sheet.forms():
        for row in form.rows[1:] if form.section < 0 else ():
            value = next((td for td in row if td.key), None)
            cells.append(row[0].text + (f"：{sheet.show(value.key)}" if value and value.key else ""))
    pairs = [cells[n : n + 2] for n in range(0, len(cells), 2)]
    return sheet.page(
        {
            9: sheet.table(
                [[Td("政府信息公开情况统计表", 1, 2)], *([Td(text) for text in pair] for pair in pairs)]
            )
        }
    )


@layout(*MODERN)
def disputes_below_two_years(sheet: Sheet) -> bytes:
    """The totals of two years, and disputes listed downwards in a table as wide, without a head of its
    own."""
    lines = [Td("项目"), Td(f"{sheet.year}年"), Td(f"{sheet.year - 1}年"), Td("增减")]
    rows: list[Row] = [lines]
    for line in sheet.lines():
        rows.append([Td(line.label), *sheet.values(line.indicator, ("total",)), Td("4"), Td("-1")])
    disputes: list[Row] = []
    for group, name in zip(GROUPS, GROUP_NAMES, strict=True):
        for n, (state, value) in enumerate(zip(STATE_NAMES, sheet.states_of(group), strict=True)):
            disputes.append([*([Td(name, 5), Td("", 5)] if n == 0 else []), Td(state), value])
    return sheet.page({3: sheet.table(rows), 4: sheet.table(disputes)})


def _turned_with_people_alone(sheet: Sheet) -> bytes:
    """Applicants downwards, the totals those of natural persons."""
    for line in sheet.lines():
        person = (line.indicator, "natural_person")
        sheet.figures[line.indicator, "total"] = sheet.figures[person]
        sheet.put((line.indicator, "total"), sheet.texts[person], sheet.figures[person])
    rows: list[Row] = [[Td("申请人"), *(Td(line.label) for line in sheet.lines())]]
    for name, applicant in zip(NAMES, APPLICANTS, strict=True):
        rows.append([Td(name), *(Td("", key=(line.indicator, applicant)) for line in sheet.lines())])
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def turned_with_few_figures(sheet: Sheet) -> bytes:
    """Applicants downwards; nil in words and dashes leave few rows with a figure."""
    for key in sheet.keys("application."):
        if key[1] not in ("natural_person", "total") and sheet.figures[key] is not None:
            sheet.put(key, "—", None, "dash")
            sheet.figures[key] = 0
    return _turned_with_people_alone(sheet)


@layout(*MODERN)
def organisations_summed_beside_single_blanks(sheet: Sheet) -> bytes:
    """A column of the organisations' sum; one cell of each row is blank, so that seven figures are left."""
    rows: list[Row] = [[*flat_head()[:-1], Td("法人小计"), flat_head()[-1]]]
    for line in sheet.lines():
        keys = [(line.indicator, a) for a in APPLICANTS]
        for key in keys[1:-1]:
            sheet.figures[key] = 0
            sheet.put(key, "0", 0)
        sheet.put(keys[1], "", None, "blank")
        sheet.figures[keys[-1]] = sheet.figures[keys[0]]
        sheet.put(keys[-1], sheet.texts[keys[0]], sheet.figures[keys[0]])
        values = sheet.values(line.indicator)
        rows.append([Td(line.label), *values[:-1], Td("0"), values[-1]])
    return sheet.page({3: sheet.table(rows)})


@layout(*MODERN)
def turned_with_most_rows_blank(sheet: Sheet) -> bytes:
    for key in sheet.keys("application."):
        if key[1] not in ("natural_person", "total"):
            sheet.put(key, "", None, "blank")
            sheet.figures[key] = 0
    return _turned_with_people_alone(sheet)
