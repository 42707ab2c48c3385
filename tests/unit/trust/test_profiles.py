"""The profiles are those of the design, each with what it does not withstand."""

from datetime import timedelta

import pytest

from sayso.errors import MalformedError
from sayso.trust.profiles import PROFILES, Life, Profile, Role, find_profile
from tests.roles import DEV, INSTITUTION, SOLO, TEAM

YEAR, MONTH = timedelta(days=365), timedelta(days=30)


@pytest.mark.parametrize(
    ("profile", "quorums"),
    [
        (DEV, ("1 of 1", "1 of 1", "1 of 1")),
        (SOLO, ("1 of 2", "1 of 2", "1 of 1")),
        (TEAM, ("2 of 3", "2 of 3", "1 of 1")),
        (INSTITUTION, ("3 of 5", "2 of 3", "2 of 2")),
    ],
    ids=list(PROFILES),
)
def test_as_many_sign_as_the_design_says(
    profile: Profile, quorums: tuple[str, str, str]
) -> None:
    found = (profile.root, profile.targets, profile.releases)
    assert tuple(map(str, found)) == quorums
    assert profile.one_key is (profile is DEV)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_files_hold_as_long_as_the_design_says(profile: Profile) -> None:
    for role in (Role.ROOT, Role.TARGETS):
        assert profile.life(role) == Life(lasts=YEAR, warning=timedelta(days=60))
    for role in (Role.RELEASES, Role.SNAPSHOT):
        assert profile.life(role) == Life(lasts=MONTH, warning=MONTH / 2)
    hours = 7 * 24 if profile is SOLO else 72
    lasts = timedelta(hours=hours)
    assert profile.life(Role.TIMESTAMP) == Life(lasts=lasts, warning=lasts / 2)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_a_profile_says_what_it_does_not_withstand(profile: Profile) -> None:
    assert profile.weakness.endswith(".")
    assert profile.weakness.count(".") == 1


def test_a_profile_is_found_by_its_name() -> None:
    assert list(PROFILES) == ["dev", "solo", "team", "institution"]
    for name, profile in PROFILES.items():
        assert find_profile(name) is profile
        assert profile.name == name


def test_another_profile_is_refused() -> None:
    with pytest.raises(MalformedError, match="no profile 'TEAM'; there are dev, solo"):
        find_profile("TEAM")
