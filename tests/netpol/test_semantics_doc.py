"""docs/semantics.md promises a test for each rule: the tests are there."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
TEXT = (TESTS.parents[1] / "docs" / "semantics.md").read_text("utf-8")
RULES = {1: 11, 2: 5, 3: 9, 4: 15, 5: 9, 6: 11, 7: 8, 8: 5}


def test_every_rule_has_its_row_and_a_test_or_a_reason() -> None:
    rows = dict(re.findall(r"^\| (\d\.\d+) \|.*\| ([^|]+) \|$", TEXT, re.MULTILINE))
    assert list(rows) == [
        f"{section}.{rule}" for section, count in RULES.items() for rule in range(1, count + 1)
    ]
    without = [rule for rule, tests in rows.items() if "::" not in tests]
    assert {rows[rule] for rule in without} == {"not modelled, see below"}
    assert without == ["1.9", "6.11", "7.6", "7.8"]


def test_every_test_that_it_names_exists() -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", TEXT)
    assert len(named) > sum(RULES.values()) - 5
    for file, test in named:
        assert f"def {test}(" in (TESTS / file).read_text("utf-8")
