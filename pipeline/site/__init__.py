"""The atlas: a static site from a snapshot."""

from pipeline.site.folder import NotOurs
from pipeline.site.snapshot import NotASnapshot
from pipeline.site.write import Written, write_site

__all__ = ["NotASnapshot", "NotOurs", "Written", "write_site"]
