"""A page as its tests read it: cells by their flow, text by what stands around it."""

import json
import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.test import Client

CELL = re.compile(r"<td\b[^>]*\bdata-flow=[^>]*>")
ATTRIBUTE = re.compile(r'\bdata-([a-z]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Page:
    status: int
    html: str

    def cells(self, end: str = "") -> dict[str, tuple[str, str, str]]:
        """Expected, predicted and observed of each flow; of one `end` where there are two."""
        answers: dict[str, tuple[str, str, str]] = {}
        for tag in CELL.findall(self.html):
            data = {key: unescape(value) for key, value in ATTRIBUTE.findall(tag)}
            if data.get("end", "") == end:
                assert data["flow"] not in answers
                answers[data["flow"]] = data["expected"], data["predicted"], data["observed"]
        return answers

    def predicted(self, end: str = "") -> dict[str, str]:
        return {flow: answers[1] for flow, answers in self.cells(end).items()}

    @property
    def text(self) -> str:
        """Without tags and figures, each run of blanks one."""
        body = re.sub(r"(?s)<script\b.*?</script>", "", self.html)
        return " ".join(unescape(re.sub(r"<[^>]*>", "", body)).split())

    def figure(self, name: str) -> dict[str, Any]:
        tag = f'<script id="{name}-figure" type="application/json">'
        drawn: dict[str, Any] = json.loads(self.html.split(tag)[1].split("</script>")[0])
        return drawn


def spelled(figure: dict[str, Any]) -> list[dict[str, Any]]:
    """Its traces with the texts that their points have the numbers of, as charts.js puts them."""
    texts = figure["layout"]["meta"]

    def put(points: list[list[int]]) -> dict[str, list[str]]:
        return {
            "customdata": [texts[address] for address, *_ in points],
            "hovertext": ["<br>".join(texts[line] for line in lines) for _, *lines in points],
        }

    return [trace | put(trace.get("customdata", [])) for trace in figure["data"]]


def get(client: Client, address: str, **query: str) -> Page:
    response = client.get(address, query or None)
    return Page(response.status_code, response.content.decode())
