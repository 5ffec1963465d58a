"""The registry: ours is sound, a broken one is told by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.crawl.errors import RegistryError, UserError
from pipeline.crawl.hosts import is_allowed_host
from pipeline.crawl.registry import COLUMNS, Source, choose_sources, load_registry, registry_hosts

HEAD = ",".join(COLUMNS) + "\n"
GOOD = "a1,110000,某局,department,http://www.a.gov.cn/nb/,list,\n"


def test_the_shipped_registry_is_sound() -> None:
    sources = load_registry()
    assert len(sources) >= 700
    assert sum(not is_allowed_host(host, ()) for host in registry_hosts(sources)) <= 2
    assert {source.kind for source in sources} == {"list", "article", "site"}


def test_notes_retire_and_a_column_allows(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(
        HEAD.replace("note", "note,tls")
        + GOOD.replace("\n", ",\n")
        + '"b",,某部,department,https://b.gov.cn/,site,"place: x; retired: 2026-01-02 gone",strict\n'
        + "c,110000,某局,county,https://c.gov.cn/1,article,self-signed in 2026,unverified\n",
        encoding="utf-8",
    )
    a, b, c = load_registry(path)
    assert (a.retired, b.retired, c.retired) == (False, True, False)
    assert (a.insecure_tls, b.insecure_tls, c.insecure_tls) == (False, False, True)
    assert choose_sources([a, b, c]) == (a, c)
    assert choose_sources([a, b, c], ["b", "a1", "b"]) == (b, a)
    with pytest.raises(RegistryError, match="nowhere"):
        choose_sources([a, b, c], ["nowhere"])


def test_a_title_that_speaks_of_a_retired_office_retires_nothing() -> None:
    assert not Source("a", "", "x", "county", "http://a.gov.cn/", "list", "title: retired cadres; x").retired


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ":1: the columns"),
        ("source_id,url\n", ":1: the columns"),
        (HEAD + GOOD + "a2,110000,某局,department\n", ":3: 4 fields"),
        (HEAD + GOOD + GOOD, ":3: a1 stands in line 2"),
        (HEAD + GOOD + GOOD.replace("a1", "a2"), ":3: http://www.a.gov.cn/nb/ stands in line 2"),
        (HEAD + GOOD.replace("a1", "A 1"), ":2: source_id"),
        (HEAD + GOOD.replace("110000", "1100"), ":2: division_code"),
        (HEAD + GOOD.replace("110000", "１１００００"), ":2: division_code"),
        (HEAD + GOOD.replace("某局", " "), ":2: issuer"),
        (HEAD + GOOD.replace("department", "ministry"), ":2: level"),
        (HEAD + GOOD.replace("list", "page"), ":2: kind"),
        (HEAD + GOOD.replace("http:", "ftp:"), ":2: url"),
        (HEAD + GOOD.replace("//www", "//u@www"), ":2: url"),
        (HEAD + GOOD.replace(".cn/", ".cn:x/"), ":2: url"),
        (HEAD + GOOD.replace("//www.a.gov.cn", "//"), ":2: url"),
        (HEAD + GOOD + '"a2,110000\n', ":3: "),
        (HEAD.replace("note", "note,tls") + GOOD.replace("list,", "list,,yes"), ":2: tls 'yes'"),
        (HEAD + GOOD.replace("list,", "list,insecure_tls: old"), ":2: the note's insecure_tls"),
    ],
)
def test_a_broken_registry_is_told_by_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RegistryError) as error:
        load_registry(path)
    assert f"r.csv{told}" in str(error.value)
    assert isinstance(error.value, UserError)


def test_a_registry_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="cannot be read"):
        load_registry(tmp_path / "none.csv")
    (tmp_path / "gbk.csv").write_bytes((HEAD + GOOD).encode("gb18030"))
    with pytest.raises(RegistryError, match=r"gbk\.csv:2: not UTF-8"):
        load_registry(tmp_path / "gbk.csv")


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("\ufeff" + HEAD + GOOD, encoding="utf-8")
    assert load_registry(tmp_path / "r.csv")[0].source_id == "a1"
