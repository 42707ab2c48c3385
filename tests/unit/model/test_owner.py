import pytest

from sayso.model.owner import OwnerId, is_account, is_owner_id, shard_of, slug_of


@pytest.mark.parametrize(
    "text",
    [
        "github:583231",
        "github:0",
        "domain:fernwood.example",
        "domain:a.b",
        "domain:xn--bcher-kva.example",
        f"domain:{'a' * 63}.example",
    ],
)
def test_ids_of_owners(text: str) -> None:
    assert is_owner_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "583231",
        "github:mara",
        "github:0583231",
        "github:583231\n",
        "github:12345678901234567890",
        "gitlab:583231",
        "domain:example",
        "domain:Fernwood.example",
        "domain:-fernwood.example",
        "domain:fernwood-.example",
        "domain:fernwood..example",
        f"domain:{'a' * 64}.example",
        f"domain:{'a.' * 127}example",
        "domain:bücher.example",
        "fernwood.example",
    ],
)
def test_what_is_no_id_of_an_owner(text: str) -> None:
    assert not is_owner_id(text)


def test_an_account_is_not_a_domain() -> None:
    assert is_account("github:583231")
    assert not is_account("domain:fernwood.example")


@pytest.mark.parametrize(
    ("owner", "shard"),
    [
        ("github:583231", "31"),
        ("github:8", "08"),
        ("domain:fernwood.example", "fe"),
    ],
)
def test_the_shard_of_an_owner(owner: str, shard: str) -> None:
    assert shard_of(OwnerId(owner)) == shard


def test_the_slug_of_an_owner() -> None:
    assert slug_of(OwnerId("github:583231")) == "github-583231"
    assert slug_of(OwnerId("domain:fernwood.example")) == "fernwood.example"
