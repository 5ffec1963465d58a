"""The source registry: which pages of which bodies are crawled. One CSV row is one source."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.crawl.errors import RegistryError
from pipeline.crawl.hosts import host_of

REGISTRY = Path(__file__).with_name("sources.csv")
COLUMNS = ("source_id", "division_code", "issuer", "level", "url", "kind", "note")
TLS = "tls"
"""A column that a registry may have besides: ``strict`` (also where empty or absent) or ``unverified``."""
LEVELS = ("province", "prefecture", "county", "township", "department", "unknown")
KINDS = ("list", "article", "site")

_SOURCE_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}", re.ASCII)
_CODE = re.compile(r"[0-9]{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Source:
    """One row of the registry.

    ``kind``: ``list`` is a page that lists reports, ``article`` one report, ``site`` a portal's front page
    from which the column of reports is looked for. ``division_code`` is empty for central bodies. ``note``
    is free text in parts set off by ``;``; a part ``retired: ...`` takes the source out of crawls. ``tls``:
    ``unverified`` allows any certificate and old TLS on the source's own host, where a verified connection
    failed.
    """

    source_id: str
    division_code: str
    issuer: str
    level: str
    url: str
    kind: str
    note: str = ""
    tls: str = "strict"

    @property
    def host(self) -> str:
        """The host of ``url``, lower case."""
        return host_of(self.url)

    @property
    def retired(self) -> bool:
        """Whether the note retires the source."""
        return self.has_part("retired")

    @property
    def insecure_tls(self) -> bool:
        """Whether the row allows an unverified certificate and old TLS."""
        return self.tls == "unverified"

    def has_part(self, name: str) -> bool:
        """Whether the note has a part of that name."""
        return any(part.strip().split(":")[0].strip() == name for part in self.note.split(";"))


def load_registry(path: Path = REGISTRY) -> tuple[Source, ...]:
    """Reads and checks a registry CSV (UTF-8, columns ``COLUMNS`` in any order, ``tls`` where wanted); gives its
    rows in order.

    Retired rows are given too. Raises ``RegistryError`` with the file's name and line for a missing file, a
    wrong column, an unknown level or kind, a bad address or division code, and an id or address used twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RegistryError(f"{path}: cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RegistryError(f"{path}:{line}: not UTF-8") from None
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    sources: list[Source] = []
    lines: dict[str, int] = {}
    try:
        header = next(reader, [])
        if sorted(header) not in (sorted(COLUMNS), sorted((*COLUMNS, TLS))):
            raise RegistryError(
                f"{path}:1: the columns must be {', '.join(COLUMNS)}; {TLS} may stand beside them"
            )
        for row in reader:
            line = reader.line_num
            if not row:
                continue
            if len(row) != len(header):
                raise RegistryError(f"{path}:{line}: {len(row)} fields where {len(header)} are needed")
            values = {name: value.strip() for name, value in zip(header, row, strict=True)}
            source = Source(**{**values, TLS: values.get(TLS) or "strict"})
            problem = _problem_of(source)
            if problem:
                raise RegistryError(f"{path}:{line}: {problem}")
            for key in (source.source_id, source.url):
                if key in lines:
                    raise RegistryError(f"{path}:{line}: {key} stands in line {lines[key]} already")
                lines[key] = line
            sources.append(source)
    except csv.Error as error:
        raise RegistryError(f"{path}:{reader.line_num}: {error}") from None
    return tuple(sources)


def choose_sources(sources: Iterable[Source], ids: Sequence[str] = ()) -> tuple[Source, ...]:
    """Gives the sources of those ids, or all that are not retired; an unknown id is a ``RegistryError``.

    A retired source is crawled where its id is named.
    """
    every = tuple(sources)
    if not ids:
        return tuple(source for source in every if not source.retired)
    by_id = {source.source_id: source for source in every}
    unknown = [wanted for wanted in ids if wanted not in by_id]
    if unknown:
        raise RegistryError(f"the registry has no source {', '.join(unknown)}")
    return tuple(by_id[wanted] for wanted in dict.fromkeys(ids))


def registry_hosts(sources: Iterable[Source]) -> frozenset[str]:
    """Gives the hosts that the rows name: these may be fetched beside those under gov.cn."""
    return frozenset(source.host for source in sources)


def _problem_of(source: Source) -> str | None:
    if not _SOURCE_ID.fullmatch(source.source_id):
        return f"source_id {source.source_id!r} must be of a-z, 0-9, '.', '_', '-'"
    if source.division_code and not _CODE.fullmatch(source.division_code):
        return f"division_code {source.division_code!r} must be empty or six digits"
    if not source.issuer:
        return "issuer is empty"
    if source.level not in LEVELS:
        return f"level {source.level!r} must be one of {', '.join(LEVELS)}"
    if source.kind not in KINDS:
        return f"kind {source.kind!r} must be one of {', '.join(KINDS)}"
    if source.tls not in ("strict", "unverified"):
        return f"tls {source.tls!r} must be strict, unverified or empty"
    if source.has_part("insecure_tls"):
        return "the note's insecure_tls is the column tls now: write unverified there"
    try:
        parts = urlsplit(source.url)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError:
        return f"url {source.url!r} is malformed"
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_good or parts.username:
        return f"url {source.url!r} must be http:// or https:// with a host and no user name"
    return None
