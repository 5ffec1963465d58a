"""Tables for a person: beside each other where they fit, a block a row where they do not, nothing obeyed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.terminal.say import visible
from pipeline.terminal.tables import draw, grid
from pipeline.terminal.written import guarded, json_line, plain


def test_visible_leaves_text_and_shows_the_rest() -> None:
    assert visible("雾江市 2021—é\u3000") == "雾江市 2021—é\u3000"
    assert visible("a\x1b]0;x\x07\r\n\x9b\u2066\udcff") == "a\\x1b]0;x\\x07\\x0d\\x0a\\x9b\\u2066\\udcff"


def test_grid_aligns_by_what_a_terminal_shows() -> None:
    lines = list(grid(("机关", "n"), [("雾江市人民政府", 5), ("a\x1bb", Decimal("12.50"))], 10))
    assert lines == ["机关        n", "----------  ----", "雾江市人…      5", "a\\x1bb      12.5"]


def test_rows_too_wide_for_the_terminal_become_blocks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    draw(("a", "b"), [("x", 1), ("y", None)])
    assert "a" in capsys.readouterr().out.splitlines()[1].split()
    draw([f"column_{n}" for n in range(20)], [tuple(f"[red]value {n}\x1b" for n in range(20))])
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines()[1:]] == [f"column_{n}" for n in range(20)]
    assert "[red]value 7\\x1b" in out  # neither cut, nor taken for markup, nor sent


def test_json_keeps_digits_and_escapes() -> None:
    assert (
        json_line({"v": plain(Decimal("0.100000")), "t": "\x9b\u202e"}) == '{"v": 0.1, "t": "\\u009b\\u202e"}'
    )


@pytest.mark.parametrize(("cell", "kept"), [("=A1", "'=A1"), ("-2+3", "'-2+3"), ("-2.5", "-2.5"), ("—", "—")])
def test_guarded(cell: str, kept: str) -> None:
    assert guarded(cell) == kept
