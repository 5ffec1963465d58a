"""A picture that several tests read is recognised once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

import pytest

from pipeline.clean.scan import ocr, picture, upright
from pipeline.clean.scan.pixels import Box, Pixels


def _remembering(call: Callable[..., object]) -> Callable[..., object]:
    known: dict[object, object] = {}

    def once(grey: Pixels, *boxes: Sequence[Box], **settings: float) -> object:
        key = (sha256(grey.tobytes()).digest(), grey.shape, tuple(map(tuple, boxes)), tuple(settings.items()))
        if key not in known:
            known[key] = call(grey, *boxes, **settings)
        return known[key]

    return once


@pytest.fixture(scope="session", autouse=True)
def one_recognition_a_picture() -> Iterator[None]:
    """The same pixels give the same text: the recogniser, which takes most of these tests' time, is asked
    once."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("detect", "recognise"):
            once = _remembering(getattr(ocr, name))
            for module in (picture, upright):
                if hasattr(module, name):
                    patch.setattr(module, name, once)
        yield
