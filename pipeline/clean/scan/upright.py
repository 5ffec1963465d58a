"""Pages scanned on their side or upside down: told by which way round the recogniser reads their lines
best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.clean.scan.ocr import recognise
from pipeline.clean.scan.pixels import Box, Pixels, binary, char_height

_LINES = 10
_WELL_READ = 0.8
_LEAD = 0.15
_QUARTERS = (2, 1, 3)


def upright(grey: Pixels) -> Pixels:
    """The page turned by quarters so that its text reads from left to right; as it is where no other way
    reads clearly better."""
    level, steep = _rows_of_ink(grey), _rows_of_ink(np.ascontiguousarray(grey.T))
    most = max(sum(box.width for box in level), sum(box.width for box in steep), 1)
    share = sum(box.width for box in level) / most, sum(box.width for box in steep) / most
    own = share[0] * _certainty(grey, level)
    if own >= _WELL_READ:
        return grey
    best, found = own + _LEAD, grey
    for quarters in _QUARTERS:
        turned = np.ascontiguousarray(np.rot90(grey, quarters))
        score = share[quarters % 2] * _certainty(turned, _rows_of_ink(turned))
        if score > best:
            best, found = score, turned
            if score >= _WELL_READ:
                break
    return found


def _certainty(grey: Pixels, rows: Sequence[Box]) -> float:
    """Mean certainty with which some rows of ink, spread over the page, are read as text, 0 to 1, less where
    these are few."""
    some = rows[:: max(1, len(rows) // _LINES)][:_LINES]
    scores = [reading.score if len(reading.text) > 1 else 0.0 for reading in recognise(grey, some)]
    return float(np.sum(scores)) / _LINES


def _rows_of_ink(grey: Pixels) -> list[Box]:
    """Boxes around level rows of ink of a line's height and a few characters' length."""
    import cv2

    mask = binary(grey)
    char = char_height(mask)
    if not char:
        return []
    for size in ((int(4 * char), 1), (1, int(4 * char))):
        lines = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((size[1], size[0]), dtype=np.uint8))
        mask = np.where(cv2.dilate(lines, np.ones((3, 3), dtype=np.uint8)) > 0, 0, mask).astype(np.uint8)
    joined = cv2.dilate(mask, np.ones((1, max(3, int(0.5 * char)) | 1), dtype=np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    return [
        Box(int(x), int(y), int(x + wide), int(y + high))
        for x, y, wide, high, _ in stats[1:]
        if 3 * char <= wide <= 16 * char and 0.6 * char <= high <= 2 * char
    ]
