"""What a server's answer, or its failure to answer, says: plain values from httpx's."""

from __future__ import annotations

import email.utils
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import httpx

TLS_HINT = "unverified in the registry's column tls would allow it"


@dataclass(frozen=True, slots=True)
class Reply:
    status: str
    detail: str = ""
    http_status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    location: str = ""
    sha256: str | None = None
    size: int | None = None
    body: bytes | None = None
    again: bool = False
    retry_after: float | None = None
    insecure_tls: bool = False


def reply_of_error(error: httpx.HTTPError) -> Reply:
    text = str(error)[:200] or type(error).__name__
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return Reply("tls_failed", f"{text}; {TLS_HINT}")
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.TimeoutException):
        return Reply("timeout", text or "no answer in time", again=True)
    if isinstance(error, httpx.ConnectError):
        if "has no address" in text:
            return Reply("no_such_host", text)
        return Reply("connect_failed", text, again=True)
    if isinstance(error, httpx.RemoteProtocolError) and "complete" in text:
        return Reply("truncated", text, 200, again=True)
    if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in text:
        return Reply("broken_response", text)
    if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError):
        return Reply("broken_connection", text, again=True)
    return Reply("broken_response", text)


def headers_of(response: httpx.Response) -> dict[str, str]:
    """Header names in lower case; values byte for byte as Latin-1, so that any bytes can be written down."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def location_of(response: httpx.Response) -> str:
    raw = next(value for name, value in response.headers.raw if name.lower() == b"location")
    return text_of(raw)


def text_of(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def retry_after_seconds(value: str | None) -> float | None:
    """A Retry-After in seconds from now: a count of seconds or a date; null where it says nothing."""
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


_DISPOSITION: Callable[[str], re.Match[str] | None] = re.compile(
    r"""filename(\*)?\s*=\s*(?:"([^"]*)"|([^;]*))""", re.IGNORECASE
).search


def file_name_of(headers: Mapping[str, str], url: str) -> str | None:
    """The name that a server gives a file, else the last part of the address's path."""
    match = _DISPOSITION(headers.get("content-disposition", ""))
    name = (match.group(2) or match.group(3) or "").strip() if match else ""
    if match and match.group(1):
        name = unquote(name.rpartition("'")[2])
    elif name:
        name = unquote(text_of(name.encode("latin-1", "replace")))
    name = name or unquote(urlsplit(url).path.rpartition("/")[2])
    return re.sub(r"[\x00-\x1f/\\]", "_", name)[:200] or None
