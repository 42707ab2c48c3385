"""By what authority the files of a release are accepted, and what was left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sayso.model.authority import Held
from sayso.model.owner import OwnerId
from sayso.model.problem import Problem
from sayso.model.rules import registry as registry_rules
from sayso.wire.state import LeftOut, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorised:
    """What is known of the files beside what they say.

    Attributes:
        held: each owner's folder as it is accepted, and who may change it next.
        proved: the owners of whom a domain names a key, and when that was seen last.
        records: the operators' files and the disputes that are accepted.
        left_out: what was merged without authority, by path.
        admitted: the number of the newest admission.
    """

    held: Mapping[OwnerId, Held] = field(default_factory=dict)
    proved: Mapping[OwnerId, datetime] = field(default_factory=dict)
    records: Mapping[str, Record] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    admitted: int = 0

    def excuses(self, problem: Problem) -> bool:
        """Return whether a problem is nobody's mistake any more.

        An accepted record stays, also where whom it names is gone or was left out.
        """
        is_reference = problem.rule is registry_rules.UNKNOWN_REFERENCE
        return is_reference and problem.path in self.records
