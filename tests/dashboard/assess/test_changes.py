"""Policies as YAML, and the difference of two sets of them."""

from copy import deepcopy

from dashboard.assess.changes import ChangeKind, LineSign, diff_policies
from dashboard.assess.manifests import format_yaml
from tests import make


def test_policies_differ_by_lines_with_signs() -> None:
    dns = deepcopy(make.state_of(make.solution()[1]).policies[0])
    wrong = deepcopy(dns)
    wrong["spec"]["egress"][0]["ports"][0]["port"] = 54
    (change,) = diff_policies([wrong], [dns])
    assert [
        f"{line.sign}{line.text}" for line in change.lines if line.sign is not LineSign.SAME
    ] == [
        "-      port: 54",
        "+      port: 53",
    ]


def test_policies_are_told_apart_by_their_names() -> None:
    stays, goes, comes = (make.state_of(make.policy(name)).policies[0] for name in "abc")
    assert [
        (change.name, change.kind) for change in diff_policies([stays, goes], [comes, stays])
    ] == [
        ("a", ChangeKind.SAME),
        ("b", ChangeKind.REMOVED),
        ("c", ChangeKind.ADDED),
    ]


def test_the_order_in_which_a_database_gives_keys_back_is_no_difference() -> None:
    (stored,) = make.state_of(make.solution()[3]).policies
    shuffled = dict(sorted(stored.items(), reverse=True))
    shuffled["spec"] = dict(sorted(stored["spec"].items(), reverse=True))
    assert [change.kind for change in diff_policies([stored], [shuffled])] == [ChangeKind.SAME]


def test_yaml_has_no_anchors_and_keeps_text_that_looks_like_something_else() -> None:
    shared = {"matchLabels": {"app": "yes", "version": "1.0", "empty": ""}}
    text = format_yaml({"spec": {"podSelector": shared, "namespaceSelector": shared}})
    assert "&id" not in text
    assert "app: 'yes'" in text
    assert "version: '1.0'" in text
