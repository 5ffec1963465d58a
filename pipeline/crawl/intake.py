"""Inputs that a person names, into the raw store: files, folders, WARC archives and addresses.

Local files get a receipt with their modification time; nothing here asks the clock.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipeline.crawl.errors import InputError
from pipeline.crawl.media import media_type_of_name
from pipeline.crawl.receipt import Receipt
from pipeline.crawl.registry import load_registry, registry_hosts
from pipeline.crawl.store import RawStore
from pipeline.crawl.taken import IntakeResult, keep, utc_text

_CHUNK = 1 << 20
_BATCH = 500


@dataclass(frozen=True, slots=True)
class _LocalFile:
    """A file to take, or one that is refused: ``refused`` says why."""

    path: Path
    url: str
    refused: str = ""


def take_in(
    store: RawStore,
    inputs: Iterable[str | Path],
    *,
    allowed_hosts: Collection[str] | None = None,
    delay: float = 2.0,
    allow_private: bool = False,
) -> IntakeResult:
    """Adds what ``inputs`` name to the store: files, folders, ``file://``, ``http(s)://``, WARC archives.

    A folder is taken with all that lies in it, in sorted order; hidden files and folders are left out, a
    link that leads back into the walk is not followed, and one that leads out of the folder, a pipe or a
    device is refused and named. ``allowed_hosts`` are hosts beside those under gov.cn
    whose archive records and addresses are accepted, by default those that the project's registry names.
    ``delay`` (seconds) and ``allow_private`` hold for addresses. Raises ``InputError`` before anything is
    taken where an input does not exist, is neither file nor folder, cannot be read or is an address of
    another scheme.
    """
    files: list[_LocalFile] = []
    archives: list[Path] = []
    addresses: list[str] = []
    for given in inputs:
        text = os.fspath(given)
        scheme = urlsplit(text).scheme.lower() if "://" in text else ""
        if scheme in ("http", "https"):
            addresses.append(text)
            continue
        if scheme not in ("", "file"):
            raise InputError(f"{text}: only files, folders, file://, http:// and https:// are taken")
        for found in _local_files(_local_path(text) if scheme == "file" else Path(text)):
            warc = _is_warc(found.path) and not found.refused
            (archives.append(found.path) if warc else files.append(found))
    if allowed_hosts is None:
        allowed_hosts = registry_hosts(load_registry()) if archives or addresses else ()
    result = _take_files(store, files)
    for archive in archives:
        from pipeline.crawl.warc import take_warc

        result += take_warc(store, archive, allowed_hosts=allowed_hosts)
    if addresses:
        from pipeline.crawl.named import take_addresses

        result += take_addresses(
            store.root, addresses, allowed_hosts=allowed_hosts, delay=delay, allow_private=allow_private
        )
    return result


def _local_path(address: str) -> Path:
    parts = urlsplit(address)
    if parts.netloc not in ("", "localhost"):
        raise InputError(f"{address}: a file:// address names a file of this machine")
    return Path(unquote(parts.path))


def _is_warc(path: Path) -> bool:
    return path.name.lower().endswith((".warc", ".warc.gz"))


def _local_files(path: Path) -> Iterator[_LocalFile]:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            os.scandir(path).close()
        elif stat.S_ISREG(mode):
            path.open("rb").close()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file or folder") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if stat.S_ISREG(mode):
        yield _LocalFile(path, _printable(path.name))
    elif stat.S_ISDIR(mode):
        yield from _walk(path, path, frozenset())
    else:
        raise InputError(f"{path}: neither a file nor a folder")


def _walk(folder: Path, top: Path, above: frozenset[Path]) -> Iterator[_LocalFile]:
    here = folder.resolve()
    if here in above:
        return
    try:
        entries = sorted(os.listdir(folder))
    except OSError:
        yield _LocalFile(folder, _printable(folder.relative_to(top).as_posix()))
        return
    for name in entries:
        path = folder / name
        if name.startswith("."):
            continue
        own = _printable(path.relative_to(top).as_posix())
        if path.is_symlink() and path.exists() and not path.resolve().is_relative_to(top.resolve()):
            yield _LocalFile(path, own, "a link that leads out of the folder")
        elif path.is_dir():
            yield from _walk(path, top, above | {here})
        elif path.is_file() or not path.exists():
            yield _LocalFile(path, own)
        else:
            yield _LocalFile(path, own, "neither a file nor a folder")


def _take_files(store: RawStore, files: list[_LocalFile]) -> IntakeResult:
    refused = [f"{local.url}: {local.refused}; left out" for local in files if local.refused]
    result = IntakeResult(refused=len(refused), problems=tuple(refused))
    files = [local for local in files if not local.refused]
    for start in range(0, len(files), _BATCH):
        # Objects first: writing them inside the transaction would keep other processes waiting.
        receipts = [_receipt_of_file(store, local) for local in files[start : start + _BATCH]]
        result += keep(store, receipts)
    return result


def _receipt_of_file(store: RawStore, local: _LocalFile) -> Receipt:
    name = _printable(local.path.name)
    fetched_at, status, detail = utc_text(0), "ok", ""
    sha: str | None = None
    length: int | None = None
    try:
        with local.path.open("rb") as stream:
            fetched_at = utc_text(os.fstat(stream.fileno()).st_mtime)
            sha, length = store.put_stream(iter(lambda: stream.read(_CHUNK), b""))
    except OSError as error:
        if local.path.is_file() and os.access(local.path, os.R_OK):
            raise  # the store, not the input, failed
        status, detail = "unreadable", f"cannot be read ({error.strerror or error})"
    return Receipt(
        url=local.url,
        final_url=local.url,
        fetched_at=fetched_at,
        status=status,
        detail=detail,
        media_type=media_type_of_name(name),
        sha256=sha,
        bytes=length,
        rule="local_file",
        file_name=name,
    )


def _printable(name: str) -> str:
    """A file name that is not UTF-8 cannot stand in the database; its odd bytes become U+FFFD."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
