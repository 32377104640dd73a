"""What somebody's YAML would make of a namespace's policies, before it is applied. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from netpol.canonical_policies import canonicalize_policies
from netpol.load import LoadError, parse_manifest_set
from netpol.load.lines import PolicyLines
from netpol.parse import Json, ManifestFault, parse_valid_policies
from netpol.repair.structure import parse_path

LINES_AROUND = 2
"""Lines of the text that are shown before and after the one that is meant."""
MOST_FLAWS = 20
"""Flaws that are told one by one."""
ELSEWHERE = "another namespace is named, so the policy has no effect here"
_AT_LINE = re.compile(r"text: (?:line (\d+): )?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DraftFlaw:
    """What is wrong with the text, or with one policy of it. `lines` are those around `line`, each
    with its number.
    """

    message: str
    subject: str = ""
    line: int | None = None
    lines: tuple[tuple[int, str], ...] = ()


NO_POLICY = DraftFlaw(
    "there is no NetworkPolicy in it: each begins with its apiVersion and its kind"
)


@dataclass(frozen=True, slots=True)
class AppliedDraft:
    """`policies` are canonical: all that would be there afterwards. `given` are the names of those
    that the `text` has for this namespace.

    `flaws` are why a policy of the text, or all of it, does not count; `remarks` do no harm.
    """

    policies: tuple[Json, ...] = field(hash=False)
    own_names: tuple[str, ...]
    text: str
    flaws: tuple[DraftFlaw, ...]
    warnings: tuple[DraftFlaw, ...]

    @property
    def has_policies(self) -> bool:
        """There is something to evaluate."""
        return bool(self.own_names)


def apply_draft(text: str, live: Sequence[Json], namespace: str, *, replaces: bool) -> AppliedDraft:
    """`live` are the canonical policies that are there: all of them go where the text `replaces`
    them, else those of the same names, as `kubectl apply` has it.
    """
    try:
        written = parse_manifest_set(text, namespace=namespace)
    except LoadError as refused:
        return AppliedDraft((), (), text, tuple(_list_unreadable(refused.lines, text)), ())
    known = tuple(parse_valid_policies(written.policies, namespace=namespace))
    here = canonicalize_policies(
        manifest for policy, manifest in known if policy.namespace == namespace
    )
    given = tuple(policy["metadata"]["name"] for policy in here)
    kept = () if replaces else (each for each in live if each["metadata"]["name"] not in given)
    where = PolicyLines.from_text(text)
    elsewhere = [
        ManifestFault(f"{policy.namespace}/{policy.name}", "metadata.namespace", ELSEWHERE)
        for policy, _ in known
        if policy.namespace != namespace
    ]
    flaws = tuple(_locate_faults([*written.faults, *elsewhere], text, where))
    return AppliedDraft(
        tuple(canonicalize_policies([*kept, *here])),
        given,
        text,
        flaws if flaws or given else (NO_POLICY,),
        tuple(_locate_faults(written.warnings, text, where)),
    )


def _list_unreadable(faults: Iterable[str], text: str) -> Iterator[DraftFlaw]:
    for fault in faults:
        found = _AT_LINE.fullmatch(fault)
        line, message = found.groups() if found else (None, fault)
        yield _build_flaw(message, "", int(line) if line else None, text)


def _locate_faults(
    faults: Sequence[ManifestFault], text: str, where: PolicyLines
) -> Iterator[DraftFlaw]:
    for fault in faults[:MOST_FLAWS]:
        name = fault.subject.rpartition("/")[2]
        line = where.find_line(name, parse_path(fault.field))
        yield _build_flaw(f"{fault.field}: {fault.message}", name, line, text)
    if len(faults) > MOST_FLAWS:
        yield DraftFlaw(f"and {len(faults) - MOST_FLAWS} more")


def _build_flaw(message: str, subject: str, line: int | None, text: str) -> DraftFlaw:
    if line is None:
        return DraftFlaw(message, subject)
    lines = text.splitlines()
    first = max(line - 1 - LINES_AROUND, 0)
    around = enumerate(lines[first : line + LINES_AROUND], first + 1)
    return DraftFlaw(message, subject, line, tuple((number, each[:200]) for number, each in around))
