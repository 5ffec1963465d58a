"""Web pages, and web pages saved as one file."""

from __future__ import annotations

import re

from pipeline.clean.format import Format, Sign, text_head

_TAG = re.compile(rb"<(?:!doctype|html|head|body|table|div|p|span|meta|title|h[1-6]|br|center|font)\b", re.I)
_MESSAGE = re.compile(
    rb"[\xef\xbb\xbf \t\r\n]*(?:From|MIME-Version|Date|Subject|Content-Type|Content-Location"
    rb"|Snapshot-Content-Location)\s*:",
    re.I,
)
_RELATED = re.compile(rb"content-type\s*:\s*(?:multipart/(?:related|alternative)|text/html)", re.I)


def _is_page(data: bytes) -> bool:
    head = text_head(data)
    return head is not None and _TAG.search(head) is not None


def is_saved_page(data: bytes) -> bool:
    """Whether a file is a page saved as one message with all its parts."""
    return _MESSAGE.match(data) is not None and _RELATED.search(data[:8192]) is not None


HTML = Format(
    "html",
    "pipeline.clean.html.reader",
    "page",
    "text/html",
    dict.fromkeys(
        (".html", ".htm", ".shtml", ".jhtml", ".xhtml", ".jsp", ".aspx", ".asp", ".php"), "text/html"
    ),
    (Sign(holds=_is_page),),
)
MHTML = Format(
    "mhtml",
    "pipeline.clean.html.mhtml",
    "page",
    "multipart/related",
    dict.fromkeys((".mht", ".mhtml"), "multipart/related"),
    (Sign(holds=is_saved_page),),
)
