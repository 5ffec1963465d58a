"""Knowledge as data: indicators, forms, labels, rules, measures, the words of sentences."""

from pipeline.chinese.labels import normalise_label
from pipeline.codebook.codebook import Codebook, load_codebook
from pipeline.codebook.formula import Linear, Quotient, Ref, Relation, Term
from pipeline.codebook.reader import CodebookError, codebook_folder, codebook_version
from pipeline.codebook.release_rows import Attribution, Caveat, Key, Value
from pipeline.codebook.rows import (
    Applicant,
    Column,
    Family,
    FindingKind,
    Form,
    Group,
    Indicator,
    Measure,
    Rule,
    Section,
    Severity,
)
from pipeline.codebook.sentence_rows import Decision, Word

__all__ = [
    "Applicant",
    "Attribution",
    "Caveat",
    "Codebook",
    "CodebookError",
    "Column",
    "Decision",
    "Family",
    "FindingKind",
    "Form",
    "Group",
    "Indicator",
    "Key",
    "Linear",
    "Measure",
    "Quotient",
    "Ref",
    "Relation",
    "Rule",
    "Section",
    "Severity",
    "Term",
    "Value",
    "Word",
    "codebook_folder",
    "codebook_version",
    "load_codebook",
    "normalise_label",
]
