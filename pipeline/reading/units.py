"""What is read together: an article with the files that belong to it, from the receipts of the raw store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.crawl import Receipt
from pipeline.reading.named_files import MAX_LINKED, MAX_PICTURES, Attachment, own_name, pair

MEMBER = "archive_member"
_TOGETHER = ("local_file", MEMBER)
_ATTACHED = ("attachment", "picture")


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a unit: its hash, the name that the article knows it by, and whether the article shows it as
    a picture."""

    sha256: str
    name: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """An article and its attachments. ``key`` changes with any of them, so that the article is read again
    when one comes."""

    article: str
    parts: tuple[Part, ...]

    @property
    def key(self) -> str:
        facts = "\n".join(f"{p.sha256} {p.name} {p.shown}" for p in self.parts)
        return hashlib.sha256(f"{self.article}\n{facts}".encode()).hexdigest()[:32]


def units_of(receipts: Sequence[Receipt], bytes_of: Callable[[str], bytes]) -> dict[str, Unit]:
    """The articles that have attachments, by the article's hash.

    Of crawled pages the receipts say so (``rule`` and ``referrer``); of local files and members of archives
    the page names files that lie beside it. ``bytes_of`` gives a page's bytes from its hash.
    """
    found: dict[str, dict[str, Part]] = {}
    held = {n: r for n, r in enumerate(receipts) if r.sha256}
    _crawled(list(held.values()), found)
    names = {str(n): r.url for n, r in held.items() if r.rule in _TOGETHER}
    for page, files in pair(names, lambda key: bytes_of(str(held[int(key)].sha256))).items():
        _add(found, str(held[int(page)].sha256), [_part(held[int(f.key)], f) for f in files])
    articles = set(found)
    units: dict[str, Unit] = {}
    for article, parts in found.items():
        own = tuple(
            sorted((p for s, p in parts.items() if s not in articles), key=lambda p: (p.name, p.sha256))
        )
        if own and sum(not p.shown for p in own) <= MAX_LINKED:
            units[article] = Unit(article, own)
    return units


def _part(receipt: Receipt, attachment: Attachment) -> Part:
    return Part(str(receipt.sha256), own_name(receipt.url), attachment.shown)


def _add(found: dict[str, dict[str, Part]], article: str, parts: Iterable[Part]) -> None:
    own = found.setdefault(article, {})
    for part in parts:
        if part.sha256 != article and (not part.shown or sum(p.shown for p in own.values()) < MAX_PICTURES):
            own.setdefault(part.sha256, part)


def _crawled(receipts: Sequence[Receipt], found: dict[str, dict[str, Part]]) -> None:
    linked = [r for r in receipts if r.rule in _ATTACHED and r.referrer]
    if not linked:
        return
    pages: dict[str, set[str]] = {}
    members: dict[str, list[Receipt]] = {}
    for r in receipts:
        if r.rule == MEMBER:
            members.setdefault(str(r.referrer), []).append(r)
        elif r.rule not in _ATTACHED:
            for url in {r.url, r.final_url}:
                pages.setdefault(url, set()).add(str(r.sha256))
    for r in linked:
        for article in sorted(pages.get(str(r.referrer), ())):
            parts = [Part(str(r.sha256), r.file_name or own_name(r.url.split("?")[0]), r.rule == "picture")]
            parts += [Part(str(m.sha256), own_name(m.url), False) for m in members.get(r.url, ())]
            _add(found, article, parts)
