"""What the codebook says of the forms: families, and the form of a report that shows the labels of none."""

import pytest

from pipeline.codebook import load_codebook


def test_every_form_has_a_family_and_the_fallback_is_told_by_nothing() -> None:
    codebook = load_codebook()
    assert [codebook.family_of(f.template) for f in codebook.forms if f.needs == "else"] == ["narrative"]
    assert codebook.family_of(None) == codebook.family_of(codebook.fallback_form)
    with pytest.raises(KeyError):
        codebook.family_of("v1999")


def test_forms_of_a_family_stand_oldest_first() -> None:
    codebook = load_codebook()
    years = {f.template: f.valid_from for f in codebook.forms}
    own = codebook.forms_of("sections")
    assert len(own) > 1
    assert sorted(own, key=years.__getitem__) == list(own)
