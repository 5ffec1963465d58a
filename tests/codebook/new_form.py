"""A form of its own as rows of a temporary codebook: that of today with one more row and one more label.

Run as a program under ``YANGGUANG_CODEBOOK`` it reads pages of today's form and of the new one and prints
what came out as JSON, so that no cache of this process has a part in it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from random import Random
from typing import Any

from codebook_files import Files

NEW, CALLS = "v2027", "proactive.data_api.calls"
ROW_LABEL, COLUMN_LABEL = "政务数据接口", "本年调用次数"


def add_form(files: Files, like: str) -> None:
    """Rows for ``NEW``: those of ``like`` under the new name, and what the new form has beside them."""
    for path in sorted(files.folder.glob("*.csv")):
        rows = files.rows(path.name)
        if path.name == "forms.csv":
            old = next(r for r in rows if r["template"] == like)
            old["valid_to"] = "2026"
            new = old | {
                "template": NEW,
                "labels": COLUMN_LABEL,
                "needs": "any",
                "valid_from": "2027",
                "valid_to": "",
                "name_zh": "新格式",
                "name_en": "A new form",
                "source": "test",
            }
            files.write(path.name, [new, *rows])
            continue
        for row in rows:  # a list of forms
            if like in (own := row.get("templates", "").split(",")):
                row["templates"] = ",".join([*own, NEW])
        if "template" in rows[0]:  # a row of one form
            rows += [r | {"template": NEW} for r in rows if r["template"] == like]
        if path.name == "indicators.csv":
            model = next(
                r
                for r in rows
                if r["template"] == NEW and r["indicator_id"] == "proactive.licensing.decisions"
            )
            rows.append(model | {"indicator_id": CALLS, "label_zh": f"{ROW_LABEL} {COLUMN_LABEL}", "unit": "次",
                                 "label_en": "Data interface: calls in the year", "matter": "proactive.data_api",
                                 "quantity": "calls", "row_labels": ROW_LABEL, "col_labels": COLUMN_LABEL,
                                 "definition_zh": "本年被调用的次数", "comparable_to": "", "note": ""})  # fmt: skip
        files.write(path.name, rows)


TITLE = "虚云市人民政府{year}年政府信息公开工作年度报告"
HEADINGS = {2: "二、主动公开政府信息情况", 3: "三、收到和处理政府信息公开申请情况",
            4: "四、政府信息公开行政复议、行政诉讼情况"}  # fmt: skip
SENTENCES = "{year}年，全市主动公开政府信息2152条。全年收到政府信息公开申请75件，上年结转2件，办结70件。"


def pages(template: str, year: int) -> Mapping[str, tuple[bytes, list[tuple[str, bytes]]]]:
    """Name -> an article and its attachments."""
    from pipeline.codebook import load_codebook
    from tools.demo.forms import FormTable, Layout, Td, tables_of
    from tools.demo.page import plain_table

    rng = Random(3)
    book = load_codebook()
    texts = {
        (i.indicator_id, a): str(rng.randint(0, 9))
        for i in book.indicators
        if i.template == template and i.kind == "printed"
        for a in ([p.applicant for p in book.applicants] if i.dimension else [None])
    }
    tables = tables_of(template, Layout(), texts)
    if template == NEW:
        rows = ((Td("信息内容"), Td(COLUMN_LABEL)), (Td(ROW_LABEL), Td("314")))
        tables.append(FormTable(2, "", rows))

    def html(*sections: str) -> bytes:
        head = f"<h1>{TITLE.format(year=year)}</h1><p>本报告统计期限自{year}年1月1日起至12月31日止。</p>"
        label = f"<p>{COLUMN_LABEL}见附件。</p>" if template == NEW else "<p>现行有效件数见附件。</p>"
        return f"<html><body>{head}<p>一、总体情况</p>{label}{''.join(sections)}<p>五、存在的主要问题及改进情况</p></body></html>".encode()

    def section(number: int, text: str = "", tabled: bool = True) -> str:
        own = [plain_table(t) for t in tables if t.section == number] if tabled else []
        return f"<p>{HEADINGS[number]}</p>{text}{''.join(own)}"

    said = f"<p>{SENTENCES.format(year=year)}</p>"
    whole = [section(n) for n in HEADINGS]
    return {
        "whole": (html(*whole), []),
        "sentences": (html(said, *(section(n, tabled=False) for n in HEADINGS)), []),
        "missing": (html(section(2), section(3, tabled=False), section(4)), []),
        "attached": (html(said), [("附件：年度报告.html", html(*whole))]),
        "nil": (html(section(2), section(3), section(4, "<p>无。</p>", tabled=False)), []),
    }


def read(template: str, year: int) -> dict[str, Any]:
    from pipeline.reading.whole import read_reports_of

    found: dict[str, Any] = {}
    for name, (article, attachments) in pages(template, year).items():
        one = read_reports_of(article, attachments, media_type="text/html")
        (report,) = one.reports
        found[name] = {
            "template": report.template,
            "used": sorted(one.used),
            "observations": sorted(
                [
                    o.indicator,
                    o.applicant or "",
                    str(o.value),
                    o.raw,
                    o.unit,
                    o.state,
                    str(o.resolved),
                    o.resolution,
                    o.method,
                ]
                for o in report.observations
            ),
            "findings": sorted([f.rule.partition(".")[2], f.severity, str(f.left)] for f in report.findings),
        }
    return found


if __name__ == "__main__":
    json.dump({t: read(t, int(y)) for t, y in (a.split(":") for a in sys.argv[1:])}, sys.stdout)
