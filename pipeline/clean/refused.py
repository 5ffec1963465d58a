"""The one way in which a reader says that it cannot read a file."""

from __future__ import annotations


class Refused(Exception):
    """A file that is not read; ``status`` and ``detail`` as in ``Document``."""

    def __init__(self, status: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
