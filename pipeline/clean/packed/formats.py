"""Archives: their members are files of their own."""

from __future__ import annotations

import io
import zipfile

from pipeline.clean.format import ZIP as ZIP_START
from pipeline.clean.format import Format, Sign

_PACKAGES = ("[Content_Types].xml", "mimetype", "OFD.xml", "META-INF/manifest.xml")


def _is_archive(data: bytes) -> bool:
    """Whether a ZIP is an archive of files, not a package that is one document."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return not any(name.encode() in data[:65536] for name in _PACKAGES)
    return not any(name in names for name in _PACKAGES)


def _archive(name: str, media_type: str, endings: tuple[str, ...], *signs: Sign) -> Format:
    return Format(name, "", "archive", media_type, dict.fromkeys(endings, media_type), signs)


ZIP = _archive("zip", "application/zip", (".zip",), Sign(ZIP_START, holds=_is_archive), Sign(b"PK\x05\x06"))
GZIP = _archive("gzip", "application/gzip", (".gz", ".tgz"), Sign(b"\x1f\x8b"))
TAR = _archive("tar", "application/x-tar", (".tar",), Sign(holds=lambda data: data[257:262] == b"ustar"))
RAR = _archive("rar", "application/vnd.rar", (".rar",), Sign(b"Rar!\x1a\x07"))
SEVEN_ZIP = _archive("7z", "application/x-7z-compressed", (".7z",), Sign(b"7z\xbc\xaf\x27\x1c"))
