"""Addresses that a person names: crawled like sources, each a source of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from pipeline.crawl.addresses import Resolver
from pipeline.crawl.hosts import host_of, is_allowed_host
from pipeline.crawl.policy import Policy
from pipeline.crawl.receipt import Receipt, receipt_id_of
from pipeline.crawl.registry import Source
from pipeline.crawl.run import crawl
from pipeline.crawl.taken import IntakeResult


def take_addresses(
    home_raw: Path,
    addresses: Sequence[str],
    *,
    allowed_hosts: Collection[str],
    delay: float,
    allow_private: bool,
    policy: Policy | None = None,
    resolver: Resolver | None = None,
) -> IntakeResult:
    """Fetches addresses that a person named, and what they lead to, as ``take_in`` does with files.

    An address is read as a report where it shows one, else as a list. Hosts neither under gov.cn nor in
    ``allowed_hosts`` are refused; with ``allow_private``, addresses of this machine are taken too.
    """
    sources, refused = [], []
    for address in dict.fromkeys(addresses):
        host = host_of(address)
        if is_allowed_host(host, allowed_hosts) or (allow_private and host.startswith("127.")):
            number = receipt_id_of(Receipt(address, address, ""))[:12]
            sources.append(Source(f"named-{number}", "", host, "unknown", address, "named"))
        else:
            refused.append(f"{address}: {host or 'no host'} is neither under gov.cn nor in the registry")
    result = IntakeResult(refused=len(refused), problems=tuple(refused))
    if sources:
        done = crawl(
            home_raw,
            sources,
            delay=delay,
            allow_private=allow_private,
            allowed_hosts=allowed_hosts,
            policy=policy,
            resolver=resolver,
        )
        waiting = tuple(f"left for a later run: {host}: {why}" for host, why in done.deferred)
        result += IntakeResult(
            taken=done.fetched, known=done.unchanged, failed=done.failed, problems=done.failures + waiting
        )
    return result
