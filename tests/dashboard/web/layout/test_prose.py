"""Sentences that name policies and fields between backticks."""

import pytest

from dashboard.assess.manifests import PolicyAnchors, PolicyManifest, render_manifests
from dashboard.web.layout.text_tags import format_prose as prose
from dashboard.web.layout.text_tags import link_field as field
from tests import make

DNS = make.solution()[1]
PLACES = PolicyAnchors.from_manifests(render_manifests([DNS]))
LINES = next(iter(render_manifests([DNS]))).text.splitlines()


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


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("spec.egress[0].ports[1].port", "port: 53"),
        ("spec.egress[0].ports[1].endPort", "- protocol: TCP"),
        ("spec.podSelector.matchLabels.app", "podSelector: {}"),
        ("spec.egress[7]", "egress:"),
    ],
)
def test_a_field_behind_its_policy_leads_to_the_line_or_the_nearest_one(
    path: str, words: str
) -> None:
    name = "allow-dns-egress"
    written = prose(f"Closest is `{name}` (`{path}`): not that.", PLACES)
    number = int(written.partition(f'<a href="#policy-{name}-L')[2].partition('"')[0])
    assert words in LINES[number - 1]
    assert f"><code>{path}</code></a>): not that." in written


def test_only_a_field_of_a_shown_policy_is_a_link() -> None:
    for sentence in ("`gone` (`spec.egress[0]`)", "`allow-dns-egress` has `spec.egress[0]`"):
        assert "-L" not in prose(sentence, PLACES)
    assert field(PLACES, "gone", "spec", "spec") == "<code>spec</code>"


def test_hostile_names_and_paths_stay_text() -> None:
    evil = '"><script>'
    text = f"metadata: {{name: '{evil}'}}\nspec: {{}}\n"
    places = PolicyAnchors.from_manifests([PolicyManifest(evil, text)])
    written = prose(f"`{evil}` (`spec.{evil}`)", places)
    assert "<script" not in written
    assert written.count("<a ") == 2
    assert PolicyManifest(evil, text).line_anchors[1] == f"policy-{evil}-L2"
    broken = PolicyAnchors.from_manifests([PolicyManifest("x", "a: [")])
    assert '#policy-x"' in field(broken, "x", "spec", "spec")
