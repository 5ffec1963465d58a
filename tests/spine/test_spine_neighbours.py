"""What one year's report leaves open and the year before decides, in a real warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipeline.home import Home
from pipeline.stages import load_stage, read_stage, take_in_stage

GROUPS = (
    ("（一）予以公开", ()),
    ("（二）部分公开", ()),
    ("（三）不予公开", ("属于国家秘密", "其他法律行政法规禁止公开", "危及“三安全一稳定”", "保护第三方合法权益", "属于三类内部事务信息",
                  "属于四类过程性信息", "属于行政执法案卷", "属于行政查询事项")),
    ("（四）无法提供", ("本机关不掌握相关政府信息", "没有现成信息需要另行制作", "补正后申请内容仍不明确")),
    ("（五）不予处理", ("信访举报投诉类申请", "重复申请", "要求提供公开出版物", "无正当理由大量反复申请", "要求行政机关确认或重新出具已获取信息")),
    ("（六）其他处理", ("申请人无正当理由逾期不补正", "申请人逾期未按收费通知要求缴纳费用", "其他")),
    ("（七）总计", ()),
)  # fmt: skip
NONE = (0,) * 7
FIRM = (0, 2, 0, 0, 0, 0, 2)
"""Two applications of an enterprise, in the columns' order, total last."""


def page(year: int, new: Sequence[int], carried_in: Sequence[int], forward: Sequence[int]) -> bytes:
    """A report as a site's text copy shows it: a line a row, cells set off by bars; a row of fewer figures
    lost its blanks."""
    rows = [("一、本年新收政府信息公开申请数量", new), ("二、上年结转政府信息公开申请数量", carried_in)]
    for group, items in GROUPS:
        rows += [
            (f"{group} | {n}.{item}" if n == 1 else f"{n}.{item}", NONE) for n, item in enumerate(items, 1)
        ] or [(group, NONE)]
    rows.append(("四、结转下年度继续办理", forward))
    lines = "\n".join(f"{label} | " + " | ".join(map(str, figures)) for label, figures in rows)
    return (
        f"墨泉县人民政府{year}年政府信息公开工作年度报告\n\n本报告数据统计期限自{year}年1月1日至{year}年12月31日。\n\n"
        "三、收到和处理政府信息公开申请情况\n\n申请人情况\n自然人 | 法人或其他组织 | 总计\n"
        f"商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他\n{lines}\n"
    ).encode()


CARRIED = (
    "SELECT o.indicator, o.applicant, o.state, o.resolved, o.resolution, o.proof FROM core.observation o "
    "JOIN core.report r USING (report_id) WHERE r.year = 2023 AND o.indicator LIKE 'application.carried%' "
    "AND o.applicant = 'enterprise' ORDER BY 1"
)


def built(home: Home, inbox: Path) -> duckdb.DuckDBPyConnection:
    """The tables of ``core`` made of all files in a folder."""
    home.make()
    take_in_stage(home, [str(inbox)])
    read_stage(home, tick=None)
    load_stage(home)
    return duckdb.connect(str(home.building), read_only=True)


def test_the_year_before_picks_among_placements_and_the_proof_names_it(tmp_path: Path) -> None:
    """Two cases carried through 2023 lost their column; 2022 says whose they were."""
    inbox, home = tmp_path / "in", Home(tmp_path / "home")
    inbox.mkdir()
    (inbox / "2023.txt").write_bytes(page(2023, NONE, (2, 2), (2, 2)))
    with built(home, inbox) as con:
        assert [(row[2], row[3]) for row in con.execute(CARRIED).fetchall()] == [("ambiguous", None)] * 2
    (inbox / "2022.txt").write_bytes(page(2022, FIRM, NONE, FIRM))
    with built(home, inbox) as con:
        for _, _, state, resolved, resolution, proof in con.execute(CARRIED).fetchall():
            assert (state, resolved, resolution) == ("reported", 2, "proved_by_sums")
            assert "of 2022" in proof
        open_cells = "SELECT count(*) FROM core.observation WHERE state = 'ambiguous'"
        assert con.execute(open_cells).fetchone() == (0,)
        assert con.execute("SELECT count(*) FROM core.finding WHERE rule = 'row.unplaced'").fetchone() == (0,)


def test_a_broken_chain_decides_nothing(tmp_path: Path) -> None:
    """The year before carried three forward; none of this year's readings agrees, so all of them stay."""
    inbox, home = tmp_path / "in", Home(tmp_path / "home")
    inbox.mkdir()
    three = (0, 3, 0, 0, 0, 0, 3)
    (inbox / "2022.txt").write_bytes(page(2022, three, NONE, three))
    (inbox / "2023.txt").write_bytes(page(2023, NONE, (2, 2), (2, 2)))
    with built(home, inbox) as con:
        assert [(row[2], row[3]) for row in con.execute(CARRIED).fetchall()] == [("ambiguous", None)] * 2
        broken = "SELECT DISTINCT rule FROM core.finding WHERE rule LIKE '%.xy.carry_total'"
        assert con.execute(broken).fetchall() == [("v21.xy.carry_total",)]
