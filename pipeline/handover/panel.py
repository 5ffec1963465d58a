"""The panel and what explains it, in one format: a folder with files for spreadsheets, a workbook or Stata's
files, and beside them the licence, the caveats and the citation.

Written aside and renamed; the same warehouse gives the same bytes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipeline.codebook import Codebook
from pipeline.handover.csv_file import write_csv_file
from pipeline.handover.package import json_page, package, places_of, resource
from pipeline.handover.release import (
    Release,
    bibtex,
    citation,
    citation_cff,
    licence_page,
    read_me,
    release_of,
)
from pipeline.handover.stata import stata_name, write_stata
from pipeline.handover.tables import Field, Table, fields_of, table_of, text_table
from pipeline.handover.workbook import write_workbook

if TYPE_CHECKING:
    import duckdb

Format = Literal["csv", "xlsx", "dta"]
FORMATS: tuple[Format, ...] = ("csv", "xlsx", "dta")
PANEL, LONG = "mart.city_year", "mart.measure"
_LIKE = {
    "panel": "地区年度面板，一行一地一年 / the panel, a row a division and year",
    "long": "长表，一行一机关一年一项 / the long table, a row a body, year and measure",
    "codebook": "各列的名称、单位与各表式的可比程度 / columns with unit and grade of comparability by form",
    "comparability": "各项在各表式的算法、可比程度与理由 / what each measure is made of on each form, and why the grade",
    "values": "各列的取值 / values that columns hold",
    "caveats": "注意 / what to mind",
    "citation": "引用与许可 / citation and licence",
}


class Written(NamedTuple):
    """The folder that was written, and a line for each thing that its format does not hold as it is."""

    folder: Path
    told: tuple[str, ...]


def write_panel(con: duckdb.DuckDBPyConnection, codebook: Codebook, target: Path, form: Format) -> Written:
    """Write the warehouse's panel, long table, codebook, caveats and citation in a folder of ``target``. Raises
    OSError, NotHeld."""
    release = release_of(con)
    final = target / f"{release.version}-{form}"
    aside = target / f".{final.name}.part"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    tables = _tables(con, codebook, release)
    if form == "xlsx":
        name = f"yangguang-{release.version}.xlsx"
        told = list(write_workbook(tables, aside / name, made=release.made, title=release.title))
        files = {name: "; ".join(f"{sheet}: {what}" for sheet, what in _LIKE.items())}
    else:
        files, told, resources = {}, [], []
        for table in tables:
            if table.name in ("caveats", "citation"):  # they stand in README.md, CITATION.cff
                continue
            ending = form if table.name in ("panel", "long") else "csv"
            path = aside / f"{table.name}.{ending}"
            files[path.name] = _LIKE[table.name]
            if ending == "dta":
                told += write_stata(
                    table, path, names=codebook.stata_names, made=release.made, title=release.title
                )
                continue
            rows = write_csv_file(table, path)
            of = {"panel": PANEL, "long": LONG}.get(table.name, "")
            what = _LIKE[table.name]
            resources.append(
                resource(
                    codebook, aside, [path], table.fields, of=of, rows=rows, name=table.name, description=what
                )
            )
        described = package(codebook, release, places_of(con), resources)
        (aside / "datapackage.json").write_text(json_page(described), encoding="utf-8")
    page = read_me(release, codebook, files)
    if told:
        page += "\n## 格式所限 / What the format does not hold\n\n" + "".join(f"- {line}\n" for line in told)
    for name, text in (
        ("README.md", page),
        ("LICENSE.md", licence_page(release, codebook)),
        ("CITATION.cff", citation_cff(release)),
    ):
        (aside / name).write_text(text, encoding="utf-8")
    shutil.rmtree(final, ignore_errors=True)
    os.replace(aside, final)
    return Written(final, tuple(told))


def _tables(con: duckdb.DuckDBPyConnection, codebook: Codebook, release: Release) -> Iterator[Table]:
    panel = table_of(con, codebook, "panel", PANEL, "division_code, year", key=3)
    yield panel
    yield table_of(con, codebook, "long", LONG, "ALL")
    answer = con.cursor().execute(f"SELECT * FROM {LONG} LIMIT 0")
    yield codebook_table(codebook, panel.fields, fields_of(answer, codebook, "mart", "measure"))
    yield comparability_table(codebook)
    yield text_table(
        "values",
        (
            ("column", "列", "Column, or schema.table.column where it is one table's"),
            ("value", "取值", "Value"),
            ("code", "编号", "Its number in Stata"),
            ("label_zh", "中文", "In Chinese"),
            ("label_en", "英文", "In English"),
        ),
        [(v.name, v.value, v.code, v.label_zh, v.label_en) for v in codebook.all_values],
    )
    yield text_table(
        "caveats",
        (("caveat", "编号", "Id"), ("text_zh", "中文", "In Chinese"), ("text_en", "英文", "In English")),
        [(c.caveat_id, c.text_zh, c.text_en) for c in codebook.caveats],
    )
    yield text_table(
        "citation",
        (("item", "项", "Item"), ("text", "内容", "Text")),
        [
            *([("notice", release.notice)] if release.notice else []),
            ("version", release.version),
            ("as of", release.day),
            ("citation", citation(release)),
            ("BibTeX", bibtex(release)),
            ("licence", licence_page(release, codebook)),
        ],
    )


def codebook_table(codebook: Codebook, *groups: tuple[Field, ...]) -> Table:
    """What each column of the panel and of the long table is; of a measure also how comparable each form's
    figure is with that of the form in force."""
    forms = [f.template for f in sorted(codebook.forms, key=lambda f: f.valid_from)]
    grades = {(m.measure_id, m.template): m.comparability for m in codebook.measures}
    rows = []
    for name, fields in zip(("panel", "long"), groups, strict=False):
        for f in fields:
            own = [grades.get((f.name, form), "") for form in forms]
            short = stata_name(f.name, codebook.stata_names)
            rows.append((name, f.name, short, f.kind, f.label_zh, f.label_en, f.unit, *own))
    return text_table(
        "codebook",
        (
            ("table", "表", "Table"),
            ("column", "列", "Column"),
            ("stata_name", "Stata 变量名", "Its name in Stata"),
            ("kind", "类型", "What it holds"),
            ("label_zh", "中文名称", "Chinese label"),
            ("label_en", "英文说明", "English meaning"),
            ("unit", "单位", "Unit"),
            *((form, f"{form} 可比程度", f"Grade of comparability of form {form}") for form in forms),
        ),
        rows,
    )


def comparability_table(codebook: Codebook) -> Table:
    """What each measure is made of on each form, and how comparable that is, with the reason."""
    columns = (
        "measure_id",
        "template",
        "label_zh",
        "label_en",
        "unit",
        "expression",
        "comparability",
        "why_zh",
        "why",
        "rule_cited",
    )
    told = {(c.table, c.column): c for c in codebook.columns if c.schema in ("ref", "*")}

    def head(column: str) -> tuple[str, str, str]:
        own = told.get(("measure", column))
        meaning = own if own and own.label_zh else told["*", column]
        return column, meaning.label_zh, meaning.definition_en

    rows = [tuple(getattr(m, column) for column in columns) for m in codebook.measures]
    return text_table("comparability", [head(c) for c in columns], rows)
