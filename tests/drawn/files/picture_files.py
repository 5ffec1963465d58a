"""Pictures and scanned PDFs of tables for tests, drawn with Pillow and a system font for Chinese."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.drawn.files.drawn_tables import DrawnTable

_FONTS = [
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
]
NEEDED = "needs a font with Chinese characters (Debian: fonts-noto-cjk or fonts-wqy-zenhei)"


def font_paths() -> list[str]:
    """The fonts with Chinese characters that this machine has."""
    return [path for path in _FONTS if Path(path).exists()]


def page(
    parts: Sequence[str | DrawnTable],
    *,
    dots: int = 150,
    font: str | None = None,
    line: int = 2,
    points: float = 10.5,
) -> Image.Image:
    """An A4 page of paragraphs and ruled tables as a grey picture at ``dots`` per inch."""
    width, height = int(8.27 * dots), int(11.69 * dots)
    picture = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(picture)
    size = int(points * dots / 72)
    text_font = ImageFont.truetype(font or font_paths()[0], size)
    left, right, y = int(0.9 * dots), width - int(0.9 * dots), int(0.9 * dots)
    for part in parts:
        if isinstance(part, str):
            y = _paragraph(draw, part, text_font, left, right, y, size) + size
        else:
            y = _table(draw, part, font or font_paths()[0], left, right, y, int(0.85 * size), line) + size
    return picture


def _paragraph(
    draw: ImageDraw.ImageDraw,
    text: str,
    font: ImageFont.FreeTypeFont,
    left: int,
    right: int,
    y: int,
    size: int,
) -> int:
    for line in _wrapped(text, font, right - left):
        draw.text((left, y), line, font=font, fill=0)
        y += int(1.6 * size)
    return y


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    lines = [""]
    for char in text:
        if lines[-1] and font.getlength(lines[-1] + char) > width:
            lines.append("")
        lines[-1] += char
    return lines


def _table(
    draw: ImageDraw.ImageDraw,
    table: DrawnTable,
    path: str,
    left: int,
    right: int,
    top: int,
    size: int,
    line: int,
) -> int:
    font = ImageFont.truetype(path, size)
    share = (right - left) / sum(table.widths)
    xs = [float(left)]
    for part in table.widths:
        xs.append(xs[-1] + part * share)
    heights = [1.9 * size] * table.n_rows
    wrapped = {}
    for cell in table.cells:
        lines = _wrapped(cell.text, font, xs[cell.col + cell.colspan] - xs[cell.col] - 0.5 * size)
        wrapped[cell] = lines
        need = (1.25 * len(lines) + 0.7) * size / cell.rowspan
        for row in range(cell.row, cell.row + cell.rowspan):
            heights[row] = max(heights[row], need)
    ys = [float(top)]
    for height in heights:
        ys.append(ys[-1] + height)
    for cell, lines in wrapped.items():
        x0, x1 = xs[cell.col], xs[cell.col + cell.colspan]
        y0, y1 = ys[cell.row], ys[cell.row + cell.rowspan]
        draw.rectangle((x0, y0, x1, y1), outline=0, width=line)
        y = (y0 + y1) / 2 - 1.25 * size * len(lines) / 2
        for text in lines:
            draw.text(((x0 + x1) / 2 - font.getlength(text) / 2, y), text, font=font, fill=0)
            y += 1.25 * size
    return int(ys[-1])


def turned(picture: Image.Image, degrees: float) -> Image.Image:
    """The page as a crooked scan."""
    return picture.rotate(degrees, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def noisy(picture: Image.Image, seed: int, strength: float = 12.0) -> Image.Image:
    """The page with grain, specks, a slight blur and uneven light."""
    dice = np.random.default_rng(seed)
    pixels = np.asarray(picture.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float32)
    light = np.linspace(0.86, 1.0, pixels.shape[1], dtype=np.float32)[None, :]
    pixels = pixels * light + dice.normal(0, strength, pixels.shape)
    specks = random.Random(seed)
    for _ in range(60):
        pixels[specks.randrange(pixels.shape[0]), specks.randrange(pixels.shape[1])] = 0
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def salted(picture: Image.Image, share: float, seed: int = 7) -> Image.Image:
    """The page with a share of its pixels made black or white, as a bad line or a dirty glass makes them."""
    dots = np.array(picture)
    chance = np.random.default_rng(seed).random(dots.shape)
    dots[chance < share / 2] = 0
    dots[chance > 1 - share / 2] = 255
    return Image.fromarray(dots)


def sliced(pages: Sequence[Image.Image], dice: random.Random) -> list[bytes]:
    """The pages as one long picture, cut into slices anywhere, also in the middle of a line."""
    tall = Image.new("L", (max(page.width for page in pages), sum(page.height for page in pages)), 255)
    y = 0
    for page in pages:
        tall.paste(page, (0, y))
        y += page.height
    cuts = [0]
    while tall.height - cuts[-1] > 900:
        cuts.append(cuts[-1] + dice.randint(500, 900))
    return [encoded(tall.crop((0, a, tall.width, b))) for a, b in pairwise([*cuts, tall.height])]


def encoded(picture: Image.Image, kind: str = "PNG") -> bytes:
    """The picture's bytes in a file format of Pillow's."""
    target = io.BytesIO()
    picture.save(target, kind)
    return target.getvalue()


def scanned_pdf(pages: Sequence[Image.Image]) -> bytes:
    """A PDF whose pages are pictures with no text layer."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4)
    for picture in pages:
        canvas.drawImage(ImageReader(picture.convert("RGB")), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return target.getvalue()
