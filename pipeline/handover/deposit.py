"""A folder as Zenodo and its like take it: a record's metadata and the files that belong to it.

Archives hold their files in order, with one moment and one mode: the same snapshot gives the same bytes.
"""

from __future__ import annotations

import hashlib
import html
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.codebook import Codebook
from pipeline.handover.package import DESCRIPTION_EN, DESCRIPTION_ZH, json_page
from pipeline.handover.release import (
    AUTHORS,
    KEYWORDS,
    LICENCE,
    Release,
    citation,
    citation_cff,
    licence_page,
    read_me,
    spans,
)

MOMENT = (1980, 1, 1, 0, 0, 0)
METADATA = ".zenodo.json"
SUMS = "SHA256SUMS"


def write_deposit(
    folder: Path, release: Release, codebook: Codebook, snapshot: Path, panels: Sequence[Path]
) -> None:
    """Write the deposit of a ``snapshot`` and of ``panels`` (folders of the panel in other formats) into the
    empty ``folder``."""
    files: dict[str, str] = {}
    for source in (snapshot, *panels):
        name = f"yangguang-{source.name}.zip"
        files[name] = "快照 / the snapshot" if source == snapshot else "地区年度面板 / the panel"
        pack(source, folder / name)
    for name, text in (
        ("README.md", read_me(release, codebook, files)),
        ("LICENSE.md", licence_page(release, codebook)),
        ("CITATION.cff", citation_cff(release)),
        (METADATA, json_page(zenodo(release, codebook))),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.iterdir())
    ]
    (folder / SUMS).write_text("".join(sums), encoding="utf-8")


def pack(source: Path, target: Path) -> None:
    """A folder as a ZIP with the folder's name on top."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(p for p in source.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(f"{source.name}/{path.relative_to(source).as_posix()}", MOMENT)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            stored = path.suffix in (".parquet", ".xlsx")  # packed already
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())


def zenodo(release: Release, codebook: Codebook) -> dict[str, Any]:
    """A record's metadata, as Zenodo's ``.zenodo.json`` names them."""
    told = (release.notice, DESCRIPTION_ZH, DESCRIPTION_EN, spans(release))
    found: dict[str, Any] = {
        "title": release.title,
        "upload_type": "dataset",
        "access_right": "open",
        "license": LICENCE.lower(),
        "version": release.version,
        "language": "zho",
        "creators": [{"name": AUTHORS}],
        "description": "".join(f"<p>{html.escape(part)}</p>" for part in told if part),
        "keywords": list(KEYWORDS),
        "notes": citation(release),
        "references": [
            " ".join(p for p in (a.name, a.version, a.by, a.licence) if p) for a in codebook.attributions
        ],
    }
    if release.day:
        found["publication_date"] = release.day.isoformat()
    return found
