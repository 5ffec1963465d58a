"""Pictures that an article shows one after the other: the pages of one paper, or the slices of one long
picture."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote_to_bytes

import numpy as np

from pipeline.clean.scan.picture import MAX_PIXELS, MAX_SIDE, pages_in, read_pages
from pipeline.clean.scan.pixels import Pixels
from pipeline.document import Document

_INLINE = re.compile(r"data:image/[\w.+-]+((?:;[\w=.+-]+)*),", re.I)
_MIN_WIDTH, _MIN_HEIGHT = 300, 80
_DARKER = 40
"""Grey levels by which ink is darker than its paper."""


def inline_bytes(source: str) -> bytes:
    """The bytes of a picture that stands in its own address (``data:image/png;base64,...``); empty for any
    other address."""
    found = _INLINE.match(source)
    if found is None:
        return b""
    body = source[found.end() :]
    if ";base64" not in found[1].lower():
        return unquote_to_bytes(body)
    try:
        return base64.b64decode("".join(body.split()))
    except (binascii.Error, ValueError):
        return b""


def may_hold_table(data: bytes) -> bool:
    """Whether a picture is large enough for a table; its pixels are not unpacked."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            width, height = Image.open(io.BytesIO(data)).size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return width >= _MIN_WIDTH and height >= _MIN_HEIGHT


def read_series(files: Sequence[bytes]) -> Document:
    """Pictures, in the order in which they are shown, as one ``Document``: a table may go on from one to the
    next, and slices that were cut through what they show are put together again. The status is that of the
    first that cannot be read."""
    digest = hashlib.sha256(b"".join(hashlib.sha256(data).digest() for data in files)).hexdigest()
    return read_pages(
        joined(page for data in files for page in pages_in(data)), sha256=digest, media_type="image/*"
    )


def joined(pages: Iterable[Pixels]) -> Iterator[Pixels]:
    """The pages, those put under each other that are as wide as the one before and go on where it was cut."""
    held: Pixels | None = None
    for page in pages:
        if held is not None and _goes_on(held, page):
            held = np.vstack([held, page])
            continue
        if held is not None:
            yield held
        held = page
    if held is not None:
        yield held


def _goes_on(above: Pixels, below: Pixels) -> bool:
    """Whether ink reaches both the foot of one slice and the top of the next, and the two together are not
    too large."""
    height, width = above.shape[0] + below.shape[0], above.shape[1]
    if below.shape[1] != width or height > MAX_SIDE or height * width > MAX_PIXELS:
        return False
    return all(
        bool((edge < float(np.percentile(page, 90)) - _DARKER).any())
        for page, edge in ((above, above[-2:]), (below, below[:2]))
    )
