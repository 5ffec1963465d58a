"""The shipped corpus is the one that the generator draws: whoever changes either writes the archive anew."""

from __future__ import annotations

import json

from pipeline.demo import shipped_corpus
from tools.demo.__main__ import members
from tools.demo.portal import portal_pages, portal_sources


def test_the_archive_holds_what_is_drawn() -> None:
    drawn, corpus = members(), shipped_corpus()
    assert corpus.site == portal_pages(), "python -m tools.demo"
    assert {f"beside/{name}": data for name, data in corpus.beside.items()} == {
        name: data for name, data in drawn.items() if name.startswith("beside/")
    }, "python -m tools.demo"
    assert corpus.reports == len(json.loads(corpus.beside["truth.json"])["reports"])
    assert corpus.sources("http://a.example:1") == portal_sources("http://a.example:1")
