"""Rules that compare a report with its body's report of the year before: findings, by one query for all of
them."""

from __future__ import annotations

import json
from typing import Any

import duckdb

from pipeline.codebook import load_codebook
from pipeline.reconcile.years import year_rules

_FAILS = "CASE op WHEN '=' THEN l <> r WHEN '<=' THEN l > r WHEN '>=' THEN l < r WHEN '!=' THEN l = r END"


def _terms() -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """(checks, terms): a check is a rule on one applicant column for one form."""
    checks: list[tuple[Any, ...]] = []
    terms: list[tuple[Any, ...]] = []
    for template in (f.template for f in load_codebook().forms):
        for link in year_rules(template):
            rule = link.rule
            check = f"{rule.rule_id}|{template}|{link.member or ''}"
            cells = list(dict.fromkeys(t.slot for t in link.terms))
            terms += [(check, "l" if t.left else "r", t.coefficient, *t.slot, t.back) for t in link.terms]
            where = f" [{link.member}]" if link.member else ""
            checks.append(
                (
                    check,
                    rule.rule_id,
                    template,
                    rule.severity,
                    link.op,
                    link.left_constant,
                    link.right_constant,
                    len(link.terms),
                    json.dumps(cells, ensure_ascii=False),
                    f"{rule.label_zh}{where}",
                    f"{rule.label_en}{where}",
                )
            )
    return checks, terms


def add_cross_year_findings(con: duckdb.DuckDBPyConnection) -> None:
    """Evaluate the cross-year rules on current reports of the same body and scope (one that could not be
    told goes with either); what fails goes to
    ``core.finding``.

    A rule with a figure missing in either year is not evaluated; text figures are not used.
    """
    checks, terms = _terms()
    con.execute(
        "CREATE TEMP TABLE cross_check (check_id VARCHAR, rule VARCHAR, template VARCHAR, severity VARCHAR, op VARCHAR, "
        "lc DECIMAL(24,6), rc DECIMAL(24,6), needed INTEGER, cells VARCHAR, zh VARCHAR, en VARCHAR)"
    )
    con.execute(
        "CREATE TEMP TABLE cross_term (check_id VARCHAR, side VARCHAR, coefficient DECIMAL(24,6), indicator VARCHAR, "
        "applicant VARCHAR, years INTEGER)"
    )
    con.executemany(f"INSERT INTO cross_check VALUES ({', '.join('?' * 11)})", checks)
    con.executemany(f"INSERT INTO cross_term VALUES ({', '.join('?' * 6)})", terms)
    con.execute(
        f"""
        INSERT INTO core.finding BY NAME
        WITH pair AS (
            SELECT r.report_id, r.template, o.report_id AS before
            FROM core.report r JOIN core.report o
              ON o.body_id = r.body_id AND (o.scope = r.scope OR 'unknown' IN (o.scope, r.scope))
              AND o.year = r.year - 1 AND o.is_current
            WHERE r.is_current AND r.body_id IS NOT NULL
            QUALIFY row_number() OVER (
                PARTITION BY r.report_id ORDER BY o.scope <> r.scope, o.scope DESC, o.report_id
            ) = 1
        ), wanted AS MATERIALIZED (
            SELECT p.report_id, t.check_id, t.side, t.coefficient, CASE WHEN t.years = 0 THEN p.report_id ELSE p.before END AS holder,
                   t.indicator, coalesce(t.applicant, '') AS applicant
            FROM pair p JOIN cross_check c ON c.template = p.template JOIN cross_term t ON t.check_id = c.check_id
        ), figure AS MATERIALIZED (
            SELECT report_id AS holder, indicator, coalesce(applicant, '') AS applicant, resolved FROM core.observation
            WHERE method <> 'text' AND resolved IS NOT NULL AND indicator IN (SELECT indicator FROM cross_term)
              AND report_id IN (SELECT holder FROM wanted)
        ), sides AS (
            SELECT report_id, check_id, sum(coefficient * resolved) FILTER (side = 'l') AS la,
                   sum(coefficient * resolved) FILTER (side = 'r') AS ra, count(*) AS held
            FROM wanted JOIN figure USING (holder, indicator, applicant) GROUP BY ALL
        ), judged AS (
            SELECT *, CAST(coalesce(la, 0) + lc AS DECIMAL(24,6)) AS l, CAST(coalesce(ra, 0) + rc AS DECIMAL(24,6)) AS r
            FROM sides JOIN cross_check USING (check_id) WHERE held = needed
        )
        SELECT report_id || ':' || check_id AS finding_id, report_id, rule, severity, l AS "left", r AS "right", cells,
               zh || ': ' || CAST(CAST(l AS DOUBLE) AS VARCHAR) || ' / ' || CAST(CAST(r AS DOUBLE) AS VARCHAR) || ' / ' || en AS message
        FROM judged WHERE {_FAILS}
        ORDER BY report_id, check_id
        """
    )
