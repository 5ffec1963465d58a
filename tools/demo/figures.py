"""The figures of one body, year after year, drawn so that every identity of the codebook holds.

The chain from year to year holds too: carried forward = carried in, documents in force = before + issued -
repealed, licensing matters of last year + change = this year's. Only a planned break interrupts it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from pipeline.codebook import load_codebook
from pipeline.report import Figure
from tools.demo.bodies import MERGER_YEAR, Body
from tools.demo.plan import CARRY_BREAK, COPIED_TABLE, STOCK_BREAK, form_of, has, states_stocks
from tools.demo.truth import Key

Figures = dict[Key, Figure]
_LEAF_WEIGHTS = (74, 15, 2, 2, 4, 3)
_OUTCOMES: tuple[tuple[str, float], ...] = (
    ("granted", 46), ("partial", 11), ("refused.state_secret", 0.5), ("refused.other_law", 1),
    ("refused.security_stability", 0.7), ("refused.third_party", 3), ("refused.internal_affairs", 2.5),
    ("refused.process_info", 3), ("refused.enforcement_file", 2), ("refused.admin_query", 2),
    ("unable.not_held", 17), ("unable.needs_creation", 3), ("unable.unclear", 1.5),
    ("not_processed.petition", 1.5), ("not_processed.repeat", 1.2), ("not_processed.publication", 0.3),
    ("not_processed.mass", 0.5), ("not_processed.confirm_reissue", 0.3), ("other", 4),
)  # fmt: skip
_OTHER_PARTS = ("other.late_amendment", "other.unpaid_fee", "other.misc")
_RESULTS = ("upheld", "corrected", "other", "pending")


@dataclass(slots=True)
class _Stocks:
    """What one year hands to the next."""

    carried: dict[str, int] = field(default_factory=dict)
    pending: int = 0
    normative: int | None = None
    rules: int = 0
    disclosed_normative: int | None = None
    items: dict[str, int] = field(default_factory=dict)
    disputes: Figures = field(default_factory=dict)
    applications: Figures = field(default_factory=dict)


def split(rng: Random, amount: int, weights: tuple[float, ...]) -> list[int]:
    """Share ``amount`` out at random by weight; the parts add up to it."""
    parts = [0] * len(weights)
    if amount <= 60:
        for index in rng.choices(range(len(weights)), weights, k=amount):
            parts[index] += 1
        return parts
    total = sum(weights)
    for index in range(1, len(weights)):
        parts[index] = int(amount * weights[index] / total * rng.uniform(0.6, 1.3))
    parts[0] = amount - sum(parts)
    while parts[0] < 0:
        largest = parts.index(max(parts))
        parts[0] += parts[largest] - parts[largest] // 2
        parts[largest] //= 2
    return parts


def _put(figures: Figures, name: str, value: Figure, applicant: str | None = None) -> None:
    figures[(name, applicant)] = value


def _money(rng: Random, low: float, high: float) -> Decimal:
    return (
        Decimal(round(rng.uniform(low, high) * 100) * 10 + 5) / 1000
        if rng.random() < 0.2
        else Decimal(rng.randint(int(low * 100), int(high * 100))) / 100
    )


def volume(rng: Random, body: Body, year: int) -> int:
    """Applications received in a year: growing, unsteady; the merged district takes over its neighbour's."""
    if body.size == 0:
        return 0
    size = body.size + (38 if body.name == "竹影区人民政府" and year >= MERGER_YEAR else 0)
    growth = 0.55 + 0.055 * max(0, min(year, 2030) - 2013)
    return max(1, round(size * growth * rng.uniform(0.82, 1.18)))


def _narrative(rng: Random, received: int) -> Figures:
    f: Figures = {}
    total = rng.randint(300, 9000)
    _put(f, "proactive.disclosed.total", total)
    _put(f, "proactive.disclosed.fulltext", total - rng.randint(0, total // 5))
    _put(f, "proactive.normative_documents.added", rng.randint(0, 30))
    _put(f, "proactive.channel.website", total - rng.randint(1, total // 4))
    _put(f, "proactive.channel.gazette", rng.randint(0, 60))
    _put(f, "application.received", received)
    for name, part in zip(
        ("in_person", "fax", "email", "online", "letter", "other_form"),
        split(rng, received, (30, 2, 12, 40, 14, 2)), strict=True,
    ):  # fmt: skip
        _put(f, f"application.received.{name}", part)
    _put(f, "application.replied", received)
    granted, partial, refused = split(rng, received, (74, 8, 18))
    _put(f, "application.outcome.granted", granted)
    _put(f, "application.outcome.partial", partial)
    _put(f, "application.outcome.refused", refused)
    reasons = ("not_government_info", "not_exist", "not_held", "unclear", "repeat", "exempt_1", "exempt_2",
               "exempt_3", "exempt_4", "exempt_5", "exempt_6", "other_reason")  # fmt: skip
    for name, part in zip(reasons, split(rng, refused, (9, 20, 28, 6, 0, 1, 4, 5, 1, 1, 1, 4)), strict=True):
        _put(f, f"application.outcome.refused.{name}", part)
    _put(f, "reconsideration.total", rng.randint(0, 1 + received // 40))
    _put(f, "litigation.total", rng.randint(0, 1 + received // 90))
    _put(f, "appeal.total", 0)
    _put(f, "fee.collected_yuan", rng.randint(0, 4) * 25 if received else 0)
    full, part_time = rng.randint(1, 6), rng.randint(2, 40)
    _put(f, "institution.staff.total", full + part_time)
    _put(f, "institution.staff.full_time", full)
    _put(f, "institution.staff.part_time", part_time)
    _put(f, "institution.fund_10k_yuan", _money(rng, 0.3, 24))
    return f


def _statistics(rng: Random, received: int, stocks: _Stocks) -> Figures:
    f: Figures = {}
    total = rng.randint(400, 12000)
    normative = rng.randint(0, min(90, total // 8))
    _put(f, "proactive.disclosed.total", total)
    _put(f, "proactive.disclosed.normative_documents", normative)
    _put(f, "proactive.normative_documents.issued", normative + rng.randint(0, 9))
    _put(f, "proactive.proposal_replies.disclosed", rng.randint(0, 160))
    _put(f, "proactive.channel.gazette", rng.randint(0, total // 30))
    _put(f, "proactive.channel.website", total - rng.randint(0, total // 20))
    _put(f, "proactive.channel.weibo", rng.randint(0, total // 3))
    _put(f, "proactive.channel.wechat", rng.randint(0, total // 3))
    _put(f, "proactive.channel.other", total // 20 + 1 + rng.randint(0, total // 6))
    means = [
        rng.randint(0, 5),
        rng.randint(0, 9),
        rng.randint(0, 80),
        rng.randint(0, 120),
        rng.randint(0, 60),
    ]
    _put(f, "response.hot_topics", rng.randint(0, sum(means)))
    _put(f, "response.press_conferences", means[0])
    _put(f, "response.press_conferences.principal", rng.randint(0, means[0]))
    _put(f, "response.online_interviews", means[1])
    _put(f, "response.online_interviews.principal", rng.randint(0, means[1]))
    _put(f, "response.policy_interpretations", means[2])
    _put(f, "response.weibo_wechat", means[3])
    _put(f, "response.other_means", means[4])
    _put(f, "application.received", received)
    for name, part in zip(
        ("in_person", "fax", "online", "letter"), split(rng, received, (24, 2, 58, 16)), strict=True
    ):
        _put(f, f"application.received.{name}", part)
    waiting = min(received, rng.randint(0, 1 + received // 60)) if received else 0
    stocks.carried = {"natural_person": waiting}
    concluded = received - waiting
    extended = rng.randint(0, concluded // 12)
    _put(f, "application.concluded", concluded)
    _put(f, "application.concluded.on_time", concluded - extended)
    _put(f, "application.concluded.extended", extended)
    _put(f, "application.replied", concluded)
    kinds = ("granted", "already_public", "partial", "refused", "not_this_agency", "not_exist", "amend_requested",
             "other_channel")  # fmt: skip
    parts = dict(zip(kinds, split(rng, concluded, (40, 12, 8, 10, 14, 11, 2, 3)), strict=True))
    for name, part in parts.items():
        _put(f, f"application.outcome.{name}", part)
    grounds = (
        "trade_secret",
        "privacy",
        "state_secret",
        "security_stability",
        "not_government_info",
        "other_legal",
    )
    for name, part in zip(grounds, split(rng, parts["refused"], (16, 24, 4, 8, 26, 22)), strict=True):
        _put(f, f"application.outcome.refused.{name}", part)
    for group, cap in (("reconsideration", 30), ("litigation", 55)):
        results = split(rng, rng.randint(0, received // cap), (6, 2, 2))
        _put(f, f"{group}.total", sum(results))
        for name, part in zip(("upheld", "corrected", "other"), results, strict=True):
            _put(f, f"{group}.{name}", part)
    _put(f, "complaint.total", rng.randint(0, received // 70))
    _put(f, "fee.collected_10k_yuan", Decimal(rng.randint(1, 90)) / 100 if received > 200 else 0)
    full, part_time = rng.randint(1, 30), rng.randint(4, 190)
    _put(f, "institution.offices", rng.randint(1, 60))
    _put(f, "institution.reading_points", rng.randint(1, 90))
    _put(f, "institution.staff.total", full + part_time)
    _put(f, "institution.staff.full_time", full)
    _put(f, "institution.staff.part_time", part_time)
    _put(f, "institution.fund_10k_yuan", _money(rng, 0.5, 60))
    sessions = rng.randint(1, 40)
    _put(f, "meeting.sessions", rng.randint(1, 60))
    _put(f, "training.sessions", sessions)
    _put(f, "training.participants", sessions * rng.randint(12, 60))
    return f


def _applications(
    rng: Random, received: int, template: str, stocks: _Stocks, *, broken: bool, settle: bool
) -> Figures:
    """Table 3 by applicant. ``settle``: carry forward exactly what was carried in, so that next year can be a
    copy."""
    f: Figures = {}
    leaves = load_codebook().leaves
    carried = {leaf: stocks.carried.get(leaf, 0) for leaf in leaves}
    if broken:
        carried["natural_person"] += rng.randint(2, 5)
    forward: dict[str, int] = {}
    names = [n for n, _ in _OUTCOMES]
    weights = tuple(w for _, w in _OUTCOMES)
    totals: dict[str, int] = {}
    for leaf, new in zip(leaves, split(rng, received, _LEAF_WEIGHTS), strict=True):
        available = new + carried[leaf]
        stay = (
            carried[leaf]
            if settle
            else min(available, rng.randint(0, 1 + available // 25) if available else 0)
        )
        forward[leaf] = stay
        concluded = available - stay
        row = {"received": new, "carried_in": carried[leaf], "concluded": concluded, "carried_forward": stay}
        for name, part in zip(names, split(rng, concluded, weights), strict=True):
            row[f"outcome.{name}"] = part
        if has(template, "application.outcome.other.misc"):
            for name, part in zip(_OTHER_PARTS, split(rng, row["outcome.other"], (2, 1, 7)), strict=True):
                row[f"outcome.{name}"] = part
        for name, part in row.items():
            f[(f"application.{name}", leaf)] = part
            totals[name] = totals.get(name, 0) + part
    for name, amount in totals.items():
        f[(f"application.{name}", "total")] = amount
    stocks.carried = forward
    return f


def _disputes(rng: Random, year: int, received: int, stocks: _Stocks) -> Figures:
    f: Figures = {}
    direct_cap = 400 if year >= 2024 else 60
    amounts = {
        "reconsideration": rng.randint(0, received // (14 if year >= 2024 else 26)) + stocks.pending,
        "litigation.direct": rng.randint(0, received // direct_cap),
        "litigation.after_review": rng.randint(0, received // 90),
    }
    floor = amounts["reconsideration"] + amounts["litigation.direct"]
    amounts["litigation.after_review"] = min(amounts["litigation.after_review"], floor + 5)
    for group, amount in amounts.items():
        results = split(rng, amount, (56, 14, 18, 12))
        for name, part in zip(_RESULTS, results, strict=True):
            _put(f, f"{group}.{name}", part)
        _put(f, f"{group}.total", amount)
        if group == "reconsideration":
            stocks.pending = results[3]
    return f


def _matters_and_changes(rng: Random, body: Body, stocks: _Stocks) -> Figures:
    f: Figures = {}
    made = rng.randint(0, 2) if body.level == "prefecture" else 0
    stocks.rules = max(stocks.rules, 6 if body.level == "prefecture" else 0) + made
    for name, value in (("made_new", made), ("disclosed_new", made), ("disclosed_total", stocks.rules)):
        _put(f, f"proactive.regulations.{name}", value)
    made = rng.randint(0, 14)
    shown = rng.randint(0, made)
    before = rng.randint(10, 260) if stocks.disclosed_normative is None else stocks.disclosed_normative
    stocks.disclosed_normative = before + shown
    for name, value in (
        ("made_new", made),
        ("disclosed_new", shown),
        ("disclosed_total", stocks.disclosed_normative),
    ):
        _put(f, f"proactive.normative_documents.{name}", value)
    for name, low, high in (("licensing", 40, 400), ("other_services", 30, 600), ("penalty", 100, 3000),
                            ("coercion", 5, 160)):  # fmt: skip
        before = stocks.items[name] if name in stocks.items else rng.randint(low, high)
        change = rng.randint(-before // 6, before // 6)
        decisions = rng.randint(before + high, before + high * 40)
        stocks.items[name] = before + change
        _put(f, f"proactive.{name}.items_prev_year", before)
        _put(f, f"proactive.{name}.items_change", change)
        _put(f, f"proactive.{name}.decisions", decisions)
    before = stocks.items["admin_fee"] if "admin_fee" in stocks.items else rng.randint(2, 50)
    change = rng.randint(-min(5, before), 2)
    stocks.items["admin_fee"] = before + change
    _put(f, "proactive.admin_fee.items_prev_year", before)
    _put(f, "proactive.admin_fee.items_change", change)
    items = rng.randint(0, 900)
    _put(f, "proactive.procurement.items", items)
    _put(f, "proactive.procurement.amount_10k_yuan", _money(rng, items, items * 60) if items else 0)
    return f


def _documents_in_force(rng: Random, body: Body, stocks: _Stocks, *, broken: bool) -> Figures:
    f: Figures = {}
    city = body.level == "prefecture"
    for name in ("regulations", "normative_documents"):
        normative = name == "normative_documents"
        drawn = rng.randint(8, 200) if stocks.normative is None else stocks.normative
        held = drawn if normative else stocks.rules
        issued = rng.randint(0, 12) if normative else rng.randint(0, 2) if city else 0
        repealed = rng.randint(0, min(held, 9)) if normative else rng.randint(0, min(held, 1))
        held += issued - repealed + (rng.randint(3, 9) if broken and normative else 0)
        if normative:
            stocks.normative = held
        else:
            stocks.rules = held
        for part, value in (("issued", issued), ("repealed", repealed), ("in_force", held)):
            _put(f, f"proactive.{name}.{part}", value)
    small = body.level in ("township", "department")
    _put(f, "proactive.licensing.decisions", rng.randint(0, 60) if small else rng.randint(200, 90000))
    _put(f, "proactive.penalty.decisions", rng.randint(0, 40) if small else rng.randint(90, 40000))
    _put(f, "proactive.coercion.decisions", rng.randint(0, 5) if small else rng.randint(0, 900))
    _put(
        f, "proactive.admin_fee.amount_10k_yuan", 0 if small and rng.random() < 0.6 else _money(rng, 5, 9000)
    )
    return f


def draw_years(
    body: Body, years: range, plan: Mapping[int, tuple[str, ...]], seed: int
) -> Iterator[tuple[int, str, Figures]]:
    """Year, form and true figures of a body's every year in ``plan``, oldest first; missing years are drawn
    too."""
    rng = Random(f"{seed}|{body.name}|{body.full_place}|figures")
    stocks = _Stocks()
    for year in years:
        if year not in plan:
            continue
        faults = plan[year]
        template = form_of(year, faults)
        received = volume(rng, body, year)
        family = load_codebook().family_of(template)
        if family == "narrative":
            yield year, template, _narrative(rng, received)
            continue
        if family == "statistics":
            yield year, template, _statistics(rng, received, stocks)
            continue
        if COPIED_TABLE in faults and stocks.applications:
            figures = {**stocks.applications, **stocks.disputes}
        else:
            settle = COPIED_TABLE in plan.get(year + 1, ()) or year == body.last_year
            if year == body.last_year:
                stocks.carried = {}
            applications = _applications(
                rng, received, template, stocks, broken=CARRY_BREAK in faults, settle=settle
            )
            disputes = _disputes(rng, year, received, stocks)
            stocks.applications, stocks.disputes = applications, disputes
            figures = {**applications, **disputes}
        if states_stocks(template):
            figures |= _documents_in_force(rng, body, stocks, broken=STOCK_BREAK in faults)
        else:
            figures |= _matters_and_changes(rng, body, stocks)
        yield year, template, figures
