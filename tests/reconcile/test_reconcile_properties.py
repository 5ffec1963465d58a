"""Drawn tables, damaged at random: a figure that is resolved is true, or a state or finding says
otherwise."""

from __future__ import annotations

from random import Random

import pytest
from drawn_reports import (
    DISPUTES,
    Slot,
    application_rows,
    by_slot,
    cell,
    drawn_tables,
    dropped,
    errors,
    flagged,
    printed,
    report,
    row_slots,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.reconcile import reconcile
from pipeline.reconcile.system import shape_for
from pipeline.report import Observation, Report, Unplaced

pytestmark = pytest.mark.slow

TEMPLATES = ("v2014", "v2019", "v2021")
drawn = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**32)


def nothing_printed_changed(before: Report, after: Report) -> None:
    seen = by_slot(after)
    for o in before.observations:
        now = seen[o.indicator, o.applicant]
        assert (now.value, now.raw, now.method, now.locator) == (o.value, o.raw, o.method, o.locator)


def with_dropped_blanks(template: str, truth: dict[Slot, int], rng: Random, share: float) -> Report:
    """Some rows lose their zeros (all or a part of them) and with them their places."""
    rows = [row_slots(name) for name in application_rows(template)] + [DISPUTES]
    observations: list[Observation] = []
    unplaced: list[Unplaced] = []
    for slots in rows:
        kept = [
            s
            for s in slots
            if truth[s] or (rng.random() < 0.1 and not s[0].endswith("total") and s[1] != "total")
        ]
        if rng.random() >= share or len(kept) == len(slots):
            observations += [cell(s, truth[s]) for s in slots]
        elif not kept:
            observations += [cell(s, None) for s in slots]
        else:
            unplaced.append(dropped(slots[0][0], slots, [truth[s] for s in kept]))
    return report(template, observations, unplaced)


@pytest.mark.parametrize("template", TEMPLATES)
@given(seed=seeds)
@drawn
def test_a_table_in_order_has_no_findings_and_stays_as_printed(template: str, seed: int) -> None:
    before = printed(template, drawn_tables(template, Random(seed)))
    after = reconcile(before)
    assert errors(after) == []
    assert after.observations == before.observations


@pytest.mark.parametrize("template", TEMPLATES)
@given(seed=seeds, share=st.floats(0.02, 0.95))
@drawn
def test_whatever_is_left_blank_a_proof_gives_the_truth(template: str, seed: int, share: float) -> None:
    rng = Random(seed)
    truth = drawn_tables(template, rng)
    before = printed(
        template, {slot: None if rng.random() < share else value for slot, value in truth.items()}
    )
    after = reconcile(before)
    nothing_printed_changed(before, after)
    for slot, o in by_slot(after).items():
        assert o.resolved in (None, truth[slot]), (slot, o, truth[slot])
        assert (o.resolution is None) == (o.resolved is None)
    assert reconcile(before) == after


@pytest.mark.parametrize("template", ["v2019", "v2021"])
@given(seed=seeds, share=st.floats(0.1, 1.0), size=st.sampled_from([2, 9, 60]))
@drawn
def test_rows_whose_blanks_were_dropped_are_placed_right_or_left_open(
    template: str, seed: int, share: float, size: int
) -> None:
    rng = Random(seed)
    truth = drawn_tables(template, rng, size)
    before = with_dropped_blanks(template, truth, rng, share)
    after = reconcile(before)
    seen = by_slot(after)
    assert set(seen) == set(truth)
    for slot, o in seen.items():
        if o.state == "ambiguous":
            assert truth[slot] in o.candidates
            assert slot in flagged(after)
        assert o.resolved in (None, truth[slot]), (slot, o, truth[slot])
        assert o.value in (None, truth[slot])
    assert errors(after) == []
    assert reconcile(before) == after


@pytest.mark.parametrize("template", TEMPLATES)
@given(seed=seeds, share=st.floats(0.0, 0.8))
@drawn
def test_one_printed_number_wrong_misleads_no_proof_unsaid(template: str, seed: int, share: float) -> None:
    rng = Random(seed)
    truth = drawn_tables(template, rng)
    shown = {slot: None if value == 0 and rng.random() < share else value for slot, value in truth.items()}
    victim = rng.choice([slot for slot, value in shown.items() if value is not None] or list(shown))
    shown[victim] = truth[victim] + rng.choice([1, 2, 9, 10, 90])
    before = printed(template, shown)
    after = reconcile(before)
    nothing_printed_changed(before, after)
    named = flagged(after)
    for slot, o in by_slot(after).items():
        if o.resolved is not None and o.resolved != truth[slot] and slot != victim:
            assert o.resolution == "derived_total" or slot in named, (slot, o, truth[slot], victim)
    shape = shape_for(template, shown)
    if any(
        all(shown.get(slot) is not None for _, slot in shape.equations[n].terms)
        for n in shape.by_slot.get(victim, ())
    ):
        assert victim in named


@pytest.mark.parametrize("template", ["v2019", "v2021"])
@given(seed=seeds, share=st.floats(0.1, 0.9))
@drawn
def test_one_wrong_number_among_dropped_blanks_is_owned_up_to(template: str, seed: int, share: float) -> None:
    rng = Random(seed)
    truth = drawn_tables(template, rng, 40)
    before = with_dropped_blanks(template, truth, rng, share)
    rows = [u for u in before.unplaced if len(u.slots) == 7]
    if not rows:
        return
    row = rng.choice(rows)
    at = rng.randrange(len(row.tokens))
    token = row.tokens[at]
    wrong = token._replace(value=int(token.value) + rng.choice([1, 3, 10]))
    spoilt = row._replace(tokens=(*row.tokens[:at], wrong, *row.tokens[at + 1 :]))
    after = reconcile(
        report(template, before.observations, [spoilt if u is row else u for u in before.unplaced])
    )
    named = flagged(after)
    for slot, o in by_slot(after).items():
        if o.resolved is not None and o.resolved != truth[slot]:
            assert slot in named, (slot, o, truth[slot])


@pytest.mark.parametrize("template", TEMPLATES)
@given(seed=seeds, errors_made=st.integers(0, 4), doubt=st.floats(0.0, 0.5))
@drawn
def test_readings_from_pixels_are_true_or_owned_up_to(
    template: str, seed: int, errors_made: int, doubt: float
) -> None:
    rng = Random(seed)
    truth = drawn_tables(template, rng)
    misread = set(rng.sample(sorted(truth, key=str), errors_made))
    observations = []
    for slot, value in truth.items():
        other = value + rng.choice([1, 2, 3, 5, 6])
        if slot in misread:
            observations.append(cell(slot, other, method="ocr", candidates=(other, value)))
        elif rng.random() < doubt:
            observations.append(cell(slot, value, method="ocr", candidates=(value, other)))
        else:
            observations.append(cell(slot, value, method="ocr"))
    before = report(template, observations)
    after = reconcile(before)
    nothing_printed_changed(before, after)
    named = flagged(after)
    for slot, o in by_slot(after).items():
        if o.resolved is not None and o.resolved != truth[slot]:
            assert slot in named, (slot, o, truth[slot])
    assert reconcile(before) == after
