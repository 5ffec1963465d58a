"""The list of layouts: a name, the forms it goes with, and how exact a reading it allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.drawn.layouts.sheet import Sheet

Builder = Callable[[Sheet], bytes]
MODERN = ("v2019", "v2021")
ALL = ("v2014", "v2019", "v2021")


class LayoutCase(NamedTuple):
    """``open_allowed``: the page does not decide every cell, so a reader may leave cells open and say so."""

    name: str
    templates: tuple[str, ...]
    build: Builder
    open_allowed: bool


LAYOUTS: dict[str, LayoutCase] = {}


def layout(*templates: str, open_allowed: bool = False) -> Callable[[Builder], Builder]:
    """Register a builder under its own name."""

    def keep(build: Builder) -> Builder:
        name = build.__name__
        assert name not in LAYOUTS, name
        LAYOUTS[name] = LayoutCase(name, templates, build, open_allowed)
        return build

    return keep
