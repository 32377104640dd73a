"""What is left to do: these lists only shrink."""

UNTYPED = frozenset(
    (
        # compare
        "compare/_form.html",
        "compare/_policy_changes.html",
        "compare/_turns.html",
        "compare/_verdict.html",
        "compare/page.html",
        # layout
        "layout/_answer.html",
        "layout/_by_source.html",
        "layout/_change_legend.html",
        "layout/_changes.html",
        "layout/_finding.html",
        "layout/_flow_cells.html",
        "layout/_namespace_banners.html",
        "layout/_no_snapshot_pair.html",
        "layout/_policies.html",
        "layout/_reasons.html",
        "layout/_stand_ins.html",
        "layout/_steps.html",
        "layout/_then_read.html",
        # namespace
        "namespace/_empty.html",
        "namespace/_flows.html",
        "namespace/_hints.html",
        "namespace/_history.html",
        "namespace/_monitors.html",
        "namespace/_not_you.html",
        "namespace/_pods.html",
        "namespace/_then.html",
        "namespace/_timeline.html",
        "namespace/_uptime.html",
        "namespace/_verdict.html",
        "namespace/page.html",
        # try_fix
        "try_fix/_flaw.html",
        "try_fix/_flaws.html",
        "try_fix/_form.html",
        "try_fix/_noticed.html",
        "try_fix/_trial.html",
        "try_fix/_turned.html",
        "try_fix/page.html",
    )
)
"""Templates that no page with a class shows, or in which something has no type."""
LONG = frozenset(
    (
        # compare
        "compare/_form.html",
        "compare/_policy_changes.html",
        "compare/_turns.html",
        "compare/_verdict.html",
        # layout
        "layout/_steps.html",
        # namespace
        "namespace/_flows.html",
        "namespace/_hints.html",
        "namespace/_history.html",
        "namespace/_monitors.html",
        "namespace/_not_you.html",
        "namespace/_pods.html",
        "namespace/_timeline.html",
        "namespace/_uptime.html",
        "namespace/_verdict.html",
        "namespace/page.html",
        # try_fix
        "try_fix/_flaw.html",
        "try_fix/_flaws.html",
        "try_fix/_form.html",
        "try_fix/_trial.html",
        "try_fix/_turned.html",
        "try_fix/page.html",
    )
)
"""Templates with a line of more than 160 columns."""
