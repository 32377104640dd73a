"""docs/semantics.md promises a test for each rule: the tests are there."""

from tests.netpol.rules import TESTS, TEXT, named_in, rows

RULES = {1: 11, 2: 5, 3: 9, 4: 15, 5: 9, 6: 11, 7: 8, 8: 5}
NOT_MODELLED = ["1.9", "6.11", "7.6", "7.8"]


def test_every_rule_has_its_row_and_a_test_or_a_reason() -> None:
    found = rows()
    assert list(found) == [
        f"{section}.{rule}" for section, count in RULES.items() for rule in range(1, count + 1)
    ]
    without = [rule for rule, tests in found.items() if "::" not in tests]
    assert {found[rule] for rule in without} == {"not modelled, see below"}
    assert without == NOT_MODELLED


def test_every_test_that_it_names_exists() -> None:
    named = named_in(TEXT)
    assert len(named) > sum(RULES.values()) - 5
    for file, test in named:
        assert f"def {test}(" in (TESTS / file).read_text("utf-8")
