"""Of what time and of whom: what the words before a figure say of it.

The rule of the house: what may be another period's or another body's is in doubt, what surely is theirs is
foreign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.chinese.days import FULL_YEAR
from pipeline.extract.prose.clauses import Clause
from pipeline.extract.prose.words import Token

Verdict = Literal["take", "weak", "doubt", "foreign"]
"""``weak``: taken where no sure figure of the same kind stands beside it (截至年底公开9件)."""


class Clock(NamedTuple):
    """The time that holds: ``own`` year or not (None: years are named that nothing settles); the rest are of
    the sentence."""

    own: bool | None = True
    named: bool = False
    stated: bool = False
    cumulative: bool = False
    since: bool = False
    until: bool = False
    period: bool = False
    each: bool = False

    @property
    def only_cumulative(self) -> bool:
        """Is 累计 all that speaks for more years than one?"""
        return (
            bool(self.own) and self.cumulative and not (self.since or self.until or self.period or self.each)
        )

    def next_sentence(self) -> Clock:
        return Clock(self.own, stated=self.stated and bool(self.own))

    def next_figure(self) -> Clock:
        """累计 of a year that is named is told of its own figure alone."""
        held = self._replace(each=False) if self.each else self
        return held._replace(cumulative=False) if self.stated and not self.since else held

    def after(self, tokens: Sequence[Token], year: int | None, seen: set[int]) -> Clock:
        """The clock behind ``tokens``. ``seen`` are the years named so far, where the report's is unknown."""
        clock = self
        for at, token in enumerate(tokens):
            if token.kind != "time":
                continue
            if token.value == "year" and any(t.value == "since" for t in tokens[at + 1 :]):
                if token.year == year:
                    return Clock(own=True, named=True, stated=True)
                clock = clock._replace(since=True)
            elif token.value in ("year", "full", "first"):
                clock = clock._year(token, year, seen, until=_until(tokens, at))
            elif token.value == "this":
                clock = Clock(own=True, named=True, stated=True)
            elif token.value == "past":
                clock = clock._replace(own=False, named=True)
            elif token.value == "next":
                clock = clock._replace(period=True)
            elif token.value == "cumul":
                clock = clock._replace(cumulative=True)
            elif token.value == "since":
                clock = clock._replace(since=True, cumulative=True)
            elif token.value in ("until", "yearend"):
                clock = clock._replace(until=True)
            elif token.value == "period":
                clock = clock._replace(period=True)
            elif token.value == "each":
                clock = clock._replace(each=True)
        return clock

    def _year(self, token: Token, year: int | None, seen: set[int], *, until: bool) -> Clock:
        if token.value in ("full", "first") and not token.year:
            return self._replace(stated=True, until=False, period=False)
        seen.add(token.year)
        own = token.year == year if year is not None else (True if len(seen) == 1 else None)
        if until:
            return self._replace(own=own, named=True, until=True)
        if token.value == "first" and token.year != 2008:
            own = False
        return Clock(own=own, named=True, stated=bool(own))

    def verdict(self, *, stock: bool, counted: bool) -> Verdict:
        """Of a figure that stands here. ``stock``: a figure of the year's end; ``counted``: behind another
        figure of its sentence, where 累计 counts all years."""
        if self.own is False or self.period or self.each:
            return "foreign"
        if self.own is None:
            return "doubt"
        if self.since or (self.cumulative and (self.until or not self.stated)):
            return "doubt"
        if self.cumulative and counted and not stock:
            return "weak"
        return "weak" if self.until and not self.stated and not stock else "take"


def _until(tokens: Sequence[Token], at: int) -> bool:
    near = [t for t in tokens[max(0, at - 2) : at + 2] if t.kind == "time"]
    return any(t.value in ("until", "yearend") for t in near)


# --- whose ------------------------------------------------------------------------------------------------------

_SUFFIX = re.compile(
    r"(?:人民政府|政府办|办公室|办公厅|管理局|分局|局|委员会|管委会|委|厅|镇|乡|街道|办事处|中心|开发区|大队|支队|学校|医院|公司|县|区|市|州|旗|站|所|法院|系统)$"
)
_GOVERNMENT_END = re.compile(r"(?:人民)?政府(?:办公室|办公厅)?$")
_BARE_GOVERNMENT_END = re.compile(r"(?:人民)?政府$")
_FULL_NAME = re.compile(r"[\u4e00-\u9fff]{2,6}(?:省|市|县|区|州|盟|旗)[\u4e00-\u9fff]{2,16}")
_PLACE_OF = re.compile(
    r"^[\u4e00-\u9fff]{2,10}?(?:自治州|自治县|省|市|县|区|州|盟|旗)(?=[\u4e00-\u9fff]{2}|$)"
)
_ZONE = re.compile(
    r"(?:(?:综合实验|经济技术开发|经济开发|高新技术产业开发|开发)区|自治[州县]|[省市县区州盟旗])$"
)
"""What a place's name may leave out: 平潭 of 平潭综合实验区, also in its site's name (中国平潭)."""
_TITLE_OF = re.compile(
    rf"(?:^|[《\-—了布])(?P<name>[\u4e00-\u9fff]{{2,24}}?)(?:关于)?(?:{FULL_YEAR}年?度?)(?:政府)?(?:政务)?信息公开(?:工作)?(?:年度)?(?:情况)?(?:工作)?(?:的)?(?:报告|年报)"
)


def self_names(texts: Sequence[str], issuer: str | None = None) -> tuple[str, ...]:
    """Names of the reporting body: the issuer if known, and what titles in the first paragraphs say."""
    names = [issuer] if issuer else []
    for text in texts[:12]:
        if "信息公开" in text:
            names.extend(match["name"] for match in _TITLE_OF.finditer(text[:3000]))
    return tuple(dict.fromkeys(names))


_KIND_OF_BODY = re.compile(
    r"(?:(?:[一-鿿]{2})?服务中心|中心|医院|学院|大学|学校|中学|小学|幼儿园|研究院|分局|支队|大队|总队|海关|集团|公司|管委会|管理委员会|办事处|档案馆|图书馆|博物馆)$"
)
"""How a body of such a kind may call itself alone (学校收到申请2件)."""


_TAIL = re.compile(r"(?<=[省市县区州盟旗院])(?P<own>[一-鿿]{2,4}?)(?P<kind>街道|分院|支队|大队)(?:办事处)?$")
"""The end of a name that says enough: 关东街道, 关东街 of 某某开发区关东街道办事处."""


_SCHOOLS = frozenset(("大学", "学院", "学校", "中学", "小学", "幼儿园"))


@lru_cache(maxsize=1024)
def own_surfaces(names: tuple[str, ...]) -> tuple[str, ...]:
    """How a body may name itself: whole, without its place, without 人民政府; a tax bureau without the head
    of its name."""
    found: list[str] = []
    for name in (*names, *(n.removeprefix("国家税务总局") for n in names)):
        found += [name, _GOVERNMENT_END.sub("", name), name.removesuffix("办事处")]
        if tail := _TAIL.search(name):
            found += [tail[0], f"{tail['own']}{tail['kind']}", f"{tail['own']}{tail['kind'][:1]}"]
        if kind := _KIND_OF_BODY.search(name):
            found.append("学校" if kind[0] in _SCHOOLS else kind[0])
        bare = name
        while place := _PLACE_OF.match(bare):
            found += [place[0], place[0][:-1]]
            bare = bare[place.end() :]
            found += [bare, place[0][-1] + bare, bare.removesuffix("办事处")]
            short = _ZONE.sub("", place[0])
            found += [short, f"中国{short}"]
    return tuple(dict.fromkeys(n for n in found if len(n) > 1))


_OF_ZONES = ("园区", "开发区", "高新区", "经开区", "新区")
_RUNS_A_ZONE = re.compile(r"(?:园区?|区)管(?:理委员|委)会$|(?:高新|经开|开发|园|新)区$")


def _short(name: str) -> str:
    return re.sub(r"政府办$", "政府办公室", name).replace("人民政府", "政府")


def _abbreviates(short: str, own: str) -> bool:
    """州林草局 of 怀德州林业和草原局: every character of ``short`` stands in ``own``, in this order."""
    rest = iter(own)
    return all(char in rest for char in short)


@lru_cache(maxsize=4096)
def of_own_field(word: str, names: tuple[str, ...]) -> bool:
    """教育体育 of 白河县教育体育局, 局 of any bureau: a word whose characters stand in the body's own name, in their
    order, names the body or its field."""
    return any(_abbreviates(word, own) for own in names)


@lru_cache(maxsize=4096)
def is_own(name: str, names: tuple[str, ...]) -> Verdict:
    """Whether a body that is named is the reporting one."""
    bare = name.removesuffix("机关")
    short = _short(bare)
    for own in names:
        stem = _GOVERNMENT_END.sub("", own)
        if (
            _short(own).endswith(short)
            or (short in ("街道", "街道办") and short in own)
            or (short[-1:] in "局委办厅会联院校" and len(short) > 1 and _abbreviates(short, own))
            or own.endswith(bare)
            or (own.startswith(bare) and bare[-1] in "县市区州旗盟")
            or bare.endswith(own)
            or (len(bare) > 1 and stem.endswith(bare))
            or bare in (stem, stem + "政府", stem + "人民政府")
            or (bare == own + "办公室" and stem == own)
            or (bare.endswith(_OF_ZONES) and _RUNS_A_ZONE.search(own))
            or (_BARE_GOVERNMENT_END.sub("", bare) in (stem, stem[-1:]) and own != stem)
        ):
            return "take"
    if names:
        return "foreign"
    return "take" if _FULL_NAME.fullmatch(bare) else "doubt"


class Body(NamedTuple):
    """Whose figures a clause tells: ``kind`` as in the lexicon, or named; ``verdict`` of a figure here."""

    verdict: Verdict
    kind: str


OWN = Body("take", "")
_DEEDS = frozenset(("concept", "body", "topic"))
_PLACES = frozenset("县市区旗州盟")
_TO = frozenset("向给由")
_TO_WHOM = re.compile(r"[向给由](?:有关|相关|其他|上级|各|有)?$")
_BASIS = frozenset(("按照", "根据", "依据", "落实"))
_TOWNS = frozenset("乡镇街")
_LEVELS = re.compile(r"省、?市(?:[、和及]?[州县区旗])?|[省市州县区旗](?:[、和及][省市州县区旗])+")
_TOWNSHIP = re.compile(r"(?:乡|镇|街道|街道办事处)(?:人民政府)?$")
_DIRECT = "直"
"""In 省直单位: a government and these are not its area, whose lower governments they leave out."""
_LONGEST_NAME = 10
"""Characters of a clause that may be nothing but a body's name, not a deed (加快建设美丽中国样板城市)."""
_DOCUMENTS = frozenset(("file", "policydoc", "meet", "gazette"))


def _all_parts(clause: Clause, flat: str) -> bool:
    """各乡镇、县直各单位对信息进行了梳理: departments and townships together are the whole area."""
    levels = [flat[t.start : t.end] for t in clause.left if t.kind == "body" and t.value == "level"]
    towns = [not _TOWNS.isdisjoint(level) for level in levels]
    return clause.figure is None and any(towns) and not all(towns)


def named_body(clause: Clause, flat: str) -> tuple[str, frozenset[Token]]:
    """A body that words without a meaning name (县水务局), and the tokens that its name is made of."""
    tokens = clause.left
    if clause.left_kinds.isdisjoint(("unknown", "body")):
        return "", frozenset()
    for at in range(len(tokens) - 1, -1, -1):
        token = tokens[at]
        own_site = token.value == "website" and "政府" in flat[token.start : token.end]
        office = own_site or (token.kind == "body" and token.value == "government")
        if not office and (
            token.kind != "unknown" or len(token.value) < 2 or not _SUFFIX.search(token.value)
        ):
            continue
        if office and not (at and tokens[at - 1].kind == "unknown" and tokens[at - 1].end == token.start):
            continue
        if at and flat[tokens[at - 1].start : tokens[at - 1].end] in _TO:
            continue
        alone = clause.figure is None and token is tokens[-1]
        if alone and token.end - tokens[0].start > _LONGEST_NAME + 2 * (not at):
            continue
        first = at
        while (
            first
            and tokens[first - 1].end == tokens[first].start
            and (tokens[first - 1].kind in ("unknown", "matter") or tokens[first - 1].value == "own")
            and token.end - tokens[first - 1].start <= 14
        ):
            first -= 1
        if clause.figure is None and any(t.kind in _DEEDS for t in tokens[:first]):
            continue  # 有序落实省政务公开办对公开工作的要求: not who speaks
        name = flat[tokens[first].start : token.end]
        return name, frozenset(tokens[first : at if own_site else at + 1])
    return "", frozenset()


def _of_a_document(behind: Sequence[Token]) -> bool:
    """本级政府文件: whose document it is, not who speaks."""
    first = next((t for t in behind if t.kind != "body"), None)
    return first is not None and not _DOCUMENTS.isdisjoint(first.value.split("+"))


def _joined_with(before: Sequence[Token], office: str, flat: str) -> bool:
    """Is the government itself named right before its office?"""
    for token in reversed(before):
        if token.value == "government":
            return flat[token.start : token.end] in office
        if token.kind != "joint" and token.value != "own":
            break
    return False


def _is_channel(token: Token) -> bool:
    return token.kind == "concept" and token.topic == "disclosed" and "disc" not in token.value.split("+")


def body_of(
    clause: Clause,
    flat: str,
    name: str,
    of_name: frozenset[Token],
    names: tuple[str, ...],
    held: Body,
    *,
    narrow: bool,
    part: bool = False,
) -> Body:
    """Whose the clause's figure is, where ``held`` is what the sentence said before. Of kind ``site`` where
    the body only says whose a channel is (市局网站). ``part``: behind 其中, where an office and its departments
    are a part of the area."""
    if (
        clause.figure is None
        and clause.left
        and (clause.left[0].kind == "topic" or flat[clause.left[0].start : clause.left[0].end] in _BASIS)
    ):
        return held
    if not name and "body" not in clause.left_kinds:
        return held
    if _all_parts(clause, flat):
        return Body("doubt" if narrow else "take", "whole")
    if name:
        end = max(t.end for t in of_name)
        for token in clause.left:
            end = token.end if token.start == end and token.kind == "name" else end
        if any(t.start == end and _is_channel(t) for t in clause.left):
            place = "政府" in name or name[-1] in _PLACES or any(name in own for own in names)
            return Body("take" if place else is_own(name, names), "site")
        return Body(is_own(name, names), "named")
    body = held
    for at, token in enumerate(clause.left):
        surface = flat[token.start : token.end]
        if surface in _BASIS:
            break  # 本局按照县政务公开办要求
        if token.kind != "body" or (body.kind == "others" and body is not held):
            continue
        to_whom = at and _TO_WHOM.search(flat, max(0, token.start - 3), token.start)
        if to_whom and token.value in ("government", "level", "group"):
            continue
        after = clause.left[at + 1] if at + 1 < len(clause.left) else None
        if token.value == "others" and at and flat[token.start - 1] == "在":
            continue
        behind = [t.value for t in clause.left[at + 1 : at + 3]]
        on_sites = behind[:1] == ["website"] and _LEVELS.fullmatch(surface)
        if token.value == "level" and (on_sites or "platform" in behind):
            continue  # 市、县政府网站, 乡镇公开专栏
        if token.value not in ("own", "self") and _of_a_document(clause.left[at + 1 :]):
            continue
        if token.value in ("own", "self"):
            before = clause.left[at - 1] if at else None
            if before and before.value in ("level", "group") and before.end == token.start:
                continue  # 各县区教育局
            body = Body("take", "own")
        elif token.value == "area":
            own_area = not _TOWNS.isdisjoint(surface[-1:]) and any(_TOWNSHIP.search(own) for own in names)
            body = Body(
                "doubt" if narrow and not own_area else "take", "whole"
            )  # 全乡 of a township is itself
        elif token.value == "group":
            guided = at and clause.left[at - 1].value == "guide"  # 指导各单位公开5件
            if guided or (after is not None and _is_channel(after)):
                body = Body("doubt", "level")
                continue
            if body.kind == "level" and body is not held:
                continue
            body = Body("doubt" if held.kind in ("level", "named", "others") else "take", "group")
        elif token.value == "level":
            if names and surface in ("街道", "乡镇", "镇街") and is_own(surface, names) == "take":
                body = Body("take", "own")
            elif body is not held and body.verdict == "take" and clause.left[at - 1].kind == "joint":
                body = Body("doubt", "level") if part or _DIRECT in surface else body
            elif body.kind not in ("whole", "group") or body is held:
                body = Body("doubt", "level")
        elif token.value == "government":
            if (
                at
                and clause.left[at - 1].value in ("level", "area")
                and clause.left[at - 1].end == token.start
            ):
                continue  # 乡镇政府, 全市各级政府
            if after is not None and _is_channel(after):
                continue
            if at and clause.left[at - 1].value == "own" and clause.left[at - 1].end == token.start:
                surface = flat[clause.left[at - 1].start : token.end]
            own: Verdict = "doubt" if "办" in surface else "take"
            if names and surface not in ("政府", "人民政府"):
                own = is_own(surface, names)
            if own != "take" and _joined_with(clause.left[:at], surface, flat):
                own = "take"  # 市政府及市政府办公室
            body = Body(own, "own" if own == "take" else "named")
        else:
            body = Body("foreign", "others")
    return body
