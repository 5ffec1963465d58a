"""Text recognition with the models that come inside the rapidocr package; nothing is ever downloaded.

Lines are recognised in batches. The recogniser's own doubts are kept: besides the best text, a line has
the other readings that come near it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.clean.scan.pixels import Box, Pixels

HEIGHT = 48
BATCH_COLUMNS = 4_096
"""Widths of one batch's pictures together, in pixels: bounds the memory of a batch."""

MAX_READINGS = 5
_DOUBT = 0.04
_SURE = 0.9
_PASSED_OVER = 0.1
_ECHO = 0.3
_RECOGNISER = "PP-OCRv6_rec_small.onnx"

Scores = npt.NDArray[np.float32]


class Reading(NamedTuple):
    """A recognised line: the best text, the others that come near it (best first), and the mean
    certainty of the text's characters, 0 to 1."""

    text: str
    others: tuple[str, ...]
    score: float


@cache
def _recogniser() -> tuple[Any, list[str]]:
    """The recognition model and its characters; index 0 is the blank between characters."""
    onnxruntime: Any = import_module("onnxruntime")  # the package has no types

    options = onnxruntime.SessionOptions()
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    model = files("rapidocr").joinpath("models", _RECOGNISER).read_bytes()
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    characters = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    return session, ["", *characters, " "]


@cache
def _detector() -> Any:
    from rapidocr import RapidOCR

    # by its longest side: the default blows a flat strip of text up until its height is 736 pixels
    settings = {"Det.limit_type": "max", "Det.limit_side_len": 1280}
    return RapidOCR(params={"Global.log_level": "error", "Global.use_cls": False, **settings})


def detect(grey: Pixels) -> list[Box]:
    """Boxes of the lines of text on a page of running text, in no order."""
    found = _detector()(np.repeat(grey[:, :, None], 3, axis=2), use_det=True, use_cls=False, use_rec=False)
    boxes = getattr(found, "boxes", None)
    if boxes is None:
        return []
    height, width = grey.shape
    result = []
    for corners in boxes:
        x0, y0 = np.floor(corners.min(axis=0)).astype(int)
        x1, y1 = np.ceil(corners.max(axis=0)).astype(int)
        box = Box(max(0, int(x0)), max(0, int(y0)), min(width, int(x1)), min(height, int(y1)))
        if box.width > 1 and box.height > 1:
            result.append(box)
    return result


def recognise(grey: Pixels, boxes: Sequence[Box], *, margin: float = 0.16) -> list[Reading]:
    """Reads lines of text, each given by the box around its ink; ``margin`` is the white that is left
    above and below, as a share of the height."""
    pictures = [_line_picture(grey, box, margin) for box in boxes]
    order = sorted(range(len(boxes)), key=lambda index: pictures[index].shape[1])
    readings: list[Reading] = [Reading("", (), 0.0)] * len(boxes)
    session, characters = _recogniser()
    name = session.get_inputs()[0].name
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order):
            width = pictures[order[end]].shape[1]
            if (end + 1 - start) * width > BATCH_COLUMNS or width > pictures[order[start]].shape[1] + 48:
                break
            end += 1
        group = order[start:end]
        width = max(pictures[index].shape[1] for index in group)
        batch = np.zeros((len(group), 3, HEIGHT, width), dtype=np.float32)
        for place, index in enumerate(group):
            picture = pictures[index]
            batch[place, :, :, : picture.shape[1]] = picture
        scores: Scores = session.run(None, {name: batch})[0]
        for place, index in enumerate(group):
            readings[index] = decode(scores[place], characters)
        start = end
    return readings


def _line_picture(grey: Pixels, box: Box, margin: float) -> npt.NDArray[np.float32]:
    """A line of text, 48 pixels high, contrast stretched, -1 black to 1 white, with white at its ends."""
    import cv2

    above = max(2, round(margin * box.height))
    beside = max(4, round(0.35 * box.height))
    high, wide = grey.shape
    y0, y1 = max(0, box.y0 - above), min(high, box.y1 + above)
    x0, x1 = max(0, box.x0 - 1), min(wide, box.x1 + 1)
    part = grey[y0:y1, x0:x1].astype(np.float32)
    dark, light = float(np.percentile(part, 1)), float(np.percentile(part, 85))
    if light - dark < 30:
        dark, light = float(part.min()), max(float(part.max()), float(part.min()) + 30)
    part = np.clip((part - dark) / (light - dark), 0, 1) * 2 - 1
    part = cv2.copyMakeBorder(part, 0, 0, beside, beside, cv2.BORDER_CONSTANT, value=1.0)
    width = int(np.clip(round(part.shape[1] * HEIGHT / part.shape[0]), 24, 3_200))
    way = cv2.INTER_AREA if part.shape[0] > HEIGHT else cv2.INTER_CUBIC
    resized = cv2.resize(part, (width, HEIGHT), interpolation=way)
    return np.asarray(np.clip(resized, -1, 1), dtype=np.float32)


class _Spot(NamedTuple):
    """A place in the line: what may stand there, best first (an empty text is nothing)."""

    choices: tuple[tuple[str, float], ...]


def decode(scores: Scores, characters: Sequence[str]) -> Reading:
    """One line's scores (steps by characters) as text with its near readings."""
    best = scores.argmax(axis=1)
    spots: list[_Spot] = []
    certainty: list[float] = []
    step = 0
    steps = len(best)
    while step < steps:
        end = step + 1
        while end < steps and best[end] == best[step]:
            end += 1
        rows = scores[step:end]
        if best[step]:
            row = rows[int(rows[:, best[step]].argmax())]
            spots.append(_spot(row, characters))
            certainty.append(float(row[best[step]]))
        else:
            row = rows[int(rows[:, 0].argmin())]
            around = (best[step - 1] if step else 0, best[end] if end < steps else 0)
            spot = _between(row, characters, around)
            if spot is not None:
                spots.append(spot)
        step = end
    text = "".join(spot.choices[0][0] for spot in spots).strip()
    score = float(np.mean(certainty)) if certainty else 0.0
    return Reading(text, _others(text, spots), score)


def _spot(row: Scores, characters: Sequence[str]) -> _Spot:
    first = int(row.argmax())
    if row[first] >= _SURE:
        return _Spot(((characters[first], float(row[first])),))
    near = np.argpartition(row, -4)[-4:]
    ranked = sorted(((float(row[i]), int(i)) for i in near), reverse=True)
    return _Spot(tuple((characters[i], p) for p, i in ranked if i == first or p >= _DOUBT))


def _between(row: Scores, characters: Sequence[str], around: tuple[int, int]) -> _Spot | None:
    """A place between characters where one may have been passed over. The character beside it, printed
    twice, is an echo unless it scores high."""
    near = np.argpartition(row, -3)[-3:]
    ranked = sorted(((float(row[i]), int(i)) for i in near if i), reverse=True)
    choices = [(characters[i], p) for p, i in ranked if p >= (_ECHO if i in around else _PASSED_OVER)]
    return _Spot((("", float(row[0])), *choices)) if choices else None


def _others(text: str, spots: Sequence[_Spot]) -> tuple[str, ...]:
    """Texts with one spot read otherwise, and the two likeliest changes together, best first."""
    found: dict[str, float] = {}
    changes: list[tuple[float, int, str]] = []
    for place, spot in enumerate(spots):
        lead = max(spot.choices[0][1], 1e-6)
        changes.extend((share / lead, place, other) for other, share in spot.choices[1:])
    changes.sort(reverse=True)
    pairs: list[tuple[tuple[float, int, str], ...]] = [(change,) for change in changes[:6]]
    if len(changes) > 1 and changes[0][1] != changes[1][1]:
        pairs.append((changes[0], changes[1]))
    for group in pairs:
        parts = [spot.choices[0][0] for spot in spots]
        weight = 1.0
        for share, place, other in group:
            parts[place] = other
            weight *= share
        reading = "".join(parts).strip()
        if reading != text:
            found[reading] = max(found.get(reading, 0.0), weight)
    return tuple(sorted(found, key=lambda reading: -found[reading])[:MAX_READINGS])
