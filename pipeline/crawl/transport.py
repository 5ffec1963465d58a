"""The HTTP client: connections to checked addresses alone, and bodies that cannot swell without bound."""

from __future__ import annotations

import ssl
import zlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager

import httpcore
import httpx

from pipeline.crawl.addresses import CheckedNetwork, Resolver
from pipeline.crawl.policy import Policy

_PIECE = 1 << 16


class BodyTooLarge(Exception):
    """A body went over the limit, as sent or unpacked."""


class BodyBroken(Exception):
    """A packed body cannot be unpacked, or ends before its end."""


class UnknownEncoding(Exception):
    """A body is packed in a way that was not asked for."""


class Client:
    """An HTTP client that keeps cookies in ``cookies``, each for its own host, follows no redirects, uses no proxy of the environment (a proxy would look names up behind our back) and speaks
    HTTP/2 where offered.

    ``insecure``: takes any certificate and TLS down to 1.0; for sources whose row in the registry allows it.
    """

    def __init__(
        self, policy: Policy, resolver: Resolver, cookies: httpx.Cookies, *, insecure: bool = False
    ) -> None:
        context = ssl.create_default_context()
        if insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
        self._context = context
        self._network = CheckedNetwork(resolver, allow_private=policy.allow_private)
        self._cookies = cookies
        self._max_origins = policy.requests_at_once * 2
        self._origins: OrderedDict[str, _OriginTransport] = OrderedDict()
        self._timeout = httpx.Timeout(policy.total_seconds, connect=policy.connect_seconds).as_dict()
        self._headers = {
            "User-Agent": policy.user_agent,
            "Accept-Encoding": "gzip, deflate",
            "Connection": "keep-alive",
            "Accept": "text/html,application/xhtml+xml,application/pdf,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9",
        }

    @asynccontextmanager
    async def stream(
        self, url: str, headers: Mapping[str, str], form: bytes | None = None
    ) -> AsyncIterator[httpx.Response]:
        """Sends one request (GET, or POST with ``form``) and gives the answer, its body not yet read.

        The transport is spoken to without httpx's client, which reads a Location by rules of its own and
        gives up on what many of these servers send.
        """
        request = httpx.Request(
            "GET" if form is None else "POST",
            url,
            headers={**self._headers, **headers},
            content=form,
            extensions={"timeout": self._timeout},
        )
        self._cookies.set_cookie_header(request)
        transport = self._transport_of(f"{request.url.scheme}://{request.url.netloc.decode('ascii')}")
        transport.users += 1
        try:
            response = await transport.handle_async_request(request)
            response.request = request
            self._cookies.extract_cookies(response)
            try:
                yield response
            finally:
                await response.aclose()
        finally:
            transport.users -= 1
            await self._close_idle()

    async def close(self) -> None:
        """Closes the connections."""
        for transport in self._origins.values():
            await transport.aclose()
        self._origins.clear()

    def _transport_of(self, origin: str) -> _OriginTransport:
        transport = self._origins.get(origin)
        if transport is None:
            transport = self._origins[origin] = _OriginTransport(self._context, self._network)
        self._origins.move_to_end(origin)
        return transport

    async def _close_idle(self) -> None:
        while len(self._origins) > self._max_origins:
            origin = next((name for name, transport in self._origins.items() if not transport.users), None)
            if origin is None:
                return
            await self._origins.pop(origin).aclose()


class _OriginTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a pool of one origin's own connections.

    httpx has no parameter for the network underneath, and a pool looks at each of its connections for each
    request, which a thousand hosts in one pool would pay for dearly.
    """

    def __init__(self, context: ssl.SSLContext, network: CheckedNetwork) -> None:
        self.users = 0
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            http1=True,
            http2=True,
            keepalive_expiry=15.0,
            max_connections=4,
            max_keepalive_connections=1,
            network_backend=network,
        )


class Unpacker:
    """Unpacks a body's ``Content-Encoding`` piece by piece, never making more than 64 KiB at a time.

    ``max_bytes`` bounds what is sent and what is unpacked. Raises ``UnknownEncoding`` at once,
    ``BodyTooLarge`` and ``BodyBroken`` on the way.
    """

    def __init__(self, content_encoding: str, max_bytes: int) -> None:
        names = [name.strip().lower() for name in content_encoding.split(",")]
        names = [name for name in names if name not in ("", "identity")]
        if len(names) > 1 or (names and names[0] not in ("gzip", "x-gzip", "deflate")):
            raise UnknownEncoding(f"the body is packed as {content_encoding[:60]!r}")
        self._packing = names[0] if names else ""
        self._max_bytes = max_bytes
        self._sent = 0
        self._unpacked = 0
        self._machine = zlib.decompressobj(zlib.MAX_WBITS | 16 if "gzip" in self._packing else zlib.MAX_WBITS)

    def unpack(self, data: bytes) -> Iterator[bytes]:
        """Yields what the next bytes of the body unpack to."""
        self._sent += len(data)
        if self._sent > self._max_bytes:
            raise BodyTooLarge(f"more than {self._max_bytes} bytes")
        if not self._packing:
            yield data
            return
        while data and not self._machine.eof:
            try:
                piece = self._machine.decompress(data, _PIECE)
            except zlib.error as error:
                if self._packing != "deflate" or self._unpacked or self._sent != len(data):
                    raise BodyBroken(f"the packed body is damaged ({error})") from None
                self._packing = "raw deflate"  # some servers leave zlib's header out
                self._machine = zlib.decompressobj(-zlib.MAX_WBITS)
                continue
            self._unpacked += len(piece)
            if self._unpacked > self._max_bytes:
                raise BodyTooLarge(f"more than {self._max_bytes} bytes unpacked")
            yield piece
            data = self._machine.unconsumed_tail

    def finish(self) -> None:
        """Raises ``BodyBroken`` where the packed body stopped before its end."""
        if self._packing and self._sent and not self._machine.eof:
            raise BodyBroken("the packed body ends before its end")
