"""Knowledge as data: indicators, forms, labels, rules, measures, sentence patterns."""

from pipeline.chinese.labels import normalise_label
from pipeline.codebook.codebook import Codebook, load_codebook
from pipeline.codebook.formula import Linear, Quotient, Ref, Relation, Term
from pipeline.codebook.reader import CodebookError, codebook_folder, codebook_version
from pipeline.codebook.rows import (
    Applicant,
    Column,
    Family,
    FindingKind,
    Form,
    Group,
    Indicator,
    Measure,
    Pattern,
    Rule,
    Section,
    Severity,
)

__all__ = [
    "Applicant",
    "Codebook",
    "CodebookError",
    "Column",
    "Family",
    "FindingKind",
    "Form",
    "Group",
    "Indicator",
    "Linear",
    "Measure",
    "Pattern",
    "Quotient",
    "Ref",
    "Relation",
    "Rule",
    "Section",
    "Severity",
    "Term",
    "codebook_folder",
    "codebook_version",
    "load_codebook",
    "normalise_label",
]
