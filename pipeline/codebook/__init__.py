"""Knowledge as data: indicators, forms, labels, rules, measures, sentence patterns."""

from pipeline.chinese.labels import normalise_label
from pipeline.codebook.formula import Linear, Quotient, Ref, Relation, Term
from pipeline.codebook.reader import (
    TEMPLATES,
    Applicant,
    Codebook,
    CodebookError,
    ColumnNote,
    Family,
    FindingKind,
    Form,
    Group,
    Indicator,
    Measure,
    Pattern,
    Rule,
    codebook_version,
    load_codebook,
)

__all__ = [
    "TEMPLATES",
    "Applicant",
    "Codebook",
    "CodebookError",
    "ColumnNote",
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
    "Term",
    "codebook_version",
    "load_codebook",
    "normalise_label",
]
