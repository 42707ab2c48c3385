"""What has become of a release since."""

from dataclasses import replace

import pytest

from sayso.client.receipt_standing import Standing, standing_of
from sayso.errors import FetchError, RewrittenError, UntrustedError
from sayso.model.settings import Revocation
from sayso.trust.evidence import Believed, check_evidence
from tests.receipts import World
from tests.registries import registry_document

BAD = Revocation(release=1, reason="A stolen key")


def receipt_of(world: World) -> Believed:
    return check_evidence(world.roots, world.question().evidence)


def standing(believed: Believed, world: World) -> Standing:
    return standing_of(believed, world.trusted(), world.fetcher)


def test_a_release_stands_until_a_later_one_revokes_it() -> None:
    world = World().release()
    first = receipt_of(world)
    assert standing(first, world).revoked is None
    world.release()
    assert standing(first, world).revoked is None
    second = receipt_of(world)
    world.release(revoked=[BAD])
    found = standing(first, world)
    assert found.revoked == BAD
    assert found.newest.header.number == 3
    assert standing(second, world).revoked is None


def test_that_a_later_release_is_revoked_takes_nothing_from_an_earlier() -> None:
    world = World().release()
    first = receipt_of(world)
    world.release().release(revoked=[replace(BAD, release=2)])
    assert standing(first, world).revoked is None


def test_another_release_of_the_same_number_is_a_contradiction() -> None:
    document = registry_document()
    document["recordings"][0]["title"] = "Fast River"
    other = receipt_of(World().release(document))
    with pytest.raises(RewrittenError, match="another release 1 than the receipt"):
        standing(other, World().release())


def test_an_old_copy_of_the_registry_is_not_asked() -> None:
    newer = receipt_of(World().release().release())
    with pytest.raises(UntrustedError, match="has 1 releases"):
        standing(newer, World().release())


def test_another_log_is_another_registry() -> None:
    world = World().release()
    believed, trusted = receipt_of(world), world.trusted()
    renamed = replace(trusted.checkpoint.checkpoint, origin="new.example/log")
    checkpoint = replace(trusted.checkpoint, checkpoint=renamed)
    with pytest.raises(UntrustedError, match="or began a new log"):
        standing_of(believed, replace(trusted, checkpoint=checkpoint), world.fetcher)


def test_without_the_log_nothing_is_known() -> None:
    world = World().release()
    believed = receipt_of(world)
    trusted = world.trusted()
    world.files = {
        path: data for path, data in world.files.items() if "log/" not in path
    }
    with pytest.raises(FetchError):
        standing_of(believed, trusted, world.fetcher)
