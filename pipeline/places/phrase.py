"""Reads the name of a public body: which places it names, and which organ of the last of them it is.

淮安市洪泽区人民政府办公室 -> places 淮安市, 洪泽区; organ office. Nothing here weighs evidence: a name of two
places gives both, and a place that the registry lacks is kept as ``unknown_place``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from pipeline.places.departments import DEPARTMENT_ENDING, department_table
from pipeline.places.registry import Division, Registry, load_registry
from pipeline.places.title_words import normalise, trimmed

Organ = Literal[
    "none", "government", "office", "department", "customs", "tax", "branch", "university", "hospital", "firm",
    "township", "street", "zone", "other",
]  # fmt: skip
"""What a name's last words are an organ of; ``none`` is a place alone, ``other`` no body known here."""
OWN_ORGANS = frozenset(
    {"department", "customs", "tax", "branch", "university", "hospital", "firm", "township", "street"}
)
"""Bodies below a government, which report their own work alone."""
TOWN_ORGANS = frozenset({"township", "street"})

_ALL_OF = re.compile(r"全(?:国|省|市|县|区|系统)|各(?:省|市|县|区|级|地)")
"""What begins so speaks of many bodies, and is the name of none."""
_GOVERNMENT = re.compile(r"^(?:人民政府|政府|人民政府\(本级\)|行政公署|行署|管理委员会政府)$")
_OFFICE = re.compile(
    r"^(?:(?:人民政府|政府|行政公署|行署)(?:办公厅|办公室|办)|(?:办公厅|办公室|政府办|府办公室|府办)"
    r"|(?:人民政府|政府)?(?:推行)?(?:政务|政府信息|信息|政府信息与政务|政务信息)公开(?:[和与及](?:政务|政府信息)公开)?(?:工作)?"
    r"(?:领导小组|协调小组|小组)?(?:办公室|办))$"
)
_TOWN_REST = re.compile(
    r"(?:人民政府|政府|办事处|街道办事处|办|党政办公室|党政综合办公室|党政办|综合办公室|人民政府办公室|便民服务中心"
    r"|(?:人民政府|办事处).{2,20})?"
)
_TOWNSHIP = re.compile(
    rf"^(?:.{{0,8}}?人民政府)?(?P<name>(?:(?!政府)[^省市县]){{1,13}}?(?:镇|乡|街道|苏木)){_TOWN_REST.pattern}$"
)
_TOWNSHIP_ORGAN = re.compile(
    r"^(?:.{0,8}?人民政府)?(?P<name>(?:(?!政府)[^省市县]){1,13}?(?:镇|乡|街道|苏木))(?:人民政府|办事处).{2,20}$"
)
_NO_TOWN = re.compile(
    r"(?:[我本全各该]|乡|村|集|城)(?:镇|乡|街道)|.*(?:公开|报告|社会|年度|编制|资源|统筹).*"
)
"""我镇, 本乡, 乡镇: words for a township that name none."""
_ZONE = re.compile(
    r"^(?P<name>.{0,20}?(?:开发区|新区|园区|示范区|保税区|保税港区|度假区|名胜区|风景区|景区|管理区|工业园区?|科技园区?|产业园区?|港区"
    r"|试验区|合作区|实验区|经济区|高新区|经开区|新城|自贸区|旅游区|示范园区?|集聚区|聚集区))(?P<rest>.{0,24})$"
)
_COMMITTEE = re.compile(
    r"^(?P<name>(?:(?!开发区|新区|园区|示范区|国资|城市|住房|监督|资产|市容)[^党]){1,13}?[^区城资产房金])管委会$"
)
"""沙河管委会: a committee that runs what no word calls a zone; 国资管委会 is a department."""
_ZONE_ORGAN = re.compile(r"(?:党工委)?[、和]?(?:管理委员会|管委会)?")
_ZONE_OFFICE = re.compile(
    r"(?:党工委)?[、和]?(?:管理委员会|管委会)?(?:党政|综合|政务公开|信息公开|政府信息公开)?(?:工作)?(?:办公室|综合办|党政办)"
)
_CUSTOMS = re.compile(r"海关(?:关区|缉私分?局)?$")
_TAX = re.compile(r"(?:税务|国税|地税)(?:分)?局(?:.{0,10}(?:分局|税务所))?$")
_ENDINGS: tuple[tuple[Organ, re.Pattern[str]], ...] = (
    ("branch", re.compile(r"(?:分局|派出所|派出机构|司法所|监管所|管理所|办事处)$")),
    ("university", re.compile(r"(?:大学|学院|党校|学校|中学|小学|幼儿园)$")),
    ("hospital", re.compile(r"(?:医院|卫生院|保健院|妇幼保健计划生育服务中心)$")),
    ("firm", re.compile(r"(?:公司|集团|银行|供电局|电力局|邮政局)$")),
)
_NO_NAME = re.compile(
    r"[,，。;；:：、《》\d]|的|了|为了|以[及习新党]|思想|向社|坚持|按照|根据|依据|认真|积极|严格|深入|贯彻|落实|加强|推进|依托|通过|开展|结合|围绕|高度"
    r"|编制(?!委|办)|公布|标题|发布|现将|联系|下载|网站|制作|要求|疑问|所属|各|主动公开|收到|我[区县市局镇乡]|在|政府[及和与]|成立|设立|安排|承担|机关(?!事务|工委|党委|幼儿园)"
)
"""Words that stand in no body's name: a run of text that holds one reaches beyond the name."""
_UNKNOWN_PLACE = re.compile(r"^.{2,12}?(?:自治区|自治州|自治县|自治旗|地区|省|市|州|盟|县|区|旗)")
_NO_PLACE = re.compile(
    rf"{_NO_NAME.pattern}|[^一-鿿]|社会|报告|由|配合|协助|会同|联合|安排|承担|关于|年度|及|(?<!和)向|申请|标题|内容|机构"
)
_ITSELF = re.compile(r"街道办事处|[我本该各](?:局|委|厅|办|处|所|院|校|中心|单位|机关|部门|公司)")
_GENERIC = re.compile(r"^(?:我|本|全)?(?P<word>省|自治区|市|州|盟|地区|县|区|旗|镇|乡|街道)(?=.)")
_NATIONAL = re.compile(
    r"^(?:国家税务总局|中国共产党|中共|国家统计局|中华人民共和国|中国气象局|国网)(?=.{3,})"
)
_OF_THE_STATE = re.compile(r"^(?:中国|国家(?!税务总局.+局)|国务院|最高人民)|(?:总局|总署|总署本级机关)$")
_OWN_NAME = re.compile(r"[一-鿿]{2,18}(?<!学校)(?:大学|学院)")
_SECOND_NAME = re.compile(r"[(（][^()（）]{2,20}[)）]?$")
CORPS = "新疆生产建设兵团"
_TOWN_TAIL = ("镇", "乡", "街道", "苏木", "村", "社区")
_BROKEN_REST = ("场监", "场和质", "场管理", "政管理", "政公用", "容", "域", "划", "政设施")


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a body's name says.

    ``text`` is the name, cleaned. ``places`` are the rows that the last place named may be (any year), empty
    where none is named or known; ``parents`` are the rows named before it. ``unknown_place`` is a place's
    name that the registry lacks. ``organ`` is the kind of body, ``organ_name`` its own words (林业局; a
    township's name without its government), ``generic`` the bare 市 or 县 that stands for a place, ``zone``
    the development zone whose own body, office or department speaks.
    """

    text: str
    places: tuple[Division, ...]
    place_text: str
    organ: Organ
    organ_name: str
    generic: str = ""
    unknown_place: str = ""
    zone: str = ""


def is_national(phrase: Phrase) -> bool:
    """教育部, 海关总署, 国家税务总局: bodies of no place."""
    ministry = phrase.organ_name.endswith("部") and phrase.organ_name in department_table()
    return not phrase.places and not phrase.generic and (ministry or bool(_OF_THE_STATE.search(phrase.text)))


_TWO_BODIES = re.compile(r"(?:中心|[局办厅委会部院])[和与及]")
"""研究中心和某大学: two bodies, of which neither speaks alone."""


def needs_no_place(phrase: Phrase) -> bool:
    """Whether a name says which body it is though it names no place: a national body's, a university's
    own."""
    return (
        phrase.organ in OWN_ORGANS
        and not phrase.places
        and not _TWO_BODIES.search(phrase.text)
        and (is_national(phrase) or (bool(_OWN_NAME.fullmatch(phrase.organ_name)) and not phrase.generic))
    )


def without_second_name(name: str) -> str:
    """农业农村局 of 农业农村局(茶叶局): the name that a body also bears in brackets makes no other body."""
    return _SECOND_NAME.sub("", name) or name


@lru_cache(maxsize=4096)
def parse_phrase(text: str, registry: Registry) -> Phrase:
    """Reads one body's name; see ``Phrase``. Text that is no such name comes back with organ ``other``."""
    full = re.sub(r"(海关(?:总署)?)海关$", r"\1", trimmed(normalise(text)))
    words = _NATIONAL.sub("", full.removesuffix(")"))
    if not words or _ALL_OF.match(words):
        return Phrase("", (), "", "none", "")
    found = None if _listed_town(words) else _parse(words, words, (), 0, registry)
    found = found or _without_place(words, registry)
    if found.organ == "customs":
        full = full.removesuffix("关区")
    return replace(found, text=full, zone=_zone_of(found))


def _zone_of(phrase: Phrase) -> str:
    if (
        phrase.organ in ("none", "other", "government", *TOWN_ORGANS)
        or phrase.organ_name in department_table()
    ):
        return ""
    zone = _ZONE.match(phrase.organ_name)
    return zone["name"] if zone and not re.search("局|委|办", zone["name"]) else ""


def _without_place(words: str, registry: Registry) -> Phrase:
    if words.startswith(CORPS):
        return Phrase(words, (), "", _organ(words[len(CORPS) :]), words[len(CORPS) :], unknown_place=CORPS)
    provinces = tuple(d for d in registry.by_short_name(words) if d.level != "county")
    if any(d.level == "province" for d in provinces):
        return Phrase(words, provinces, words, "none", "")
    table = department_table()
    if words in table:
        organ: Organ = _organ(words)
        return Phrase(words, (), "", organ, words)
    generic = _GENERIC.match(words)
    if generic and not _listed_town(words):
        rest = words[generic.end() :]
        organ = _organ(rest)
        if (words.startswith(("我", "本", "全")) and not _town(words)) or (
            generic["word"] in ("镇", "乡", "街道") and organ in ("government", "office", "branch")
        ):
            return Phrase(words, (), "", "other", rest)
        if organ not in ("none", "other", *TOWN_ORGANS) or rest in table:
            return Phrase(words, (), "", organ, _organ_name(rest, organ), generic=generic["word"])
    organ = "department" if re.fullmatch("国家.{2,12}局", words) else _organ(words)
    if organ in (*TOWN_ORGANS, "customs", "government", "office", "zone"):
        return Phrase(words, (), "", organ, _organ_name(words, organ))
    unknown = _UNKNOWN_PLACE.match(words)
    if unknown and not _NO_PLACE.search(unknown[0]):
        end = unknown.end()
        while further := _UNKNOWN_PLACE.match(words[end:]):
            end += further.end()
        rest = words[end:]
        organ = _organ(rest)
        return Phrase(words, (), "", organ, _organ_name(rest, organ), unknown_place=words[:end])
    return Phrase(words, (), "", organ, _organ_name(words, organ))


def _parse(whole: str, words: str, above: tuple[Division, ...], at: int, registry: Registry) -> Phrase | None:
    """Longest place names first, each inside the one before; steps back where the rest makes no sense."""
    if len(words) >= 2:
        for name in registry.names_beginning(words):
            size = len(name)
            rows = _inside(registry.by_name(name), above, registry)
            if not rows or words[size:].startswith(_TOWN_TAIL):
                continue
            if words[size - 1] == "市" and words[size:].startswith(_BROKEN_REST):
                continue
            found = _parse(whole, words[size:], rows, at + size, registry)
            if found:
                return found
    if above:
        organ = _organ(words)
        if organ not in TOWN_ORGANS and _short_start(words, above, registry):
            found = _parse_short(whole, words, above, at, registry)
            if found:
                return found
        generic_tail = _UNKNOWN_PLACE.match(words)
        if (
            generic_tail
            and not _in_a_zone(words)
            and organ in ("none", "government", "office", "other", "department")
            and not _plain_organ(words)
        ):
            return Phrase(whole, (), "", _organ(words[generic_tail.end():]),
                          words[generic_tail.end():], unknown_place=whole[: at + generic_tail.end()])  # fmt: skip
        return Phrase(whole, above, whole[:at], organ, _organ_name(words, organ))
    return _parse_short(whole, words, above, at, registry)


def _in_a_zone(words: str) -> bool:
    """Whether words are a zone's, or a body's of a zone (高新区教育局)."""
    zone = _ZONE.match(words)
    return zone is not None and not re.search("局|委|办", zone["name"])


def _plain_organ(words: str) -> bool:
    """Whether words with a 市, 县 or 区 in them are still an organ's own (城市管理局, 社区矫正中心)."""
    if words in department_table():
        return True
    if re.match(r".{1,10}?(?:局|委员会|委|厅|院|队|中心|公司)", words):
        return True
    return bool(
        re.match(
            r"(?:城市|社区|林区|矿区|灾区|库区|市|县|区|州|山区|辖区|地区|老区|特区|行政区|住房|城区)", words
        )
    )


def _short_start(words: str, above: tuple[Division, ...], registry: Registry) -> bool:
    return any(
        _inside(registry.by_short_name(words[:n]), above, registry) for n in (2, 3, 4) if len(words) > n
    )


def _parse_short(
    whole: str, words: str, above: tuple[Division, ...], at: int, registry: Registry
) -> Phrase | None:
    """江苏淮安洪泽区…, 宁波质监局: a short name counts only before a place inside it or a known organ."""
    for size in (6, 5, 4, 3, 2):
        if len(words) <= size:
            continue
        rows = _inside(registry.by_short_name(words[:size]), above, registry)
        rest = words[size:]
        if not rows or (rest.startswith(_TOWN_TAIL) and rest not in department_table()):
            continue
        organ = _organ(rest)
        if organ == "zone" and _short_start(rest, rows, registry):
            found = _parse_short(whole, rest, rows, at + size, registry)
            if found:
                return found
        if (
            rest in department_table()
            or organ in ("government", "office", "zone", "customs", "tax")
            or (organ == "department" and _in_a_zone(rest))
        ):
            if organ == "customs":
                rows = tuple(r for r in rows if r.level == "prefecture") or rows
            return Phrase(whole, rows, whole[: at + size], organ, _organ_name(rest, organ))
        upper = tuple(r for r in rows if r.level != "county")
        found = _parse(whole, rest, upper, at + size, registry) if upper else None
        if found and found.places and found.places != upper:
            return found
    return None


def _inside(
    rows: tuple[Division, ...], above: tuple[Division, ...], registry: Registry
) -> tuple[Division, ...]:
    """Those rows that lie under one of ``above`` (under any code it has had), all where ``above`` is
    empty."""
    if not above or not rows:
        return rows
    codes = {a.code for a in above}
    return tuple(r for r in rows if codes & {a.code for a in registry.ancestors(r)})


def _organ(rest: str) -> Organ:
    if not rest:
        return "none"
    if _ITSELF.fullmatch(rest):
        return "other"
    if _GOVERNMENT.match(rest):
        return "government"
    if _OFFICE.match(rest):
        return "office"
    if rest in department_table():
        return "tax" if _TAX.search(rest) else "branch" if rest.endswith("分局") else "department"
    if town := _town(rest):
        return "street" if town.endswith("街道") else "township"
    if rest.endswith(("人民政府办公室", "人民政府办公厅")):
        return "office"
    if _NO_NAME.search(rest):
        return "other"
    if _COMMITTEE.match(rest):
        return "zone"
    if zone := _ZONE.match(rest):
        if _ZONE_ORGAN.fullmatch(zone["rest"]):
            return "zone"
        if _ZONE_OFFICE.fullmatch(zone["rest"]):
            return "office"
        if zone["rest"] not in ("管理局", "管理处"):
            return _service(zone["rest"])
    return _service(rest)


def _service(rest: str) -> Organ:
    """A body that is neither a government nor a township, by its last words."""
    if _CUSTOMS.search(rest):
        return "customs"
    if _TAX.search(rest):
        return "tax"
    for organ, pattern in _ENDINGS:
        if pattern.search(rest):
            return organ
    return "department" if DEPARTMENT_ENDING.search(rest) else "other"


def _town(rest: str) -> str:
    """A township's name without its government: 中心路街道 of 中心路街道办事处便民服务中心; "" for no township."""
    if listed := _listed_town(rest):
        return listed
    match = _TOWNSHIP.match(rest) or _TOWNSHIP_ORGAN.match(rest)
    if match is None or _NO_TOWN.fullmatch(match["name"]) or _NO_NAME.search(rest):
        return ""
    return match["name"]


def _listed_town(words: str) -> str:
    """The township of the gazetteer that a body's whole name begins with: 古县渡镇 is no 渡镇 of 古县."""
    for size in range(min(len(words), 14), 1, -1):
        rest = words[size:]
        organ = words[size - 1] in "镇乡道木" and _TOWN_REST.fullmatch(rest) and not _NO_NAME.search(rest)
        if organ and load_registry().townships(words[:size]):
            return words[:size]
    return ""


def _organ_name(rest: str, organ: Organ) -> str:
    if organ in TOWN_ORGANS:
        return _town(rest)
    zone = _COMMITTEE.match(rest) or _ZONE.match(rest)
    if zone and organ == "zone":
        return zone["name"]
    return f"党{rest}" if rest.startswith("委") else rest
