"""Hostile files of fixed pages, archives and pictures: each function gives (name, bytes)."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping

from bench.reliability.hostile_files import HEAD, LAUGHS, XXE, ZEROS, Files, zipped


def _pdf(*objects: bytes, root: str = "1 0 R") -> bytes:
    out, places = bytearray(b"%PDF-1.7\n"), []
    for n, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{n} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    return bytes(out) + f"trailer<</Size {len(objects) + 1}/Root {root}>>\nstartxref\n{start}\n%%EOF".encode()


def _page(content: bytes, filters: str = "", box: str = "0 0 595 842", more: str = "") -> bytes:
    stream = f"<</Length {len(content)}{filters}>>\nstream\n".encode() + content + b"\nendstream"
    page = f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>{more}>>>>".encode()
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return _pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream, font)


def pdf(dice: random.Random) -> Files:
    """Loops in the tree, streams that unpack to much, boxes that lie, endless pieces of text and rules."""
    yield "bomb.pdf", _page(zlib.compress(b" " * ZEROS, 9), "/Filter/FlateDecode")
    twice = zlib.compress(zlib.compress(b" " * ZEROS, 9), 9)
    yield "bomb-twice.pdf", _page(twice, "/Filter[/FlateDecode/FlateDecode]")
    yield (
        "pieces.pdf",
        _page(zlib.compress(b"BT /F 1 Tf 10 10 Td (1) Tj ET " * 60_000), "/Filter/FlateDecode"),
    )
    yield (
        "rules.pdf",
        _page(
            zlib.compress(b"".join(b"0 %d m 500 %d l S " % (n % 800, n % 800) for n in range(60_000))),
            "/Filter/FlateDecode",
        ),
    )
    yield (
        "boxes.pdf",
        _page(
            zlib.compress(b"".join(b"%d %d 3 3 re S " % (n % 500, n // 500) for n in range(60_000))),
            "/Filter/FlateDecode",
        ),
    )
    for n, box in enumerate(("0 0 1e9 1e9", "0 0 0 0", "-1 -1 -2 -2", "0 0 99999 99999", "a b c d")):
        yield f"box-{n}.pdf", _page(b"BT /F 12 Tf 10 10 Td (1) Tj ET", box=box)
    yield "states.pdf", _page(b"q " * 500_000)
    yield "self.pdf", _pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>")
    yield (
        "ring.pdf",
        _pdf(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 9>>",
            b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 9>>",
        ),
    )
    kids = b"3 0 R " * 200_000
    yield (
        "kids.pdf",
        _pdf(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[" + kids + b"]/Count 200000>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        ),
    )
    yield "count.pdf", _pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 99999999>>")
    yield (
        "arrays.pdf",
        _pdf(b"<</Type/Catalog/Pages 2 0 R/X " + b"[" * 100_000 + b">>", b"<</Type/Pages/Kids[]/Count 0>>"),
    )
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 5/Resources<</XObject<</X 6 0 R>>>>>>\nstream\n/X Do\nendstream"
    page = _page(b"/X Do", more="/XObject<</X 6 0 R>>")
    yield "form-in-itself.pdf", page.replace(b"xref\n0 6", b"6 0 obj\n" + form + b"\nendobj\nxref\n0 6")
    sound = _page(b"BT /F 12 Tf 10 10 Td (2020) Tj ET" * 200)
    for n in range(10):
        at = dice.randrange(20, len(sound))
        yield f"cut-{n}.pdf", sound[:at]
        yield f"flipped-{n}.pdf", sound[:at] + dice.randbytes(6) + sound[at + 6 :]
    yield "only-head.pdf", b"%PDF-1.7\n"
    yield "nonsense.pdf", b"%PDF-1.7\n" + dice.randbytes(500_000)


def ofd(dice: random.Random) -> Files:
    """Paths that lead out, pages that name themselves, entities, parts that unpack to much."""
    n_ = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    body = "<ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>{}</ofd:DocRoot></ofd:DocBody>"

    def made(
        root: str, document: str = "", before: str = "", more: Mapping[str, bytes | str] | None = None
    ) -> bytes:
        parts = {
            "OFD.xml": f"<?xml version='1.0'?>{before}<ofd:OFD {n_} DocType='OFD'>{body.format(root)}</ofd:OFD>"
        }
        whole = f"<ofd:Document {n_}>{document}</ofd:Document>"
        return zipped({**parts, "Doc_0/Document.xml": whole, **(more or {})})

    for n, root in enumerate(
        (
            "../../../../etc/passwd",
            "/etc/passwd",
            "Doc_0/../../x",
            "OFD.xml",
            "",
            "file:///etc/passwd",
            "nowhere.xml",
        )
    ):
        yield f"root-{n}.ofd", made(root)
    pages = "".join(f"<ofd:Page ID='{n}' BaseLoc='Pages/P.xml'/>" for n in range(30_000))
    yield "pages.ofd", made("Doc_0/Document.xml", f"<ofd:Pages>{pages}</ofd:Pages>")
    yield "bomb.ofd", made("Doc_0/Document.xml", " " * ZEROS)
    yield "xxe.ofd", made("&x;", before=XXE.replace("DOCTYPE r", "DOCTYPE ofd:OFD"))
    yield "laughs.ofd", made("&a11;", before=LAUGHS.replace("DOCTYPE r", "DOCTYPE ofd:OFD"))
    yield "nested.ofd", made("Doc_0/Document.xml", "<ofd:Pages>" * 50_000)
    text = "<ofd:TextObject ID='1' Boundary='0 0 9 9' Font='1' Size='3'><ofd:TextCode X='0' Y='0' DeltaX='g 99999999 1'>1</ofd:TextCode></ofd:TextObject>"
    content = f"<ofd:Page {n_}><ofd:Content><ofd:Layer>{text * 300}</ofd:Layer></ofd:Content></ofd:Page>"
    one = "<ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID='1' BaseLoc='Pages/P.xml'/></ofd:Pages>"
    sound = made("Doc_0/Document.xml", one, more={"Doc_0/Pages/P.xml": content})
    yield "delta.ofd", sound
    for n in range(4):
        yield f"cut-{n}.ofd", sound[: dice.randrange(len(sound))]


def archives(dice: random.Random) -> Files:
    """Names that lead out, links, archives in archives, members that lie about their length, bombs."""
    page = (HEAD + "<p>1</p>").encode()
    for n, name in enumerate(
        (
            "../out.html",
            "/etc/out.html",
            "a/../../../out.html",
            "C:\\out.html",
            "..\\out.html",
            "\x1b[2J.html",
            "a\nb.html",
            "x" * 5_000,
            "a\0b.html",
            "",
            ".",
            "con.html",
        )
    ):
        yield f"name-{n}.zip", zipped({name or "a/": page})
    inner = zipped({"0" * 10: b"\0" * 20_000_000})
    for depth in range(1, 9):
        inner = zipped({f"{n}.zip": inner for n in range(8)})
        if depth in (1, 2, 3, 5, 8):
            yield f"in-archives-{depth}.zip", inner
    yield "bomb.zip", zipped({"a.html": b"\0" * ZEROS})
    yield "many.zip", zipped({f"{n}.html": b"" for n in range(40_000)}, 1)
    yield "same.zip", _same_names(page)
    sound = zipped({"a.html": page * 40})
    for n in range(5):
        yield f"cut-{n}.zip", sound[: dice.randrange(10, len(sound))]
    at = sound.rfind(b"PK\x01\x02")
    for n, length in enumerate((0, 1, 2**31 - 1, 2**32 - 1)):
        yield f"length-{n}.zip", sound[: at + 24] + struct.pack("<L", length) + sound[at + 28 :]
    for n, kind in enumerate(
        (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE)
    ):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            member = tarfile.TarInfo("link.html")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
            after = tarfile.TarInfo("../../out.html")
            after.size = len(page)
            archive.addfile(after, io.BytesIO(page))
        yield f"kind-{n}.tar", out.getvalue()
    zeros = b"\0" * ZEROS
    yield "bomb.gz", gzip.compress(zeros, 9)
    yield "bomb.bz2", bz2.compress(zeros[: ZEROS // 4])
    yield "bomb.xz", lzma.compress(zeros)
    yield "bomb.tar.gz", gzip.compress(b"a".ljust(100, b"\0") + b"0000644\0" * 3 + b"77777777777\0" + zeros)
    yield "nonsense.7z", b"7z\xbc\xaf\x27\x1c" + dice.randbytes(5_000)
    yield "nonsense.rar", b"Rar!\x1a\x07\x01\x00" + dice.randbytes(5_000)


def _same_names(page: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(50):
            archive.writestr(zipfile.ZipInfo("a.html"), page + str(n).encode())
    return out.getvalue()


def warc(dice: random.Random) -> Files:
    """Records without what they need, lengths that lie, days that are none, heads without end."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + HEAD.encode()

    def record(
        length: int | str | None = None,
        uri: str = "http://www.yunze.example/a",
        day: str = "2020-01-01T00:00:00Z",
        more: str = "",
        body: bytes = answer,
    ) -> bytes:
        said = len(body) if length is None else length
        lines = ["WARC/1.0", "WARC-Type: response", "WARC-Record-ID: <urn:uuid:0>", f"WARC-Date: {day}"]
        lines += [f"WARC-Target-URI: {uri}"] if uri else []
        lines += ["Content-Type: application/http; msgtype=response", f"Content-Length: {said}{more}"]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body + b"\r\n\r\n"

    yield "no-uri.warc", record(uri="")
    for n, length in enumerate((0, 5, -1, 10**12, "x", "")):
        yield f"length-{n}.warc", record(length) * 3
    for n, day in enumerate(
        ("99999-01-01T00:00:00Z", "0000-00-00T00:00:00Z", "x", "", "2020-13-45T99:99:99Z")
    ):
        yield f"day-{n}.warc", record(day=day)
    for n, uri in enumerate(
        (
            "file:///etc/passwd",
            "http://127.0.0.1/\x1b[2J",
            "x" * 100_000,
            "javascript:1",
            "http://[::1",
            "http://a\x00b/",
        )
    ):
        yield f"uri-{n}.warc", record(uri=uri)
    yield "head.warc", record(more="\r\nX: " + "a" * 50_000_000)
    yield "heads.warc", record(more="\r\nX: a" * 500_000)
    yield "answer-head.warc", record(body=b"HTTP/1.1 200 OK\r\nX: " + b"a" * 20_000_000 + b"\r\n\r\n1")
    yield "cut.warc.gz", gzip.compress(record() * 50)[:-40]
    yield "bomb.warc.gz", gzip.compress(record(body=answer + b" " * ZEROS))
    yield "nonsense.warc", b"WARC/1.0\r\n" + dice.randbytes(20_000)


def pictures(dice: random.Random) -> Files:
    """Sizes that lie, rows that unpack to much, tables of contents that loop."""

    def png(width: int, height: int, data: bytes, more: bytes = b"") -> bytes:
        def chunk(kind: bytes, body: bytes) -> bytes:
            return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

        head = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0))
        return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", data) + chunk(b"IEND", b"")

    for width, height in (
        (100_000, 100_000),
        (2**31 - 1, 1),
        (1, 2**31 - 1),
        (0, 0),
        (30_000, 30_000),
        (65_000, 3),
    ):
        yield f"size-{width}x{height}.png", png(width, height, zlib.compress(b"\0" * 1000))
    yield "bomb.png", png(12_000, 12_000, zlib.compress(b"\0" * (12_001 * 12_000), 9))
    text = b"Comment\0\0" + zlib.compress(b"a" * ZEROS, 9)
    yield (
        "text.png",
        png(
            50,
            50,
            zlib.compress(b"\0" * 2550),
            struct.pack(">L", len(text)) + b"zTXt" + text + struct.pack(">L", zlib.crc32(b"zTXt" + text)),
        ),
    )
    ring = (
        struct.pack("<2sHL", b"II", 42, 8)
        + struct.pack("<H", 1)
        + struct.pack("<HHLL", 256, 4, 1, 9)
        + struct.pack("<L", 8)
    )
    yield "ring.tiff", ring
    yield (
        "huge.bmp",
        b"BM"
        + struct.pack("<LLL", 100, 0, 54)
        + struct.pack("<LllHHL", 40, 60_000, 60_000, 1, 24, 0)
        + b"\0" * 46,
    )
    yield (
        "huge.gif",
        b"GIF89a"
        + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0)
        + b","
        + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0)
        + b"\x02\x02\x44\x01\0;",
    )
    heads = {
        "jpg": b"\xff\xd8\xff\xe0",
        "png": b"\x89PNG\r\n\x1a\n",
        "gif": b"GIF89a",
        "tiff": b"II*\0",
        "webp": b"RIFF\xff\xff\xff\x7fWEBPVP8 ",
        "bmp": b"BM",
    }
    for ending, head in heads.items():
        for n in range(2):
            yield f"nonsense-{n}.{ending}", head + dice.randbytes(dice.randint(100, 30_000))
