"""A receipt: how one file came into the raw store, or why it did not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Receipt:
    """How one file came, or why it did not.

    ``url`` is what was asked for (of a local file: its path relative to the folder named, ``/`` between the
    parts); ``final_url`` what answered in the end; ``redirects`` the addresses between, in order.
    ``fetched_at`` is UTC, ``YYYY-MM-DDTHH:MM:SSZ`` (of a local file: its modification time). ``http_status``
    is null where no server answered. ``status`` is ``ok`` or one snake_case word for what went wrong,
    ``detail`` one English sentence about it. ``sha256`` and ``bytes`` are null exactly where no object is
    kept. ``rule`` names the rule that led here, ``referrer`` the page it was found on. ``insecure_tls`` is
    true where the registry's column ``tls`` allowed an unverified certificate or old TLS and it was used.
    ``receipt_id`` may be left empty: the store derives it from the other fields.
    """

    url: str
    final_url: str
    fetched_at: str
    status: str = "ok"
    http_status: int | None = None
    redirects: tuple[str, ...] = ()
    detail: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = ""
    sha256: str | None = None
    bytes: int | None = None
    rule: str = ""
    referrer: str | None = None
    source_id: str | None = None
    file_name: str | None = None
    insecure_tls: bool = False
    receipt_id: str = ""


def receipt_id_of(receipt: Receipt) -> str:
    """Gives the id that a receipt's facts determine: 32 hex digits.

    The same file at the same address with the same time has the same id, so it is stored once.
    """
    facts = [
        receipt.url,
        receipt.final_url,
        receipt.fetched_at,
        receipt.status,
        receipt.sha256,
        receipt.file_name,
        receipt.source_id,
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=True).encode()).hexdigest()[:32]


COLUMNS = [f.name for f in fields(Receipt)]


def to_column(value: object) -> object:
    """A field's value as SQLite holds it."""
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False, sort_keys=True)
    return int(value) if isinstance(value, bool) else value


def from_row(row: tuple[Any, ...]) -> Receipt:
    """The receipt in a row of ``COLUMNS``."""
    values = dict(zip(COLUMNS, row, strict=True))
    values["redirects"] = tuple(json.loads(values["redirects"]))
    values["headers"] = json.loads(values["headers"])
    values["insecure_tls"] = bool(values["insecure_tls"])
    return Receipt(**values)
