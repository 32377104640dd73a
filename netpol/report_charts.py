"""The two pictures of a report. The only module that imports matplotlib, an optional extra.

Import it where the pictures are wanted and be ready for `ImportError`.
"""

from collections import Counter
from io import BytesIO
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from netpol.model import Outcome
from netpol.report import MATRIX, PICTURES, PolicyReport

# The colours of the charts in the lab's own script, so that two reports look alike.
COLOURS = {Outcome.ALLOW: "#2a9d8f", Outcome.DENY: "#d62828"}
GREY = "#8d99ae"


def write_charts(report: PolicyReport, folder: Path) -> tuple[Path, ...]:
    """Write both pictures into an existing folder and say where they are."""
    for name in PICTURES:
        (folder / name).write_bytes(draw_chart(report, name))
    return tuple(folder / name for name in PICTURES)


def draw_chart(report: PolicyReport, name: str) -> bytes:
    """One of `PICTURES`, as the content of a PNG file."""
    figure = draw_flow_matrix(report) if name == MATRIX else draw_allowed_by_source(report)
    content = BytesIO()
    figure.savefig(content, format="png", dpi=150, bbox_inches="tight")
    return content.getvalue()


def draw_flow_matrix(report: PolicyReport) -> Figure:
    """One row a flow: without policies, with them, and as the lab expects it."""
    figure = Figure(figsize=(8, 0.45 * len(report.rows) + 1.6))
    axes = figure.subplots()
    for y, row in enumerate(report.rows):
        for x, outcome in enumerate((row.before, row.after, row.flow.expected)):
            _draw_cell(axes, x, y, outcome, met=x != 1 or outcome is row.flow.expected)
    axes.set_xlim(-0.5, 2.5)
    axes.set_ylim(len(report.rows) - 0.5, -0.5)
    axes.set_xticks(range(3), ["Before", "After", "Expected"])
    axes.xaxis.tick_top()
    axes.set_yticks(
        range(len(report.rows)),
        [f"{row.flow.name}  ({row.flow.protocol} {row.flow.port})" for row in report.rows],
    )
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_title(f"NetworkPolicy flow matrix, namespace {report.namespace}", pad=12)
    figure.legend(
        handles=[
            Patch(color=colour, label=f"{outcome.letter} = {outcome}")
            for outcome, colour in COLOURS.items()
        ]
        + [Patch(facecolor="none", edgecolor="black", linewidth=2, label="≠ = not as expected")],
        loc="lower center",
        ncols=3,
        frameon=False,
    )
    return figure


def _draw_cell(axes: Axes, x: int, y: int, outcome: Outcome, *, met: bool) -> None:
    """A bold frame marks what is not as expected, whatever its colour."""
    axes.add_patch(
        Rectangle(
            (x - 0.46, y - 0.42),
            0.92,
            0.84,
            facecolor=COLOURS.get(outcome, GREY),
            edgecolor="none" if met else "black",
            linewidth=0 if met else 2.5,
        )
    )
    letter = outcome.letter if met else f"{outcome.letter} ≠"
    axes.text(x, y, letter, ha="center", va="center", color="white", weight="bold")


def draw_allowed_by_source(report: PolicyReport) -> Figure:
    """How many of its flows each source may open, without policies and with them."""
    figure = Figure(figsize=(8, 4.5))
    axes = figure.subplots()
    before = Counter(row.flow.source for row in report.rows if row.before is Outcome.ALLOW)
    after = Counter(row.flow.source for row in report.rows if row.after is Outcome.ALLOW)
    for offset, counts, colour, label in (
        (-0.2, before, GREY, "Before"),
        (0.2, after, COLOURS[Outcome.ALLOW], "After"),
    ):
        bars = axes.bar(
            [index + offset for index in range(len(report.sources))],
            [counts[source] for source in report.sources],
            width=0.38,
            color=colour,
            label=label,
        )
        axes.bar_label(bars)
    axes.set_xticks(range(len(report.sources)), report.sources)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel("Allowed flows")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(f"Allowed flows by source, namespace {report.namespace}")
    axes.legend(frameon=False)
    return figure
