"""All cases: what is refused, what is accepted and harmless, and what is honest."""

from collections.abc import Iterable, Mapping

from tests.attacks.pull_requests.case import Case
from tests.attacks.pull_requests.claims import CLAIMS, TRAPS
from tests.attacks.pull_requests.folders import BY_STRANGERS, BY_THIEVES, RECOVERIES
from tests.attacks.pull_requests.honest import (
    ARTISTS,
    DELEGATES,
    LABELS,
    OTHERS,
    REGISTRY,
)
from tests.attacks.pull_requests.paths import PATHS, RIDERS
from tests.attacks.pull_requests.records import DECISIONS, DISPUTES, EVIDENCE, SETTINGS
from tests.attacks.pull_requests.signatures import SIGNATURES

ATTACKS: Mapping[str, tuple[Case, ...]] = {
    "On the folder of somebody else": BY_STRANGERS,
    "With a stolen account": BY_THIEVES,
    "With manifests and signatures": SIGNATURES,
    "With new keys": RECOVERIES,
    "With names, kinds and sizes of files": PATHS,
    "With what rides along": RIDERS,
    "With texts that are traps": TRAPS,
    "With claims that nobody can tell from honest ones": CLAIMS,
    "On the settings of the registry": SETTINGS,
    "With decisions": DECISIONS,
    "With disputes": DISPUTES,
    "With proofs and admissions": EVIDENCE,
}
"""The attacks, by their headings on the page."""

HONEST: Mapping[str, tuple[Case, ...]] = {
    "By artists": ARTISTS,
    "By labels": LABELS,
    "By whoever acts for others": DELEGATES,
    "Disputes, and what operators say": REGISTRY,
    "Others": OTHERS,
}
"""The honest ones, by their headings on the page."""


def all_of(groups: Mapping[str, Iterable[Case]]) -> list[Case]:
    """Return the cases of all groups, in order."""
    return [case for group in groups.values() for case in group]
