"""The templates of this project."""

from pathlib import Path

ROOT = Path(__file__).parents[2] / "templates"


def template_names() -> set[str]:
    return {str(each.relative_to(ROOT)) for each in ROOT.rglob("*.html")}
