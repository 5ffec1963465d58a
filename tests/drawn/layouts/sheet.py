"""A drawn report and what a page shows of it: the base on which the layouts build.

A ``Sheet`` holds one body's figures of one year, drawn so that all sums hold. Layouts turn its rows into HTML
through ``Sheet.table``, which notes the cells that stand on the page; ``Sheet.cells`` is then what a reader
must find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from random import Random
from typing import NamedTuple

from pipeline.codebook import load_codebook
from pipeline.report import Figure, State
from tools.demo import iter_bodies
from tools.demo.faults import figure_text
from tools.demo.figures import draw_years
from tools.demo.forms import FormTable, Layout, Td, tables_of
from tools.demo.truth import Key

YEARS = {"v2008": 2013, "v2014": 2017, "v2019": 2020, "v2021": 2023}
APPLICANTS = tuple(a.applicant for a in load_codebook().applicants)
NAMES = tuple(a.label_zh for a in load_codebook().applicants)
GROUPS = ("reconsideration", "litigation.direct", "litigation.after_review")
GROUP_NAMES = ("行政复议", "未经复议直接起诉", "复议后起诉")
STATES = ("upheld", "corrected", "other", "pending", "total")
STATE_NAMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
Row = Sequence[Td]
PLAIN = Layout()


class Shown(NamedTuple):
    """A cell of the page: the figure that stands there, its state, and the true figure."""

    printed: Figure | None
    state: State
    true: Figure | None


class Line(NamedTuple):
    """A row of the application table: its section, its group, its label, and its indicator."""

    section: str
    group: str
    label: str
    indicator: str


class Sheet:
    """One report to be drawn. ``rng`` is the layout's own source of chance."""

    def __init__(self, template: str, seed: int) -> None:
        self.template = template
        self.rng = Random(f"layout|{template}|{seed}")
        bodies = [b for b in iter_bodies(16) if b.size > 20]
        self.body = bodies[seed % len(bodies)]
        self.year = YEARS[template]
        _, drawn, self.figures = next(
            iter(draw_years(self.body, range(self.year, self.year + 1), {self.year: ()}, seed))
        )
        assert drawn == template
        self.texts: dict[Key, str] = {k: figure_text(v) for k, v in self.figures.items()}
        self.states: dict[Key, tuple[Figure | None, State]] = {
            k: (v, "reported") for k, v in self.figures.items()
        }
        self.cells: dict[Key, Shown] = {}
        self.title = f"{self.body.name}{self.year}年政府信息公开工作年度报告"

    # -- what is printed
    # ---------------------------------------------------------------------------------------

    def put(self, key: Key, text: str, printed: Figure | None = None, state: State = "reported") -> None:
        """Print ``text`` in a cell; ``printed`` is the figure that it says."""
        self.texts[key] = text
        self.states[key] = (printed, state)

    def write(self, keys: Iterable[Key], how: Callable[[Figure], str]) -> None:
        """Print the same figures in another spelling."""
        for key in keys:
            self.texts[key] = how(self.figures[key])

    def keys(self, *starts: str) -> list[Key]:
        return [k for k in self.figures if k[0].startswith(starts)]

    def show(self, key: Key) -> str:
        """The text of a cell, noted as shown."""
        printed, state = self.states[key]
        self.cells[key] = Shown(printed, state, self.figures.get(key))
        return self.texts[key]

    # -- rows --------------------------------------------------------------------------------------------------

    def forms(self, layout: Layout = PLAIN) -> list[FormTable]:
        return tables_of(self.template, layout, self.texts)

    def third(self, layout: Layout = PLAIN) -> list[list[Td]]:
        return [list(row) for row in next(t for t in self.forms(layout) if t.section == 3).rows]

    def review(self) -> list[list[Td]]:
        return [list(row) for row in next(t for t in self.forms() if t.section == 4).rows]

    def proactive(self) -> list[list[Td]]:
        return [list(row) for row in next(t for t in self.forms() if t.section == 2).rows]

    def lines(self) -> list[Line]:
        """The application table's rows without their figures."""
        found: list[Line] = []
        section = group = ""
        deep = 0
        for row in self.third()[3:]:
            texts = [td.text for td in row if td.key is None]
            indicator = next(td.key[0] for td in row if td.key)
            if len(texts) == 3 or (len(texts) == 2 and texts[0].startswith("三、")):
                section, texts = texts[0], texts[1:]
            if len(texts) == 2:
                group, deep = texts[0], row[-len(APPLICANTS) - 2].rowspan
            found.append(Line(section if indicator.startswith(("application.o", "application.conc")) else "",
                              group if deep else "", texts[-1], indicator))  # fmt: skip
            deep = max(0, deep - 1)
        return found

    def values(self, indicator: str, applicants: Sequence[str] = APPLICANTS) -> list[Td]:
        return [Td(self.texts[(indicator, a)], key=(indicator, a)) for a in applicants]

    def states_of(self, group: str, states: Sequence[str] = STATES) -> list[Td]:
        return [Td(self.texts[(f"{group}.{s}", None)], key=(f"{group}.{s}", None)) for s in states]

    # -- HTML --------------------------------------------------------------------------------------------------

    def table(self, rows: Sequence[Row], *, cell: Callable[[str], str] = escape, th: bool = False, caption: str = "",
              close: bool = True, attrs: str = ' border="1"') -> str:  # fmt: skip
        """The rows as an HTML table; ``cell`` writes a cell's inside, ``th`` puts labels in th, ``close`` end
        tags."""
        out = [f"<table{attrs}>", f"<caption>{caption}</caption>" if caption else ""]
        for row in rows:
            out.append("<tr>")
            for td in row:
                text = self.show(td.key) if td.key and td.key in self.texts else td.text
                tag = "th" if th and td.key is None else "td"
                spans = (f' rowspan="{td.rowspan}"' if td.rowspan > 1 else "") + (
                    f' colspan="{td.colspan}"' if td.colspan > 1 else ""
                )
                out.append(f"<{tag}{spans}>{cell(text)}" + (f"</{tag}>" if close else ""))
            out.append("</tr>" if close else "\n")
        return "\n".join(out) + "</table>\n"

    def default_tables(self) -> dict[int, str]:
        """The form's tables as it prints them, by section (2, 3, 4, or 9 for a table after the text)."""
        found: dict[int, str] = {}
        for form in self.forms():
            title = f"<p>{form.title}</p>" if form.title else ""
            number = 9 if form.section < 0 else form.section
            found[number] = found.get(number, "") + title + self.table(form.rows)
        return found

    def parts(self, tables: dict[int, str]) -> str:
        """The article: sections with a sentence each and the tables under them."""
        return article(self, tables)

    def page(self, tables: dict[int, str], *, only: bool = False) -> bytes:
        """A plain page with these tables; the form's own stand in the sections that ``tables`` leaves out."""
        rest = {} if only else self._others(tables)
        return wrap(self, self.parts({**rest, **tables})).encode()

    def _others(self, tables: dict[int, str]) -> dict[int, str]:
        held = dict(self.cells)
        found: dict[int, str] = {}
        for form in self.forms():
            number = 9 if form.section < 0 else form.section
            if number not in tables:
                found[number] = (
                    found.get(number, "")
                    + (f"<p>{form.title}</p>" if form.title else "")
                    + self.table(form.rows)
                )
        self.cells = {**self.cells, **held}
        return found


HEADINGS = (
    "一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项",
)  # fmt: skip


def article(sheet: Sheet, tables: dict[int, str]) -> str:
    """Headings, a sentence of our own in the prose sections, the tables."""
    out = [f"<p>本报告由{sheet.body.name}编制，统计期限自{sheet.year}年1月1日起至12月31日止。</p>"]
    prose = {
        1: "我们把公开工作列入全年安排，网页栏目逐月核对。",
        5: "个别栏目更新偏慢，来年按季度检查。",
        6: "没有其他事项。",
    }
    for number, heading in enumerate(HEADINGS, start=1):
        out.append(f"<p>{heading}</p>")
        if number in prose:
            out.append(f"<p>{prose[number]}</p>")
        out.append(tables.get(number, ""))
    out.append(tables.get(9, ""))
    return "\n".join(out)


def wrap(sheet: Sheet, body: str, *, title: str | None = None, head: str = "") -> str:
    """A whole page around an article."""
    name = sheet.title if title is None else title
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{name}</title>{head}</head><body>'
        f'<div class="nav"><a href="/">首页</a><a href="/zwgk/">政务公开</a></div>'
        f'<div class="content"><h1>{name}</h1>{body}</div>'
        f'<div class="footer"><p>主办单位：{sheet.body.name}</p></div></body></html>'
    )
