"""All layouts, by name: importing this module registers them."""

from tests.layouts import application, cells, pages, proactive, review, texts, traps
from tests.layouts.registry import LAYOUTS, LayoutCase

__all__ = ["LAYOUTS", "LayoutCase", "application", "cells", "pages", "proactive", "review", "texts", "traps"]
