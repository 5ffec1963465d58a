"""What the command line says to the person: messages on standard error, lines of data on standard output, and
never a control character of a file's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from pipeline.home import Home

HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What moves the cursor, colours, rings, turns the direction of writing, or cannot be written at all."""


def visible(text: str) -> str:
    """The text with control characters as escapes: what a file holds is shown, never obeyed."""
    return HIDDEN.sub(lambda found: _escape(ord(found[0])), text)


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def say(text: str) -> None:
    """One line for the person, on standard error."""
    click.echo(visible(text), err=True)


def give(lines: Iterable[str]) -> None:
    """Lines of data, on standard output."""
    for line in lines:
        click.echo(visible(line))


def wrong(message: str) -> NoReturn:
    """A user's error: a clear message, which may have several lines, and exit code 2."""
    _end(message, 2)


def failed(message: str) -> NoReturn:
    """Something did not work: it is named, and the exit code is 1."""
    _end(message, 1)


def _end(message: str, code: int) -> NoReturn:
    first, *more = message.splitlines() or [""]
    say(f"yangguang: {first}")
    for line in more:
        say(line)
    raise SystemExit(code)


def reading_home() -> Home:
    """The home whose warehouse reading commands take: the default one, else the demo's, saying so."""
    from pipeline.home import default_home, demo_home

    home = default_home()
    if home.database.is_file():
        return home
    demo = demo_home()
    if demo.database.is_file():
        say(f"yangguang: {home.root} holds no warehouse yet; this is the demo's, with invented bodies")
        return demo
    wrong(f"{home.root} holds no warehouse yet: run `yangguang run FILE ...` or `yangguang demo` first")
