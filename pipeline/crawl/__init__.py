"""Source -> bytes and receipt in the raw store."""

from pipeline.crawl.errors import InputError, RegistryError, UserError
from pipeline.crawl.intake import take_in
from pipeline.crawl.receipt import Receipt
from pipeline.crawl.store import RawStore
from pipeline.crawl.taken import IntakeResult

__all__ = ["InputError", "IntakeResult", "RawStore", "Receipt", "RegistryError", "UserError", "take_in"]
