"""What stands on a coloured ground or is stamped over the text: dark head rows turned light, seals taken
away.

Arrays are grey or red, green, blue, ``uint8``, 0 black to 255 white.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

_RED = 20.0
"""Levels by which red stands over the other colours where it is seen as red."""
_SEAL_SHARE, _SEAL_LEAST = 0.06, 70
"""A seal is at least this share of the page's short side and so many pixels, both ways: figures are
smaller."""
_SEAL_GAP = 0.006
"""Share of the page's short side by which the pieces of a worn seal lie apart."""
_DARK = 120
"""Grey level under which a ground is dark."""
_STROKE = 7
"""Pixels that no stroke of a letter and no rule is thick."""
_LETTER = 0.02
"""Share of the page's short side that holes in a ground, its letters, are wide."""
_BAND_LEAST = 18
"""Pixels of a dark ground's shorter side at least."""
_THIN = 0.9
"""Exponent that makes strokes as thin as those of dark text: light ones run into their ground."""
_EDGE = 1
"""Pixels of the rule that is drawn around a ground turned light."""
_BAND_FULL, _BAND_EVEN = 0.5, 24
"""Share of a dark ground that is of one level, give or take so much: a photograph is not."""


def without_seals(colours: npt.NDArray[np.uint8], grey: Pixels) -> Pixels:
    """A page's grey pixels with its seals turned to paper. Red figures and red titles stay as dark as they
    are."""
    import cv2

    strongest = np.maximum(colours[:, :, 1], colours[:, :, 2])
    red = np.maximum(0.0, colours[:, :, 0].astype(np.float32) - strongest.astype(np.float32) - _RED)
    if not red.any():
        return grey
    short = min(grey.shape)
    joint = max(3, int(_SEAL_GAP * short)) | 1
    mask = cv2.dilate((red > _RED).astype(np.uint8), np.ones((joint, joint), dtype=np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    least = max(_SEAL_LEAST, _SEAL_SHARE * short)
    stamped = np.zeros(grey.shape, dtype=bool)
    for x, y, wide, high, _ in stats[1:]:
        if min(wide, high) >= least:
            stamped[y : y + high, x : x + wide] = True
    lifted = np.minimum(grey.astype(np.float32) + 1.3 * red, 255.0).astype(np.uint8)
    return np.where(stamped, lifted, grey).astype(np.uint8)


def with_light_grounds(grey: Pixels) -> Pixels:
    """The page with dark grounds, and the light text on them, turned about: dark text on paper."""
    import cv2

    dark = (grey < _DARK).astype(np.uint8)
    if 200 * int(dark.sum()) < dark.size:
        return grey
    solid = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((_STROKE, _STROKE), dtype=np.uint8))
    letter = max(_BAND_LEAST, int(_LETTER * min(grey.shape))) | 1
    whole = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, np.ones((letter, letter), dtype=np.uint8))
    # letters may reach to a ground's edge: its dark rows there are whole but for their strokes
    rows = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((1, letter), dtype=np.uint8))
    near = cv2.dilate(whole, np.ones((2 * _STROKE + 5, 1), dtype=np.uint8))
    whole = np.where((whole > 0) | ((near > 0) & (rows > 0)), np.uint8(1), np.uint8(0))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(whole, connectivity=8)
    level = grey.astype(np.float32)
    grounds = np.zeros(grey.shape, dtype=bool)
    result = level
    for number, (x, y, wide, high, _) in enumerate(stats[1:count], start=1):
        if min(wide, high) < _BAND_LEAST:
            continue
        inside = labels[y : y + high, x : x + wide] == number
        part = level[y : y + high, x : x + wide]
        ground = float(np.median(part[inside]))
        if ground >= _DARK or float((np.abs(part[inside] - ground) <= _BAND_EVEN).mean()) < _BAND_FULL:
            continue
        turned = 255.0 * np.clip((255.0 - part) / (255.0 - ground), 0.0, 1.0) ** _THIN
        part[inside] = turned[inside]
        grounds[y : y + high, x : x + wide] |= inside
    if not grounds.any():
        return grey
    rim = cv2.dilate(grounds.astype(np.uint8), np.ones((2 * _EDGE + 1, 2 * _EDGE + 1), dtype=np.uint8)) > 0
    result[rim & ~grounds] = 0.0  # what parts a ground from the paper
    return np.asarray(result, dtype=np.uint8)
