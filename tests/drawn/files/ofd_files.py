"""OFD files (GB/T 33190-2016) for tests: the pages of a drawn PDF written again in the other format, and
files that mean harm."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal
from xml.sax.saxutils import escape

from pipeline.clean.page.shapes import Glyph, PageContent

MM = 25.4 / 72.0
Way = Literal["runs", "signs", "scaled", "template", "composite"]
"""How a page is written: runs of text with DeltaX; each character an object; runs of size 1 under a scaled
CTM; ruled lines in a template; ruled lines in a graphic unit."""

NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP of parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def document_parts(
    pages: Sequence[str], size: tuple[float, float] = (210, 297), common: str = ""
) -> dict[str, str | bytes]:
    """The parts of a file whose pages hold these layers; ``common`` stands in its CommonData."""
    listed = "".join(
        f'<ofd:Page ID="{n + 1}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages))
    )
    parts: dict[str, str | bytes] = {
        "OFD.xml": f'<ofd:OFD {NAMESPACE} DocType="OFD" Version="1.0"><ofd:DocBody><ofd:DocRoot>/Doc_0/Document.xml'
        "</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 {size[0]} "
        f"{size[1]}</ofd:PhysicalBox></ofd:PageArea>{common}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages>"
        "</ofd:Document>",
    }
    for number, page in enumerate(pages):
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = page
    return parts


def page(layer: str, head: str = "") -> str:
    """A page of one layer; ``head`` stands before its content."""
    return f'<ofd:Page {NAMESPACE}>{head}<ofd:Content><ofd:Layer ID="9">{layer}</ofd:Layer></ofd:Content></ofd:Page>'


def written_again(sheets: Sequence[PageContent], way: Way = "runs") -> bytes:
    """The text and the ruled lines of pages as an OFD file."""
    size = (sheets[0].width * MM, sheets[0].height * MM)
    drawn = [_rules(sheet) for sheet in sheets]
    texts = ["".join(_texts(sheet.glyphs, way)) for sheet in sheets]
    if way == "template":
        common = "".join(
            f'<ofd:TemplatePage ID="{80 + n}" BaseLoc="Tpls/{n}.xml"/>' for n in range(len(sheets))
        )
        heads = [f'<ofd:Template TemplateID="{80 + n}" ZOrder="Background"/>' for n in range(len(sheets))]
        parts = document_parts([page(t, h) for t, h in zip(texts, heads, strict=True)], size, common)
        parts |= {f"Doc_0/Tpls/{n}.xml": page(rules) for n, rules in enumerate(drawn)}
    elif way == "composite":
        units = "".join(
            f'<ofd:CompositeGraphicUnit ID="{90 + n}" Width="1" Height="1"><ofd:Content>{rules}</ofd:Content>'
            "</ofd:CompositeGraphicUnit>"
            for n, rules in enumerate(drawn)
        )
        use = '<ofd:CompositeObject ID="7" Boundary="0 0 {} {}" ResourceID="{}"/>'
        parts = document_parts(
            [page(t + use.format(*size, 90 + n)) for n, t in enumerate(texts)],
            size,
            "<ofd:PublicRes>Res.xml</ofd:PublicRes>",
        )
        parts["Doc_0/Res.xml"] = (
            f'<ofd:Res {NAMESPACE} BaseLoc="Res"><ofd:CompositeGraphicUnits>{units}</ofd:CompositeGraphicUnits></ofd:Res>'
        )
    else:
        parts = document_parts([page(r + t) for r, t in zip(drawn, texts, strict=True)], size)
    return packed(parts)


def _rules(sheet: PageContent) -> str:
    lines = [(r.lo, r.at, r.hi, r.at) for r in sheet.horizontal] + [
        (r.at, r.lo, r.at, r.hi) for r in sheet.vertical
    ]
    return "".join(
        f'<ofd:PathObject ID="1" Boundary="{x0 * MM:.4f} {y0 * MM:.4f} {(x1 - x0) * MM:.4f} {(y1 - y0) * MM:.4f}">'
        f"<ofd:AbbreviatedData>M 0 0 L {(x1 - x0) * MM:.4f} {(y1 - y0) * MM:.4f}</ofd:AbbreviatedData></ofd:PathObject>"
        for x0, y0, x1, y1 in lines
    )


def _runs(glyphs: Sequence[Glyph], *, alone: bool) -> Iterator[list[Glyph]]:
    run: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text == " ":
            continue
        last = run[-1] if run else None
        if last and (alone or abs(last.y0 - glyph.y0) > 0.1 or not 0 <= glyph.x0 - last.x0 < 3 * glyph.size):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def _texts(glyphs: Sequence[Glyph], way: Way) -> Iterator[str]:
    for run in _runs(glyphs, alone=way == "signs"):
        first = run[0]
        size = first.size * MM
        scale = size if way == "scaled" else 1.0
        steps = [(b.x0 - a.x0) * MM / scale for a, b in itertools.pairwise(run)]
        same = len(steps) > 2 and max(steps) - min(steps) < 0.001
        across = f"g {len(steps)} {steps[0]:.4f}" if same else " ".join(f"{step:.4f}" for step in steps)
        ctm = f' CTM="{scale:.4f} 0 0 {scale:.4f} 0 0"' if way == "scaled" else ""
        delta = f' DeltaX="{across}"' if steps else ""
        text = escape("".join(glyph.text for glyph in run))
        yield (
            f'<ofd:TextObject ID="3" Boundary="{first.x0 * MM:.4f} {first.y0 * MM:.4f} 150 10"{ctm} Font="1" '
            f'Size="{size / scale:.4f}"><ofd:TextCode X="0" Y="{0.88 * size / scale:.4f}"{delta}>{text}</ofd:TextCode>'
            "</ofd:TextObject>"
        )
