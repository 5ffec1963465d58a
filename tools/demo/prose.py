"""The prose of the reports: our own sentences, several wordings each, and what every figure in them
states."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import NamedTuple

from pipeline.codebook import load_codebook
from pipeline.report import Figure, State
from tools.demo.bodies import PROVINCE_NAME, Body
from tools.demo.faults import figure_text
from tools.demo.figures import Figures
from tools.demo.truth import TruthCell


class Part(NamedTuple):
    """A section: its number among the form's sections (0: before the first), its heading, its paragraphs."""

    number: int
    heading: str
    paragraphs: tuple[str, ...]


class Prose(NamedTuple):
    """The report's text in order, and the figures that it states."""

    parts: tuple[Part, ...]
    statements: tuple[TruthCell, ...]


_BASIS = (
    "按照《中华人民共和国政府信息公开条例》的要求，{name}编制并公布本年度报告。",
    "本报告由{name}依照《中华人民共和国政府信息公开条例》编制，现向社会公布。",
    "为便于公众了解我们的工作，{name}依条例规定整理了这份年度报告。",
)
_PERIOD = (
    "报告中数据的统计期限为{year}年1月1日至{year}年12月31日。",
    "所列数据的统计期限自{year}年1月1日起，至{year}年12月31日止。",
)
_CONTACT = (
    "读者如有疑问，请与{place}政务公开办公室联系（地址：{seat}听雨路{no}号；电话：0199-8{tel:06d}）。",
    "对本报告有意见和建议的，可致电0199-8{tel:06d}，或寄信至{seat}观云街{no}号政务公开窗口。",
)
_SCOPE = {
    "whole_area": (
        "本报告汇总{area}各级行政机关的数据编制而成。",
        "本报告综合{area}各级各部门报送的情况，数据来自{area}编制年度报告的全部单位。",
    ),
    "own_body": (
        "报告只反映本机关自身的工作情况，不含下属单位。",
        "本报告的数据为本机关自身产生，不包括其他单位。",
    ),
}
_GENERAL = (
    "{self}把公开透明当作日常工作的一部分，凡是群众办事要看的内容，都力求摆在明处、写得明白。",
    "这一年，{self}重新理顺了信息发布的流程，由起草科室提出公开意见，由专人复核后再上网。",
    "{self}围绕百姓关心的用水、出行、就学等事项，及时发布进展，努力让群众少跑路、少打听。",
    "针对栏目重复、查找不便的老问题，{self}对网站专栏作了归并，并给常用内容加了索引。",
    "{self}坚持先审后发，涉密内容一律不上网，个人信息在发布前作必要的遮盖。",
    "{self}在服务大厅摆放了纸质目录，为不习惯上网的老年人提供当面查询。",
    "新来的经办人员由老同志带着熟悉答复程序，遇到拿不准的问题集体商量。",
    "{self}注重把政策讲清楚，重要文件发布时一并登出问答和图示。",
    "{self}将公开工作纳入年终考核，对迟报漏报的科室提出整改要求。",
    "借助政务新媒体，{self}把便民提示送到群众手中，留言由专人跟进回应。",
)
_PROBLEMS = (
    "一年来的工作仍有不足：有的栏目更新不够及时，政策解读的形式还比较单一。",
    "对照群众期待，还存在公开内容深浅不一、个别科室主动性不强的问题。",
    "主要问题是基层经办人员变动较快，业务不熟，答复文书的规范程度有待提高。",
)
_PLANS = (
    "下一步，将把栏目维护的责任落实到人，多用图解和短片讲政策。",
    "今后，将加强对经办人员的培训，把答复文书的格式统一起来。",
    "接下来，将定期抽查各科室的公开情况，发现问题当场改正。",
)
_NOTHING_ELSE = ("无其他需要报告的事项。", "没有需要另行报告的其他事项。", "本年度没有其他需要说明的情况。")
_HEADINGS_2019 = (
    ("一、总体情况",), ("二、主动公开政府信息情况", "二、行政机关主动公开政府信息情况"),
    ("三、收到和处理政府信息公开申请情况", "三、行政机关收到和处理政府信息公开申请情况"),
    ("四、政府信息公开行政复议、行政诉讼情况", "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
     "四、政府信息公开行政复议和行政诉讼情况"),
    ("五、存在的主要问题及改进情况", "五、政府信息公开工作存在的主要问题及改进情况", "五、存在的主要问题及改进措施"),
    ("六、其他需要报告的事项",),
)  # fmt: skip
_HEADINGS_2014 = ("一、概述", "二、主动公开政府信息情况", "三、回应解读情况", "四、依申请公开政府信息情况",
                  "五、行政复议、行政诉讼和举报投诉情况", "六、机构建设和保障经费情况",
                  "七、政府信息公开会议和培训情况", "八、存在的主要问题和改进措施", "九、附表")  # fmt: skip
_HEADINGS_2008 = ("一、基本情况", "二、主动公开政府信息的情况", "三、依申请公开和不予公开政府信息的情况",
                  "四、收费及减免情况", "五、行政复议和行政诉讼情况", "六、存在的主要问题及改进措施")  # fmt: skip


_FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")


class _Writer:
    """Chooses wordings and keeps the figures that they state."""

    def __init__(self, rng: Random, body: Body, year: int, figures: Figures, wrong: Mapping[str, Figure],
                 silent: bool) -> None:  # fmt: skip
        self.rng = rng
        self.names = {"name": body.name, "place": body.place, "seat": body.full_place.removeprefix(PROVINCE_NAME), "area": body.area_word, "self": body.self_word,
                      "year": str(year)}  # fmt: skip
        self.figures = figures
        self.manner = body.style % 7 - 3
        self.wrong = wrong
        self.silent = silent
        self.statements: list[TruthCell] = []
        self.general = list(_GENERAL)
        rng.shuffle(self.general)

    def pick(self, wordings: tuple[str, ...]) -> str:
        chosen = self.rng.choice(wordings)
        return (
            chosen.format(**self.names)
            if "{no" not in chosen
            else chosen.format(**self.names, no=self.rng.randint(2, 190), tel=self.rng.randint(0, 999999))
        )

    def talk(self, count: int) -> list[str]:
        """General sentences without figures, none twice in a report."""
        taken, self.general = self.general[:count], self.general[count:]
        return [s.format(**self.names) for s in taken]

    def true(self, indicator: str) -> Figure:
        value = self.figures.get((indicator, None))
        return value if value is not None else self.figures.get((indicator, "total"), 0)

    def figure(self, indicator: str) -> str:
        """The text of the indicator's figure; the statement is kept."""
        true = self.true(indicator)
        said = self.wrong.get(indicator, true)
        total = "total" if (indicator, "total") in self.figures else None
        self.statements.append(TruthCell(indicator, total, said, "reported", true))
        return self.written(said)

    def written(self, value: Figure) -> str:
        """The figure in the body's manner: plain, in full-width digits, or with thousands commas."""
        text = figure_text(value)
        if self.manner == 1:
            return text.translate(_FULL_WIDTH)
        return f"{value:,}" if self.manner == 2 and isinstance(value, int) else text

    def nil(self, indicator: str) -> None:
        """The sentence says in words that there was none."""
        total = "total" if (indicator, "total") in self.figures else None
        state: State = "text_zero"
        self.statements.append(TruthCell(indicator, total, 0, state, self.true(indicator)))

    def subtotal(self, *indicators: str) -> Figure:
        return sum(self.true(i) for i in indicators)


def _opening(w: _Writer, body: Body) -> tuple[str, ...]:
    first = w.pick(_BASIS) + w.pick(_SCOPE[body.scope])
    return (first, w.pick(_PERIOD) + w.pick(_CONTACT))


def _disputes(w: _Writer) -> list[str]:
    """Reconsideration and litigation in one or two sentences."""
    direct, after = "litigation.direct.total", "litigation.after_review.total"
    split_form = (direct, None) in w.figures
    review = w.true("reconsideration.total")
    suits = w.subtotal(direct, after) if split_form else w.true("litigation.total")
    said: list[str] = []
    if w.silent:
        return w.talk(1)
    if review:
        said.append(w.rng.choice(("{year}年因政府信息公开被申请行政复议{n}件。", "全年发生政府信息公开行政复议{n}件。"))
                    .format(**w.names, n=w.figure("reconsideration.total")))  # fmt: skip
    else:
        w.nil("reconsideration.total")
        said.append(w.pick(("{year}年未发生因政府信息公开被申请行政复议的情况。",
                            "{area}没有因政府信息公开被申请行政复议。")))  # fmt: skip
    if suits and split_form:
        said.append(
            f"被提起行政诉讼{w.written(suits)}件，其中未经复议直接起诉{w.figure(direct)}件，复议后起诉{w.figure(after)}件。"
        )
        w.statements.append(TruthCell("litigation.total", None, suits, "reported", suits))
    elif suits:
        said.append(f"因政府信息公开被提起行政诉讼{w.figure('litigation.total')}件。")
    else:
        w.statements.append(TruthCell("litigation.total", None, 0, "text_zero", 0))
        said.append(w.pick(("{year}年未发生因政府信息公开被提起行政诉讼的情况。",
                            "{area}没有因政府信息公开被提起行政诉讼。")))  # fmt: skip
    return said


def prose_2019(w: _Writer, body: Body) -> list[Part]:
    """The six sections of the forms of 2019 and 2021; figures in section one, remarks in the others."""
    f, year = w.figure, w.names["year"]
    if w.true("application.received"):
        asked = w.rng.choice((
            "{year}年，{area}共收到政府信息公开申请{n}件", "全年{area}共收到政府信息公开申请{n}件"
        )).format(**w.names, n=f("application.received"))  # fmt: skip
        if w.rng.random() < 0.5:
            asked += f"，办结{f('application.concluded')}件"
            if w.rng.random() < 0.6:
                asked += (f"，其中予以公开{f('application.outcome.granted')}件，"
                          f"部分公开{f('application.outcome.partial')}件")  # fmt: skip
        if w.true("application.carried_forward") and w.rng.random() < 0.5:
            asked += f"，结转下年度继续办理{f('application.carried_forward')}件"
        asked += "。"
    elif w.silent:
        asked = "".join(w.talk(1))
    else:
        w.nil("application.received")
        asked = w.pick(
            (
                "{year}年，{area}未收到政府信息公开申请。",
                "{area}全年未收到公民、法人和其他组织提出的政府信息公开申请。",
            )
        )
    issued, more = w.rng.randint(300, 20000), ""
    if w.rng.random() < 0.2:
        issued, more = issued // 100 * 100, "余"
    w.statements.append(TruthCell("proactive.disclosed.total", None, issued, "reported", issued))
    shown = w.rng.choice(("{year}年，{area}主动公开政府信息{n}条。", "{area}全年共主动公开政府信息{n}条。"))
    shown = shown.format(**w.names, n=w.written(issued) + more)
    first = [
        "（一）主动公开。" + shown + "".join(w.talk(2)),
        "（二）依申请公开。" + asked,
        "（三）信息管理。" + "".join(w.talk(2)),
        "（四）复议诉讼。" + "".join(_disputes(w)),
        "（五）监督保障。" + "".join(w.talk(2)),
    ]
    last = [w.pick(_NOTHING_ELSE)]
    if year >= "2021" and w.rng.random() < 0.4 and not body.size % 2:
        w.statements.append(TruthCell("fee.info_processing.collected_yuan", None, 0, "text_zero", 0))
        last = [f"{year}年，{body.self_word}未收取信息处理费。"]
    h = [w.rng.choice(wordings) for wordings in _HEADINGS_2019]
    problems = (w.pick(_PROBLEMS), w.pick(_PLANS))
    return [Part(0, "", _opening(w, body)), Part(1, h[0], tuple(first)), Part(2, h[1], ()), Part(3, h[2], ()),
            Part(4, h[3], ()), Part(5, h[4], problems), Part(6, h[5], tuple(last))]  # fmt: skip


def prose_2014(w: _Writer, body: Body) -> list[Part]:
    """The nine sections of a report of 2014 to 2018, the statistics table in the last."""
    f, names, h = w.figure, w.names, _HEADINGS_2014
    public = [
        f"{names['year']}年，{names['area']}主动公开政府信息{f('proactive.disclosed.total')}条，"
        f"其中主动公开规范性文件{f('proactive.disclosed.normative_documents')}条。",
        f"通过政府网站公开政府信息{f('proactive.channel.website')}条，"
        f"通过政务微博公开政府信息{f('proactive.channel.weibo')}条，"
        f"通过政务微信公开政府信息{f('proactive.channel.wechat')}条。",
    ]
    answer = f"{names['area']}回应公众关注热点或重大舆情{f('response.hot_topics')}次，发布政策解读稿件{f('response.policy_interpretations')}篇。"
    if w.true("application.received"):
        asked = f"{names['year']}年，{names['area']}共收到政府信息公开申请{f('application.received')}件"
        if w.rng.random() < 0.4:
            asked += (f"，其中当面申请{f('application.received.in_person')}件，"
                      f"网络申请{f('application.received.online')}件")  # fmt: skip
        asked += "。"
    elif w.silent:
        asked = "".join(w.talk(1))
    else:
        w.nil("application.received")
        asked = w.pick(("{year}年，{area}未收到政府信息公开申请。", "{area}本年度未收到政府信息公开申请。"))
    money = w.true("fee.collected_10k_yuan")
    if money:
        fee = f"依申请公开信息收取的费用为{f('fee.collected_10k_yuan')}万元。"
    else:
        w.nil("fee.collected_10k_yuan")
        fee = w.pick(("全年未收取依申请公开的任何费用。", "{self}未向申请人收取检索、复制、邮寄等费用。"))
    staff = (f"{names['area']}从事政府信息公开工作人员共{f('institution.staff.total')}人，其中专职人员"
             f"{f('institution.staff.full_time')}人，兼职人员{f('institution.staff.part_time')}人；"
             f"设置政府信息公开查阅点{f('institution.reading_points')}个。"
             f"政府信息公开专项经费{f('institution.fund_10k_yuan')}万元。")  # fmt: skip
    meet = (f"{names['year']}年，召开政府信息公开工作会议或专题会议{f('meeting.sessions')}次，"
            f"举办各类培训班{f('training.sessions')}次，接受培训人员{f('training.participants')}人次。")  # fmt: skip
    return [
        Part(0, "", _opening(w, body)), Part(1, h[0], tuple(w.talk(4))), Part(2, h[1], (*public, *w.talk(1))),
        Part(3, h[2], (answer,)), Part(4, h[3], (asked + fee,)), Part(5, h[4], tuple(_disputes(w))),
        Part(6, h[5], (staff,)), Part(7, h[6], (meet,)), Part(8, h[7], (w.pick(_PROBLEMS), w.pick(_PLANS))),
        Part(9, h[8], ()),
    ]  # fmt: skip


def prose_2008(w: _Writer, body: Body, *, with_figures: bool) -> list[Part]:
    """The six matters of the regulation of 2007; without figures where a list table carries them."""
    f, names, h = w.figure, w.names, _HEADINGS_2008
    if not with_figures:
        texts = [["各项指标见文后所附的情况表。"] for _ in range(4)]
    else:
        shown = (f"{names['year']}年，{names['area']}主动公开政府信息{f('proactive.disclosed.total')}条，"
                 f"通过政府网站公开政府信息{f('proactive.channel.website')}条。")  # fmt: skip
        if w.true("application.received"):
            asked = (f"{names['year']}年，{names['area']}共收到政府信息公开申请{f('application.received')}件，"
                     f"其中当面申请{f('application.received.in_person')}件，网上申请{f('application.received.online')}件，"
                     f"信函申请{f('application.received.letter')}件。在已经答复的申请中，"
                     f"同意公开{f('application.outcome.granted')}件，同意部分公开{f('application.outcome.partial')}件，"
                     f"不予公开{f('application.outcome.refused')}件。")  # fmt: skip
        else:
            w.nil("application.received")
            asked = f"{names['year']}年，{names['area']}未收到政府信息公开申请。"
        if w.true("fee.collected_yuan"):
            fee = f"{names['year']}年，收取检索、复制、邮寄等费用{f('fee.collected_yuan')}元。"
        else:
            w.nil("fee.collected_yuan")
            fee = f"{names['year']}年，{names['self']}未收取检索、复制、邮寄等费用。"
        texts = [[shown], [asked], [fee], _disputes(w)]
    return [
        Part(0, "", _opening(w, body)), Part(1, h[0], tuple(w.talk(3))),
        *(Part(n + 2, h[n + 1], tuple(t)) for n, t in enumerate(texts)),
        Part(6, h[5], (w.pick(_PROBLEMS), w.pick(_PLANS))),
    ]  # fmt: skip


def write_prose(
    rng: Random,
    body: Body,
    year: int,
    template: str,
    figures: Figures,
    wrong: Mapping[str, Figure],
    *,
    with_figures: bool = True,
    silent: bool = False,
) -> Prose:
    """The report's prose. ``wrong`` gives indicators whose figure in the text differs from the table;
    ``with_figures`` false leaves a 2008 report's figures to its table; ``silent`` says nothing of what there
    was none of, so that a blank table stays unexplained."""
    writer = _Writer(rng, body, year, figures, wrong, silent)
    family = load_codebook().family_of(template)
    if family == "narrative":
        parts = prose_2008(writer, body, with_figures=with_figures)
    elif family == "statistics":
        parts = prose_2014(writer, body)
    else:
        parts = prose_2019(writer, body)
    return Prose(tuple(parts), tuple(writer.statements))
