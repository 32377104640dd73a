"""The dotted paths that a template reads, by its text alone."""

import re
from collections.abc import Iterator

from django.template.base import DebugLexer, Token, TokenType

STRINGS = re.compile(r""""[^"]*"|'[^']*'""")
PATH = re.compile(r"(?<![\w|.])[A-Za-z]\w*(?:\.\w+)*")
OPERATORS = ("and", "or", "not", "in", "is", "as", "with", "only", "by", "reversed", "silent")
KEYWORDS = frozenset((*OPERATORS, "True", "False", "None"))
WITHOUT_PATHS = ("load", "extends", "block", "comment", "else", "empty", "csrf_token", "now")
PARAMETER = re.compile(r"=(?!=)")


def paths(source: str) -> Iterator[tuple[int, str]]:
    """Where each dotted path stands that a template reads, and the path."""
    is_comment = False
    for token in DebugLexer(source).tokenize():
        word = token.contents.partition(" ")[0]
        if token.token_type is TokenType.BLOCK and word in ("comment", "endcomment"):
            is_comment = word == "comment"
        elif token.token_type in (TokenType.VAR, TokenType.BLOCK) and not is_comment:
            yield from _paths(source, token)


def _paths(source: str, token: Token) -> Iterator[tuple[int, str]]:
    begin, end = token.position  # type: ignore[misc]
    text = STRINGS.sub(lambda found: '"' * len(found[0]), source[begin:end])
    is_tag = token.token_type is TokenType.BLOCK
    words = list(PATH.finditer(text))
    if is_tag:
        tag = words.pop(0)[0]
        if tag in WITHOUT_PATHS or tag.startswith("end"):
            return
        if tag == "for":
            words = words[next(i for i, each in enumerate(words) if each[0] == "in") :]
    previous = ""
    for word in words:
        is_bound = previous == "as" or PARAMETER.match(text, word.end())
        previous = word[0]
        if not is_bound and word[0] not in KEYWORDS:
            yield begin + word.start(), word[0]
