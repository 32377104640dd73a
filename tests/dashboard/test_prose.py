"""Sentences that name policies and fields between backticks."""

import pytest

from dashboard.templatetags.prose import prose


@pytest.mark.parametrize(
    ("sentence", "written"),
    [
        ("Nothing special.", "Nothing special."),
        (
            "`deny-all` isolates it.",
            '<a href="#policy-deny-all"><code>deny-all</code></a> isolates it.',
        ),
        (
            "`gone` did, in `spec.egress[0]`.",
            "<code>gone</code> did, in <code>spec.egress[0]</code>.",
        ),
        ("a < b & `<i>`", "a &lt; b &amp; <code>&lt;i&gt;</code>"),
        ("one ` too many", "one <code> too many</code>"),
        ("", ""),
    ],
)
def test_names_become_code_and_policies_of_the_page_links(sentence: str, written: str) -> None:
    assert prose(sentence, {"deny-all"}) == written
