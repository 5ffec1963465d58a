"""The seeds' figures, cell by cell, as a person reads them off the documents."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

import pytest

from pipeline import read_reports
from pipeline.report import Observation, Report
from tests.seeds import FOLDER, needs_seeds

pytestmark = needs_seeds
APPLICANTS = ("natural_person", "enterprise", "research", "public_welfare", "legal_service", "other", "total")
ROWS = (
    "received",
    "carried_in",
    "outcome.granted",
    "outcome.partial",
    "outcome.refused.state_secret",
    "outcome.refused.other_law",
    "outcome.refused.security_stability",
    "outcome.refused.third_party",
    "outcome.refused.internal_affairs",
    "outcome.refused.process_info",
    "outcome.refused.enforcement_file",
    "outcome.refused.admin_query",
    "outcome.unable.not_held",
    "outcome.unable.needs_creation",
    "outcome.unable.unclear",
    "outcome.not_processed.petition",
    "outcome.not_processed.repeat",
    "outcome.not_processed.publication",
    "outcome.not_processed.mass",
    "outcome.not_processed.confirm_reissue",
    "outcome.other",
    "concluded",
    "carried_forward",
)
STATES = ("upheld", "corrected", "other", "pending", "total")
GROUPS = ("reconsideration", "litigation.direct", "litigation.after_review")


@lru_cache
def reports(number: str) -> list[Report]:
    path = next(FOLDER.glob(f"{number}_*.txt"))
    return read_reports(path.read_bytes(), source_url=path.name)


def table(report: Report) -> dict[tuple[str, str | None], Observation]:
    return {(o.indicator, o.applicant): o for o in report.observations if o.method == "table"}


def applications(rows: dict[str, tuple[int, ...]]) -> dict[tuple[str, str | None], int]:
    """All 161 cells: the rows given, zeros elsewhere."""
    return {
        (f"application.{row}", applicant): value
        for row in ROWS
        for applicant, value in zip(APPLICANTS, rows.get(row, (0,) * 7), strict=True)
    }


def disputes(values: str) -> dict[tuple[str, str | None], int]:
    cells = [(f"{g}.{s}", None) for g in GROUPS for s in STATES]
    return dict(zip(cells, map(int, values.split()), strict=True))


def proactive(values: str) -> dict[tuple[str, str | None], int | Decimal]:
    names = [
        f"{m}.{q}"
        for m in ("regulations", "normative_documents")
        for q in ("made_new", "disclosed_new", "disclosed_total")
    ]
    names += [
        f"{m}.{q}"
        for m in ("licensing", "other_services", "penalty", "coercion")
        for q in ("items_prev_year", "items_change", "decisions")
    ]
    names += [
        "admin_fee.items_prev_year",
        "admin_fee.items_change",
        "procurement.items",
        "procurement.amount_10k_yuan",
    ]
    figures = [Decimal(v) if "." in v else int(v) for v in values.split()]
    return {(f"proactive.{n}", None): v for n, v in zip(names, figures, strict=True)}


def exact(report: Report, expected: dict[tuple[str, str | None], int | Decimal]) -> None:
    cells = table(report)
    assert {k: cells[k].value for k in expected} == expected
    assert set(cells) == set(expected)
    assert all(cells[k].resolved == expected[k] and cells[k].resolution == "as_printed" for k in expected)


def test_who_when_and_which_form() -> None:
    heads = [
        (r.issuer, r.level, r.division_code, r.year, r.template, r.scope, r.published_on)
        for number in ("000", "001", "002", "003", "004")
        for r in reports(number)
    ]
    assert heads == [
        ("磐石市人民政府", "county", "220284", 2018, "v2014", "whole_area", "2019-03-05"),
        (None, "unknown", "450323", 2020, "v2019", "whole_area", None),
        ("广元市人民政府", "prefecture", "510800", 2020, "v2019", "whole_area", None),
        ("广元市林业局", "department", "510800", 2020, "v2019", "own_body", None),
        ("衢州市人民政府", "prefecture", "330800", 2020, "v2019", "whole_area", None),
        ("一拉溪镇人民政府", "township", "220221", 2014, "v2014", "own_body", "2016-01-29"),
        ("大安市人民政府", "county", "220882", 2019, "v2008", "unknown", None),
        ("永顺县人民政府", "county", "433127", 2018, "v2008", "unknown", "2019-03-01"),
    ]


def test_panshi_2018_every_cell() -> None:
    printed = (
        "6713 633 729 95 45 3043 1869 397 1562 690 0 0 0 0 2 12 701 2 1 0 0 1 2 2 0 2 0 2 0 0 0 0 0 0 0 0 0 0 0 0 "
        "0 0 0 0 0 0 0 0 0 0 57 53 162 18 144 1.45 62 43 1908"
    )
    values = printed.split()
    cells = [o for o in reports("000")[0].observations if o.method == "table"]
    assert [o.value for o in cells] == [Decimal(v) if "." in v else int(v) for v in values]
    assert all(o.resolution == "as_printed" for o in cells)
    rules = {f.rule for f in reports("000")[0].findings}
    assert {"v14.narr.meeting.sessions", "v14.narr.training.sessions"} <= rules


def test_lingchuan_2020_every_cell_and_the_total_that_does_not_add_up() -> None:
    report = reports("001")[0]
    one = {
        "received": 15,
        "outcome.granted": 6,
        "outcome.partial": 5,
        "outcome.unable.not_held": 4,
        "concluded": 15,
    }
    exact(
        report,
        {
            **proactive("0 0 0 0 0 0 973 35 1008 2 48 115 124 411 535 0 0 0 32 0 94 55014.55"),
            **applications({row: (n, 0, 0, 0, 0, 0, n) for row, n in one.items()}),
            **disputes("0 0 0 4 4 0 0 0 0 0 0 0 0 0 4"),
        },
    )
    assert any(f.rule == "v19.rev.after_review" and f.left == 4 and f.right == 0 for f in report.findings)


def test_quzhou_2020_every_cell() -> None:
    exact(
        reports("001")[3],
        {
            **proactive(
                "0 0 0 150 150 1368 997 0 388973 408 0 3455176 3177 0 17474 151 0 21 123 -5 2118 27042.62"
            ),
            **applications(
                {
                    "received": (446, 4, 0, 1, 0, 0, 451),
                    "carried_in": (8, 0, 0, 0, 0, 0, 8),
                    "outcome.granted": (267, 1, 0, 1, 0, 0, 269),
                    "outcome.partial": (58, 0, 0, 0, 0, 0, 58),
                    "outcome.refused.state_secret": (1, 0, 0, 0, 0, 0, 1),
                    "outcome.refused.other_law": (2, 0, 0, 0, 0, 0, 2),
                    "outcome.refused.third_party": (8, 0, 0, 0, 0, 0, 8),
                    "outcome.refused.internal_affairs": (7, 1, 0, 0, 0, 0, 8),
                    "outcome.refused.process_info": (3, 0, 0, 0, 0, 0, 3),
                    "outcome.unable.not_held": (78, 2, 0, 0, 0, 0, 80),
                    "outcome.unable.needs_creation": (3, 0, 0, 0, 0, 0, 3),
                    "outcome.unable.unclear": (2, 0, 0, 0, 0, 0, 2),
                    "outcome.not_processed.petition": (2, 0, 0, 0, 0, 0, 2),
                    "outcome.not_processed.repeat": (10, 0, 0, 0, 0, 0, 10),
                    "outcome.not_processed.mass": (1, 0, 0, 0, 0, 0, 1),
                    "outcome.not_processed.confirm_reissue": (2, 0, 0, 0, 0, 0, 2),
                    "outcome.other": (7, 0, 0, 0, 0, 0, 7),
                    "concluded": (451, 4, 0, 1, 0, 0, 456),
                    "carried_forward": (3, 0, 0, 0, 0, 0, 3),
                }
            ),
            **disputes("15 5 15 2 37 7 3 48 4 62 4 1 3 1 9"),
        },
    )


def test_guangyuan_forestry_2020_every_cell() -> None:
    exact(
        reports("001")[2],
        {
            **proactive("0 0 0 1 1 11 957 94 1051 0 0 0 28 -24 4 0 0 0 2 0 0 0"),
            **applications({}),
            **disputes(" ".join("0" * 15)),
        },
    )


def test_guangyuan_2020_is_placed_by_proof_and_its_dispute_parts_stay_ambiguous() -> None:
    cells = table(reports("001")[1])
    assert {k: v.value for k, v in cells.items() if k[0].startswith("proactive")} == proactive(
        "0 0 2 27 27 7151 289 1 228482 704 491 669725 4492 -223 361256 183 -25 2952 40 0 764 38354.247"
    )
    rows = {
        "received": (78, 10, 88),
        "outcome.granted": (76, 10, 86),
        "outcome.refused.state_secret": (2, 0, 2),
        "concluded": (78, 10, 88),
    }
    for row in ROWS:
        person, enterprise, whole = rows.get(row, (0, 0, 0))
        expected = {"natural_person": person, "enterprise": enterprise, "total": whole}
        for applicant in APPLICANTS:
            cell = cells[f"application.{row}", applicant]
            assert cell.resolved == expected.get(applicant, 0), (row, applicant, cell)
            assert cell.value in (None, cell.resolved)
            assert cell.resolution in ("proved_by_sums", "proved_by_text")
    for group, total in zip(GROUPS, (6, 5, 1), strict=True):
        assert cells[f"{group}.total", None].resolved == total
        for state in STATES[:-1]:
            part = cells[f"{group}.{state}", None]
            assert (part.state, part.value, part.resolved) == ("ambiguous", None, None)
            assert len(part.candidates) > 1


@pytest.mark.parametrize("number", ["002", "003", "004"])
def test_prose_only_documents_turn_no_blank_to_zero(number: str) -> None:
    for o in reports(number)[0].observations:
        if o.state in ("blank", "table_missing"):
            assert o.value is None
            assert o.resolved is None
        assert o.value != 0 or o.state == "text_zero"


def test_prose_figures_of_yilaxi_daan_and_yongshun() -> None:
    def figures(number: str) -> set[tuple[str, int | Decimal]]:
        return {(o.indicator, o.value) for o in reports(number)[0].observations if o.value is not None}

    assert figures("002") == {
        ("proactive.disclosed.total", 95),
        ("proactive.channel.website", 12),
        ("proactive.channel.other", 83),
        ("institution.offices", 1),
        ("institution.reading_points", 1),
        ("institution.staff.total", 7),
        ("meeting.sessions", 3),
        ("training.sessions", 2),
        ("training.participants", 60),
    }
    assert {("proactive.disclosed.total", 1751), ("training.sessions", 1)} <= figures("003")
    assert {
        ("proactive.disclosed.total", 29178),
        ("proactive.channel.website", 12436),
        ("application.received.online", 4),
        ("application.received.letter", 2),
        ("reconsideration.total", 4),
        ("litigation.total", 1),
        ("litigation.upheld", 1),
        ("institution.fund_10k_yuan", 205),
    } <= figures("004")


def test_every_figure_walks_home() -> None:
    for number in ("000", "001", "002", "003", "004"):
        text = next(FOLDER.glob(f"{number}_*.txt")).read_text(encoding="utf-8")
        for report in reports(number):
            for o in report.observations:
                assert o.locator, o
                if o.value is not None:
                    assert "".join(o.raw.split()) in "".join(text.split()), o
