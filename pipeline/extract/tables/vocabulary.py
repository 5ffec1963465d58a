"""The codebook's labels as look-ups: what a printed label can mean, exactly, by its beginning, or nearly.

A label is compared in normal form. A near match must reach ``NEAR`` and lead the next different meaning by
``MARGIN``; else the label is unknown and its figures stay ``local.*``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Mapping
from functools import lru_cache
from itertools import product
from typing import Generic, NamedTuple, TypeVar

from pipeline.chinese.labels import normalise_label
from pipeline.chinese.numbering import ITEM
from pipeline.chinese.resemblance import most_alike
from pipeline.chinese.text import squeeze
from pipeline.chinese.units import COUNTS
from pipeline.codebook import Codebook, Indicator, load_codebook

NEAR = 84.0
MARGIN = 6.0
MIN_BEGINNING = 8
"""Signs of a label that tell it although its end is cut off."""
_GLOSS = re.compile(r"[(（\[【].*$", re.S)
_MORE = re.compile(
    r"(?:指|含|包括|不含|不包|其中|区分|即|按|以|数量?|情况|总数|件|单位|截[至止]|行政机关不再)"
)
_TURNING = frozenset("本上去前今下不未非新旧增减除后外内含仅")
T = TypeVar("T")
Cell = tuple[tuple[str, str | None], Indicator]
"""A cell of a form, (indicator, applicant), and its indicator there."""


_UNITS = frozenset((*COUNTS, "元", "万元"))
_NUMBERED = re.compile(rf"\s*{ITEM}")


def is_unit(text: str) -> bool:
    """Whether a cell holds nothing but a unit of counting or money."""
    return squeeze(text) in _UNITS


def numbering(text: str) -> str:
    """The numbering that a label begins with, as printed: ``(三)``, ``一、``, ``1.``, or nothing."""
    found = _NUMBERED.match(text)
    return found[0].strip() if found else ""


def turning(character: str) -> bool:
    """Whether a character turns the meaning of a label that it stands in."""
    return character in _TURNING


def _telling(norm: str) -> list[str]:
    """The characters of a label that turn its meaning: this year or last, granted or not, which number."""
    return sorted(c for c in norm if c in _TURNING or c.isdigit())


class RowKey(NamedTuple):
    """What a row label stands for: a row of the application or statistics table (``indicator``), or a matter
    of the proactive tables (``indicator`` empty)."""

    table: str
    indicator: str
    group: str
    matter: str = ""


class ColumnKey(NamedTuple):
    """What a column label stands for: ``kind`` is applicant, state, quantity or group."""

    kind: str
    key: str


class Index(Generic[T]):
    """Normal label -> meanings, with near matching; answers are remembered."""

    def __init__(self) -> None:
        self.exact: dict[str, tuple[T, ...]] = {}
        self.joined: dict[str, tuple[T, ...]] = {}  # labels made of two, never matched nearly
        self.barred: Container[str] = ()  # labels of another kind, though near to some of these
        self.keeps_beginnings = False  # whether the beginning of a long label is enough
        self._known: dict[str, tuple[T, ...]] = {}

    def add(self, label: str, meaning: T) -> None:
        norm = normalise_label(label)
        held = self.exact.get(norm, ())
        if norm and meaning not in held:
            self.exact[norm] = (*held, meaning)

    def join(self, heading: str, label: str, meaning: T) -> str:
        """Add a heading and what stands under it as one label; gives its normal form."""
        norm = normalise_label(f"{heading}{label}")
        if norm not in self.exact:
            self.joined.setdefault(norm, (meaning,))
        return norm

    def find(self, text: str) -> tuple[T, ...]:
        """Every meaning of the label; empty where it is unknown or lies between two."""
        found = self._known.get(text)
        if found is None:
            if len(self._known) > 50_000:
                self._known.clear()
            found = self._known[text] = self._find(text)
        return found

    def _find(self, text: str) -> tuple[T, ...]:
        norm = normalise_label(text)
        if not norm:
            return ()
        if norm in self.exact:
            return self.exact[norm]
        if norm in self.joined:
            return self.joined[norm]
        if norm in self.barred:
            return ()
        if _GLOSS.search(text):
            bare = normalise_label(
                _GLOSS.sub("", unicodedata.normalize("NFKC", text).strip()[:1] + text.strip()[1:])
            )
            if bare != norm and bare in self.exact:
                return self.exact[bare]
        for length in range(len(norm) - 1, 4, -1):
            if norm[:length] in self.exact and _MORE.match(norm, length):
                return self.exact[norm[:length]]
        if not 4 <= len(norm) <= 60:
            return ()
        near = most_alike(norm, self.exact, NEAR - MARGIN)
        if not near or near[0][1] < NEAR:
            return self._cut_off(norm)
        best = self.exact[near[0][0]]
        if _telling(norm) != _telling(near[0][0]):
            return ()
        if any(self.exact[other] != best and near[0][1] - score < MARGIN for other, score in near[1:]):
            return ()
        return best

    def _cut_off(self, norm: str) -> tuple[T, ...]:
        """What a label means whose end a sheet cut off at its cell's edge: the one meaning of all labels that
        begin so."""
        if len(norm) < MIN_BEGINNING:
            return ()
        meanings = {meaning for label, meaning in self.exact.items() if label.startswith(norm)}
        return meanings.pop() if self.keeps_beginnings and len(meanings) == 1 else ()


class Vocabulary:
    """All labels of the forms; one instance a process: ``vocabulary()``. ``modern``: rows of the forms of six
    sections; ``statistics``: rows of each other form; ``columns`` and ``groups``: what stands above
    figures."""

    def __init__(self, codebook: Codebook) -> None:
        self.codebook = codebook
        self.sections = codebook.forms_of("sections")
        self.modern: Index[RowKey] = Index()
        self.modern.keeps_beginnings = True
        self.statistics: dict[str, Index[RowKey]] = {
            form: Index() for form in reversed(codebook.forms_of("narrative", "statistics"))
        }
        self._forms: dict[str | None, Mapping[str, Indicator]] = {}
        self._cells: dict[tuple[str, str], tuple[Cell, ...]] = {}
        self.columns: Index[ColumnKey] = Index()
        self.groups: Index[ColumnKey] = Index()
        self.group_of_state: dict[str, str] = {}  # a result named with its dispute group -> the group
        self.proactive: dict[tuple[str, str], dict[str, Indicator]] = {}
        for indicator in codebook.indicators:
            if indicator.template in self.sections:
                self._add_modern(indicator)
            else:
                for label in indicator.row_labels:
                    key = RowKey("statistics", indicator.indicator_id, indicator.group)
                    self.statistics[indicator.template].add(label, key)
        for applicant in codebook.applicants:
            for label in applicant.labels:
                self.columns.add(label, ColumnKey("applicant", applicant.applicant))
        for group in codebook.groups:
            for label in group.labels:
                kind = "group" if group.table == "review" else "heading"
                self.groups.add(label, ColumnKey(kind, group.group))
                if kind == "heading" or group.table == "application":
                    self.modern.add(label, RowKey("heading", "", group.group))
        self._add_joined(codebook)
        ordered = sorted(codebook.applicants, key=lambda a: a.position)
        self.applicants = tuple(a.applicant for a in ordered)
        self.states = ("upheld", "corrected", "other", "pending", "total")
        self.within = {g.group: g.within for g in codebook.groups if g.within}
        disputes = dict.fromkeys(g.group for g in codebook.groups if g.table == "review")
        self.review_groups = tuple(g for g in disputes if g not in self.within.values())
        grouped = [i for i in codebook.indicators if i.table == "application" and i.group]
        known = {i.indicator_id for i in grouped}
        self.headings_of_parts: dict[str, set[str]] = {}  # a row that heads others -> those
        for indicator in grouped:
            if indicator.parent in known:
                self.headings_of_parts.setdefault(indicator.parent, set()).add(indicator.indicator_id)

    def _add_modern(self, indicator: Indicator) -> None:
        if indicator.table == "application":
            for label in indicator.row_labels:
                self.modern.add(label, RowKey("application", indicator.indicator_id, indicator.group))
        elif indicator.table == "proactive":
            for label in indicator.row_labels:
                self.modern.add(label, RowKey("proactive", "", "", indicator.matter))
            for label in indicator.col_labels:
                self.columns.add(label, ColumnKey("quantity", indicator.quantity))
            self.proactive.setdefault((indicator.matter, indicator.quantity), {})[indicator.template] = (
                indicator
            )
        elif indicator.table == "review":
            whole = indicator.kind == "derived"
            for label in indicator.col_labels:
                if not whole or len(label) > 4:
                    self.columns.add(label, ColumnKey("state", "whole" if whole else indicator.quantity))

    def _add_joined(self, codebook: Codebook) -> None:
        """Labels that name a heading and what stands under it in one cell: 规章 本年制发件数, 行政复议总计, 不予公开-重复申请."""
        names: dict[str, list[str]] = {}
        for named in codebook.groups:
            if named.table in ("application", "review") and set(named.templates) & set(self.sections):
                names.setdefault(named.group, []).extend(named.labels)
        for name in (g.group for g in codebook.groups if g.within):
            names[name] += [f"行政诉讼{label}" for label in names[name]]
            for label in names[name]:
                self.groups.add(label, ColumnKey("group", name))
        names["other"] = ["其他处理"]
        for indicator in codebook.indicators:
            if indicator.template not in self.sections:
                continue
            group = indicator.group
            if indicator.table == "proactive":
                for matter, quantity in product(indicator.row_labels, indicator.col_labels):
                    self.modern.join(matter, quantity, RowKey("statistics", indicator.indicator_id, ""))
            elif indicator.table == "review" and group in names:
                for heading, state in product(names[group], indicator.col_labels):
                    self.group_of_state[
                        self.columns.join(heading, state, ColumnKey("state", indicator.quantity))
                    ] = group
            elif indicator.table == "application" and indicator.group in names:
                for heading, label in product(names[indicator.group], indicator.row_labels):
                    self.modern.join(
                        heading, label, RowKey("application", indicator.indicator_id, indicator.group)
                    )
        self.columns.barred = self.modern.joined
        for applicant in codebook.applicants:
            if applicant.role == "organisation":
                for heading, label in product(names["heading"], applicant.labels):
                    if "组织" in heading:
                        self.columns.join(heading, label, ColumnKey("applicant", applicant.applicant))

    def row(self, text: str, template: str | None) -> tuple[RowKey, ...]:
        """Meanings of a row label, those of the report's own form first."""
        found: tuple[RowKey, ...] = ()
        own = self.statistics.get(template or "")
        for index in (own, *(i for i in self.statistics.values() if i is not own)) if own else ():
            found = found or index.find(text)
        found = found or self.modern.find(text)
        headed = bool(found) and found[0].table == "heading"
        return tuple(k for k in found if k.table != "heading") if headed else found

    def outcomes_named(self, text: str, template: str | None) -> set[str]:
        """The groups of outcomes whose heading (不予公开, 其他处理) a label holds."""
        norm = normalise_label(text)
        named = self.indicators(template)
        headings = {
            i.group: normalise_label(named[i.parent].label_zh.replace("小计", ""))
            for i in named.values()
            if i.table == "application" and i.group and i.parent in named
        }
        return {group for group, heading in headings.items() if heading in norm}

    def names_several(self, text: str, template: str | None) -> bool:
        """Whether each line of a label is the label of another row: several rows stand in one, their figures
        not told apart."""
        index = self.statistics.get(template or "", self.modern)
        if (whole := normalise_label(text)) in index.exact or whole in index.joined:
            return False
        lines = [index.exact.get(normalise_label(line)) for line in text.split("\n")]
        return len(set(lines)) == len(lines) > 1 and None not in lines

    def dispute_groups(self, texts: Iterable[str]) -> list[str]:
        """The dispute groups with results of their own that some labels name."""
        return [k.key for text in texts for k in self.groups.find(text)[:1] if k.key in self.review_groups]

    def form_cells(self, template: str, name: str) -> tuple[Cell, ...]:
        """The cells that a form prints in one of its tables, in its order."""
        if (template, name) not in self._cells:
            self._cells[template, name] = tuple(
                ((i.indicator_id, member), i)
                for i in self.codebook.indicators
                if (i.template, i.table, i.kind) == (template, name, "printed")
                and i.indicator_id not in self.headings_of_parts
                for member in (self.applicants if i.dimension else [None])
            )
        return self._cells[template, name]

    def indicators(self, template: str | None) -> Mapping[str, Indicator]:
        """Each indicator as it stands on that form, else on the newest form that has it."""
        if template not in self._forms:
            self._forms[template] = {**self.codebook.any_form} | {
                i.indicator_id: i for i in self.codebook.indicators if i.template == template
            }
        return self._forms[template]


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The vocabulary of the project's codebook, built once a process."""
    return Vocabulary(load_codebook())
