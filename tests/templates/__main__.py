"""`python -m tests.templates [--misspell] [TEMPLATE ...]`: see the package."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from importlib import import_module

import django


def misspell(templates: Sequence[str]) -> int:
    """Misspells each attribute of templates in turn; 0 where somebody notices each of them."""
    pages = import_module("tests.templates.pages")
    misspelling = import_module("tests.templates.misspelling")
    checker, problems = pages.check_pages()
    count = alive = 0
    for name in templates or sorted(checker.seen):
        for lives, place in misspelling.survivors(checker, name):
            count += 1
            alive += lives
            if lives:
                print(f"{place}: SURVIVED", flush=True)
    print(f"{count} misspellings, {alive} survived; {len(problems)} problems without them")
    return 1 if alive or problems else 0


def check(templates: Sequence[str]) -> int:
    """0 where everything in these pages, or in all of them, resolves."""
    checker, problems = import_module("tests.templates.pages").check_pages(*templates)
    print(*problems, sep="\n", end="\n" if problems else "")
    print(f"{len(checker.seen)} templates, {len(problems)} problems")
    return 1 if problems else 0


def main() -> int:
    parser = ArgumentParser(prog="python -m tests.templates")
    parser.add_argument("templates", nargs="*", metavar="TEMPLATE", help="by default all pages")
    parser.add_argument("--misspell", action="store_true", help="each attribute in turn")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    return misspell(asked.templates) if asked.misspell else check(asked.templates)


if __name__ == "__main__":
    sys.exit(main())
