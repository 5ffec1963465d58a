"""Sentence patterns as the codebook writes them, made ready to run.

A row's ``regex`` is plain ``re`` syntax over flattened text (NFKC, no white space, no quotation marks) with
shared pieces in braces: ``{N}`` is a printed number with the words that lead to it, ``{M}`` an amount of
money, the others stand for word groups (see ``PIECES``). A row may open with ``{head:NAME}``: it then holds
only where the last subject named before it is NAME (``HEADS``). See docs/adding-a-pattern.md.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.codebook import Codebook, CodebookError, Pattern, load_codebook

CHINESE_DIGITS = "零〇○一二两三四五六七八九十百千"
NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|[{CHINESE_DIGITS}]+(?:万[{CHINESE_DIGITS}]+)?)"
LEAD = (
    r"(?>总数量|总数|总量|总件数|总条数|数量|件数|条数|次数|人数|个数|数|总计|共计|合计|共有|共|计|为|是|有|达到|达|了|的|:"
    r"|大约|约|将近|近|超过|逾|突破|,共计|,共)*"
)
_SCALE = r"(?P<scale>[余多]?[万亿]?[余多]?)"

# Repeated groups are atomic, (?>...)*: their words overlap, and a hostile page must not make a regex try
# every cut.
PIECES: dict[str, str] = {
    "N": rf"{LEAD}(?P<n>{NUMBER}){_SCALE}",
    "M": rf"{LEAD}(?:人民币)?(?P<n>{NUMBER}){_SCALE}元",
    "ITEM": r"(?:条|件|篇|项|份|则)次?",
    "CASE": r"(?:[件宗份起例条项笔]次?|次)",
    "SUIT": r"(?:[件宗起例项]次?|次)",
    "WAYLIST": (
        r"(?:(?:收到|受理|接到|接收|新收)(?:[^,。;:、()\d]{0,24}?申请[^,。;:、()\d]{0,6}?|依申请公开|了|共)?(?:\d[\d,]*|[一二三四五六七八九十百千]+)[件宗份条]次?"
        r"|(?:政府信息公开|依申请公开|公开)?申请\d+件次?(?=[:(])|(?:按照?|从)?(?:申请|受理|提交|递交|接收)(?:的)?(?:方式|渠道|形式|途径))"
        r"(?:(?!答复|办结|公开|回复|送达|提供)[^。]){0,60}?(?<=[,:;、(中为分有])"
    ),
    "SAME": r"(?:(?<=(?<!\d)1[件起宗例][,(])|(?=[^,。;]{0,4}(?:均|全部|都)))(?:复议|诉讼|结果|机关|法院|一审|判决|裁定|为|均|全部|都|被|已|予以|依法)*",
    "NAMED": r"(?:^|(?<=[,。;:、(中和年]))(?:通过|利用|在)?(?!转|阅|关注|回复|征集|获|编|制作|拍|点击|粉)(?:(?![我本各其他和与及等通过利用网站])[\u4e00-\u9fff]){0,8}?(?<![局委镇乡街道各单位部门])",
    "GOT": r"(?:收到|接到|接收到?|收悉|新收|收)(?:并(?:受理|办理|办结|答复))?(?:了)?(?:公民、法人(?:和|或|及|或者)其他组织|申请人)?(?:(?:以|通过)各种(?:方式|渠道|形式|途径))?(?:提出|提交|递交)?(?:的)?",
    "TAKEN": r"(?:受理|登记受理|受理登记|登记|收到并受理)(?:了)?(?:向(?:我|本)?[省市县区州镇]?(?:人民)?(?:政府|局|机关)(?:提出|提交|递交)的)?(?:公民、法人(?:和|或|及|或者)其他组织)?(?:提出|提交|递交)?(?:的)?",
    "REQUEST": (
        r"(?:(?:各类|有效|有关|书面)?(?:(?:依申请公开)?政府信息公开的?申请|信息公开的?申请|依申请公开(?:政府信息|信息)?的?(?:申请|事项|办件)?"
        r"|申请公开政府信息|公开申请|政府信息申请|申请)(?:案件|件|事项|表|书)?)"
    ),
    "INFO": r"(?:各类|各项|基本|有效的?|新增)*(?:政府信息|政务信息|信息|政府信息公开)",
    "OPEN": r"(?:主动)?(?:向社会(?:公众)?)?(?:公开|发布|公布)(?:了)?",
    "ABOUT": (
        r"(?>政府信息公开|依申请公开|行政相对人|信息公开|政务公开|政府信息|其他组织|人民群众|申请人|本机关|本单位|我单位|"
        r"事务|答复|处理|行为|决定|过程|针对|关于|涉及|有关|相关|公开|工作|问题|事项|申请|不服|引起|引发|导致|"
        r"产生|发生|提起|提出|收到|接到|受理|办理|方面|任何|一起|一例|一件|1件|1起|公民|法人|或者|出现|群众|"
        r"我[局镇县市区委办乡厅]|本[局委办部镇]门?|以及|行政|因|由|就|与|中|对|为|而|被|、|或|和|及|的)*"
    ),
    "WEB": (
        r"(?:(?:省|市|县|区|局|委|厅|镇|我局|本机关)?(?:人民)?(?:政府)?(?:门户)?网站|互联网|网络|网上|线上|在线)(?:在线|网上)?(?:依?申请(?:公开)?)?(?:系统|平台)?"
    ),
    "POST": r"(?:邮局|邮政|邮寄|信函|信件|寄信|挂号信|特快专递)",
    "HAND": r"(?:现场|当面|上门|(?:到|在|向)[^,。;、:\d]{2,12}窗口|窗口)",
    "FILED": r"(?:方式|形式|途径|渠道|平台|系统)?上?(?:提交|提出|递交|寄送|受理|申请|收到)(?:的)?(?:政府信息公开|信息公开)?(?:申请)?(?:形式|方式|途径|渠道)?(?:的)?",
    "BE": r"(?>均|全部|都|已|被|是|为|系|属于|属|依法|作出|作)*",
    "FIRST": r"(?P<n>\d{1,3}(?:,\d{3})+|\d+)(?P<scale>[余多]?)",
    "WAYS": r"(?>(?:当面|现场|网络|网上|传真|信函|邮寄|电子邮件|书面)(?:方式|形式)?(?:申请)?(?:、|和|及|或者|或|与|以及)?)*?",
    "ALSO": r"(?>(?:方式|形式)?(?:申请)?(?:、|和|及|或者|或|与|以及)(?:当面|现场|网络|网上|传真|信函|邮寄|电子邮件|书面))*(?:方式|形式)?(?:提出|提交)?(?:的)?申请",
    "NONE": r"(?:未|没有|从未|尚未|暂未|并未|均未|没|无|暂无|均无)",
    "DISPUTES": r"(?:(?:、|和|及|与|或|或者|以及)?(?:被)?(?:因[^,。;、]{0,12})?(?:提起|申请|引发|发生|提出)?(?:的)?(?:行政复议|行政诉讼|复议|诉讼|应诉|行政申诉|申诉|投诉举报|举报投诉|投诉|举报))*",
    "BEFORE": r"(?>(?:行政复议|复议|行政诉讼|诉讼|投诉举报|举报投诉|投诉|举报)(?:申请|案件)?(?:、|和|及|或者|或|与|以及)?(?:被)?(?:因政府信息公开)?(?:提起|引发|发生|提出|申请)?(?:的)?)*?",
    "CASES": r"(?:的)?(?:行政)?(?:案件|案例|事项|事件|情况|情形|申请|现象|问题|件)*(?:发生|出现)?",
}

PIECES["ALLOF"] = (
    rf"(?:{PIECES['GOT']}|{PIECES['TAKEN']}){PIECES['REQUEST']}{PIECES['N']}{PIECES['CASE']}[,(](?:均|全部|都)(?:已经?)?"
)
_OWN_BEFORE = (
    "开息依到理收复结的件份条宗面场络上函真寄出交该此类效府被并年共总次其未有无没动线台统了从按因人业织构民众位体新等述项式为对由余种者"
    "及和与站口再仍续何则即凡经多少局县市区镇乡院委办关门箱议申或些个请途径道后前性均全部都已在照回更某名知待计所向零送一来"
)
"""What may stand before 申请 where it is one for information: 公开申请, 收到申请, 网络申请. 报装申请 is of another kind."""
HEADS: dict[str, str] = {
    "reconsideration": r"行政复议(?:申请)?|复议(?:申请)?",
    "litigation": r"行政诉讼|诉讼(?!请求)|应诉",
    "litigation.direct": r"未经(?:行政)?复议直接(?:起诉|提起)|直接起诉",
    "litigation.after_review": r"(?<!未)经(?:行政)?复议后(?:再)?(?:起诉|提起)|复议后(?:再)?(?:起诉|提起)",
    "complaint": r"(?<!信访)(?:投诉举报|举报投诉)(?!类)",
    "application": rf"(?:(?<![\u4e00-\u9fff])|(?<=[{_OWN_BEFORE}]))申请|申请人|公开答复|不予公开(?:政府)?信息(?:的)?情况",
    "training": r"(?:举办|组织|开展|召开|进行|了|各类|信息公开|政务公开|公开工作|业务|专题|集中|系统|工作|和|与|及|接受|参加|[次期场个])培训|(?<![\u4e00-\u9fff])培训",
    "foreign": r"(?:行政许可|许可|审批|办事|办证|登记|查询|低保|救助|补偿|援助|资质|职称|用地|建房|宅基地|户籍|护照|入学|退休|资金|贴息|注册|过户|公证|调处|执业|落户|生育|报销|采伐|取水|排污|占道|配租|补贴|补助|贷款|专利|商标|仲裁|执行|认定|鉴定|验收|备案|保障房|廉租房|公租房|租赁|住房|听证)"
    r"(?:类|事项|的|等)*(?:网上|在线|当面|现场)?申请|信访(?:类|的)?(?:事项)?申请|参加[^,。;]{0,16}(?:组织|举办|召开|开展)的[^,。;]{0,8}培训|(?<=[\u4e00-\u9fff])培训|热线|工单|留言|来信|来访"
    r"|信访件|来电|信件|监督员|评议员|协管员|网格员|人大代表|人大建议|提案|网民|诉求|政务服务事项(?:申请)?|申请",
    "staff": r"(?:从事|负责)政[府务](?:信息)?公开|政府信息公开工作(?:专兼职)?人员|专兼职人员|工作人员|(?:工作)?机构(?:和|与|及|、)?人员|人员(?:和|与|及|、)?(?:机构|经费|情况|配备)|[、.](?:人员|队伍|机构)(?=。|$)",
    "proactive": r"(?<!已)(?<!属于)主动(?:向社会)?公开(?!范围)",
    "fee": r"收费|收取|费用",
    "press": r"新闻发布会",
    "interview": r"在线访谈",
    "response": r"解读|回应|新闻发布会|访谈",
}
HEAD = re.compile(
    "|".join(
        f"(?P<{name.replace('.', '_')}>{HEADS[name]})" for name in sorted(HEADS, key=lambda n: -n.count("."))
    )
)
SURE = {
    "REQUEST": "申请",
    "INFO": "信息",
    "HAND": "(?:现场|当面|上门|窗口)",
    "WEB": "(?:网站|互联网|网络|网上|线上|在线)",
    "POST": PIECES["POST"],
}
"""Words that every reading of a piece holds, one of them; they serve as keywords."""
_PIECE = re.compile(r"\{([A-Z]+)\}")
_HEAD_MARK = re.compile(r"^\{head:([a-z_.]+)\}")


class Compiled(NamedTuple):
    """One runnable row: one of ``keywords`` must stand in a sentence before ``regex`` is tried (() =
    always)."""

    row: Pattern
    regex: re.Pattern[str]
    keywords: tuple[str, ...]
    head: str
    zero: bool


def expand(regex: str) -> tuple[str, str]:
    """A row's regex -> (head name or "", plain regex). Raises CodebookError on an unknown piece or head."""
    head = ""
    if match := _HEAD_MARK.match(regex):
        head, regex = match[1], regex[match.end() :]
        if head not in HEADS:
            raise CodebookError(f"unknown head {head!r}")

    def piece(match: re.Match[str]) -> str:
        if match[1] not in PIECES:
            raise CodebookError(f"unknown piece {match[0]}")
        return PIECES[match[1]]

    return head, _PIECE.sub(piece, regex)


def _group_end(regex: str, at: int) -> int:
    """Index of the bracket that closes the group opened at ``at``."""
    depth = 0
    while at < len(regex):
        if regex[at] == "\\":
            at += 1
        elif regex[at] == "[":
            at = regex.index("]", at)
        elif regex[at] == "(":
            depth += 1
        elif regex[at] == ")":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return at


def _alternatives(regex: str) -> list[str]:
    """The regex cut at its outermost ``|``."""
    parts, start, at = [], 0, 0
    while at < len(regex):
        if regex[at] == "\\":
            at += 1
        elif regex[at] == "(":
            at = _group_end(regex, at)
        elif regex[at] == "[":
            at = regex.index("]", at)
        elif regex[at] == "|":
            parts.append(regex[start:at])
            start = at + 1
        at += 1
    return [*parts, regex[start:]]


def required_words(regex: str) -> tuple[str, ...]:
    """Words of which every match must hold at least one; () where nothing is sure."""
    parts = _alternatives(regex)
    if len(parts) > 1:
        words = [required_words(part) for part in parts]
        return tuple(dict.fromkeys(w for found in words for w in found)) if all(words) else ()
    found: list[tuple[str, ...]] = []
    run, at = "", 0
    while at < len(regex):
        char = regex[at]
        end = at
        if char == "\\":
            end = at + 1
        elif char == "[":
            end = regex.index("]", at)
        elif char == "(":
            end = _group_end(regex, at)
        optional = regex[end + 1 : end + 2] in ("?", "*", "{") and end + 1 < len(regex)
        if char == "(" and not optional and regex.startswith("(?:", at):
            found.append(required_words(regex[at + 3 : end]))
        if "一" <= char <= "鿿" and not optional:
            run += char
        else:
            run = ""
        found.append((run,) if run else ())
        at = end + 1
    return max((f for f in found if f), key=lambda f: (min(map(len, f)), -len(f)), default=())


def _keywords(regex: str) -> tuple[str, ...]:
    return required_words(_PIECE.sub(lambda m: f" {SURE.get(m[1], '')} ", _HEAD_MARK.sub("", regex)))


def compile_row(row: Pattern) -> Compiled:
    """One row of patterns.csv, expanded and compiled. Raises CodebookError naming the row."""
    try:
        head, plain = expand(row.regex)
        compiled = re.compile(plain)
    except (CodebookError, re.error) as error:
        raise CodebookError(f"patterns.csv: {row.pattern_id}: {error}") from error
    zero = row.fixed_value != ""
    if zero == ("n" in compiled.groupindex):
        raise CodebookError(f"patterns.csv: {row.pattern_id}: a row has either a number or a fixed value")
    return Compiled(row, compiled, _keywords(row.regex), head, zero)


class PatternSet(NamedTuple):
    """The rows that hold for one form, as (keywords, rows): those that read a number, those that state a
    zero."""

    numbers: tuple[tuple[tuple[str, ...], tuple[Compiled, ...]], ...]
    zeros: tuple[tuple[tuple[str, ...], tuple[Compiled, ...]], ...]


def _by_keywords(rows: tuple[Compiled, ...]) -> tuple[tuple[tuple[str, ...], tuple[Compiled, ...]], ...]:
    groups: dict[tuple[str, ...], list[Compiled]] = {}
    for row in rows:
        groups.setdefault(row.keywords, []).append(row)
    return tuple((keywords, tuple(members)) for keywords, members in groups.items())


@lru_cache(maxsize=16)
def _compiled(rows: tuple[Pattern, ...], template: str) -> PatternSet:
    # narrative is what has no national table, whatever its year: its prose borrows the wording of all forms
    family = load_codebook().family_of(template)
    compiled = tuple(compile_row(row) for row in rows if template in row.templates or family == "narrative")
    return PatternSet(
        _by_keywords(tuple(c for c in compiled if not c.zero)),
        _by_keywords(tuple(c for c in compiled if c.zero)),
    )


_HELD: dict[tuple[int, str], tuple[Codebook, PatternSet]] = {}


def compiled_patterns(codebook: Codebook, template: str) -> PatternSet:
    """The rows that hold for ``template``, compiled once per codebook (hashing all rows each time is too
    slow)."""
    key = (id(codebook), template)
    held = _HELD.get(key)
    if held is None or held[0] is not codebook:
        held = _HELD[key] = (codebook, _compiled(codebook.patterns, template))
    return held[1]
