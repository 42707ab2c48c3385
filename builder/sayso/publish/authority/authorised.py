"""By what authority the files of a release are accepted, and what was left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sayso.model.authority import Held
from sayso.model.owner import OwnerId
from sayso.wire.state import LeftOut, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorised:
    """What is known of the files beside what they say.

    Attributes:
        held: each owner's folder as it is accepted, and who may change it next.
        proved: the owners of whom a domain names a key, and when that was seen last.
        records: the operators' files and the disputes that are accepted.
        left_out: what was merged without authority, by path.
    """

    held: Mapping[OwnerId, Held] = field(default_factory=dict)
    proved: Mapping[OwnerId, datetime] = field(default_factory=dict)
    records: Mapping[str, Record] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
