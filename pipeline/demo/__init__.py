"""The shipped corpus: yearly reports of an invented province as its portal shows them, drawn by
``tools/demo``."""

from pipeline.demo.corpus import Corpus, shipped_corpus

__all__ = ["Corpus", "shipped_corpus"]
