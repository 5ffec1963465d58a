"""Yangguang: from the yearly reports of Chinese government bodies on information requests to a warehouse of
figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.reading.files import read_reports

__all__ = ["read_reports"]


def __getattr__(name: str) -> Any:
    """``read_reports`` is imported when first asked for, so that ``import pipeline`` costs nothing."""
    if name == "read_reports":
        from pipeline.reading.files import read_reports

        return read_reports
    raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
