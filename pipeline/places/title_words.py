"""The words of a report's title that name its body, and the sites' names beside them."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.chinese.days import ANY_YEAR
from pipeline.chinese.text import compared, without_sounds

_YEAR = re.compile(rf"[(（]?(?<!\d){ANY_YEAR}(?!\d)年?(?:年?度)?[)）]?")
_SCHOOL_YEAR = re.compile(rf"{ANY_YEAR}\s*[-—–~至]+\s*{ANY_YEAR}\s*学年(?:度)?")
_REPORT = re.compile(
    r"政府信息(?:与|和|及)政务公开|(?:政府|政务)?(?:网站)?信息(?:依申请|主动)?公开"
    r"(?!办|领导|中心|科|股|网|平台|工作办|工作领导|目录|条例|申请表|指南|专栏)"
    r"|政[府务]公开(?!办|领导|中心|科|股|网|平台|工作办|工作领导|管理|和|与|政务服务|服务)"
    r"|(?:工作)?(?:年度)?(?:工作)?(?:报告|年报)(?=$|[(（])"
)
_ITS_OFFICE = re.compile(r"人民政府[(（][^()（）]{0,3}(?:人民)?政府(办公[室厅])[)）]$")
_NOISE = re.compile(r"[\s\u3000\u200b\ufeff《》〈〉“”\"'‘’【】\[\]「」·•・]+")
_EDGE = " -—–_|:：,，.。、;；()（）*★●~"
_SITE_SPLIT = re.compile(r"[-—–_|｜>»]+")


def normalise(text: str) -> str:
    """NFKC, without blanks, quotes and middle dots, and without printed sounds."""
    return without_sounds(_NOISE.sub("", compared(text)))


@lru_cache(maxsize=1024)
def split_title(title: str) -> tuple[str, tuple[str, ...]]:
    """A report's title -> the words that name its body, and what stands as site names beside it.

    永顺县人民政府-永顺县2018年政府信息公开工作年度报告 -> 永顺县, (永顺县人民政府,). The body is "" where the
    title names none.
    """
    plain = _SCHOOL_YEAR.sub("", re.sub(r"【[^】]{0,8}】", "", compared(title)))
    parts = [p.strip(_EDGE) for p in _SITE_SPLIT.split(plain) if p.strip(_EDGE)]
    index = next((i for i, p in enumerate(parts) if "公开" in p and re.search("报告|年报", p)), None)
    if index is None:
        index = next((i for i, p in enumerate(parts) if re.search("公开|报告|年报", p)), 0)
    sites = tuple(normalise(p) for i, p in enumerate(parts) if i != index)
    if not parts:
        return "", sites
    return _body_words(normalise(parts[index])), sites


def with_its_office(words: str) -> str:
    """播州区人民政府(区政府办公室) as the office's name: it speaks, of both."""
    return _ITS_OFFICE.sub(r"人民政府\1", words)


def _body_words(text: str) -> str:
    text = re.sub(r"[(（](?:[^()（）]*?(?:版|式|稿|公开|试行))[)）]", "", text)
    before, about, after = text.partition("关于")
    if about:
        cut = re.sub(r"^(?:报送|公布|印发|发布|做好|上报|编制|公开|开展|呈报|对)+", "", after)
        text = before.strip(_EDGE) or cut
    text = _YEAR.sub(" ", text)
    head = text.strip(_EDGE)
    cut_at = _REPORT.search(head)
    words = trimmed((head[: cut_at.start()] if cut_at else head).replace(" ", ""))
    words = with_its_office(re.sub(r"人民$", "人民政府", words))
    words = re.sub(r"^(?:附件\d*|转发|公布|编制|发布(?!机构|单位)|现将)[:：]?(?=.{3,})", "", words)
    return trimmed(re.sub(r"(?:年度|工作|依申请|的|上半年|本级|\((?:本级|本级机关|机关)\))+$", "", words))


def trimmed(text: str) -> str:
    """Without marks at its edges; a bracket that closes one inside the name stays."""
    cut = text.strip(_EDGE)
    after = text[text.find(cut) + len(cut) :]
    return f"{cut})" if cut.count("(") > cut.count(")") and after.startswith(")") else cut
