"""Pictures, read by recognising what they show. Their media type is the server's, where it names one."""

from __future__ import annotations

from pipeline.clean.format import Format, Sign

READER = "pipeline.clean.scan.picture"
_INFO_HEADERS = (b"\x28", b"\x0c", b"\x6c", b"\x7c")

PICTURE = Format(
    "picture",
    READER,
    "picture",
    "image/*",
    {
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".gif": "image/gif",
        ".tif": "image/tiff",
        ".tiff": "image/tiff",
    },
    tuple(Sign(start) for start in (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")),
)
WEBP = Format(
    "webp",
    READER,
    "picture",
    "image/*",
    {".webp": "image/webp"},
    (Sign(b"RIFF", holds=lambda data: data[8:12] == b"WEBP"),),
)
BMP = Format(
    "bmp",
    READER,
    "picture",
    "image/*",
    {".bmp": "image/bmp"},
    (Sign(b"BM", holds=lambda data: len(data) > 54 and data[14:15] in _INFO_HEADERS),),
)
