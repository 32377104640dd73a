"""plotly.js reads `<b>`, `<a href>` and `&lt;` in any text; what others wrote has to stay text."""

from dataclasses import dataclass, field
from unicodedata import east_asian_width

import plotly.io

# It would add 6.5 KB to each figure, and colours for which the page has its own.
plotly.io.templates.default = None


@dataclass(frozen=True, slots=True)
class ChartTexts:
    """What many points of a figure lead to or say, each sent once: the points have their numbers,
    and charts.js puts it in its place.
    """

    numbers: dict[str, int] = field(default_factory=dict)

    def number_text(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))

    def number_point(self, address: str, *lines: str) -> tuple[int, ...]:
        """As its `customdata`: where a click on it leads, and what it says when pointed at."""
        return tuple(map(self.number_text, (address, *lines)))

    @property
    def all_texts(self) -> list[str]:
        """For the figure's layout."""
        return list(self.numbers)


def escape_markup(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def shorten_text(text: str, width: int) -> str:
    """In so many columns at most; some scripts take two for a letter."""
    columns = 0
    for place, letter in enumerate(text):
        columns += 2 if east_asian_width(letter) in "WF" else 1
        if columns > width:
            return f"{escape_markup(text[: place - 1])}…"
    return escape_markup(text)


def wrap_text(text: str, width: int = 64) -> str:
    """A sentence in lines for a hover label, which plotly.js would draw as one."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(escape_markup(line) for line in lines)
