"""TLS: what nobody vouches for is refused, unless the registry's column says otherwise, and then it is marked."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.crawl.completeness import sources_table
from pipeline.crawl.policy import Policy
from pipeline.crawl.receipt import Receipt
from pipeline.crawl.registry import Source
from pipeline.crawl.run import crawl
from pipeline.crawl.store import RawStore
from pipeline.load.core import receipts_table

TITLE = "某局2022年政府信息公开工作年度报告"


@pytest.fixture
def server_tls(tmp_path: Path) -> ssl.SSLContext:
    """A server's side of TLS with a certificate that nobody vouches for."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "1",
            "-subj",
            "/CN=example",
            "-keyout",
            str(key),
            "-out",
            str(certificate),
        ],
        capture_output=True,
        check=False,
    )
    if made.returncode != 0:
        pytest.skip("openssl is not here to make a certificate")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@pytest.fixture
def secured(portal: Any, server_tls: ssl.SSLContext) -> Iterator[Any]:
    """Another portal, spoken to in TLS."""
    other = type(portal)()
    other._server.socket = server_tls.wrap_socket(other._server.socket, server_side=True)
    yield other
    other.close()


def at(portal: Any, path: str) -> str:
    return f"https://127.0.0.1:{portal.port}{path}"


def test_a_certificate_that_nobody_vouches_for_is_refused(secured: Any, take: Callable[..., Receipt]) -> None:
    secured.put_report("/a.html", TITLE)
    receipt = take(at(secured, "/a.html"))
    assert (receipt.status, receipt.insecure_tls) == ("tls_failed", False)
    assert "column tls" in receipt.detail
    assert secured.requests == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("newest", [None, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1])
def test_where_the_registry_says_unverified_it_is_taken_and_marked(
    secured: Any, server_tls: ssl.SSLContext, take: Callable[..., Receipt], newest: ssl.TLSVersion | None
) -> None:
    if newest is not None:
        server_tls.set_ciphers("ALL:@SECLEVEL=0")
        server_tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        server_tls.maximum_version = newest
    secured.put_report("/a.html", TITLE)
    receipt = take(at(secured, "/a.html"), tls="unverified")
    assert (receipt.status, receipt.insecure_tls) == ("ok", True)
    assert secured.paths() == ["/a.html"]


def test_the_choice_of_one_host_is_no_other_hosts(
    portal: Any, secured: Any, raw: Path, quick: Policy
) -> None:
    secured.put_report("/a.html", TITLE)
    listed = Source("named", "", "某局", "department", at(secured, "/a.html"), "article", tls="unverified")
    other = at(secured, "/a.html").replace("127.0.0.1", "127.0.0.2")
    strict = Source("strict", "", "某局", "department", other, "article")
    crawl(raw, [listed, strict], delay=0, allow_private=True, policy=quick)
    with RawStore(raw) as store:
        found = {receipt.source_id: (receipt.status, receipt.insecure_tls) for receipt in store.receipts()}
        shown = receipts_table(store.documents_to_read()).read_all().to_pylist()
    assert found == {"named": ("ok", True), "strict": ("tls_failed", False)}
    assert sorted((row["status"], row["insecure_tls"]) for row in shown) == [
        ("ok", True),
        ("tls_failed", False),
    ]


def test_http_and_https_of_one_page_are_one_report(
    portal: Any, secured: Any, raw: Path, quick: Policy
) -> None:
    addresses = [portal.url("/nb/a.html"), at(secured, "/nb/a.html")]
    portal.put_list("/nb/", [(address, TITLE) for address in addresses])
    secured.put_report("/nb/a.html", TITLE)
    portal.put("/nb/a.html", "", 301, Location=addresses[1])
    source = Source("twins", "", "某局", "department", portal.url("/nb/"), "list", tls="unverified")
    assert crawl(raw, [source], delay=0, allow_private=True, policy=quick).left == 0
    assert secured.paths() == ["/nb/a.html"]
    (row,) = sources_table(raw, [source])
    assert (row.findings, row.reports_by_year) == ((), {2022: 1})


def test_http_2_is_spoken_where_offered(
    raw: Path, take: Callable[..., Receipt], server_tls: ssl.SSLContext
) -> None:
    import threading

    from h2.config import H2Configuration
    from h2.connection import H2Connection
    from h2.events import RequestReceived

    server_tls.set_alpn_protocols(["h2", "http/1.1"])
    listener = socket.create_server(("127.0.0.1", 0))
    spoken: list[str | None] = []
    page = f"<h1>{TITLE}</h1>{'本年度报告。' * 200}".encode()

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
                stream = server_tls.wrap_socket(plain, server_side=True)
            except ssl.SSLError:
                continue
            except OSError:
                return
            spoken.append(stream.selected_alpn_protocol())
            connection = H2Connection(H2Configuration(client_side=False))
            connection.initiate_connection()
            stream.sendall(connection.data_to_send())
            while data := stream.recv(65535):
                for event in connection.receive_data(data):
                    if isinstance(event, RequestReceived):
                        path = dict(event.headers)[b":path"]
                        status = b"200" if path == b"/a.html" else b"404"
                        connection.send_headers(
                            event.stream_id, [(b":status", status), (b"content-type", b"text/html")]
                        )
                        connection.send_data(event.stream_id, page, end_stream=True)
                stream.sendall(connection.data_to_send())

    threading.Thread(target=serve, daemon=True).start()
    receipt = take(f"https://127.0.0.1:{listener.getsockname()[1]}/a.html", tls="unverified")
    listener.close()
    assert receipt.status == "ok"
    assert spoken == ["h2"]
