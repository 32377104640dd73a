"""Each template resolves in the types of the pages that show it, and is short enough to read."""

from tests.templates.files import ROOT, template_names
from tests.templates.pages import check_pages, page_types

LONGEST_LINE = 160


def test_every_name_in_a_template_resolves() -> None:
    _, problems = check_pages()
    assert [str(each) for each in problems] == []


def test_every_template_is_part_of_a_page() -> None:
    checker, _ = check_pages()
    assert template_names() - checker.seen.keys() == set()


def test_every_page_names_a_template() -> None:
    assert page_types().keys() <= template_names()


def test_no_line_is_too_long() -> None:
    texts = {name: (ROOT / name).read_text("utf-8") for name in template_names()}
    longest = {name: max(map(len, text.splitlines())) for name, text in texts.items()}
    assert {name for name, length in longest.items() if length > LONGEST_LINE} == set()
