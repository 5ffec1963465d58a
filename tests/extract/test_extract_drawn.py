"""Round trip over the layouts with figures drawn at random."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_extract_layouts import CASES, check

from tests.drawn.layouts.builders import LayoutCase


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.sampled_from(CASES), st.integers(min_value=1, max_value=10_000))
def test_other_figures_read_alike(case_and_form: tuple[LayoutCase, str], seed: int) -> None:
    case, template = case_and_form
    check(case, template, seed)
