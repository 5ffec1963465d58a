"""Every rule of the codebook, broken once by drawn figures, gives its finding with the severity of its
row."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import duckdb
import pytest
from drawn_reports import Slot, cell, report

from pipeline.codebook import Linear, Ref, Relation, Rule, load_codebook
from pipeline.codebook.reader import FOLDER
from pipeline.load.cross_year import add_cross_year_findings
from pipeline.load.ddl import create_table
from pipeline.reading.schema import finding_rows, observation_rows, table_of
from pipeline.reconcile import reconcile
from pipeline.reconcile.system import slot_of
from pipeline.report import Observation, Report

CODEBOOK = load_codebook()
SIZES = (0, 1, 9, 60, 10**4, 10**9)
Figures = Mapping[Ref, int]


def amount(side: Linear, figures: Figures) -> Decimal:
    return side.constant + sum(t.coefficient * figures[t.ref] for t in side.terms)


def holds(relation: Relation, figures: Figures) -> bool:
    left, right = amount(relation.left, figures), [amount(r, figures) for r in relation.right]
    one = {"=": left == right[0], "!=": left != right[0], "<=": left <= right[0], ">=": left >= right[0]}
    return left in right if relation.op == "in" else one[relation.op]


def drawn(rule: Rule, refs: Sequence[Ref], template: str) -> Iterator[dict[Ref, int]]:
    """Figures that the form allows, many times over."""
    rng = Random(rule.rule_id)
    for _ in range(4000):
        figures = {}
        for ref in refs:
            row = CODEBOOK.indicator(template, ref.indicator)
            figures[ref] = rng.randint(0, rng.choice(SIZES)) * (
                -1 if row and row.signed and rng.random() < 0.5 else 1
            )
        yield figures
        if len(refs) > 1:  # a rule that wants two sides to differ is broken by equal ones
            first, *others = refs
            yield figures | {first: sum(figures[r] for r in others)}


def broken(rule: Rule, template: str) -> dict[Ref, int]:
    relation = rule.relation
    assert relation is not None
    skipped = rule.skipped
    refs = list(dict.fromkeys((*relation.refs, *(skipped.refs if skipped else ()))))
    for figures in drawn(rule, refs, template):
        if not holds(relation, figures):
            if skipped and holds(skipped, figures):
                continue
            if any(
                amount(r, figures) == 0
                for r in (relation.left, *relation.right)
                if r.terms and rule.null_policy == "zero"
            ):
                continue
            return figures
    raise AssertionError(f"nothing breaks {rule.rule_id}")


def observed(rule: Rule, figures: Figures, template: str, year: int = 0) -> list[Observation]:
    """The figures of that year as the report prints them: in its tables, or in its text where the rule or the
    indicator says so."""
    found = []
    member = CODEBOOK.leaves[0] if rule.foreach else None
    for ref, value in figures.items():
        if ref.year != year:
            continue
        slot: Slot = slot_of(ref, member, template, CODEBOOK)
        row = CODEBOOK.indicator(template, ref.indicator)
        told = ref.narrative or (row is not None and row.kind == "narrative")
        found.append(cell(slot, value, method="text" if told else "table"))
    return found


def level_of(rule: Rule) -> str:
    return rule.applies_to[0] if rule.applies_to else "prefecture"


WITHIN_A_REPORT = [
    r for r in CODEBOOK.rules if r.relation is not None and not any(ref.year for ref in r.relation.refs)
]
BETWEEN_YEARS = [r for r in CODEBOOK.rules if r.relation is not None and r not in WITHIN_A_REPORT]
OF_PUBLICATION = [r for r in CODEBOOK.rules if r.relation is None]


@pytest.mark.parametrize("rule", WITHIN_A_REPORT, ids=lambda r: r.rule_id)
def test_a_broken_rule_is_a_finding(rule: Rule) -> None:
    for template in rule.templates:
        figures = broken(rule, template)
        checked = reconcile(report(template, observed(rule, figures, template), level=level_of(rule)))
        assert (rule.rule_id, rule.severity) in {(f.rule, f.severity) for f in checked.findings}


@pytest.mark.parametrize("rule", BETWEEN_YEARS, ids=lambda r: r.rule_id)
def test_a_rule_between_years_is_a_finding_where_the_year_before_breaks_it(rule: Rule) -> None:
    for template in rule.templates:
        figures = broken(rule, template)
        assert (rule.rule_id, rule.severity) in findings_between(rule, figures, template)


def findings_between(rule: Rule, figures: Figures, template: str) -> set[tuple[str, str]]:
    """What loading finds in two years' reports of one body."""
    con = duckdb.connect(config={"threads": 1})
    con.execute("CREATE SCHEMA core")
    for table in ("report", "observation", "finding"):
        con.execute(create_table(CODEBOOK, "core", table))
    for n, back in enumerate((-1, 0)):
        own = dated(report(template, observed(rule, figures, template, back)), n)
        con.register("incoming", table_of("observation", observation_rows(own)))
        con.execute("INSERT INTO core.observation BY NAME FROM incoming")
        con.execute(
            "INSERT INTO core.report (report_id, body_id, scope, year, template, is_current) VALUES (?, 'b', 's', ?, ?, true)",
            [own.report_id, own.year, template],
        )
        assert finding_rows(own) == []
    add_cross_year_findings(con)
    return set(con.execute("SELECT rule, severity FROM core.finding").fetchall())


def dated(one: Report, n: int) -> Report:
    return replace(one, report_id=f"{n}", year=2021 + n)


@pytest.mark.parametrize("rule", OF_PUBLICATION, ids=lambda r: r.rule_id)
def test_a_report_published_outside_its_window_is_a_finding(rule: Rule) -> None:
    window = rule.window
    assert window is not None
    assert window.last is not None
    last = date(2023, *window.last)
    for template in rule.templates:
        for day, late in ((last, False), (last + timedelta(days=1), True)):
            one = report(template, [], level=level_of(rule))
            checked = reconcile(replace(one, published_on=day.isoformat()))
            assert ((rule.rule_id, rule.severity) in {(f.rule, f.severity) for f in checked.findings}) is late


def test_every_rule_is_one_of_the_three_kinds() -> None:
    assert len(WITHIN_A_REPORT) + len(BETWEEN_YEARS) + len(OF_PUBLICATION) == len(CODEBOOK.rules)
    assert min(map(len, (WITHIN_A_REPORT, BETWEEN_YEARS, OF_PUBLICATION))) > 1


def test_a_rule_is_left_out_where_its_row_says_so() -> None:
    rule = next(r for r in CODEBOOK.rules if r.skipped)
    assert rule.relation is not None
    assert rule.skipped is not None
    template = rule.templates[0]
    figures = dict.fromkeys((*rule.relation.refs, *rule.skipped.refs), 0)
    before = next(r for r in rule.relation.right[0].terms if r.ref not in rule.skipped.refs).ref
    figures |= {before: 12, rule.relation.left.terms[0].ref: 12}
    checked = reconcile(report(template, observed(rule, figures, template)))
    assert not holds(rule.relation, figures)
    assert rule.rule_id not in {f.rule for f in checked.findings}


def test_a_rule_of_some_levels_says_nothing_of_the_others() -> None:
    rule = next(r for r in CODEBOOK.rules if r.applies_to and r.relation is not None)
    template = rule.templates[0]
    figures = observed(rule, broken(rule, template), template)
    found = {
        level: rule.rule_id in {f.rule for f in reconcile(report(template, figures, level=level)).findings}
        for level in (*rule.applies_to, "province")
    }
    assert found == {level: level != "province" for level in found}


def test_the_row_decides_how_grave_a_finding_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    late = replace(report("v2021", []), published_on="2023-06-30")
    rule = next(r for r in OF_PUBLICATION if not r.applies_to)
    assert [(f.rule, f.severity) for f in reconcile(late).findings] == [(rule.rule_id, "warn")]
    for path in FOLDER.glob("*.csv"):
        shutil.copy(path, tmp_path)
    rows = (tmp_path / "rules.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    changed = [r.replace(",warn,", ",error,") if r.startswith(rule.rule_id) else r for r in rows]
    (tmp_path / "rules.csv").write_text("".join(changed), encoding="utf-8")
    monkeypatch.setenv("YANGGUANG_CODEBOOK", str(tmp_path))
    assert [(f.rule, f.severity) for f in reconcile(late).findings] == [(rule.rule_id, "error")]
