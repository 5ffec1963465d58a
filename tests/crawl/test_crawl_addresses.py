"""One spelling per address; which machines are public; which hosts count."""

from __future__ import annotations

import asyncio

import httpcore
import pytest

from pipeline.crawl.addresses import BadAddress, CheckedNetwork, RefusedAddress, is_public, normalise_url
from pipeline.crawl.hosts import host_of, is_allowed_host


@pytest.mark.parametrize(
    ("given", "base", "spelled"),
    [
        ("HTTP://WWW.A.gov.cn:80/x#y", "", "http://www.a.gov.cn/x"),
        ("https://a.gov.cn:443", "", "https://a.gov.cn/"),
        ("../b/./c.html", "http://a.gov.cn/x/y/z.html", "http://a.gov.cn/x/b/c.html"),
        ("//b.gov.cn/年报.html", "https://a.gov.cn/", "https://b.gov.cn/%E5%B9%B4%E6%8A%A5.html"),
        ("/a%20b?x=1&y=报", "http://a.gov.cn/", "http://a.gov.cn/a%20b?x=1&y=%E6%8A%A5"),
        ("/x;jsessionid=AB12?p=1", "http://a.gov.cn/", "http://a.gov.cn/x?p=1"),
        (" /x\n\ty ", "http://a.gov.cn/", "http://a.gov.cn/xy"),
        ("http://www.a.gov.cn/gate/big5/www.b.gov.cn/c/t1.html", "", "http://www.b.gov.cn/c/t1.html"),
        ("http://[2001:DB8::1]:8080/x", "", "http://[2001:db8::1]:8080/x"),
        ("http://a.gov.cn./x", "", "http://a.gov.cn/x"),
        ("http://bücher.example/x", "", "http://xn--bcher-kva.example/x"),
    ],
)
def test_spelling(given: str, base: str, spelled: str) -> None:
    assert normalise_url(given, base) == spelled
    assert normalise_url(spelled) == spelled


@pytest.mark.parametrize(
    "given",
    [
        "javascript:alert(1)",
        "ftp://a.gov.cn/",
        "file:///etc/passwd",
        "mailto:x@a.gov.cn",
        "http://",
        "http:///x",
        "http://user:pass@a.gov.cn/",
        "http://[::1",
        "http://a.gov.cn:99999/",
        "http://a b/",
        "http://a.gov.cn/" + "x" * 3000,
        "http://" + "ü" * 100 + "/",
        "",
    ],
)
def test_bad_addresses(given: str) -> None:
    with pytest.raises(BadAddress):
        normalise_url(given)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.0.114.1", "2400:3200::1", "64:ff9b::808:808"])
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "10.0.0.1",
        "172.16.5.5",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
        "",
        "2130706433",
        "localhost",
        "0x7f.1",
    ],
)
def test_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.0.0.1", "127.1", "localhost"])
def test_odd_spellings_of_loopback_are_refused_once_resolved(host: str) -> None:
    from pipeline.crawl.addresses import SystemResolver

    async def connect() -> None:
        network = CheckedNetwork(SystemResolver(), allow_private=False)
        await network.connect_tcp(host, 9, 1.0)

    with pytest.raises((RefusedAddress, httpcore.ConnectError)) as refused:
        asyncio.run(connect())
    assert "refused" not in str(refused.value), "a connection was tried"


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    async def resolver(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "10.0.0.1"]

    with pytest.raises(RefusedAddress, match=r"10\.0\.0\.1"):
        asyncio.run(CheckedNetwork(resolver, allow_private=False).connect_tcp("a.gov.cn", 80, 1.0))


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("www.a.gov.cn", True),
        ("gov.cn", True),
        ("named.example", True),
        ("a.gov.cn.example.com", False),
        ("agov.cn", False),
        ("", False),
        ("www.named.example", False),
        ("gov.cn.", False),
    ],
)
def test_hosts_count_by_name_alone(host: str, allowed: bool) -> None:
    assert is_allowed_host(host, {"named.example"}) is allowed


def test_host_of() -> None:
    assert host_of("http://WWW.A.gov.cn.:8080/x") == "www.a.gov.cn"
    assert host_of("http://a.gov.cn@evil.example/") == "evil.example"
    assert host_of("http://[::1") == ""
    assert host_of("報告.html") == ""
