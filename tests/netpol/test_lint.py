"""Each finding by the examples of docs/findings.md: the first has it, the second has not."""

import re
from pathlib import Path

import pytest
import yaml

from netpol import lab, load
from netpol.lint import Finding, FindingCode, FindingLevel, lint_namespace
from tests.netpol.mistakes import solution

LAB = lab.load_default_lab()
NAMESPACE = "student-ada-dev"
PAGE = (Path(__file__).parents[2] / "docs" / "findings.md").read_text()
SECTIONS = {
    section[:5]: re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    for section in PAGE.split("\n## ")[1:]
}
TABLE = re.findall(r"^\| \[(NP\d+)\]\(#np\d+\) \| (\w+) \| (.+) \|$", PAGE, re.MULTILINE)
HEADLINES = re.findall(r"^## (NP\d+)\n\n\*\*(.+?)\.\*\*", PAGE, re.MULTILINE)


def found(text: str) -> list[Finding]:
    return of(list(yaml.safe_load_all(text)))


def of(manifests: list[dict[str, object]]) -> list[Finding]:
    written = load.build_manifest_set(manifests, NAMESPACE)
    return list(lint_namespace(LAB, NAMESPACE, written, written.policies))


@pytest.mark.parametrize("code", SECTIONS)
def test_the_examples_of_a_finding(code: str) -> None:
    bad, good = SECTIONS[code]
    if code == "NP005":
        ports = ", ".join(f"{{port: {number}}}" for number in range(1, 1002))
        bad = good + f"  ingress: [{{ports: [{ports}]}}]"
    mine = [each for each in found(bad) if each.code.value == code]
    assert mine, found(bad)
    assert {each.level for each in mine} == {FindingCode(code).level}
    assert all(each.message.endswith(".") and each.hint.endswith(".") for each in mine)
    assert [each for each in found(good) if each.code.value == code] == []


def test_the_page_says_what_the_codes_say() -> None:
    facts = [(code.value, code.level.value, code.title) for code in FindingCode]
    assert facts == TABLE
    assert list(SECTIONS) == [code for code, _, _ in facts]
    assert [(code, title) for code, _, title in facts] == HEADLINES


def test_the_labs_solution_has_only_what_is_known_of_it() -> None:
    assert [(each.code.value, each.policy) for each in of(solution())] == [
        ("NP111", "allow-kuma-monitoring"),
        ("NP118", "allow-gateway-ingress"),
        ("NP119", "allow-gateway-ingress"),
        ("NP116", "allow-gateway-ingress"),
    ]


def test_width_is_advice_whatever_it_is_called() -> None:
    """The lab's own solution is wider than needed: no flow fails by it, and no error says so."""
    renamed = [{**each, "metadata": {"name": f"p{n}"}} for n, each in enumerate(solution())]
    assert {each.level for each in of(renamed)} == {FindingLevel.INFO}
    said = {each.code.value: each for each in of(renamed)}
    assert said["NP118"].message == (
        "It opens TCP 5000 on uptime-kuma and TCP 3001 on student-app too, which no flow of "
        "the lab needs."
    )
    assert said["NP119"].path == "spec.ingress[0].from[0]"


def test_those_that_matter_most_come_first() -> None:
    levels = [
        each.level.value
        for each in found("---\n".join(bad for bad, _ in SECTIONS.values() if "kind" in bad))
    ]
    assert levels == sorted(levels, key=["error", "warning", "info"].index)
