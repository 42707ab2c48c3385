"""Claimants: whose folder it is, which keys it lists, and which domain names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from sayso.cli.target import target_of
from sayso.model.owner import Fingerprint, Owner, OwnerId
from sayso.publish.authority.office import POLICY_FILE, policy_of
from sayso.publish.authority.signers import fingerprints
from sayso.publish.proving.due import own_domain
from sayso.publish.reading.file import SourceFile
from sayso.publish.reading.layout import OWNER_FILE, Place, place_of
from sayso.publish.reading.said import said_by
from sayso.publish.reading.sources import read_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant:
    """An owner's folder, as far as its domain is concerned.

    Attributes:
        owner: whose it is.
        keys: those that it lists, in order.
        registry: the name of the registry that it is in; None where nothing says so.
    """

    owner: OwnerId
    keys: tuple[Fingerprint, ...]
    registry: str | None


def claimant_of(folder: Path) -> Claimant:
    """Return whose folder it is, from its owner.yaml.

    Raises:
        click.UsageError: it is no owner's folder, or its owner.yaml is missing, cannot
            be read, or lists no key.
    """
    target = target_of(folder)
    path = target.path.removesuffix(f"/{OWNER_FILE}")
    named = f"{path}/{OWNER_FILE}"
    place = place_of(named)
    if not isinstance(place, Place) or place.owner is None:
        raise click.UsageError(
            f"{folder} is not an owner's folder, such as "
            "declarations/domain/fe/fernwood.example"
        )
    tree = read_tree(target.root, under={named, POLICY_FILE})
    files = {file.path: file for file in tree.files}
    keys = keys_in(files, place.author, named)
    if keys is None:
        raise click.UsageError(
            f"{target.shown_root}{named} is missing, or cannot be read; "
            f"`sayso validate {target.shown_root}{path}` says why"
        )
    if not keys:
        raise click.UsageError(
            f"{target.shown_root}{named} lists no key that a domain could name; "
            "`sayso key new` makes one"
        )
    policy = files.get(POLICY_FILE)
    registry = None if policy is None else policy_of(policy).origin
    return Claimant(owner=place.author, keys=keys, registry=registry)


def keys_in(
    files: Mapping[str, SourceFile], owner: OwnerId, path: str
) -> tuple[Fingerprint, ...] | None:
    """Return the keys that an owner.yaml lists; None where it cannot be read."""
    file = files.get(path)
    said = None if file is None else said_by(file)
    if not isinstance(said, Owner) or said.id != owner:
        return None
    listed = (tuple(fingerprints((line,))) for line in said.keys)
    return tuple(dict.fromkeys(key for one in listed for key in one))


def domain_of(owner: OwnerId, given: str | None) -> str:
    """Return the domain that an owner proves.

    Args:
        owner: who.
        given: what `--domain` says; None if nothing.

    Raises:
        click.UsageError: an account named none, or a domain another one.
    """
    own = own_domain(owner)
    if own is None and given is None:
        raise click.UsageError(
            f"{owner} is an account: say which domain names its keys, with --domain"
        )
    if own is not None and given not in {None, own}:
        raise click.UsageError(
            f"{owner} is named by its own domain, and no other one proves it"
        )
    return own or given or ""
