"""The net under the templates: each name in them is looked up in the types of the pages.

`python -m tests.templates board/page.html` checks one page, without a name all of them;
with `--misspell` it misspells each attribute in turn and counts what nobody would notice.
"""
