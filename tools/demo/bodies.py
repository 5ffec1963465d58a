"""The invented province 云泽省: its places, the bodies that report, and its register of divisions.

No name and no code here belongs to anybody: codes begin with 99, which the national list does not use.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

Level = Literal["province", "prefecture", "county", "township", "department"]
Scope = Literal["whole_area", "own_body"]

PROVINCE_NAME, PROVINCE_CODE = "云泽省", "990000"
MERGER_YEAR = 2020
_NAME_A = "霜雾墨鹭竹星砚笛琴萤苇蓼橘檀荻鲤雁鸥鹤麋珀虹岚荷榆枫柚梨杏藕桐莓霁岫翠碧藜蕨萱芷蘅菱"
_NAME_B = "泉原湾桥渡汀影笛屿浦亭坞陌畦澜洲汐川坡岬"
_OFFICES = ("水务局", "教育局", "民政局", "交通运输局", "林业局", "统计局", "城市管理局", "文化和旅游局")
_TAKEN = frozenset({"雾江", "霜原", "竹影", "鹭湾", "墨泉", "星桥", "石笛"})
_COUNTIES_EACH, _OFFICES_EACH = 6, 2


@dataclass(frozen=True, slots=True)
class Body:
    """One reporting body. ``size`` is the applications of a usual year (0: it never receives any);
    ``place`` is the place it speaks for, ``division_code`` that place's six digits (a township's county)."""

    name: str
    place: str
    full_place: str
    division_code: str
    level: Level
    scope: Scope
    area_word: str
    self_word: str
    size: int
    style: int
    first_year: int = 2000
    last_year: int = 2099

    @property
    def folder(self) -> str:
        """The name of the body's folder in a corpus; no other body has it."""
        if self.level != "township":
            return self.name
        return self.full_place.removeprefix(PROVINCE_NAME) + "人民政府"

    @property
    def site_name(self) -> str:
        return f"{self.place}人民政府门户网站" if self.level != "department" else f"{self.name}网站"

    @property
    def site_code(self) -> str:
        """Ten digits: the division code and the site's number in it, as SiteIDCode has it."""
        return f"{self.division_code}{self.style % 9000 + 1:04d}"


class DivisionLine(NamedTuple):
    """A row of ``divisions.csv`` in the columns that ``places.load_registry(extra)`` reads."""

    code6: str
    name: str
    short_name: str
    parent_code: str
    level: str
    kind: str
    valid_from: int
    valid_to: str


def _body(name: str, place: str, parents: str, code: str, level: Level, size: int, style: int,
          *, own: bool = False, first: int = 2000, last: int = 2099) -> Body:  # fmt: skip
    ending = "镇" if level == "township" else place[-1]
    if level == "department":
        return Body(
            name, place, parents + place, code, level, "own_body", "本局", "我局", size, style, first, last
        )
    scope: Scope = "own_body" if own else "whole_area"
    area = "本机关" if own else f"全{ending}"
    return Body(
        name, place, parents + place, code, level, scope, area, f"我{ending}", size, style, first, last
    )


def _first_eight() -> Iterator[Body]:
    p = PROVINCE_NAME
    yield _body("雾江市人民政府", "雾江市", p, "990100", "prefecture", 1180, 0)
    yield _body("霜原市人民政府", "霜原市", p, "990200", "prefecture", 860, 1)
    yield _body("竹影区人民政府", "竹影区", p + "雾江市", "990102", "county", 74, 2)
    yield _body("鹭湾县人民政府", "鹭湾县", p + "雾江市", "990121", "county", 38, 3, last=MERGER_YEAR - 1)
    yield _body("墨泉县人民政府", "墨泉县", p + "霜原市", "990221", "county", 46, 4)
    yield _body("星桥市人民政府", "星桥市", p + "霜原市", "990281", "county", 61, 5)
    yield _body("雾江市水务局", "雾江市", p, "990100", "department", 27, 6)
    yield _body("石笛镇人民政府", "石笛镇", p + "霜原市墨泉县", "990221", "township", 0, 7, own=True)


def _names() -> Iterator[str]:
    for shift in range(len(_NAME_B)):
        for at, a in enumerate(_NAME_A):
            b = _NAME_B[(at + shift * 7) % len(_NAME_B)]
            if a != b and a + b not in _TAKEN:
                yield a + b


def _more() -> Iterator[Body]:
    """Further cities with counties and offices until the codes are used up, then townships, then no more."""
    names = _names()
    style = 8
    counties: list[tuple[str, str, str]] = []
    for city_number in range(3, 99):
        city, city_code = f"{next(names)}市", f"99{city_number:02d}00"
        yield _body(
            f"{city}人民政府", city, PROVINCE_NAME, city_code, "prefecture", 500 + style * 37 % 700, style
        )
        style += 1
        for number in range(_COUNTIES_EACH):
            short = next(names)
            kind, digits = (("区", 2 + number), ("县", 21 + number))[number % 2]
            county, code = short + kind, f"99{city_number:02d}{digits:02d}"
            counties.append((county, code, PROVINCE_NAME + city))
            yield _body(f"{county}人民政府", county, PROVINCE_NAME + city, code, "county", 12 + style * 29 % 60, style,
                        own=style % 11 == 0)  # fmt: skip
            style += 1
        for number in range(_OFFICES_EACH):
            office = _OFFICES[(city_number * _OFFICES_EACH + number) % len(_OFFICES)]
            yield _body(city + office, city, PROVINCE_NAME, city_code, "department", style * 13 % 40, style)
            style += 1
    for shift in range(1, len(_NAME_A)):
        for at, (county, code, parents) in enumerate(counties):
            a, b = _NAME_A[(at + shift) % len(_NAME_A)], _NAME_B[(at * 3 + shift) % len(_NAME_B)]
            town = f"{a}{b}镇"
            yield _body(
                f"{town}人民政府", town, parents + county, code, "township", style * 7 % 9, style, own=True
            )
            style += 1


def iter_bodies(count: int) -> Iterator[Body]:
    """The first ``count`` bodies; the first eight are the shipped ones. Raises ValueError where names run
    out."""
    given = 0
    for source in (_first_eight(), _more()):
        for body in source:
            if given == count:
                return
            given += 1
            yield body
    if given < count:
        raise ValueError(f"only {given} invented bodies can be named, {count} were asked for")


def division_lines(bodies: Iterable[Body]) -> list[DivisionLine]:
    """The places that the bodies speak for, with the province and every place above them, by code."""
    found: dict[tuple[str, str], DivisionLine] = {
        (PROVINCE_CODE, ""): DivisionLine(
            PROVINCE_CODE, PROVINCE_NAME, "云泽", "", "province", "省", 2008, ""
        )
    }
    kinds = {"区": "市辖区", "县": "县", "市": "县级市"}
    for body in bodies:
        code, place = body.division_code, body.place
        if body.level == "township":
            found[(code, place)] = DivisionLine("", place, place[:-1], code, "township", "镇", 2008, "")
        elif body.level == "county":
            last = "" if body.last_year > 2090 else str(body.last_year)
            found[(code, "")] = DivisionLine(
                code, place, place[:-1], code[:4] + "00", "county", kinds[place[-1]], 2008, last
            )
        else:
            found[(code, "")] = DivisionLine(
                code, place, place[:-1], PROVINCE_CODE, "prefecture", "地级市", 2008, ""
            )
    return [found[key] for key in sorted(found)]


def divisions_csv(bodies: Iterable[Body]) -> str:
    """``division_lines`` as CSV text, head first."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(DivisionLine._fields)
    writer.writerows(division_lines(bodies))
    return out.getvalue()


def events_csv() -> str:
    """The one event of the invented province, in the columns of ``places/division_events.csv``."""
    return (
        "date,kind,from_code,to_code,source,note\n"
        f"{MERGER_YEAR},merged,990121,990102,invented,鹭湾县 -> 竹影区; 虚构\n"
    )
