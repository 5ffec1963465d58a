"""A PDF font whose table of characters gives other digits than it draws: none of them is believed."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import reportlab
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfgen.canvas import Canvas

from pipeline.clean.pdf.reader import read
from pipeline.document import UNREAD, Paragraph

FONTS = Path(reportlab.__file__).parent / "fonts"
SAID = "1027 436 5891"
_AS_IT_IS = ttfonts.makeToUnicodeCMap


def _page(font: str, swapped: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines read from a page that draws ``SAID`` in a font that says of two digits that they are each
    other."""
    other = dict(zip(map(ord, swapped), map(ord, swapped[::-1]), strict=True))

    def lying(name: str, subset: list[int]) -> str:
        text: Callable[..., str] = _AS_IT_IS
        return text(name, [other.get(code, code) for code in subset])

    monkeypatch.setattr(ttfonts, "makeToUnicodeCMap", lying)
    name = f"{font}{swapped}"
    pdfmetrics.registerFont(ttfonts.TTFont(name, FONTS / f"{font}.ttf"))
    target = io.BytesIO()
    canvas = Canvas(target)
    canvas.setFont(name, 10.5)
    canvas.drawString(72, 700, SAID)
    canvas.setFont("Helvetica", 10.5)
    canvas.drawString(72, 600, "2736 in a font of the reader's own")
    canvas.save()
    document = read(target.getvalue(), sha256="0" * 64)
    return [b.text for b in document.blocks if isinstance(b, Paragraph)]


@pytest.mark.parametrize("font", ["Vera", "VeraBd", "VeraIt", "VeraBI"])
def test_a_font_that_says_what_it_draws_is_believed(font: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SAID in _page(font, "", monkeypatch)


@pytest.mark.parametrize("font", ["Vera", "VeraIt"])
@pytest.mark.parametrize("swapped", ["38", "69", "17", "25", "04"])
def test_no_digit_of_a_font_that_lies_is_believed(
    font: str, swapped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lied, own = _page(font, swapped, monkeypatch)
    assert set(lied) <= {UNREAD, " "}
    assert own.startswith("2736")
