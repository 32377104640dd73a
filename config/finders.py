"""Static files that come out of installed Python packages."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "plotly.min.js"
PREFIX = "plotly"


class PlotlyFinder(BaseFinder):
    """Serves plotly/plotly.min.js, and nothing else that lies beside it in the package."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Looked up, not imported: importing plotly is slow, and the charts' business.
        (package,) = find_spec("plotly").submodule_search_locations  # type: ignore[union-attr, misc]
        self.storage = FileSystemStorage(Path(package) / "package_data")
        self.storage.prefix = PREFIX  # type: ignore[attr-defined]  # collectstatic reads it

    def find(self, path: str, find_all: bool = False) -> Any:  # noqa: FBT001, FBT002  # Django's
        matches = [self.storage.path(NAME)] if path == f"{PREFIX}/{NAME}" else []
        return matches if find_all else next(iter(matches), None)

    def list(self, *_: object) -> list[tuple[str, FileSystemStorage]]:
        return [(NAME, self.storage)]
