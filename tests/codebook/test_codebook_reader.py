"""A fault in the codebook is told with its file, its line, what stands there and what is allowed."""

from __future__ import annotations

import re

import pytest
from codebook_files import Files

from pipeline.codebook import CodebookError, codebook_version, load_codebook, reader
from pipeline.codebook.reader import TABLES
from pipeline.home import Home
from pipeline.reading.fingerprint import reading_fingerprint

FAULTS = [
    ("forms.csv", "family", "sectional", "'narrative', 'statistics' or 'sections'"),
    ("forms.csv", "valid_from", "soon", "valid integer"),
    ("forms.csv", "needs", "three", "'any', 'two' or 'else'"),
    ("applicants.csv", "role", "leaf", "'person', 'organisation' or 'total'"),
    ("applicants.csv", "labels", " 自然人", "pattern"),
    ("indicators.csv", "template", "v1999", "allowed: "),
    ("indicators.csv", "table", "aplication", "'proactive'"),
    ("indicators.csv", "kind", "sum", "'printed', 'derived', 'narrative' or 'local'"),
    ("indicators.csv", "unit", "头", "'件'"),
    ("indicators.csv", "sign_range", "int", "'int>=0'"),
    ("indicators.csv", "label_zh", "", "pattern"),
    ("indicators.csv", "indicator_id", "Proactive Total", "pattern"),
    ("groups.csv", "templates", "v2018", "allowed: "),
    ("sections.csv", "expected", "application.no_such", "those of indicators.csv"),
    ("rules.csv", "severity", "fatal", "'error', 'warn' or 'info'"),
    ("rules.csv", "scope", "metadata", "'within_table'"),
    ("rules.csv", "foreach", "applicant", "'applicant:all'"),
    ("rules.csv", "tolerance", "some", "valid integer"),
    ("rules.csv", "applies_to", "village", "'county'"),
    ("rules.csv", "formula", "application.received = application.no_such", "those of indicators.csv"),
    ("rules.csv", "formula", "application.received", "expected more"),
    ("rules.csv", "skip_when", "application.received equals 0", "cannot read|no relation|left over|expected"),
    ("findings.csv", "severity", "bad", "'error', 'warn' or 'info'"),
    ("measures.csv", "comparability", "exactly", "'exact', 'approx' or 'none'"),
    ("measures.csv", "expression", "application.no_such", "those of indicators.csv"),
    ("measures.csv", "kind", "rate", "'flow', 'stock', 'mixed' or 'ratio'"),
    ("columns.csv", "type", "number", "'text'"),
    ("columns.csv", "schema", "raw", "'core'"),
    ("columns.csv", "made_by", "hand", "'reading'"),
]


@pytest.mark.parametrize(("name", "column", "value", "allowed"), FAULTS, ids=lambda v: str(v)[:24])
def test_a_wrong_value_is_told_with_its_place(
    files: Files, name: str, column: str, value: str, allowed: str
) -> None:
    files.change(name, lambda rows: rows[2].update({column: value}))
    with pytest.raises(CodebookError) as caught:
        load_codebook(files.folder)
    said = str(caught.value)
    assert said.startswith(f"{name}:4: ")
    assert re.search(allowed, said)
    assert value in said or "no_such" in said


@pytest.mark.slow
def test_every_column_of_every_file_refuses_what_no_vocabulary_has(files: Files) -> None:
    """A tab stands in no vocabulary: whichever column it gets into, the file and line are named."""
    for name in TABLES:
        whole = (files.folder / name).read_bytes()
        for column in files.rows(name)[1]:
            files.change(name, lambda rows, column=column: rows[1].update({column: "a\tb"}))
            with pytest.raises(CodebookError, match=rf"^{name}:3: "):
                load_codebook(files.folder)
            load_codebook.__globals__["_loaded"].cache_clear()
            (files.folder / name).write_bytes(whole)


def test_every_fault_is_told_at_once(files: Files) -> None:
    files.change("rules.csv", lambda rows: [row.update(severity="fatal") for row in rows[:3]])
    with pytest.raises(CodebookError) as caught:
        load_codebook(files.folder)
    assert [line.split(": ")[0] for line in str(caught.value).splitlines()] == [
        "rules.csv:2",
        "rules.csv:3",
        "rules.csv:4",
    ]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_missing_file_is_an_error(files: Files, name: str) -> None:
    (files.folder / name).unlink()
    with pytest.raises(CodebookError, match=f"{name}: no such file"):
        load_codebook(files.folder)


def test_a_missing_or_strange_column_is_an_error(files: Files) -> None:
    path = files.folder / "forms.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("family", "famly", 1), encoding="utf-8")
    with pytest.raises(CodebookError, match=r"forms\.csv:1: .*famly.*allowed: template, family"):
        load_codebook(files.folder)


def test_a_row_of_another_length_is_an_error(files: Files) -> None:
    path = files.folder / "findings.csv"
    path.write_text(path.read_text(encoding="utf-8") + "cell.short,warn\n", encoding="utf-8")
    with pytest.raises(CodebookError, match=r"findings\.csv:\d+: wrong number of fields, allowed: 4"):
        load_codebook(files.folder)


@pytest.mark.parametrize(
    "name", ["forms.csv", "indicators.csv", "rules.csv", "findings.csv", "measures.csv", "columns.csv"]
)
def test_a_row_that_stands_twice_is_an_error(files: Files, name: str) -> None:
    files.change(name, lambda rows: rows.append(rows[0]))
    with pytest.raises(CodebookError, match=r"stands twice|allowed: one"):
        load_codebook(files.folder)


def test_a_finding_and_a_rule_of_one_name_are_an_error(files: Files) -> None:
    rule = files.rows("rules.csv")[0]["rule_id"]
    files.change("findings.csv", lambda rows: rows[0].update(finding_id=rule))
    with pytest.raises(CodebookError, match="stands twice"):
        load_codebook(files.folder)


def test_a_column_without_a_type_or_a_meaning_is_an_error(files: Files) -> None:
    files.change(
        "columns.csv",
        lambda rows: rows.append(
            dict.fromkeys(rows[0], "")
            | {"schema": "core", "table": "report", "column": "mood", "made_by": "load"}
        ),
    )
    with pytest.raises(CodebookError, match=r"core\.report\.mood"):
        load_codebook(files.folder)


def test_the_version_follows_every_file(files: Files) -> None:
    seen = {codebook_version(files.folder)}
    for name in TABLES:
        reader._version.cache_clear()
        path = files.folder / name
        path.write_bytes(path.read_bytes() + b"\n")
        seen.add(codebook_version(files.folder))
    assert len(seen) == len(TABLES) + 1


def test_a_codebook_that_stands_elsewhere_is_read_anew(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """What reading kept under one codebook is not taken for what it gives under another."""
    home = Home(files.folder.parent / "home").make()
    own = reading_fingerprint(home)
    monkeypatch.setenv("YANGGUANG_CODEBOOK", str(files.folder))
    elsewhere = reading_fingerprint(home)
    files.change("rules.csv", lambda rows: rows[0].update(severity="info"))
    reader._version.cache_clear()
    assert len({own, elsewhere, reading_fingerprint(home)}) == 3
