"""The list of wrong rules that `make mutants` plants is true of the source and complete."""

import pytest

from tests.mutants.planting import ROOT, Mutant, Outdated, mutants
from tests.netpol.rules import rows
from tests.netpol.test_semantics_doc import NOT_MODELLED


def test_each_wrong_rule_fits_the_source_as_it_is() -> None:
    for mutant in mutants():
        source = mutant.source(ROOT).read_text("utf-8")
        assert mutant.planted(source) != source


def test_every_rule_that_is_modelled_is_broken_by_a_wrong_one() -> None:
    assert list(dict.fromkeys(mutant.rule for mutant in mutants())) == [
        rule for rule in rows() if rule not in NOT_MODELLED
    ]


@pytest.mark.parametrize(("before", "after"), [("gone", ""), ("a", ""), ("b = 2", "b = (")])
def test_what_does_not_fit_is_said(before: str, after: str) -> None:
    with pytest.raises(Outdated, match=r"^1\.1 upside down: "):
        Mutant("1.1", "upside down", "any.py", before, after).planted("a = a\nb = 2\n")
