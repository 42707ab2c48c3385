"""The keys of the example registry, which everybody can make."""

from sayso.errors import PublishError
from sayso.model.owner import Fingerprint
from sayso.publish.authority.office import Office

EXAMPLE_KEYS: frozenset[Fingerprint] = frozenset(
    map(
        Fingerprint,
        (
            "SHA256:XNy/1B5OAKfMln1nDJfgRA2uTvT8qhG96JL5Ru/gdeg",
            "SHA256:alfbfi6Ws5lY5SWPHljyRNXJNFat48iEYYTy4AYeVKs",
            "SHA256:dWUnQ7VBnOQPg7wSbMZInna/2DBkg7HeoAE0WsP7Ljc",
            "SHA256:6qsw09KJ+jVdn0xR1fR9ud/9ZCpsq7J4ac+3yeP36G0",
        ),
    )
)
"""Of operators and of intake. `sayso.example` is nobody's registry."""


def check_not_examples(office: Office, origin: str) -> None:
    """Check that nobody who can make the examples' keys runs a registry.

    Raises:
        PublishError: `operators.yaml` lists one of them, and the registry is real.
    """
    listed = {*office.intake, *(key for keys in office.keys.values() for key in keys)}
    if listed & EXAMPLE_KEYS and not origin.endswith(".example"):
        raise PublishError(
            "registry/operators.yaml lists keys of the examples, which everybody can "
            f"make: replace them before {origin} is built"
        )
