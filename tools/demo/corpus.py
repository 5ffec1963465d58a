"""The shipped corpus: yearly reports of invented bodies, deterministic, with their truth beside them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from pipeline.codebook import load_codebook
from pipeline.report import Figure
from tools.demo import plan as kinds
from tools.demo.bodies import Body, divisions_csv, events_csv, iter_bodies
from tools.demo.faults import Printed, figure_text, print_cells, withdrawn_version
from tools.demo.figures import Figures, draw_years
from tools.demo.forms import FormTable, Layout, tables_of
from tools.demo.page import Head, html_page, plain_table
from tools.demo.plan import has, plan_of
from tools.demo.prose import Part, write_prose
from tools.demo.text import Shape, text_file
from tools.demo.truth import Fault, ReportTruth, Truth, truth_json

DEMO_YEARS = range(2013, 2026)
TRUTH_NAME, DIVISIONS_NAME, EVENTS_NAME = "truth.json", "divisions.csv", "division_events.csv"
_BLANKING = frozenset({kinds.BLANK_ZEROS, kinds.BLANK_TOTALS, kinds.BLANK_TABLE})
_HTML_ONLY = frozenset({kinds.IMAGES, kinds.DECOY})
_SHAPES: tuple[Shape, ...] = ("pipes", "lines", "markdown")


@dataclass(frozen=True, slots=True)
class _Job:
    """One report to be written: whose, of what year, with what figures and faults."""

    index: int
    body: Body
    year: int
    template: str
    figures: Figures
    faults: tuple[str, ...]
    published: date
    title: str
    suffix: str

    @property
    def file_name(self) -> str:
        return f"{self.body.folder}/{self.year}{self.suffix}"


def report_title(body: Body, year: int) -> str:
    """The title of a body's report, in one of four wordings by body."""
    name = body.place if body.style % 4 == 0 and body.level in ("prefecture", "county") else body.name
    if body.style % 4 == 2:
        return f"{year}年{name}政府信息公开工作年度报告"
    return f"{name}{year}{'年度' if body.style % 4 == 3 else '年'}政府信息公开工作年度报告"


def _published(rng: Random, body: Body, year: int, faults: tuple[str, ...]) -> date:
    """Within the legal date (31 January for departments since 2019, else 31 March), unless late."""
    if kinds.LATE in faults:
        return date(year + 1, 4, 20) + timedelta(days=rng.randint(0, 330))
    last = 20 if body.level == "department" and year >= 2019 else 78
    return date(year + 1, 1, 8) + timedelta(days=rng.randint(0, last))


def _suffix(index: int, body: Body, year: int, faults: tuple[str, ...]) -> str:
    if kinds.DROPPED_BLANKS in faults:
        return ".txt"
    if _HTML_ONLY.intersection(faults):
        return ".html"
    if body.size == 0 and index < 8:
        return ".txt" if year % 2 else ".html"
    return ".txt" if (index * 5 + year) % 7 == 3 else ".html"


def _jobs(index: int, body: Body, years: range, seed: int) -> list[_Job]:
    plan = plan_of(index, body, years, seed)
    jobs = []
    for year, template, figures in draw_years(body, years, plan, seed):
        faults = plan[year]
        if kinds.MISSING_YEAR in faults:
            continue
        rng = Random(f"{seed}|{index}|{year}|date")
        published = _published(rng, body, year, faults)
        title, suffix = report_title(body, year), _suffix(index, body, year, faults)
        jobs.append(_Job(index, body, year, template, figures, faults, published, title, suffix))
    return jobs


def _layout(rng: Random, template: str) -> Layout:
    review = rng.choices(("wide", "groups", "tall"), (8, 1, 1))[0]
    return Layout(
        rng.random() < 0.3,
        has(template, "application.outcome.other.misc") and rng.random() < 0.25,
        review,
        rng.random() < 0.7,
    )


def _misstated(job: _Job, rng: Random) -> dict[str, Figure]:
    """A number of applications for the text that is none of those that the table could mean."""
    name = "application.received"

    def true(part: str) -> int:
        key = (part, "total") if (part, "total") in job.figures else (part, None)
        return int(job.figures.get(key, 0))

    received = true(name)
    meant = {received, received + true("application.carried_in"), true("application.concluded")}
    wrong = received + rng.randint(3, 12)
    while wrong in meant:
        wrong += 1
    return {name: wrong}


class _Rendering:
    """One file of a report: its bytes and its truth."""

    def __init__(self, job: _Job, others: list[_Job], seed: int, editor_noise: bool, version: int) -> None:
        self.job, self.others, self.version = job, others, version
        self.rng = Random(f"{seed}|{job.index}|{job.year}|page")
        self.noise = editor_noise
        self.title = job.title + ("（更正版）" if version == 2 else "")
        days = 24 + job.year % 60 if version == 2 else 0
        self.published_on = (job.published + timedelta(days=days)).isoformat()

    def file_name(self, version: int) -> str:
        stem = self.job.file_name.removesuffix(self.job.suffix)
        return f"{stem}-2{self.job.suffix}" if version == 2 else self.job.file_name

    def render(self) -> tuple[str, bytes, ReportTruth]:
        job, rng, faults = self.job, self.rng, self.job.faults
        layout = _layout(rng, job.template)
        if kinds.DROPPED_BLANKS in faults:
            layout = layout._replace(
                review="wide"
            )  # in a tall table a figure without its blanks still stands at its label
        printed = print_cells(job.template, job.figures, job.body, faults, rng)
        wrong: Mapping[str, Figure] = {}
        if kinds.TEXT_AGAINST_TABLE in faults:
            wrong = _misstated(job, rng)
            said = wrong["application.received"]
            printed.note(kinds.TEXT_AGAINST_TABLE, ("application.received", None), figure_text(said))
        superseded = None
        if kinds.REVISED in faults:
            key, value = withdrawn_version(printed, rng)
            if self.version == 1:
                printed.put(key, figure_text(value), value, "reported")
                wrong, superseded = {key[0]: value}, self.file_name(2)
            printed.note(kinds.REVISED, key, printed.texts[key])
        narrative = load_codebook().family_of(job.template) == "narrative"
        as_list = not narrative or job.body.style % 2 == 0
        tables = tables_of(job.template, layout, printed.texts) if as_list else []
        images = kinds.IMAGES in faults
        silent = kinds.BLANK_TABLE in faults or (kinds.SLASH in faults and job.body.size == 0)
        prose = write_prose(
            rng, job.body, job.year, job.template, job.figures, wrong,
            with_figures=not as_list or not narrative, silent=silent,
        )  # fmt: skip
        if job.suffix == ".txt":
            shape, encoding, text = self._text(prose.parts, tables)
        else:
            shape = "html"
            encoding, text = self._html(prose.parts, tables, images)
        shown = [td.key for t in tables for row in t.rows for td in row if td.key] if not images else []
        self._note_page_faults(printed, shape)
        truth = ReportTruth(
            self.file_name(self.version), job.body.name, job.body.place, job.body.division_code, job.body.level,
            job.body.scope, job.year, job.template, self.title, self.published_on, encoding, shape,
            0 if images else len(tables), printed.cells(shown), prose.statements, tuple(printed.faults), superseded,
        )  # fmt: skip
        return truth.file_name, text.encode(encoding), truth

    def _note_page_faults(self, printed: Printed, shape: str) -> None:
        """Faults that are not about one cell's text."""
        job = self.job
        if kinds.CARRY_BREAK in job.faults:
            printed.note(kinds.CARRY_BREAK, ("application.carried_in", "total"),
                         figure_text(job.figures[("application.carried_in", "total")]))  # fmt: skip
        if kinds.STOCK_BREAK in job.faults:
            key = ("proactive.normative_documents.in_force", None)
            printed.note(kinds.STOCK_BREAK, key, figure_text(job.figures[key]))
        if kinds.COPIED_TABLE in job.faults:
            printed.note(kinds.COPIED_TABLE, ("application.received", "total"),
                         figure_text(job.figures[("application.received", "total")]))  # fmt: skip
        for kind, mark in ((kinds.LATE, self.published_on), (kinds.IMAGES, "<img"), (kinds.OLD_FORM, "本年新制作数量"),
                           (kinds.DECOY, 'class="lastyear"')):  # fmt: skip
            if kind in job.faults:
                printed.faults.append(Fault(kind, "", None, mark))

    def _text(self, parts: tuple[Part, ...], tables: list[FormTable]) -> tuple[str, str, str]:
        job = self.job
        dropped = kinds.DROPPED_BLANKS in job.faults
        shape = _SHAPES[(job.index + job.year) % 3]
        if dropped:
            shape = "pipes"
        elif _BLANKING.intersection(job.faults):
            shape = "markdown"
        text = text_file(self.title, self.published_on, parts, tables, shape, drop_blanks=dropped)
        return shape, "gb18030" if job.index % 3 == 2 else "utf-8", text

    def _html(self, parts: tuple[Part, ...], tables: list[FormTable], images: bool) -> tuple[str, str]:
        job, rng = self.job, self.rng
        old = job.year < 2018 and job.body.style % 2 == 1
        links = tuple((f"./{o.year}{o.suffix}", o.title) for o in self.others[::-1] if o is not job)
        head = Head(
            self.title, self.published_on, f"{job.body.site_code}/{job.published.year}-{rng.randint(100, 9999):05d}",
            links, self._last_years_table() if kinds.DECOY in job.faults else "",
        )  # fmt: skip
        word = self.noise or job.body.style % 3 == 1
        text = html_page(
            job.body, head, parts, tables, rng, charset="gb2312" if old else "utf-8", word=word, images=images,
            large=self.noise,
        )  # fmt: skip
        return "gb18030" if old else "utf-8", text

    def _last_years_table(self) -> str:
        """The disputes of the year before, left in the side bar."""
        before = next((o for o in self.others if o.year == self.job.year - 1), self.job)
        texts = {key: figure_text(value) for key, value in before.figures.items()}
        return (
            '<div class="lastyear">'
            + plain_table(tables_of(before.template, Layout(), texts)[-1])
            + "</div>\n"
        )


def iter_pages(
    *, bodies: int = 8, years: range = DEMO_YEARS, seed: int = 1, editor_noise: bool = False
) -> Iterator[tuple[str, bytes, ReportTruth]]:
    """File name, bytes and truth of every page, body by body, oldest year first; nothing is kept between
    bodies.

    ``editor_noise`` makes every HTML page 60 to 110 KB of word processor's markup.
    """
    for index, body in enumerate(iter_bodies(bodies)):
        jobs = _jobs(index, body, years, seed)
        for job in jobs:
            for version in (1, 2) if kinds.REVISED in job.faults else (1,):
                yield _Rendering(job, jobs, seed, editor_noise, version).render()


def missing_reports(
    *, bodies: int = 8, years: range = DEMO_YEARS, seed: int = 1
) -> list[tuple[str, str, int]]:
    """Body, division code and year of every report that is planned never to have been published."""
    return [
        (body.name, body.division_code, year)
        for index, body in enumerate(iter_bodies(bodies))
        for year, faults in plan_of(index, body, years, seed).items()
        if kinds.MISSING_YEAR in faults
    ]


def write_corpus(
    folder: Path, *, bodies: int = 8, years: range = DEMO_YEARS, seed: int = 1, editor_noise: bool = False
) -> Truth:
    """Write the corpus into ``folder`` as ``<body>/<year>.html|txt`` and give its truth.

    Beside ``folder`` (not in it) stand ``truth.json``, ``divisions.csv`` (for
    ``places.load_registry(extra)``) and ``division_events.csv``. Modification times are the dates of
    publication. Same arguments, same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    reports = []
    for name, data, report in iter_pages(bodies=bodies, years=years, seed=seed, editor_noise=editor_noise):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        at = datetime.fromisoformat(report.published_on).replace(hour=1, tzinfo=UTC).timestamp()
        os.utime(path, (at, at))
        reports.append(report)
    truth = Truth(seed, tuple(reports), tuple(missing_reports(bodies=bodies, years=years, seed=seed)))
    beside = folder.parent
    (beside / TRUTH_NAME).write_text(truth_json(truth), encoding="utf-8")
    (beside / DIVISIONS_NAME).write_text(divisions_csv(iter_bodies(bodies)), encoding="utf-8")
    (beside / EVENTS_NAME).write_text(events_csv(), encoding="utf-8")
    return truth
