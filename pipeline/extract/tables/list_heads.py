"""The head of a list (指标 | 单位 | 本年 | 累计): which of its columns hold the year's own figures."""

from __future__ import annotations

import re

from pipeline.chinese.days import YEAR
from pipeline.chinese.text import squeeze
from pipeline.extract.tables.orders import Column, Order
from pipeline.extract.tables.rows import Row

_PAST = re.compile(r"累计|历年|上年|去年|上一年|同期|增长|增减|比率|占比")
_YEAR_SO_FAR = re.compile(r"(?:本年|年初|自年初|全年|1[-~至—]12月).{0,6}累计")
_OWN = re.compile(r"本年|本期|本季|统计数|数量|数值|数据|件数|指标值|本级|合计|总数|总计|^数$|结果")
_COUNTER = re.compile(r"^(?:序号|代码|编码|编号|行次|行号|指标代码|项目代码)$")
_YEAR = re.compile(YEAR)
_LIST_HEAD = re.compile(r"指标|项目|内容|名称|事项|单位|序号|类别|年|统计|数")


def list_head(row: Row, year: int | None) -> Order | None:
    """The value columns of a list's head (指标 | 单位 | 本年 | 累计): those of other years have no key. None
    where the row is no such head."""
    labels = [i for i in row if i.is_label or i.year]
    if len(labels) < 2 or any(i.is_figure and i not in labels for i in row):
        return None
    if not any(_LIST_HEAD.search(squeeze(i.text)) for i in labels):
        return None
    named = any(_PAST.search(squeeze(i.text)) or _OWN.search(squeeze(i.text)) for i in labels[1:] if i.names)
    if any(i.is_value for i in labels) and not named and sum(1 for i in labels if i.year) < 2:
        return None  # one figure that may be a year, behind a label: a row
    own: list[Column] = []
    past: list[Column] = []
    for item in labels:
        text = squeeze(item.text)
        years = {int(y) for y in _YEAR.findall(text)}
        if years:
            (own if years == {year} else past).append(Column("own", text, item.col))
        elif _PAST.search(text) or _COUNTER.search(text):
            past.append(Column("", text, item.col))
        elif (
            _OWN.search(text) and item is not labels[0] and not text.startswith(("单位", "指标名", "项目名"))
        ):
            own.append(Column("own", text, item.col))
    whole = [c for c in past if _YEAR_SO_FAR.match(c.label)]
    if whole and all(c.label.startswith(("本期", "本季", "本月")) for c in own):
        past = [
            c for c in past if c not in whole
        ] + own  # 本年累计 is the year's own figure, 本期 its last part's
        own = [c._replace(key="own") for c in whole]
    return (*own, *(c._replace(key="") for c in past))
