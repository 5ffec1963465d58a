"""Bytes -> Document: decode, one reader a file format, find the article."""

from pipeline.clean.read import is_archive, read_document

__all__ = ["is_archive", "read_document"]
