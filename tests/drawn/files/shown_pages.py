"""Pages whose cells show one figure and hold another beside it that no reader sees, in every way that HTML
has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Way(NamedTuple):
    """How a cell hides its other figure: the cell's markup with ``{shown}`` and ``{hidden}``, a style sheet,
    and what the cell is marked with itself."""

    cell: str
    sheet: str = ""
    on_cell: str = ""


HIDING = {
    "display": Way('<span style="display:none">{hidden}</span>{shown}'),
    "class": Way('<span class="x">{hidden}</span>{shown}', ".x{display:none}"),
    "descendant": Way("<i>{hidden}</i>{shown}", "table td i { display : none }"),
    "list of selectors": Way('<b class="y">{hidden}</b>{shown}', "h6, td > .y,.z{visibility:hidden}"),
    "id": Way('<span id="n">{hidden}</span>{shown}', "#n{display:none}"),
    "screen alone": Way("<u>{hidden}</u>{shown}", "@media screen{u{display:none}}"),
    "opacity": Way('<span style="opacity:0">{hidden}</span>{shown}'),
    "off the page": Way('<span style="position:absolute;left:-9999px">{hidden}</span>{shown}'),
    "white": Way('<font color="#FFFFFF">{hidden}</font>{shown}'),
    "white by style": Way('<span style="color: white">{hidden}</span>{shown}'),
    "ground's colour": Way(
        '<span style="color:#fff0f0">{hidden}</span>{shown}', on_cell='style="background:#fff0f0"'
    ),
    "ground's colour by class": Way(
        '<span class="w">{hidden}</span>{shown}', ".w{color:#eef}.g{background-color:#eef}", 'class="g"'
    ),
    "transparent": Way('<span style="color:rgba(0,0,0,0)">{hidden}</span>{shown}', ".q{color:transparent}"),
    "struck": Way('<span class="old">{hidden}</span>{shown}', ".old{text-decoration:line-through}"),
    "no size": Way('<span style="font-size:0">{hidden}</span>{shown}'),
    "the later rule": Way('<i class="p">{hidden}</i>{shown}', ".p{display:inline}.p{display:none}"),
    "the more special rule": Way('<i class="p">{hidden}</i>{shown}', "td .p{display:none}.p{display:inline}"),
    "important": Way('<i style="display:inline">{hidden}</i>{shown}', "i{display:none !important}"),
    "scaled away": Way('<i class="t">{hidden}</i>{shown}', ".t{transform:scale(0)}"),
    "cut away": Way('<i class="c">{hidden}</i>{shown}', ".c{position:absolute;clip:rect(0,0,0,0)}"),
}
SHOWING = {
    "printed on paper alone": Way('<i class="x">{shown}</i>', "@media print{.x{display:none}}"),
    "small windows": Way('<i class="x">{shown}</i>', "@media (max-width:600px){.x{display:none}}"),
    "the later rule": Way('<i class="p">{shown}</i>', ".p{display:none}.p{display:inline}"),
    "the more special rule": Way('<i class="p">{shown}</i>', "td .p{display:inline}.p{display:none}"),
    "white on dark": Way('<span style="color:#fff">{shown}</span>', on_cell='style="background:#1e50a2"'),
    "white on a dark row": Way('<font color="white">{shown}</font>', "tr{background-color:navy}"),
    "only under the pointer": Way('<i class="x">{shown}</i>', ".x:hover{display:none}"),
    "chosen": Way("<select><option>{hidden}</option><option selected>{shown}</option></select>"),
    "drawn": Way('<svg width="30"><title>{hidden}</title><text x="0">{shown}</text></svg>'),
    "numbered": Way('<ol start="{shown}"><li></li></ol>'),
    "generated": Way("<i></i>", 'i::before{{content:"{shown}"}}'),
    "of an attribute": Way('<i data-n="{shown}"></i>', "i:after{{content:attr(data-n)}}"),
    "in a box": Way('<input type="text" value="{shown}">'),
    "marked for direction": Way("\u202d{shown}\u202c&lrm;"),
    "broken softly": Way("{shown}&shy;"),
}
UNREADABLE = {
    "a counter": Way("<i></i>", "i::before{{content:counter(n)}}"),
    "a drawing": Way('<svg width="9"><path d="M0 0L9 9"/></svg>'),
    "a picture": Way('<img src="n.png">'),
    "a note's mark": Way("①"),
    "the other way round": Way("\u202e{shown}0{hidden}\u202c"),
}


def page(rows: Sequence[tuple[str, str, str]], way: Way) -> bytes:
    """A page with a table of labels and figures: label, the figure shown and the one hidden beside it."""
    body = "".join(
        f"<tr><td>{label}</td><td {way.on_cell}>{way.cell.format(shown=shown, hidden=hidden)}</td></tr>"
        for label, shown, hidden in rows
    )
    sheet = way.sheet.format(shown=rows[0][1]) if "{{" in way.sheet else way.sheet
    return f"<html><head><style>{sheet}</style></head><body><h1>统计表</h1><table>{body}</table></body></html>".encode()
