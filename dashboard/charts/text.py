"""plotly.js reads `<b>`, `<a href>` and `&lt;` in any text; what others wrote has to stay text."""

from unicodedata import east_asian_width


def plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def shortened(text: str, width: int) -> str:
    """In so many columns at most; some scripts take two for a letter."""
    columns = 0
    for place, letter in enumerate(text):
        columns += 2 if east_asian_width(letter) in "WF" else 1
        if columns > width:
            return f"{plain(text[: place - 1])}…"
    return plain(text)


def wrapped(text: str, width: int = 64) -> str:
    """A sentence in lines for a hover label, which plotly.js would draw as one."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(plain(line) for line in lines)
