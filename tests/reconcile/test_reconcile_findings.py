"""Every kind of finding that reading raises beside the rules: drawn once, it comes with the severity of its
row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from drawn_reports import DISPUTES, Slot, cell, drawn_tables, dropped, printed, report, row_slots, said

from pipeline import read_reports
from pipeline.clean.read import read_document
from pipeline.codebook import FindingKind, load_codebook
from pipeline.document import UNREAD
from pipeline.extract import extract_reports
from pipeline.reconcile import reconcile
from pipeline.report import Finding, Report
from tools.demo.forms import Layout, tables_of
from tools.demo.page import plain_table

RECEIVED = "application.received"
TITLE = "虚云市人民政府2022年政府信息公开工作年度报告"
TRUTH = drawn_tables("v2021", Random(5))
HEADINGS = ("一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
            "四、政府信息公开行政复议、行政诉讼情况")  # fmt: skip
Change = Callable[[str], str]


def page(
    change: Change = str, *, title: str = TITLE, period: int = 2022, drop: int = 0, note: str = ""
) -> bytes:
    """A report of six sections in our own words; ``change`` is done to its HTML, the table of section
    ``drop`` is left out, ``note`` stands above the third section's table."""
    texts = {slot: str(value) for slot, value in TRUTH.items()}
    proactive = {i.indicator_id for i in load_codebook().indicators if i.table == "proactive"}
    texts |= {(name, None): "3" for name in sorted(proactive)}
    tables = tables_of("v2021", Layout(), texts)
    out = [f"<h1>{title}</h1>", f"<p>本报告统计期限自{period}年1月1日起至12月31日止。</p>"]
    for number, heading in enumerate(HEADINGS, start=1):
        out.append(f"<p>{heading}</p>")
        out += [f"<p>{note}</p>"] if note and number == 3 else []
        out += [plain_table(t) for t in tables if t.section == number != drop]
    return change(f"<html><body>{''.join(out)}<p>五、存在的主要问题及改进情况</p></body></html>").encode()


def replaced(one: str, other: str) -> Change:
    return lambda html: html.replace(one, other, 1)


def found(data: bytes) -> tuple[Finding, ...]:
    return tuple(f for r in read_reports(data, media_type="text/html") for f in r.findings)


def of(one: Report) -> tuple[Finding, ...]:
    return reconcile(one).findings


def incomplete() -> tuple[Finding, ...]:
    document = replace(
        read_document(page(), media_type="text/html"), status="truncated", detail="It breaks off."
    )
    return extract_reports(document)[0].findings


def fragment() -> tuple[Finding, ...]:
    tail = (
        "<h1>虚云市教育局2022年政府信息公开工作年度报告</h1><p>"
        + "教育局工作另见其网站所载全文。" * 10
        + "</p>"
    )
    return found(page(lambda html: html.replace("</body>", tail + "</body>")))


def head_order() -> tuple[Finding, ...]:
    """A head of one row whose names stand in another order than the figures below."""
    book = load_codebook()
    names = [a.label_zh for a in book.applicants]
    head = ["", names[-1], *names[:-1]]
    rows = [head] + [
        [i.label_zh, *(str(TRUTH[slot]) for slot in row_slots(i.indicator_id))]
        for i in book.indicators
        if i.template == "v2021" and (i.indicator_id, "total") in TRUTH
    ]
    shown = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in rows)
    return found(page(lambda html: html.replace("<p>四、", f"<table>{shown}</table><p>四、"), drop=3))


def scope_sentence() -> tuple[Finding, ...]:
    """A sentence that tells whose figures are given, and counts otherwise than the tables do."""
    said = "2022年，市政府办代表市政府受理政府信息公开申请9913件，均已按期答复。"
    return found(page(lambda html: html.replace("<p>二、", f"<p>{said}</p><p>二、")))


def unread_table() -> tuple[Finding, ...]:
    def renamed(html: str) -> str:
        for n, label in enumerate(("结果维持", "结果纠正", "其他结果", "尚未审结")):
            html = html.replace(label, f"甲乙丙丁之{n}")
        return html

    return found(page(renamed))


def cell_twice() -> tuple[Finding, ...]:
    texts = {slot: str(value) for slot, value in TRUTH.items()} | {(RECEIVED, "total"): "9876"}
    table = next(t for t in tables_of("v2021", Layout(), texts) if t.section == 3)
    return found(page(lambda html: html.replace("<p>四、", plain_table(table) + "<p>四、")))


def disputes(*figures: int | None) -> dict[Slot, int | None]:
    return dict(zip(DISPUTES, figures, strict=False))


def suspect() -> tuple[Finding, ...]:
    slot = next(s for s, v in TRUTH.items() if v > 2 and s[1] not in (None, "total") and ".outcome." in s[0])
    return of(printed("v2021", TRUTH | {slot: TRUTH[slot] + 90}))


def shifted() -> tuple[Finding, ...]:
    cells: dict[Slot, int | None] = {s: 0 for s in TRUTH if s[1] is not None}
    for name in (RECEIVED, "application.concluded"):
        cells |= dict(zip(row_slots(name), (9, 4, 0, 0, 0, 0, 13), strict=True))
    granted = row_slots("application.outcome.granted")
    return of(printed("v2021", cells | dict(zip(granted, (None, 9, 4, 0, 0, 0, 13), strict=True))))


def bounded() -> tuple[Finding, ...]:
    slots = [(f"local.{n}", None) for n in range(300)]
    return of(report("v2021", [], [dropped("x", slots, range(1, 280))]))


def told(slot: Slot, *figures: int) -> list[Report]:
    return [report("v2021", [said(slot, f) for f in figures])]


PENALTY = ("proactive.penalty.decisions", None)
DRAWN: Mapping[str, Callable[[], tuple[Finding, ...]]] = {
    "meta.year_title_vs_period": lambda: found(page(period=2021)),
    "meta.form_older_than_itself": lambda: found(page(title=TITLE.replace("2022", "2016"), period=2016)),
    "meta.scope_sentence_differs": scope_sentence,
    "table.unread": unread_table,
    "document.incomplete": incomplete,
    "document.fragment": fragment,
    "table.missing": lambda: found(page(drop=3)),
    "table.head_order": head_order,
    "table.label_misprint": lambda: found(page(replaced("重复申请", "重复甲请"))),
    "table.cell_twice": cell_twice,
    "table.other_year": lambda: found(page(note="（2020年度）")),
    "cell.number_cut": lambda: found(page(replaced("<td>行政许可</td><td colspan=\"3\">3<", "<td>行政许可</td><td colspan=\"3\">3 1<"))),
    "cell.negative": lambda: of(report("v2021", [cell(PENALTY, -3)])),
    "cell.unread": lambda: of(report("v2021", [cell(PENALTY, None, state="unreadable")._replace(raw=UNREAD)])),
    "cell.not_whole": lambda: of(report("v2021", [cell(PENALTY, Decimal("3.5"))])),
    "cell.suspect": suspect,
    "cell.ambiguous": lambda: of(
        report(
            "v2021",
            [
                cell(s, v, method="ocr", candidates=c)
                for (s, v), c in zip(
                    disputes(4, 3, 1, 0, 7).items(), ((4, 3), (3, 2), (), (), ()), strict=True
                )
            ],
        )
    ),
    "row.placed": lambda: of(report("v2021", [], [dropped("", row_slots(RECEIVED), (1, 2, 3, 4, 5, 6, 21))])),
    "row.unplaced": lambda: of(report("v2021", [], [dropped("", DISPUTES, (4, 4))])),
    "row.shifted": shifted,
    "prose.parts_exceed": lambda: found(page(note="收到申请6件,当面申请4件,网络申请3件。")),
    "text.differs": lambda: of(report("v2021", [cell(PENALTY, 12), said(PENALTY, 13)])),
    "text.two_figures": lambda: of(report("v2021", [said(PENALTY, 12), said(PENALTY, 13)])),
    "text.against_sums": lambda: of(
        report(
            "v2021",
            [*(cell(s, v) for s, v in disputes(4, None, 1, 0, None).items()), said(("reconsideration.total", None), 3)],
        )
    ),
    "ocr.unconfirmed": lambda: of(report("v2021", [cell(PENALTY, 12, method="ocr")])),
    "reconcile.bounded": bounded,
}  # fmt: skip


@pytest.mark.parametrize("kind", load_codebook().findings, ids=lambda f: f.finding_id)
def test_every_finding_of_the_codebook_can_be_drawn(kind: FindingKind) -> None:
    findings = DRAWN[kind.finding_id]()
    assert (kind.finding_id, kind.severity) in {(f.rule, f.severity) for f in findings}


def test_a_page_in_order_gives_no_finding() -> None:
    assert found(page()) == ()


def test_a_finding_without_a_row_cannot_be_raised() -> None:
    from pipeline.finding import finding

    with pytest.raises(KeyError):
        finding("cell.no_such_finding", "")
