"""What a release says of itself: version, day, licence, where it comes from, how to cite it.

No clock is asked: the day is that of the newest input, so the same input gives the same words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from pipeline.codebook import Codebook

if TYPE_CHECKING:
    import duckdb

TITLE_ZH = "阳光：政府信息公开工作年度报告数据"
TITLE_EN = "Yangguang: yearly reports of Chinese government bodies on requests for information"
AUTHORS = "Yangguang contributors"
LICENCE = "CC-BY-4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
KEYWORDS = (
    "政府信息公开",
    "依申请公开",
    "freedom of information",
    "China",
    "transparency",
    "administrative law",
)
INVENTED = (
    "演示数据：机关、地方与数字均为虚构。 / Demonstration: its bodies, places and figures are invented."
)
"""Said with all that a home of invented bodies hands over."""
_UNDATED = date(1980, 1, 1)


class Release(NamedTuple):
    """A published warehouse: its version, the day of its newest input (None where nothing was taken in), what
    must be said with all of it (empty where nothing is), the facts of its build, and what it spans."""

    version: str
    day: date | None
    notice: str
    facts: Mapping[str, str]
    first_year: int | None
    last_year: int | None
    bodies: int
    reports: int

    @property
    def made(self) -> datetime:
        """The moment that files state which must state one."""
        day = self.day or _UNDATED
        return datetime(day.year, day.month, day.day, tzinfo=UTC)

    @property
    def title(self) -> str:
        return f"{TITLE_ZH} / {TITLE_EN}"


def version_of(facts: Mapping[str, str]) -> str:
    """The version of what was built from ``facts``: the day of the newest input, the package's version, twelve
    digits of the build. Names sort by day, then by package."""
    parts = (
        facts.get("day", "").replace("-", "."),
        facts.get("package_version", "0"),
        facts.get("build", "")[:12],
    )
    return "-".join(part for part in parts if part)


def release_of(con: duckdb.DuckDBPyConnection) -> Release:
    """The release that a warehouse is."""
    facts = dict(con.execute("SELECT key, value FROM meta.build").fetchall())
    spans = con.execute(
        "SELECT min(year), max(year), count(DISTINCT body_id), count(*) FROM core.report WHERE is_current"
    ).fetchone()
    first, last, bodies, reports = spans or (None, None, 0, 0)
    day = date.fromisoformat(facts["day"]) if facts.get("day") else None
    return Release(
        version_of(facts), day, INVENTED if facts.get("invented") else "", facts, first, last, bodies, reports
    )


def citation(release: Release) -> str:
    """How to cite it, in one line."""
    year = f" ({release.day.year})" if release.day else ""
    return f"{AUTHORS}{year}. {TITLE_EN} [{TITLE_ZH}], version {release.version} [Data set]. {LICENCE}." + (
        f" {release.notice}" if release.notice else ""
    )


def bibtex(release: Release) -> str:
    """How to cite it, for BibTeX."""
    lines = [
        f"@misc{{yangguang_{release.facts.get('build', '')[:12]},",
        f"  author = {{{{{AUTHORS}}}}},",
        f"  title = {{{TITLE_EN} ({TITLE_ZH})}},",
        *(
            [f"  year = {{{release.day.year}}},", f"  month = {{{release.day.month}}},"]
            if release.day
            else []
        ),
        f"  version = {{{release.version}}},",
        f"  note = {{Data set, {LICENCE}{f'. {release.notice}' if release.notice else ''}}},",
        "}",
    ]
    return "\n".join(lines)


def citation_cff(release: Release) -> str:
    """How to cite it, as a CITATION.cff (version 1.2.0)."""
    lines = [
        "cff-version: 1.2.0",
        "type: dataset",
        f"message: {_quoted('If you use these data, cite them as below. / 使用本数据时请按此引用。')}",
        f"title: {_quoted(release.title)}",
        "authors:",
        f"  - name: {_quoted(AUTHORS)}",
        f"version: {_quoted(release.version)}",
        *([f"date-released: {release.day.isoformat()}"] if release.day else []),
        f"license: {LICENCE}",
        *([f"abstract: {_quoted(release.notice)}"] if release.notice else []),
        "keywords:",
        *(f"  - {_quoted(word)}" for word in KEYWORDS),
    ]
    return "\n".join([*lines, ""])


def licence_page(release: Release, codebook: Codebook) -> str:
    """The licence of the data, and whose facts they rest on."""
    lines = [
        "# 许可与来源 / Licence and attributions",
        "",
        *_notice(release),
        f"数据按 [{LICENCE}]({LICENCE_URL}) 许可：注明出处即可使用、转载、改编。代码按 MIT 许可。",
        f"Data are licensed under [{LICENCE}]({LICENCE_URL}): use, share and adapt them, naming the source. "
        "Code is under MIT.",
        "",
        f"出处 / attribution: {citation(release)}",
        "",
        "| 来源 source | 版本 version | 作者 by | 许可 licence | 用处 | used for |",
        "|---|---|---|---|---|---|",
    ]
    for a in codebook.attributions:
        licence = f"[{a.licence}]({a.url})" if a.url else a.licence
        lines.append(f"| {a.name} | {a.version} | {a.by} | {licence} | {a.used_zh} | {a.used_en} |")
    return "\n".join([*lines, ""])


def read_me(release: Release, codebook: Codebook, files: Mapping[str, str]) -> str:
    """The page that lies beside what is handed over: what it is, ``files`` with what each is, what to mind,
    licence, citation."""
    lines = [
        f"# {TITLE_ZH}",
        "",
        f"{TITLE_EN}.",
        "",
        *_notice(release),
        f"版本 / version: `{release.version}`  ",
        f"截至 / as of: {release.day or '—'}  ",
        spans(release),
        "",
        "## 文件 / Files",
        "",
        *(f"- `{name}`: {what}" for name, what in files.items()),
        "",
        "## 注意 / Caveats",
        "",
        *(f"- {c.text_zh}\n  {c.text_en}" for c in codebook.caveats),
        "",
        "## 许可 / Licence",
        "",
        f"[{LICENCE}]({LICENCE_URL}). 来源与署名 / sources: `LICENSE.md`.",
        "",
        "## 引用 / Citation",
        "",
        citation(release),
        "",
    ]
    return "\n".join(lines)


def spans(release: Release) -> str:
    """What the release spans, in one line."""
    years = f"{release.first_year}–{release.last_year}" if release.first_year else "—"
    return f"报告年度 / report years: {years}; 机关 / bodies: {release.bodies}; 报告 / reports: {release.reports}"


def _notice(release: Release) -> list[str]:
    return [f"**{release.notice}**", ""] if release.notice else []


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
