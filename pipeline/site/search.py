"""The search's index: scripts of entries, spread by the signs of their names, so that a page loads only the
few that a query needs, from a disk as from a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.site.atlas import Atlas
from pipeline.site.links import link, place_page
from pipeline.site.words import word

ENTRIES_A_SHARD = 4_000
"""How many entries a script holds, about; each entry stands in the scripts of all signs of its names."""


class Entry(NamedTuple):
    """What a query can find: its name, other names and code, what it is, its page (empty: none)."""

    name: str
    also: str
    code: str
    what: str
    href: str


def entries(atlas: Atlas) -> Iterator[Entry]:
    """Every division of the registry, those without a page too, and the bodies that report besides."""
    paged = set(atlas.places)
    for code, division in sorted(atlas.divisions.items()):
        above = " ".join(d.name for d in atlas.above(code))
        href = link(place_page(code)) if code in paged else ""
        yield Entry(division.name, " ".join(atlas.former.get(code, ())), code, above or "省级 province", href)
    for code, heads in sorted(atlas.by_place.items()):
        bodies = {h.issuer: h.body_kind for h in heads if h.issuer and h.body_kind not in GOVERNMENT}
        for issuer, kind in sorted(bodies.items()):
            yield Entry(issuer, "", code, word("kind", kind).zh, link(place_page(code), "bodies"))


GOVERNMENT = frozenset(("government", "governing_zone"))
"""Kinds of bodies whose reports are the place's own."""


def shards(atlas: Atlas) -> Iterator[tuple[str, str]]:
    """Scripts of the index by name: ``search/N.js`` calls ``atlas_found`` with its entries, and
    ``search/shards.js`` says how many there are."""
    found = list(entries(atlas))
    signs = [_signs(e) for e in found]
    count = max(1, -(-sum(map(len, signs)) // ENTRIES_A_SHARD))
    kept: list[list[Entry]] = [[] for _ in range(count)]
    for entry, own in zip(found, signs, strict=True):
        for n in sorted({sign % count for sign in own}):
            kept[n].append(entry)
    yield "search/shards.js", f"atlas_shards({count});\n"
    for n, own_entries in enumerate(kept):
        text = json.dumps(own_entries, ensure_ascii=False, separators=(",", ":"))
        yield f"search/{n}.js", f"atlas_found({n},{text});\n"


def _signs(entry: Entry) -> set[int]:
    """Numbers by which an entry is found: of each sign of its names, and of the first two digits of its
    code."""
    names = {ord(sign) for sign in f"{entry.name}{entry.also}" if not sign.isspace()}
    return names | ({int(entry.code[:2])} if entry.code[:2].isdecimal() else set())
