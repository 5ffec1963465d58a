"""``python -m tools.demo`` draws the shipped corpus anew and writes it into
``pipeline/demo/corpus.tar.xz``."""

from __future__ import annotations

import io
import tarfile
import tempfile
from pathlib import Path

from pipeline.demo.corpus import BASE
from tools.demo.corpus import write_corpus
from tools.demo.portal import portal_pages, portal_sources

ARCHIVE = Path(__file__).resolve().parents[2] / "pipeline" / "demo" / "corpus.tar.xz"


def members() -> dict[str, bytes]:
    """The archive's members: ``site/<path>`` (a folder's own page ends with ``#``) and ``beside/<name>``."""
    found = {f"site{path}" + "#" * path.endswith("/"): data for path, (_, data) in portal_pages().items()}
    with tempfile.TemporaryDirectory() as aside:
        write_corpus(Path(aside) / "corpus")
        found |= {f"beside/{p.name}": p.read_bytes() for p in sorted(Path(aside).iterdir()) if p.is_file()}
    return found | {"beside/sources.csv": portal_sources(BASE).encode()}


def main() -> None:
    with tarfile.open(ARCHIVE, "w:xz") as archive:
        for name, data in sorted(members().items()):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    print(f"{ARCHIVE}: {ARCHIVE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
