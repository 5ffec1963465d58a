"""What taking in gives, whatever it was taken from; and times as receipts state them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.crawl.receipt import Receipt
from pipeline.crawl.store import RawStore


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """Counts of one intake: ``taken`` are new receipts with an object, ``known`` were there already.

    ``failed`` could not be read or fetched (a receipt with the status says so), ``refused`` are archive
    records and addresses of hosts that are neither in the registry nor under gov.cn. ``problems`` names
    each failed input and sums up the refused, one line each.
    """

    taken: int = 0
    known: int = 0
    failed: int = 0
    refused: int = 0
    problems: tuple[str, ...] = ()

    def __add__(self, other: IntakeResult) -> IntakeResult:
        return IntakeResult(
            self.taken + other.taken,
            self.known + other.known,
            self.failed + other.failed,
            self.refused + other.refused,
            self.problems + other.problems,
        )


def keep(store: RawStore, receipts: Iterable[Receipt]) -> IntakeResult:
    """Add receipts, whose objects are kept already, all or none of them."""
    result = IntakeResult()
    with store.transaction():
        for receipt in receipts:
            new = store.add_receipt(receipt)
            if receipt.sha256 is None:
                result += IntakeResult(failed=1, problems=(f"{receipt.url}: {receipt.detail}",))
            else:
                result += IntakeResult(taken=int(new), known=int(not new))
    return result


def utc_text(moment: float) -> str:
    """Gives a time (seconds since 1970) as receipts state it: ``YYYY-MM-DDTHH:MM:SSZ``. A time beyond the
    years 1 to 9999, which a file may claim, is stated as 1970-01-01."""
    try:
        stated = datetime.fromtimestamp(moment, UTC)
    except (ValueError, OverflowError, OSError):
        stated = datetime.fromtimestamp(0, UTC)
    return f"{stated:%Y-%m-%dT%H:%M:%SZ}".rjust(20, "0")
