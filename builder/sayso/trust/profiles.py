"""Who signs, and for how long it holds: four profiles to choose from.

The roles are those of The Update Framework (TUF), and `releases`, to which `targets`
delegates. Offline keys sign `root` and `targets` in a ceremony; online keys sign the
rest at every release. All profiles follow one code path, and changing from one to
another is an ordinary rotation of the root.
https://theupdateframework.github.io/specification/latest/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final, assert_never

from sayso.errors import MalformedError
from sayso.wire.text import shown

_YEAR = timedelta(days=365)
_MONTH = timedelta(days=30)
_LONG, _SHORT = timedelta(days=7), timedelta(hours=72)


@unique
class Role(StrEnum):
    """What somebody is trusted to say."""

    ROOT = "root"
    """Which keys are trusted for the other roles."""
    TARGETS = "targets"
    """Who is believed about the log, and which keys sign releases."""
    RELEASES = "releases"
    """Which release is the newest: the files named `release.*`."""
    SNAPSHOT = "snapshot"
    """Which versions of `targets` and `releases` belong together."""
    TIMESTAMP = "timestamp"
    """Which snapshot is the newest, as of a short time ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """How many keys there are, and how many of them must sign."""

    least: int
    of: int

    def __str__(self) -> str:
        return f"{self.least} of {self.of}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How long a file is believed.

    Attributes:
        lasts: from when it is made.
        warning: how long before its end somebody is told to renew it.
    """

    lasts: timedelta
    warning: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How the keys of a registry are held.

    Attributes:
        name: as it stands in every root file.
        root: the offline keys that may change all keys.
        targets: the offline keys that say who is believed.
        releases: the online keys that sign a release.
        timestamp: how long a timestamp is believed, and so how long somebody who holds
            back what is new goes unnoticed.
        one_key: whether a single key may have all roles.
        weakness: what it does not withstand, in a sentence.
    """

    name: str
    root: Quorum
    targets: Quorum
    releases: Quorum
    timestamp: timedelta
    one_key: bool = False
    weakness: str

    def life(self, role: Role) -> Life:
        """Return how long a file of a role is believed.

        Online files give warning at half their life. Those of the offline keys do two
        months before their end: it takes people to meet.
        """
        match role:
            case Role.ROOT | Role.TARGETS:
                return Life(lasts=_YEAR, warning=2 * _MONTH)
            case Role.RELEASES | Role.SNAPSHOT:
                return Life(lasts=_MONTH, warning=_MONTH / 2)
            case Role.TIMESTAMP:
                return Life(lasts=self.timestamp, warning=self.timestamp / 2)
            case _:
                assert_never(role)


PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            Profile(
                name="dev",
                root=Quorum(least=1, of=1),
                targets=Quorum(least=1, of=1),
                releases=Quorum(least=1, of=1),
                timestamp=_SHORT,
                one_key=True,
                weakness="Whoever reads one file on one computer can sign anything in "
                "the name of this registry.",
            ),
            Profile(
                name="solo",
                root=Quorum(least=1, of=2),
                targets=Quorum(least=1, of=2),
                releases=Quorum(least=1, of=1),
                timestamp=_LONG,
                weakness="Whoever steals one of the two offline keys, or forces the "
                "one person who holds them, can replace all keys.",
            ),
            Profile(
                name="team",
                root=Quorum(least=2, of=3),
                targets=Quorum(least=2, of=3),
                releases=Quorum(least=1, of=1),
                timestamp=_SHORT,
                weakness="Whoever takes the online keys can publish a false release "
                "until the holders replace them, and any two of the three holders "
                "together can replace all keys.",
            ),
            Profile(
                name="institution",
                root=Quorum(least=3, of=5),
                targets=Quorum(least=2, of=3),
                releases=Quorum(least=2, of=2),
                timestamp=_SHORT,
                weakness="The operator and the independent rebuilder together can "
                "publish a false release, and any three of the five holders together "
                "can replace all keys.",
            ),
        )
    }
)
"""The profiles by name, from the weakest to the strongest."""


def find_profile(name: str) -> Profile:
    """Return the profile of a name.

    Raises:
        MalformedError: there is none.
    """
    profile = PROFILES.get(name)
    if profile is None:
        raise MalformedError(
            f"there is no profile {shown(name)}; there are {', '.join(PROFILES)}"
        )
    return profile
