import pytest

from sayso.model.owner import OwnerId
from sayso.model.problem import Problem
from sayso.publish.reading.layout import (
    CSV_LIMIT,
    YAML_LIMIT,
    Kind,
    Place,
    owner_folders,
    place_in_folder,
    place_of,
)
from sayso.publish.reading.sources import source_file

FERNWOOD = OwnerId("domain:fernwood.example")
MARA = OwnerId("github:583231")


@pytest.mark.parametrize(
    ("path", "kind", "owner"),
    [
        ("README.md", Kind.README, None),
        ("registry/policy.yaml", Kind.POLICY, None),
        ("registry/operators.yaml", Kind.OPERATORS, None),
        ("registry/isrc-managers.csv", Kind.MANAGERS, None),
        ("registry/manifest.json", Kind.MANIFEST, None),
        ("registry/manifest.json.sig", Kind.SIGNATURE, None),
        ("registry/verifications/2026/x.json", Kind.VERIFICATION, None),
        ("registry/verifications/2026/x.json.sig", Kind.SIGNATURE, None),
        ("registry/decisions/2026/20261203-7.yaml", Kind.DECISION, None),
        ("registry/decisions/2026/20261203-7.yaml.sig", Kind.SIGNATURE, None),
        ("registry/admissions/12.json", Kind.ADMISSION, None),
        ("registry/admissions/12.json.sig", Kind.SIGNATURE, None),
        ("disputes/2026/20261122-x.yaml", Kind.DISPUTE, None),
        ("disputes/2026/20261122-x.yaml.sig", Kind.SIGNATURE, None),
        ("domain/fe/fernwood.example/owner.yaml", Kind.OWNER, FERNWOOD),
        ("domain/fe/fernwood.example/catalogue.yaml", Kind.DECLARATION, FERNWOOD),
        ("domain/fe/fernwood.example/catalogue.csv", Kind.CATALOGUE, FERNWOOD),
        ("domain/fe/fernwood.example/manifest.json", Kind.MANIFEST, FERNWOOD),
        ("domain/fe/fernwood.example/manifest.json.sig", Kind.SIGNATURE, FERNWOOD),
        ("github/31/583231-mara/owner.yaml", Kind.OWNER, MARA),
        ("github/31/583231/live.yaml", Kind.DECLARATION, MARA),
        ("github/08/8-a/live.yaml", Kind.DECLARATION, OwnerId("github:8")),
    ],
)
def test_every_file_has_its_place(path: str, kind: Kind, owner: OwnerId | None) -> None:
    place = place_of(path)

    assert isinstance(place, Place)
    assert (place.kind, place.owner) == (kind, owner)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("owner.yaml", "SAY101"),
        ("domain/fe/owner.yaml", "SAY101"),
        ("domain/fe/fernwood.example/deep/live.yaml", "SAY101"),
        ("domain/fe/fernwood.example/live.yml", "SAY101"),
        ("domain/fe/fernwood.example/live.xlsx", "SAY101"),
        ("domain/fe/fernwood.example/live.json", "SAY101"),
        ("domain/fe/fernwood.example/.gitkeep", "SAY101"),
        (f"domain/fe/fernwood.example/{'a' * 65}.yaml", "SAY101"),
        ("gitlab/31/583231/owner.yaml", "SAY101"),
        ("registry/other.yaml", "SAY101"),
        ("registry/decisions/26/x.yaml", "SAY101"),
        ("registry/decisions/2026/x.csv", "SAY101"),
        ("registry/decisions/2026/x.json", "SAY101"),
        ("registry/decisions/2026/x.csv.sig", "SAY101"),
        ("registry/decisions/2026/x.yaml.sig.sig", "SAY101"),
        ("registry/verifications/2026/x.yaml", "SAY101"),
        ("registry/verifications/x.json", "SAY101"),
        ("registry/admissions/x.json", "SAY101"),
        ("registry/admissions/012.json", "SAY101"),
        ("registry/policy.yaml.sig", "SAY101"),
        ("domain/fe/fernwood.example/owner.yaml.sig", "SAY101"),
        ("disputes/20261122-x.yaml", "SAY101"),
        ("domain/fe/Fernwood.example/owner.yaml", "SAY104"),
        ("domain/fe/fernwood.example/my songs.yaml", "SAY104"),
        ("domain/fe/fernwood.example/größe.yaml", "SAY104"),
        ("domain/fe/fernwood.example/caf\udce9.yaml", "SAY104"),
        ("readme.md", "SAY101"),
        ("domain/fe/fernwood.example/nul.csv", "SAY105"),
        ("domain/fe/fernwood.example/COM1.yaml", "SAY105"),
        ("domain/xx/fernwood.example/owner.yaml", "SAY107"),
        ("github/23/583231-mara/owner.yaml", "SAY107"),
        ("github/31/mara/owner.yaml", "SAY108"),
        ("github/31/0583231/owner.yaml", "SAY108"),
        ("domain/fe/fernwood/owner.yaml", "SAY108"),
        ("domain/fe/fernwood.example/Thumbs.db", "SAY111"),
        ("domain/fe/fernwood.example/owner.yaml~", "SAY111"),
        ("domain/fe/fernwood.example/._owner.yaml", "SAY111"),
        ("__MACOSX/owner.yaml", "SAY111"),
    ],
)
def test_any_other_path_is_refused(path: str, code: str) -> None:
    problem = place_of(path)

    assert isinstance(problem, Problem)
    assert problem.rule.code == code
    assert problem.fix


@pytest.mark.parametrize("domain", ["con.example", "nul.con.example"])
def test_the_folder_of_a_domain_has_no_name_of_windows_either(domain: str) -> None:
    place = place_of(f"domain/{domain[:2]}/{domain}/owner.yaml")

    assert isinstance(place, Problem)
    assert place.rule.code == "SAY105"
    assert place.fix.endswith("writes to the operators.")


def test_a_domain_may_have_such_a_name_further_on() -> None:
    place = place_of("domain/fe/fernwood.con.example/owner.yaml")

    assert isinstance(place, Place)


@pytest.mark.parametrize(
    ("path", "fix"),
    [
        ("domain/fe/fernwood.example/My Songs.yaml", '"my-songs.yaml"'),
        ("domain/xx/fernwood.example/owner.yaml", "domain/fe/fernwood.example/"),
        ("domain/fe/fernwood.example/live.yml", "live.yaml"),
    ],
)
def test_the_right_name_is_shown(path: str, fix: str) -> None:
    problem = place_of(path)

    assert isinstance(problem, Problem)
    assert fix in problem.fix


def test_the_path_of_a_declaration_is_its_id() -> None:
    place = place_of("github/31/583231-mara/2026-slow-river.yaml")

    assert isinstance(place, Place)
    assert place.declaration == "github:583231/2026-slow-river"
    assert place.folder == "github/31/583231-mara"


def test_only_catalogues_may_be_large() -> None:
    catalogue = place_in_folder(FERNWOOD, "catalogue.csv")
    declaration = place_in_folder(FERNWOOD, "catalogue.yaml")

    assert catalogue is not None
    assert catalogue.limit == CSV_LIMIT
    assert declaration is not None
    assert declaration.limit == YAML_LIMIT
    assert place_in_folder(FERNWOOD, "catalogue.txt") is None


def test_files_are_sorted_by_their_owners() -> None:
    paths = [
        "README.md",
        "github/31/583231-mara/owner.yaml",
        "domain/fe/fernwood.example/owner.yaml",
        "domain/fe/fernwood.example/live.yaml",
        "domain/fe/other.txt",
    ]

    folders = owner_folders([source_file(path, b"x") for path in paths])

    assert {owner: list(files) for owner, files in folders.items()} == {
        FERNWOOD: ["live.yaml", "owner.yaml"],
        MARA: ["owner.yaml"],
    }
    assert list(folders) == sorted(folders)


def test_the_registry_s_own_files_have_no_author() -> None:
    place = place_of("registry/policy.yaml")

    assert isinstance(place, Place)
    with pytest.raises(ValueError, match=r"policy\.yaml is in no owner's folder"):
        _ = place.author
