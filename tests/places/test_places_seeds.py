"""The five real pages beside the project, where they are there: the right body and code for each."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.places import Evidence, identify

SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds"
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not beside this checkout")


def _lines(number: str) -> list[str]:
    text = next(SEEDS.glob(f"{number}_*.txt")).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip()]


def _title(lines: list[str]) -> str | None:
    return next((x for x in lines[:6] if "年度报告" in x and len(x) < 60), None)


@pytest.mark.parametrize(
    ("number", "year", "issuer", "level", "code"),
    [
        ("000", 2018, "磐石市人民政府", "county", "220284"),
        ("002", 2014, "一拉溪镇人民政府", "township", "220221"),
        ("003", 2019, "大安市人民政府", "county", "220882"),
        ("004", 2018, "永顺县人民政府", "county", "433127"),
    ],
)
def test_single_report_seeds(number: str, year: int, issuer: str, level: str, code: str) -> None:
    lines = _lines(number)
    body = identify(Evidence(title=_title(lines), text_samples=tuple(lines), year=year))
    assert (body.issuer, body.level, body.division_code) == (issuer, level, code)


def test_the_page_of_many_reports() -> None:
    lines = _lines("001")
    titles = [i for i, x in enumerate(lines) if "公开工作年度报告" in x and len(x) < 60]
    first = identify(Evidence(text_samples=tuple(lines[: titles[0]]), year=2020))
    # its place is told by the text, its body by nobody: how often 我县 stands makes no government
    assert (first.issuer, first.level, first.division_code) == (None, "unknown", "450323")
    found = {
        (b.issuer, b.level, b.division_code)
        for i in titles
        for b in [identify(Evidence(title=lines[i], year=2020))]
    }
    assert {
        ("广元市人民政府", "prefecture", "510800"),
        ("广元市林业局", "department", "510800"),
        ("衢州市人民政府", "prefecture", "330800"),
        ("宁波市质监局", "department", "330200"),
        ("三台县环境保护局", "department", "510722"),
    } == found
