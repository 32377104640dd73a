"""What somebody's YAML would make of a namespace's policies, before it is applied. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from netpol.canonical_policies import canonicalize_policies
from netpol.load import LoadError, parse_manifest_set
from netpol.load.lines import PolicyLines
from netpol.parse import Json, ManifestFault, parse_valid_policies
from netpol.repair.structure import parse_path

AROUND = 2
"""Lines of the text that are shown before and after the one that is meant."""
MOST = 20
"""Flaws that are told one by one."""
ELSEWHERE = "another namespace is named, so the policy has no effect here"
_AT_LINE = re.compile(r"text: (?:line (\d+): )?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with the text, or with one policy of it. `lines` are those around `line`, each
    with its number.
    """

    message: str
    subject: str = ""
    line: int | None = None
    lines: tuple[tuple[int, str], ...] = ()


NOTHING = Flaw("there is no NetworkPolicy in it: each begins with its apiVersion and its kind")


@dataclass(frozen=True, slots=True)
class Proposal:
    """`policies` are canonical: all that would be there afterwards. `given` are the names of those
    that the `text` has for this namespace.

    `flaws` are why a policy of the text, or all of it, does not count; `remarks` do no harm.
    """

    policies: tuple[Json, ...] = field(hash=False)
    given: tuple[str, ...]
    text: str
    flaws: tuple[Flaw, ...]
    remarks: tuple[Flaw, ...]

    @property
    def counts(self) -> bool:
        """There is something to evaluate."""
        return bool(self.given)


def proposal(text: str, live: Sequence[Json], namespace: str, *, replaces: bool) -> Proposal:
    """`live` are the canonical policies that are there: all of them go where the text `replaces`
    them, else those of the same names, as `kubectl apply` has it.
    """
    try:
        written = parse_manifest_set(text, namespace=namespace)
    except LoadError as refused:
        return Proposal((), (), text, tuple(_unreadable(refused.lines, text)), ())
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
    flaws = tuple(_located([*written.faults, *elsewhere], text, where))
    return Proposal(
        tuple(canonicalize_policies([*kept, *here])),
        given,
        text,
        flaws if flaws or given else (NOTHING,),
        tuple(_located(written.warnings, text, where)),
    )


def _unreadable(faults: Iterable[str], text: str) -> Iterator[Flaw]:
    for fault in faults:
        found = _AT_LINE.fullmatch(fault)
        line, message = found.groups() if found else (None, fault)
        yield _flaw(message, "", int(line) if line else None, text)


def _located(faults: Sequence[ManifestFault], text: str, where: PolicyLines) -> Iterator[Flaw]:
    for fault in faults[:MOST]:
        name = fault.subject.rpartition("/")[2]
        line = where.find_line(name, parse_path(fault.field))
        yield _flaw(f"{fault.field}: {fault.message}", name, line, text)
    if len(faults) > MOST:
        yield Flaw(f"and {len(faults) - MOST} more")


def _flaw(message: str, subject: str, line: int | None, text: str) -> Flaw:
    if line is None:
        return Flaw(message, subject)
    lines = text.splitlines()
    first = max(line - 1 - AROUND, 0)
    around = enumerate(lines[first : line + AROUND], first + 1)
    return Flaw(message, subject, line, tuple((number, each[:200]) for number, each in around))
