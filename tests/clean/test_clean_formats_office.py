"""Older word-processor files, with LibreOffice and without."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path

import pytest

from pipeline.clean.office import libreoffice as office
from pipeline.document import Paragraph, Table
from tests.drawn.files import word_files
from tests.drawn.files.drawn_tables import grouped_table, shape

pytestmark = pytest.mark.slow

RTF = (
    rb"{\rtf1\ansi\uc1 \u25253?\u21578? 128\par \trowd\cellx2000\cellx4000\intbl "
    rb"\u30002?\cell 56\cell\row\pard\par}"
)
needs_office = pytest.mark.skipif(
    office.program() is None, reason="needs LibreOffice (libreoffice-writer-nogui)"
)


def test_without_libreoffice_the_status_names_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(office, "program", lambda: None)
    document = office.read(RTF, sha256="0" * 64)
    assert (document.status, document.blocks) == ("needs_libreoffice", ())
    assert "apt install" in document.detail
    paths = [tmp_path / "a.doc", tmp_path / "b.doc"]
    assert [(p, c.status) for p, c in office.convert_batch(paths)] == [
        (p, "needs_libreoffice") for p in paths
    ]


def test_locked_files_are_told_by_their_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "program", lambda: "soffice-that-is-never-run")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    flags = b"\xec\xa5" + bytes(8) + (0x0100).to_bytes(2, "little") + bytes(500)
    assert office.read(head + flags, sha256="0" * 64).status == "encrypted"
    package = head + "EncryptedPackage".encode("utf-16-le")
    assert office.read(package, sha256="0" * 64).status == "encrypted"


@needs_office
def test_rtf_is_read() -> None:
    document = office.read(RTF, sha256="0" * 64, media_type="application/rtf")
    assert document.status == "ok", document.detail
    first, table = document.blocks
    assert isinstance(first, Paragraph)
    assert first.text == "报告 128"
    assert isinstance(table, Table)
    assert [cell.text for cell in table.cells] == [chr(30002), "56"]


@needs_office
def test_batch_of_doc_files(tmp_path: Path) -> None:
    """.doc files made by LibreOffice itself from drawn tables keep their cells; a broken one fails alone."""
    import subprocess

    soffice = office.program()
    assert soffice is not None
    tables = [grouped_table(seed) for seed in (1, 2)]
    for number, table in enumerate(tables):
        (tmp_path / f"{number}.docx").write_bytes(word_files.document(["前文", table, "后文"]))
    subprocess.run(
        [soffice, f"-env:UserInstallation={(tmp_path / 'p').as_uri()}", "--headless", "--convert-to", "doc",
         "--outdir", str(tmp_path), *(str(tmp_path / f"{n}.docx") for n in range(2))],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    paths = [tmp_path / "0.doc", tmp_path / "1.doc", tmp_path / "none.doc"]
    results = dict(office.convert_batch(paths))
    assert [results[path].status for path in paths] == ["ok", "ok", "broken_word"]
    for path, table in zip(paths[:2], tables, strict=True):
        document = office.read_converted(results[path], sha256="0" * 64)
        (found,) = [block for block in document.blocks if isinstance(block, Table)]
        assert shape(found.cells) == shape(table.cells)


@needs_office
@pytest.mark.parametrize("alone", [True, False], ids=["in a network of its own", "by the proxy alone"])
def test_a_file_reaches_no_network(alone: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page named .doc that names pictures and styles of other machines is read, and nobody is asked."""
    asked: list[str] = []
    with socket.create_server(("0.0.0.0", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    caller, _ = server.accept()
                    asked.append(caller.recv(200).decode("latin-1"))
                    caller.close()

        listener = threading.Thread(target=listen)
        listener.start()
        if not alone:
            monkeypatch.setattr(office, "_alone", lambda: ())
        here = socket.gethostbyname(socket.gethostname())
        page = f"""<html xmlns:w="urn:schemas-microsoft-com:office:word"><!-- Word.Document -->
<link rel=stylesheet href="http://{here}:{port}/a.css"><p>公开信息128条</p><img src="http://{here}:{port}/a.png">
<img src="http://127.0.0.1:{port}/b.png"></html>"""
        document = office.read(page.encode(), sha256="0" * 64)
        stop.set()
        listener.join()
    assert any("128" in block.text for block in document.blocks if isinstance(block, Paragraph))
    assert asked == []
