"""Seals go by their size, red figures stay; light text on dark grounds becomes dark text on paper."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.clean.scan.grounds import with_light_grounds
from pipeline.clean.scan.picture import grey


def test_a_seal_turns_to_paper_and_red_figures_stay() -> None:
    page = np.full((1700, 1200, 3), 255, dtype=np.uint8)
    cv2.putText(page, "21368", (100, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (200, 30, 30), 3)
    cv2.circle(page, (800, 1200), 150, (220, 40, 40), 8)
    cv2.putText(page, "2", (790, 1210), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (220, 40, 40), 3)
    read = grey(page)
    assert int(read[270:310, 90:220].min()) < 120
    assert int(read[1000:1400, 600:1000].min()) > 200


def test_dark_cells_are_turned_light_with_rules_between_them() -> None:
    page = np.full((1700, 1200), 255, dtype=np.uint8)
    for left in (100, 304, 508):
        page[200:240, left : left + 201] = 60
        cv2.putText(page, "HEAD", (left + 20, 231), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 255, 2)
    cv2.putText(page, "12", (120, 300), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    read = with_light_grounds(page)
    assert np.median(read[205:235, 110:290]) == 255
    assert int(read[205:235, 110:290].min()) < 60
    assert int(read[205:235, 300:306].min()) < 60  # the rule between two heads, white before
    assert np.array_equal(read[260:], page[260:])


def test_a_page_without_dark_grounds_stays_as_it_is() -> None:
    page = np.full((600, 400), 255, dtype=np.uint8)
    cv2.rectangle(page, (50, 50), (350, 200), 0, 3)
    cv2.putText(page, "12345", (60, 120), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 4)
    assert with_light_grounds(page) is page
