"""Every row of genres.csv: its example is what it says, a word of which its own is a piece is not."""

from __future__ import annotations

import pytest

from pipeline.codebook import load_codebook
from pipeline.codebook.sentence_rows import Genre
from pipeline.extract.genre import marks_of, other_genre

ROWS = load_codebook().genres


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.genre}-{row.place}")
def test_a_headline_or_a_heading_is_what_its_row_says(row: Genre) -> None:
    headings = marks_of(load_codebook())._asdict()
    if row.place in headings:
        assert headings[row.place].search(row.example)
    else:
        assert other_genre(row.example) == row.genre
        assert not [word for word in row.unless if other_genre(f"青岚县{word}信息公开年报") == row.genre]


@pytest.mark.parametrize("row", [r for r in ROWS if r.unless], ids=lambda row: f"{row.genre}-{row.place}")
def test_the_words_alone_are_what_the_longer_ones_are_not(row: Genre) -> None:
    for longer in row.unless:
        word = next(w for w in row.words if longer.startswith(w))
        assert other_genre(f"{word}信息公开年报") == row.genre
        assert other_genre(f"{longer}信息公开年报") != row.genre
