"""Names of departments: 发改委, 发展和改革局, 发展改革委员会 -> 发展和改革. The table is departments.csv."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).resolve().parent / "departments.csv"
_ORGAN = re.compile(
    r"(?:委员会办公室|工作办公室|管理办公室|管理委员会|委员会|办公室|办公厅|管理局|管理处|管理中心|服务中心|局|委|厅|办|中心|总队|支队|大队|分局|署|处)$"
)
DEPARTMENT_ENDING = re.compile(
    r"(?:局|委员会|委|厅|办公室|办|中心|队|院|所|馆|站|台|社|会|校|学|园|公司|集团|署|处|室|部|科|银行|联社|协会|小组|指挥部|段|库|场|联|军分区)$"
)


@lru_cache(maxsize=1)
def department_table() -> dict[str, str]:
    """Name as written -> normalised department, from departments.csv."""
    with _TABLE.open(encoding="utf-8", newline="") as f:
        return {row["name"]: row["department"] for row in csv.DictReader(f)}


def normalise_department(name: str) -> str:
    """The department that a name means, without its place: 发改局 -> 发展和改革, 林业局 -> 林业.

    A name that the table lacks loses its last organ word (某某管理局 -> 某某); nothing is guessed beyond that.
    """
    table = department_table()
    name = re.sub(r"^(?:人民)?政府(?=.{3,})", "", name)
    if name in table:
        return table[name]
    if (bare := re.sub(r"(?:委员会|委)$", "局", name)) in table:
        return table[bare]
    return _ORGAN.sub("", name) or name
