"""A page's pixels made ready to be read: upright, at a fair size, its ruled lines and its ink told apart.

Arrays are grey, ``uint8``, 0 black to 255 white; masks are ``uint8`` with 255 where something is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.clean.pdf_page import Rule

Pixels = npt.NDArray[np.uint8]

MAX_TURN = 8.0
"""Degrees by which a page may be turned and still be brought upright."""

_SMALL, _LARGE, _FAIR = 18.0, 42.0, 27.0


class Box(NamedTuple):
    """A rectangle of pixels, the far edges exclusive."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page ready to be read. ``scale`` is its size against the picture given; ``char`` the usual height
    of a character; ``bare`` is ``grey`` with its ruled lines wiped out, ``ink`` the mask of what is drawn
    without ruled lines and specks."""

    grey: Pixels
    bare: Pixels
    ink: Pixels
    horizontal: list[Rule]
    vertical: list[Rule]
    char: float
    scale: float


def prepare(grey: Pixels, max_side: int) -> Sheet:
    """Brings a page upright and to a size at which characters are 18 to 42 pixels high."""
    import cv2

    grain = noise_of(grey)
    if grain > 5:
        grey = np.asarray(cv2.fastNlMeansDenoising(grey, None, 1.1 * grain, 5, 11), dtype=np.uint8)
    angle = turn_of(grey)
    if abs(angle) > 0.05:
        grey = _turned(grey, angle)
    char = char_height(binary(grey))
    scale = 1.0
    if char and not _SMALL <= char <= _LARGE:
        scale = min(_FAIR / char, 4.0, max_side / max(grey.shape))
        way = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        grey = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=way), dtype=np.uint8)
        char *= scale
    char = char or _FAIR
    drawn = binary(grey)
    across, down, lines = _rules(drawn, char)
    ink = np.where(lines > 0, np.uint8(0), drawn).astype(np.uint8)
    bare = np.where(lines > 0, np.uint8(np.percentile(grey, 80)), grey).astype(np.uint8)
    return Sheet(grey, bare, _without_specks(ink, grey, char), across, down, char, scale)


def binary(grey: Pixels) -> Pixels:
    """Mask of what is darker than its surroundings."""
    import cv2

    grain = noise_of(grey)
    smooth = cv2.GaussianBlur(grey, (3, 3) if grain < 6 else (5, 5), 0)
    # blurring leaves about a third (a fifth) of the grain; ink must stand clear of it
    least = max(16.0, 5.0 * grain * (0.36 if grain < 6 else 0.22))
    mask = cv2.adaptiveThreshold(
        smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, min(least, 40.0)
    )
    return np.asarray(mask, dtype=np.uint8)


def noise_of(grey: Pixels) -> float:
    """Standard deviation of the paper's grain in grey levels."""
    import cv2

    edges = cv2.Laplacian(grey, cv2.CV_32F)
    return float(1.4826 * np.median(np.abs(edges[::2, ::2])) / 4.47)


def turn_of(grey: Pixels) -> float:
    """Degrees by which the page's long lines are turned anticlockwise from level; 0 where few are seen."""
    import cv2

    height, width = grey.shape
    factor = min(1.0, 1200 / max(height, width))
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else grey
    mask = binary(np.asarray(small, dtype=np.uint8))
    found = cv2.HoughLinesP(
        mask, 1, np.pi / 1800, threshold=120, minLineLength=small.shape[1] // 5, maxLineGap=4
    )
    if found is None:
        return 0.0
    angles: list[float] = []
    weights: list[float] = []
    for x0, y0, x1, y1 in found.reshape(-1, 4).astype(float):
        angle = float(np.degrees(np.arctan2(y1 - y0, x1 - x0)))
        if abs(angle) <= MAX_TURN:
            angles.append(angle)
            weights.append(float(np.hypot(x1 - x0, y1 - y0)))
    if len(angles) < 2:
        return 0.0
    order = np.argsort(angles)
    reach = np.cumsum(np.asarray(weights)[order])
    return float(np.asarray(angles)[order][int(np.searchsorted(reach, reach[-1] / 2))])


def _turned(grey: Pixels, angle: float) -> Pixels:
    import cv2

    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    paper = int(np.percentile(grey, 90))
    return np.asarray(
        cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=paper),
        dtype=np.uint8,
    )


def char_height(mask: Pixels) -> float:
    """Usual height of a character in pixels, 0 where none are seen."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    heights, widths = stats[1:, 3], stats[1:, 2]
    like_text = (heights >= 7) & (heights <= 120) & (widths >= 2) & (widths <= 3 * heights)
    found = heights[like_text]
    if len(found) < 5:
        return 0.0
    # parts of characters count small: the upper half of the sizes is nearer to whole ones
    return float(np.percentile(found, 75))


def _rules(drawn: Pixels, char: float) -> tuple[list[Rule], list[Rule], Pixels]:
    """Horizontal and vertical ruled lines, and the mask of their pixels."""
    import cv2

    def opened(mask: Pixels, size: tuple[int, int]) -> Any:
        return cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, size))

    def grown(mask: Pixels, size: tuple[int, int]) -> Pixels:
        kernel = cv2.getStructuringElement(cv2.MORPH_RECT, size)
        return np.asarray(cv2.dilate(mask, kernel), dtype=np.uint8)

    long, tall = max(30, int(2.4 * char)), max(24, int(1.45 * char))
    flat = opened(grown(drawn, (1, 3)), (long, 1))
    steep = opened(grown(drawn, (3, 1)), (1, tall))
    thick = max(9.0, 0.5 * char)
    across = []
    for x, y, wide, high in _extents(flat):
        if high <= thick + 0.01 * wide and not _through_text(drawn, x, y, wide, high, char):
            across.append(Rule(y + high / 2, float(x), float(x + wide)))
    down = []
    for x, y, wide, high in _extents(steep):
        if wide <= thick + 0.01 * high:
            down.append(Rule(x + wide / 2, float(y), float(y + high)))
    return across, down, grown(np.asarray(cv2.bitwise_or(flat, steep), dtype=np.uint8), (3, 3))


def _through_text(drawn: Pixels, x: int, y: int, wide: int, high: int, char: float) -> bool:
    """Whether a short level stroke has ink close above and below it, as smeared digits have."""
    if wide > 12 * char:
        return False
    near = max(3, int(0.3 * char))
    above = drawn[max(0, y - near) : max(0, y - 1), x : x + wide]
    below = drawn[y + high + 1 : y + high + near, x : x + wide]
    return all(bool(part.size) and float((part > 0).mean()) > 0.3 for part in (above, below))


def _extents(mask: Any) -> list[tuple[int, int, int, int]]:
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in stats[1:]]


def _without_specks(mask: Pixels, grey: Pixels, char: float) -> Pixels:
    """Leaves out what is too small, or far paler than the page's other ink."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return mask
    area = stats[:, 4].astype(np.float64)
    paper = float(np.percentile(grey, 80))
    drawn = mask > 0
    dark = np.bincount(labels[drawn], weights=np.maximum(0.0, paper - grey[drawn]), minlength=count) / area
    order = np.argsort(dark[1:]) + 1
    reach = np.cumsum(area[order])
    usual = float(dark[order][int(np.searchsorted(reach, reach[-1] / 2))])
    least = max(4.0, 0.008 * char * char)
    stays = (area >= least) & (np.maximum(stats[:, 2], stats[:, 3]) >= 3) & (dark >= 0.35 * usual)
    stays[0] = False
    keep = np.where(stays, 255, 0).astype(np.uint8)
    return np.asarray(keep[labels], dtype=np.uint8)


def ink_box(ink: Pixels, within: Box) -> Box | None:
    """The box around the ink in a part of the page."""
    part = ink[within.y0 : within.y1, within.x0 : within.x1]
    if not part.size or not part.any():
        return None
    rows, cols = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    return Box(
        within.x0 + int(cols[0]), within.y0 + int(rows[0]),
        within.x0 + int(cols[-1]) + 1, within.y0 + int(rows[-1]) + 1,
    )  # fmt: skip


def line_boxes(ink: Pixels, within: Box, char: float) -> list[Box]:
    """The lines of text in a cell, from top to bottom, by the white rows between them."""
    whole = ink_box(ink, within)
    if whole is None:
        return []
    rows = ink[whole.y0 : whole.y1, whole.x0 : whole.x1].any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], rows.astype(np.int8), [0]))))
    bands = [[int(a), int(b)] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    merged = [bands[0]]
    for low, high in bands[1:]:
        last = merged[-1]
        gap = low - last[1]
        parts_of_one = high - last[0] <= 1.25 * char and gap <= 0.45 * char
        sliver = min(high - low, last[1] - last[0]) < 0.3 * char and gap <= 0.25 * char
        if parts_of_one or sliver:
            last[1] = high
        else:
            merged.append([low, high])
    found = []
    for low, high in merged:
        box = ink_box(ink, Box(whole.x0, whole.y0 + low, whole.x1, whole.y0 + high))
        if box is not None:
            found.append(box)
    return found
