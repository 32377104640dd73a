"""What every test begins with."""

import pytest

from dashboard.web.board.views import class_now


@pytest.fixture(autouse=True)
def _nothing_kept_of_the_class() -> None:
    """Another test's rows may have the same keys."""
    class_now.cache_clear()
