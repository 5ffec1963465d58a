"""Which files belong to which page: in the order of their paths, and in a time that grows with their
number."""

from __future__ import annotations

import pytest

from pipeline.reading import named_files
from pipeline.reading.named_files import Attachment, pair


def test_files_of_a_page_come_in_the_order_of_their_paths() -> None:
    page = b'<a href="b.docx">b</a><img src="z.png"><a href="sub/a.xlsx">a</a><img src="c.png">'
    names = {
        "p": "x/page.html",
        "1": "x/b.docx",
        "2": "x/a.xlsx",
        "3": "x/z.png",
        "4": "x/c.png",
        "5": "y/b.docx",
    }
    assert pair(names, {"p": page}.__getitem__) == {
        "p": (Attachment("2", False), Attachment("1", False), Attachment("4", True), Attachment("3", True))
    }


def test_a_page_that_names_many_files_is_a_list() -> None:
    names = {"p": "page.html", **{str(n): f"{n}.pdf" for n in range(13)}}
    text = " ".join(f'<a href="{n}.pdf">x</a>' for n in range(13))
    assert pair(names, {"p": text.encode()}.__getitem__) == {}


def test_many_pages_beside_many_files_are_paired_without_comparing_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked = 0
    plain_name = named_files.plain_name

    def counted(address: str) -> str:
        nonlocal looked
        looked += 1
        return plain_name(address)

    monkeypatch.setattr(named_files, "plain_name", counted)
    many = 2_000
    names = {f"p{n}": f"{n}.html" for n in range(many)} | {f"f{n}": f"{n}.docx" for n in range(many)}
    found = pair(names, lambda key: f'<a href="{key[1:]}.docx">x</a>'.encode())
    assert found == {f"p{n}": (Attachment(f"f{n}", False),) for n in range(many)}
    assert looked <= 10 * many
