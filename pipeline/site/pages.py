"""Jinja's environment: templates with autoescape, and what they may call."""

from __future__ import annotations

from typing import Any

import jinja2
from markupsafe import Markup

from pipeline.site.atlas import Atlas
from pipeline.site.compare import value_text
from pipeline.site.links import figure_anchor, link, measure_anchor, place_page, report_page
from pipeline.site.places import place_link
from pipeline.site.questions import cell_text
from pipeline.site.snippets import both, said
from pipeline.site.words import HERE, Word, load_words, shown, word

MENU = (
    ("index.html", "首页", "Start"),
    ("places.html", "地方", "Places"),
    ("compare.html", "比较", "Compare"),
    ("questions.html", "问题", "Questions"),
    ("quality.html", "质量", "Quality"),
    ("comparable.html", "可比性", "What compares"),
    ("sql.html", "查询", "SQL"),
)
"""Pages of the head: address, Chinese, English."""


class Pages:
    """Renders a template with what every page shares."""

    def __init__(self, atlas: Atlas) -> None:
        self._env = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
            auto_reload=False,
        )
        self._env.globals.update(
            words=load_words(),
            word=word,
            both=both,
            said=said,
            shown=shown,
            level=lambda key: word("level", key),
            unit=lambda key: word("unit", key).zh,
            form=atlas.form,
            measure=lambda key: _measure(atlas, key),
            measure_at=lambda report_id, measure_id=None: link(
                report_page(report_id), measure_anchor(measure_id) if measure_id else ""
            ),
            figure_at=lambda report_id, indicator, applicant: link(
                report_page(report_id), figure_anchor(indicator, applicant)
            ),
            place_link=place_link,
            place_page=lambda code: link(place_page(code)),
            value_text=value_text,
            cell_text=cell_text,
            invented=atlas.snapshot.invented,
            version=atlas.snapshot.version,
            build=atlas.snapshot.build,
            citation=atlas.snapshot.citation,
            menu=MENU,
        )

    def render(self, template: str, *, root: str = "", here: str = "", **given: Any) -> str:
        """A page's text. ``root`` leads from the page to the site's folder; ``here`` is its entry of the
        menu."""
        return self._env.get_template(template).render(root=root, here=here, **given)


def _measure(atlas: Atlas, key: str) -> Markup:
    known = atlas.measures.get(key)
    if known is None:
        return Markup("{}").format(key)
    return Markup('{} <span lang="en" class="en">{}</span>').format(known.label_zh, known.label_en)


__all__ = ["MENU", "Pages", "Word"]
