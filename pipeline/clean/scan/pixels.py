"""A page's pixels made ready to be read: upright, at a fair size, its ruled lines and its ink told apart.

Arrays are grey, ``uint8``, 0 black to 255 white; masks are ``uint8`` with 255 where something is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from pipeline.clean.page.shapes import Rule
from pipeline.clean.scan.rule_lines import Pixels as Pixels
from pipeline.clean.scan.rule_lines import find_rules

MAX_TURN = 8.0
"""Degrees by which a page may be turned and still be brought upright."""

_TURN_SIDE, _STANDS_OUT = 1_200, 1.02
"""Pixels of the picture's long side that show how it is turned, and how much more crowded rows must be at a
turn than as they are."""
_SMALL, _LARGE, _FAIR = 18.0, 42.0, 27.0
_MOST_PIXELS = 60_000_000
_SPECK, _APART, _BESIDE, _DIRTY = 0.25, 0.25, 0.6, 0.005
"""Dirt is no larger than a quarter of a character and stands ``_BESIDE`` apart from what is, on a dirty page
``_APART`` only: one with more specks than ``_DIRTY`` to a character's room of free paper. A decimal point has
digits ``_BESIDE`` it on both sides."""
_DENSE, _HALFTONE = 2.0, 20.0
"""Dots to a character's room from which dots in a row are chance, and from which they are the grey of the
paper."""
_DOT_GAP = 0.4
"""Greatest distance between the dots of a dotted line, in characters."""


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
    grey = _unspecked(grey)
    angle = turn_of(grey)
    if abs(angle) > 0.05:
        grey = _turned(grey, angle)
    char = char_height(binary(grey))
    scale = 1.0
    if char and not _SMALL <= char <= _LARGE:
        scale = min(_FAIR / char, 4.0, max_side / max(grey.shape), (_MOST_PIXELS / grey.size) ** 0.5)
        way = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        grey = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=way), dtype=np.uint8)
        char *= scale
    char = char or _FAIR
    drawn = binary(grey)
    across, down, lines = find_rules(grey, drawn, char)
    ink = np.where(lines > 0, np.uint8(0), drawn).astype(np.uint8)
    dirt = _stray(ink, char)
    ink[dirt > 0] = 0
    paper = np.uint8(np.percentile(grey, 80))
    bare = np.where((lines > 0) | (dirt > 0), paper, grey).astype(np.uint8)
    return Sheet(
        np.where(dirt > 0, paper, grey).astype(np.uint8),
        bare,
        _without_specks(ink, grey, char),
        across,
        down,
        char,
        scale,
    )


def _unspecked(grey: Pixels) -> Pixels:
    """The page without lone dark dots, told before any smoothing runs them together."""
    import cv2

    sharp = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 30.0)
    char = char_height(binary(grey)) or _FAIR
    if cv2.connectedComponents(sharp)[0] > _HALFTONE * grey.size / (
        char * char
    ):  # grey paper made of black dots
        return np.asarray(cv2.GaussianBlur(grey, (5, 5), 0), dtype=np.uint8)
    dirt = _stray(np.asarray(sharp, dtype=np.uint8), char)
    return np.where(dirt > 0, cv2.dilate(grey, np.ones((9, 9), dtype=np.uint8)), grey).astype(np.uint8)


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
    """Degrees by which the page's rules and lines of text are turned from level, falling to the right above
    0: the turn at which its ink stands in the fewest rows. 0 where none stands out."""
    import cv2

    factor = min(1.0, _TURN_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else grey
    mask = binary(np.asarray(small, dtype=np.uint8))
    edge = max(2, round(0.015 * min(mask.shape)))
    ys, xs = (at + edge for at in np.nonzero(mask[edge:-edge, edge:-edge]))
    if len(ys) < 200:
        return 0.0
    height, width = mask.shape

    def crowding(degrees: float) -> float:
        rows = np.rint(ys - xs * float(np.tan(np.radians(degrees)))).astype(np.int64) + width
        return float(np.square(np.bincount(rows, minlength=height + 2 * width).astype(np.float64)).sum())

    coarse = np.arange(-MAX_TURN, MAX_TURN + 0.05, 0.1)
    near = float(coarse[int(np.argmax([crowding(a) for a in coarse]))])
    fine = near + np.arange(-0.1, 0.105, 0.01)
    crowds = [crowding(a) for a in fine]
    return float(fine[int(np.argmax(crowds))]) if max(crowds) > _STANDS_OUT * crowding(0.0) else 0.0


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


def _stray(ink: Pixels, char: float) -> Pixels:
    """Mask of dirt with a rim: what is too small for a digit and stands apart from all that is not. A dot
    between two larger things of its line, as a decimal point is, stays; so do the dots of a dotted line."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    wide, high = stats[:, 2], stats[:, 3]
    flat = (high <= 0.3 * char) & (wide >= 1.7 * high)
    tiny = np.maximum(wide, high) <= _SPECK * char
    small = tiny & ~(flat & (wide >= 0.18 * char))
    tiny[0] = small[0] = False
    others = _marked(labels, ~tiny)

    def reached(wide: int, high: int, anchor: tuple[int, int] = (-1, -1)) -> Any:
        return cv2.dilate(others, np.ones((high, wide), dtype=np.uint8), anchor=anchor)

    near, far = round(_APART * char), round(_BESIDE * char)
    around = reached(2 * far + 1, 2 * far + 1)
    astray = np.bincount(labels[around > 0], minlength=len(stats)) == 0
    free = np.count_nonzero(around == 0) / (char * char)
    if np.count_nonzero(tiny & astray) > _DIRTY * free:
        around = reached(2 * near + 1, 2 * near + 1)
        small = tiny
    kept = around | (reached(far + 1, 1, (0, 0)) & reached(far + 1, 1, (far, 0)))
    if np.count_nonzero(tiny) < _DENSE * ink.size / (char * char):
        kept |= _in_a_row(_marked(labels, np.minimum(stats[:, 2], stats[:, 3]) <= 0.2 * char), char)
    touched = np.bincount(labels[kept > 0], minlength=len(stats)) > 0
    dirt = _marked(labels, small & ~touched)
    return np.asarray(cv2.dilate(dirt, np.ones((3, 3), dtype=np.uint8)), dtype=np.uint8)


def _marked(labels: Any, chosen: Any) -> Pixels:
    """Mask of the pixels whose label is among the chosen; the ground, label 0, never is."""
    table = np.where(chosen, 255, 0).astype(np.uint8)
    table[0] = 0
    return np.asarray(table[labels], dtype=np.uint8)


def _in_a_row(dots: Pixels, char: float) -> Pixels:
    """Mask of dots and dashes that follow each other closely along a level or upright line of four
    characters' length or more."""
    import cv2

    gap = max(3, int(_DOT_GAP * char)) | 1
    found = np.zeros_like(dots)
    for size, along, beside in (((gap, 3), 2, 3), ((3, gap), 3, 2)):
        kernel = cv2.getStructuringElement(cv2.MORPH_RECT, size)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(
            cv2.morphologyEx(dots, cv2.MORPH_CLOSE, kernel), connectivity=8
        )
        long = (stats[:, along] >= 4 * char) & (stats[:, beside] <= np.maximum(4, 0.1 * stats[:, along]))
        found |= _marked(labels, long)
    return found


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
