"""The keys of the examples run no registry but the examples'."""

import pytest

from sayso.errors import PublishError
from sayso.publish.authority.example_keys import EXAMPLE_KEYS, check_not_examples
from sayso.publish.authority.office import Office, office_of
from sayso.publish.reading.file import source_file
from tests.examples import FOLDER
from tests.vouched import INTAKE, key_of

EXAMPLES = office_of(
    source_file(
        "registry/operators.yaml", (FOLDER / "registry/operators.yaml").read_bytes()
    )
)


def test_every_key_that_the_examples_list_is_known() -> None:
    listed = {key for keys in EXAMPLES.keys.values() for key in keys}
    assert listed | EXAMPLES.intake == EXAMPLE_KEYS


@pytest.mark.parametrize("origin", ["sayso.example", "other.example"])
def test_the_examples_may_have_them(origin: str) -> None:
    check_not_examples(EXAMPLES, origin)


@pytest.mark.parametrize(
    "office",
    [
        pytest.param(EXAMPLES, id="all"),
        pytest.param(
            Office(keys={}, intake=frozenset({key_of(INTAKE).public.fingerprint})),
            id="intake",
        ),
    ],
)
def test_no_other_registry_may(office: Office) -> None:
    with pytest.raises(PublishError, match="everybody can make"):
        check_not_examples(office, "registry.music")


def test_keys_of_its_own_are_its_own() -> None:
    own = frozenset({key_of("somebody else").public.fingerprint})
    check_not_examples(Office(keys={"github:1": own}), "registry.music")
