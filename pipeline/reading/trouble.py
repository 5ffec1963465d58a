"""Statuses of documents that may be read better another time."""

from __future__ import annotations

DAMAGED = "damaged"
"""The raw object was not there, or not what was stored."""
TROUBLE = frozenset({"timeout", "memory", "crashed"})
"""What may be the machine's fault as well as the file's."""
TRIES = 3
"""So many runs try a document before such a status stays."""
