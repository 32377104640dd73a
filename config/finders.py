"""Finds the static files that installed Python packages bring."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "plotly.min.js"
PREFIX = "plotly"


class PlotlyFinder(BaseFinder):
    """Finds plotly/plotly.min.js and nothing else of the package."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # find_spec does not import plotly, which is slow; only charts import it.
        (package,) = find_spec("plotly").submodule_search_locations  # type: ignore[union-attr, misc]
        self.storage = FileSystemStorage(Path(package) / "package_data")
        self.storage.prefix = PREFIX  # type: ignore[attr-defined]  # collectstatic reads it

    def find(self, path: str, find_all: bool = False) -> Any:  # noqa: FBT001, FBT002  # Django's
        matches = [self.storage.path(NAME)] if path == f"{PREFIX}/{NAME}" else []
        return matches if find_all else next(iter(matches), None)

    def list(self, *_: object) -> list[tuple[str, FileSystemStorage]]:
        return [(NAME, self.storage)]
