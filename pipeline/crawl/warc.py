"""Web archives as a source and as a copy: WARC in, WARC out, one record in memory at most."""

from __future__ import annotations

import io
import json
import os
import uuid
import zlib
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.crawl.hosts import host_of, is_allowed_host
from pipeline.crawl.media import media_type_of
from pipeline.crawl.receipt import Receipt
from pipeline.crawl.store import RawStore
from pipeline.crawl.taken import IntakeResult, keep, utc_text

MAX_BYTES = 64 << 20
"""The most bytes of one record's content, after decompression."""

_HTTP = ArcWarcRecordLoader(verify_http=False).http_parser
_NOT_OF_THE_BODY = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_MAX_HEAD = 64 << 10
"""The most bytes of an address, of a header line, and of an archived response's headers."""
_CHUNK = 1 << 16
_BATCH = 200


class _TooLarge(Exception):
    pass


class _Head:
    """The lines of a record's HTTP headers; ends with ``_TooLarge`` beyond ``_MAX_HEAD`` bytes of them."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._left = _MAX_HEAD

    def readline(self) -> bytes:
        line: bytes = self._stream.readline(_MAX_HEAD)
        self._left -= len(line)
        if self._left < 0:
            raise _TooLarge
        return line


def take_warc(
    store: RawStore, archive: Path, *, allowed_hosts: Collection[str] = (), max_bytes: int = MAX_BYTES
) -> IntakeResult:
    """Adds an archive's response records (``.warc`` or ``.warc.gz``) to the store, streaming.

    Each response from a host under gov.cn or in ``allowed_hosts`` becomes a receipt with the record's url,
    time, status and headers, and an object where the status is 200; redirects are passed over. Records of
    other hosts are counted as refused. A record that is cut short, too large or an error page becomes a
    receipt that says so; an archive that breaks off keeps what was read and is named in ``problems``.
    """
    result = IntakeResult()
    batch: list[Receipt] = []
    refused = 0
    with archive.open("rb") as stream:
        try:
            records = ArchiveIterator(stream, no_record_parse=True)
            records.reader.readline = partial(_short_line, records.reader.readline)
            for record in records:
                if record.rec_type != "response":
                    continue
                url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
                if len(url) > _MAX_HEAD or not is_allowed_host(host_of(url), allowed_hosts):
                    refused += 1
                    continue
                receipt = _receipt_of_record(store, record, url, archive.name, max_bytes)
                if receipt is not None:
                    batch.append(receipt)
                if len(batch) >= _BATCH:
                    result += keep(store, batch)
                    batch = []
        except (ArchiveLoadFailed, OSError, EOFError, zlib.error, ValueError) as error:
            result += IntakeResult(failed=1, problems=(f"{archive.name}: the archive breaks off ({error})",))
    result += keep(store, batch)
    if refused:
        result += IntakeResult(
            refused=refused,
            problems=(
                f"{archive.name}: {refused} records of hosts neither under gov.cn nor in the registry",
            ),
        )
    return result


def write_warc(store: RawStore, target: Path) -> int:
    """Writes what was fetched over HTTP as a WARC file (gzipped where the name ends in ``.gz``).

    A response record for each receipt that has an object, or an error page's status without a body, in the
    order of ``receipts()``, each followed by a metadata record with the rest of the receipt. Bodies are as
    kept, unpacked; headers that spoke of the packing stand as ``X-Archive-Orig-...``. Local files are left
    out. The same receipts give the same bytes. Written aside and renamed; gives the number of responses.
    """
    count = 0
    aside = target.with_name(f".{target.name}.part")
    try:
        with aside.open("wb") as stream:
            writer = WARCWriter(stream, gzip=target.name.endswith(".gz"))
            for receipt in store.receipts():
                if receipt.http_status is None or not (receipt.sha256 or receipt.status.startswith("http_")):
                    continue
                _write_response(store, writer, receipt)
                count += 1
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)
    return count


def _write_response(store: RawStore, writer: Any, receipt: Receipt) -> None:
    def record_id(kind: str) -> str:
        return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{kind} {receipt.receipt_id}')}>"

    headers = [
        (f"X-Archive-Orig-{name}" if name in _NOT_OF_THE_BODY else name, _one_line(value))
        for name, value in sorted(receipt.headers.items())
    ]
    headers.append(("Content-Length", str(receipt.bytes or 0)))
    named = {"WARC-Date": receipt.fetched_at, "WARC-Record-ID": record_id("response")}
    body = store.open(receipt.sha256) if receipt.sha256 else io.BytesIO()
    with body:
        # A redirected page's code is that of its last hop, which is what these bytes came with.
        writer.write_record(
            writer.create_warc_record(
                receipt.url,
                "response",
                payload=body,
                length=receipt.bytes or 0,
                warc_headers_dict=named,
                http_headers=StatusAndHeaders(f"{receipt.http_status} -", headers, protocol="HTTP/1.1"),
            )
        )
    rest = {
        name: getattr(receipt, name)
        for name in (
            "receipt_id",
            "final_url",
            "redirects",
            "status",
            "detail",
            "rule",
            "referrer",
            "source_id",
            "file_name",
            "insecure_tls",
        )
    }
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True).encode()
    writer.write_record(
        writer.create_warc_record(
            receipt.url,
            "metadata",
            payload=io.BytesIO(text),
            length=len(text),
            warc_content_type="application/json",
            warc_headers_dict={
                "WARC-Date": receipt.fetched_at,
                "WARC-Record-ID": record_id("metadata"),
                "WARC-Concurrent-To": record_id("response"),
            },
        )
    )


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")


def _receipt_of_record(
    store: RawStore, record: Any, url: str, archive: str, max_bytes: int
) -> Receipt | None:
    code, headers, readable = _http_head(record)
    if code is not None and 300 <= code < 400:
        return None
    status, detail = ("ok", "") if code == 200 else (f"http_{code}", "an archived error page")
    sha: str | None = None
    length: int | None = None
    if not readable:
        status, detail = (
            "broken_response",
            f"the archived response has headers of more than {_MAX_HEAD} bytes",
        )
    elif code is None:
        status, detail = "broken_response", "the archived response has no status line"
    elif status == "ok":
        try:
            sha, length = store.put_stream(_content(record, max_bytes))
        except _TooLarge:
            status, detail = "too_large", f"more than {max_bytes} bytes"
        if record.rec_headers.get_header("WARC-Truncated") or getattr(record.raw_stream, "limit", 0) > 0:
            status, detail, sha, length = "truncated", "the archived record is cut short", None, None
    return Receipt(
        url=url,
        final_url=url,
        fetched_at=_utc(record.rec_headers.get_header("WARC-Date")),
        status=status,
        http_status=code,
        detail=detail,
        headers=headers,
        media_type=media_type_of(headers.get("content-type"), url),
        sha256=sha,
        bytes=length,
        rule="warc",
        file_name=archive,
    )


def _http_head(record: Any) -> tuple[int | None, dict[str, str], bool]:
    """Status code and headers of an archived response, and whether they could be read."""
    try:
        record.http_headers = _HTTP.parse(_Head(record.raw_stream))
    except EOFError:
        return None, {}, True
    except _TooLarge:
        return None, {}, False
    headers = {name.lower(): value for name, value in record.http_headers.headers}
    return _status_code(record.http_headers.get_statuscode()), headers, True


def _content(record: Any, max_bytes: int) -> Iterator[bytes]:
    stream, length = record.content_stream(), 0
    while chunk := stream.read(_CHUNK):
        length += len(chunk)
        if length > max_bytes:
            raise _TooLarge
        yield chunk


def _status_code(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _utc(warc_date: str | None) -> str:
    try:
        moment = datetime.fromisoformat((warc_date or "").replace("Z", "+00:00"))
        return utc_text(moment.astimezone(UTC).timestamp())
    except (ValueError, OverflowError):
        return utc_text(0)


def _short_line(readline: Callable[[int], bytes], length: int | None = None) -> bytes:
    """A line of the archive; one without end would be gathered, and copied, again and again. warcio may
    give less than ``_MAX_HEAD`` bytes of a longer line."""
    line = readline(_MAX_HEAD if length is None else length)
    if length is None and len(line) >= _MAX_HEAD // 2 and not line.endswith(b"\n"):
        raise ArchiveLoadFailed("a header line is too long")
    return line
