"""All layouts, by name: importing this module registers them."""

from tests.drawn.layouts import (
    application,
    cells,
    labels,
    lines,
    pages,
    proactive,
    review,
    texts,
    traps,
    wrappers,
    wreckage,
)
from tests.drawn.layouts.registry import LAYOUTS, LayoutCase

__all__ = [
    "LAYOUTS",
    "LayoutCase",
    "application",
    "cells",
    "labels",
    "lines",
    "pages",
    "proactive",
    "review",
    "texts",
    "traps",
    "wrappers",
    "wreckage",
]
