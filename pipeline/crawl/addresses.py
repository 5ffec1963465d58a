"""Addresses: one spelling for each, and only public machines behind them.

The check of a machine's address is made on the very address that is then connected to, so a name cannot
point elsewhere between check and use.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import httpcore

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""Gives the addresses of a host name, best first; raises ``OSError`` where there are none."""

MAX_URL = 2000
_METADATA = frozenset(
    map(ipaddress.ip_address, ("168.63.129.16", "100.100.100.200", "169.254.169.254", "fd00:ec2::254"))
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SESSION = re.compile(r";jsessionid=[^?#/]*", re.IGNORECASE)
_BIG5_GATE = re.compile(r"/gate/big5/([\w.-]+)(/.*)", re.ASCII)


class BadAddress(ValueError):
    """An address that cannot be asked for: not http or https, malformed or far too long."""


class RefusedAddress(Exception):
    """A name that leads to a machine which is not public; the message names the address."""


def normalise_url(url: str, base: str = "", *, encoding: str = "utf-8") -> str:
    """Gives the one spelling of an address, resolved against ``base``, without its fragment.

    Scheme and host in lower case, no default port, no session id, what is not ASCII percent-encoded (the
    query in the page's ``encoding``), a gateway's /gate/big5/HOST/PATH as HOST/PATH. Raises ``BadAddress``.
    """
    try:
        parts = urlsplit(urljoin(base, re.sub(r"[\t\r\n]", "", url.strip())))
        host, port = (parts.hostname or "").rstrip("."), parts.port
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise BadAddress(f"malformed address ({error})") from None
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https"):
        raise BadAddress(f"{scheme or 'no'} scheme: only http and https are fetched")
    if not host or parts.username is not None or re.search(r"[\s<>\"\\^`{|}]", host):
        raise BadAddress("no plain host in the address")
    path = quote(_SESSION.sub("", parts.path) or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]", encoding=encoding, errors="replace")
    gate = _BIG5_GATE.fullmatch(path)
    if gate:
        host, path, port = gate.group(1).lower(), gate.group(2), None
    if port is not None and port != {"http": 80, "https": 443}[scheme]:
        netloc = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    else:
        netloc = f"[{host}]" if ":" in host else host
    spelled = urlunsplit((scheme, netloc, path, query, ""))
    if len(spelled) > MAX_URL:
        raise BadAddress("the address is too long")
    return spelled


def bare_address(url: str) -> str:
    """Gives what http and https, with and without ``www.`` and at whatever port, have in common."""
    parts = urlsplit(url)
    return urlunsplit(("", (parts.hostname or "").removeprefix("www."), parts.path, parts.query, ""))


def is_public(address: str) -> bool:
    """Tells whether an IP address (text) belongs to a public machine.

    False for loopback, private, link-local, carrier, multicast, reserved and unspecified addresses, for the
    known addresses of cloud metadata services, for IPv6 forms that wrap such an IPv4 address, and for text
    that is no address.
    """
    try:
        ip: Any = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if wrapped is None and ip in _NAT64:
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(str(wrapped))
        if ip.is_site_local:
            return False
    if ip in _METADATA or ip.is_multicast or ip.is_reserved:
        return False
    return bool(ip.is_global)


class SystemResolver:
    """Looks names up through the operating system, in threads of its own."""

    def __init__(self, threads: int = 16) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="resolve")

    async def __call__(self, host: str, port: int) -> list[str]:
        """Gives the addresses of ``host``; ``OSError`` (``socket.gaierror``) where it has none."""
        found = await asyncio.get_running_loop().run_in_executor(
            self._pool, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    def close(self) -> None:
        """Ends the threads, not waiting for look-ups under way."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to public addresses alone (to any where ``allow_private``)."""

    def __init__(self, resolver: Resolver, *, allow_private: bool) -> None:
        self._resolver = resolver
        self._allow_private = allow_private
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolves ``host``, refuses it where one of its addresses is not public, connects to the first
        that answers. Raises ``RefusedAddress`` or ``httpcore.ConnectError``."""
        try:
            addresses = await self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name {host} has no address ({error})") from error
        if not self._allow_private:
            for address in addresses:
                if not is_public(address):
                    raise RefusedAddress(f"{host} leads to {address}, which is not a public address")
        failure: Exception = httpcore.ConnectError(f"the name {host} has no address")
        for address in addresses:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Always refused: a crawler has no business with this machine's sockets."""
        raise RefusedAddress(f"{path}: no sockets of this machine")

    async def sleep(self, seconds: float) -> None:
        """Sleeps (httpcore's own retries)."""
        await asyncio.sleep(seconds)
