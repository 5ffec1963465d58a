"""Names of bodies in running text: where one begins and ends, and the body whose own office is named."""

from __future__ import annotations

import re

from pipeline.places.departments import department_table
from pipeline.places.phrase import CORPS, OWN_ORGANS, Phrase, needs_no_place, parse_phrase
from pipeline.places.registry import Registry

_NAME_STOPS = re.compile(r"[(（《<。;；,，:：、!?>|\n]")
_FILLERS = re.compile(
    r"(?:本报告|本年报|报告|内容|主要|反映|现将|现就|现向|现对|现|向(?!阳)|特向|特将|特|向社会|社会|公众|公布|公开|发布|公示|编制|编写|编报|撰写|制作|起草|提交|上报|呈报|形成|制定|完成|全面|总结|梳理|汇总|结合"
    r"|根据|按照|对|将|把|就|了|的|本|年度|今年|由|为|是|在|和|以及|及|关于|报送|如下|要求)*"
)
_ENDS = re.compile(r"[府局委厅办室处镇乡县市区州盟旗会院校学园司关心队所站台社署段场木道部大团组馆]")
_SUB_OFFICE = re.compile(
    r"(?:党政|综合|行政|单位|机关|学校|校长|院长|政务公开|政务信息公开|信息公开|信息公开工作|政府信息公开|政府信息公开工作|政务公开工作|秘书|信息)*"
    r"(?:(?:工作)?领导小组(?:办公室)?|办公室|综合办|科|股|处|室|中心|办|信息中心)$"
)
_BY_ITS_OFFICE = re.compile(r"(?:编制|指导|协调|运动|动员|防空|绿化|安全生产|领导)委员会$|指挥部$")
"""Boards whose office is the body: 机构编制委员会办公室."""


_NAMED_BY = {
    "委": "委|委员会|管委会", "办": "办|办公室|办公厅", "街": "街道|街道办事处", "街道": "街道|街道办事处",
    "镇": "镇|镇人民政府", "乡": "乡|乡人民政府", "校": "大学|学院|学校|[中小]学", "会": "会", "社": "社", "关": "海关",
}  # fmt: skip
"""How the name of a body ends that calls itself so: 我委 is a commission's or a committee's."""


def can_say(word: str, phrase: Phrase) -> bool:
    """Whether a body of this name can call itself by a word: 云和县水利局 is a 局, and no 委."""
    return re.search(f"(?:{_NAMED_BY.get(word, word)})$", phrase.text) is not None


def name_ending(run: str, registry: Registry) -> Phrase | None:
    """The body that a run of text ends with: where a name of the gazetteer begins behind nothing but
    fillers, that name; else what is left behind the fillers."""
    for start in range(len(run) - 1):
        if _FILLERS.fullmatch(run[:start]) and begins_in_gazetteer(run[start:], registry):
            phrase = parse_phrase(run[start:], registry)
            if phrase.organ != "other" and (phrase.places or phrase.organ != "none"):
                return phrase
    filler = _FILLERS.match(run)
    phrase = parse_phrase(run[filler.end() if filler else 0 :], registry)
    return phrase if phrase.organ not in ("none", "other") or phrase.unknown_place == CORPS else None


def begins_in_gazetteer(text: str, registry: Registry) -> bool:
    """Whether a text begins with a name of the gazetteer: a division's, or a township's."""
    return any(registry.names_beginning(text)) or any(
        registry.townships(text[:n]) for n in range(2, min(len(text), 12) + 1) if text[n - 1 : n] in "镇乡道木")  # fmt: skip


def name_at(text: str, registry: Registry) -> Phrase | None:
    """The longest name of a body that a text begins with; None where it begins with none."""
    text = _NAME_STOPS.split(text, maxsplit=1)[0]
    for end in reversed([m.end() for m in _ENDS.finditer(text)]):
        if end < 3:
            break
        phrase = parse_phrase(text[:end], registry)
        if phrase.organ in ("none", "other") and phrase.text != CORPS:
            continue
        known = (
            phrase.places
            or phrase.generic
            or phrase.unknown_place
            or phrase.organ_name in department_table()
            or needs_no_place(phrase)
        )
        if known or phrase.organ in ("township", "street", "zone", "customs"):
            return phrase
    return None


def without_office(phrase: Phrase, registry: Registry) -> Phrase:
    """县水利局 of 县水利局办公室, a body that others ask through its own office; a government's office stays what it
    is."""
    if phrase.organ not in (*OWN_ORGANS, "office"):
        return phrase
    bare = _SUB_OFFICE.sub("", phrase.text)
    if _BY_ITS_OFFICE.search(bare):
        return phrase
    if bare != phrase.text and len(bare) >= 3:
        whole = parse_phrase(bare, registry)
        if whole.organ in ("zone", "office") or (phrase.organ != "office" and whole.organ in OWN_ORGANS):
            return whole
    return phrase
