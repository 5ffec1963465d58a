"""The body that the source registry names for an address is evidence of who speaks on its page."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from pipeline.crawl import RawStore, Receipt
from pipeline.crawl.frontier import Frontier
from pipeline.crawl.registry import Source
from pipeline.home import Home
from pipeline.reading.kept import Kept
from pipeline.reading.read_all import read_new

_PAGE = """<html><head><title>2016年政府信息公开工作年度报告</title></head><body>
<h1>2016年政府信息公开工作年度报告</h1><p>一、主动公开情况</p><p>全年主动公开政府信息38条。</p>
<p>二、依申请公开情况</p><p>全年收到政府信息公开申请9件,全部按时办结。</p></body></html>""".encode()
_URL = "http://www.a.gov.cn/2017/1.html"


def _source(issuer: str) -> Source:
    return Source("cn-a-2016", "331125", issuer, "county", _URL, "article")


def _issuer(home: Home, source: Source, rule: str = "registry") -> str | None:
    """Who speaks on the page after a crawl by this source, which the rule led to."""
    with RawStore(home.raw) as store:
        frontier = Frontier(store)
        frontier.begin([source], 1.0)
        frontier.close()
        sha = store.put(_PAGE)
        store.add_receipt(
            Receipt(
                _URL, _URL, "2017-03-01T00:00:00Z", media_type="text/html", sha256=sha, bytes=len(_PAGE),
                rule=rule, source_id=source.source_id,
            )
        )  # fmt: skip
        read_new(home, store)
    with Kept(home) as kept:
        (path,) = kept.files("report")
    (row,) = pq.read_table(path).to_pylist()
    issuer: str | None = row["issuer"]
    return issuer


def test_an_article_of_the_registry_says_whose_report_it_is(tmp_path: Path) -> None:
    home = Home(tmp_path).make()
    assert _issuer(home, _source("云和县人民政府")) == "云和县人民政府"
    assert _issuer(home, _source("云和县水利局")) == "云和县水利局"


def test_what_a_source_leads_to_may_be_the_report_of_another(tmp_path: Path) -> None:
    assert _issuer(Home(tmp_path).make(), _source("云和县人民政府"), "title_link") is None
