"""The objects that a PDF page draws, those inside of forms among them, in the order in which they are
drawn."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

from pipeline.clean.page.shapes import IDENTITY, Box, Matrix, times

MAX_FORM_DEPTH = 8


def objects(page: Any, pdfium: Any) -> Iterator[tuple[Any, int, Matrix]]:
    """Every object of the page with its kind and the matrix of the forms it stands in."""
    stack: list[tuple[Any, Any, int, int, Matrix, int]] = [
        (page, pdfium.FPDFPage_GetObject, 0, pdfium.FPDFPage_CountObjects(page), IDENTITY, 0)
    ]
    while stack:
        holder, getter, index, count, outer, depth = stack.pop()
        while index < count:
            handle = getter(holder, index)
            index += 1
            if not handle:
                continue
            kind = pdfium.FPDFPageObj_GetType(handle)
            if kind == pdfium.FPDF_PAGEOBJ_FORM:
                if depth < MAX_FORM_DEPTH:
                    inner = times(matrix_of(handle, pdfium), outer)
                    stack.append((holder, getter, index, count, outer, depth))
                    number = pdfium.FPDFFormObj_CountObjects(handle)
                    stack.append((handle, pdfium.FPDFFormObj_GetObject, 0, max(number, 0), inner, depth + 1))
                    break
                continue
            yield handle, kind, outer


def matrix_of(handle: Any, pdfium: Any) -> Matrix:
    """An object's own matrix."""
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(handle, matrix):
        return IDENTITY
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def bounds(handle: Any, outer: Matrix, pdfium: Any) -> Box:
    """The box of an object in page space (y up); a box of no size where it has none."""
    left, low, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(handle, left, low, right, top):
        return 0.0, 0.0, 0.0, 0.0
    a, b, c, d, e, f = outer
    corners = [
        (a * x + c * y + e, b * x + d * y + f)
        for x in (left.value, right.value)
        for y in (low.value, top.value)
    ]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def address(handle: Any) -> int:
    """By what an object is known again when the text page names it."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0
