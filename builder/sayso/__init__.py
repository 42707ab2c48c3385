"""Look up what the owners of sound recordings say about AI.

    >>> import sayso
    >>> registry = sayso.Registry.open("out/registry", root="1.root.json")
    >>> answer = registry.lookup("XX-F01-26-00001", "train-generative")
    >>> answer.verdict is sayso.Verdict.ALLOW
    False

The registry is a web address, or a folder, as here. The root comes from its operator
by another way than from the registry itself. A verified copy is kept on this machine:
it answers, no copy goes back to an older state unnoticed, and nobody learns what was
asked. Tables of any size are screened where they are:

    >>> import pyarrow as pa
    >>> table = pa.table({"isrc": ["XX-F01-26-00001", "XXG019900001", None]})
    >>> screened = registry.screen(table, use="train-generative")
    >>> screened["sayso_status"].to_pylist()
    ['ask', 'undeclared', 'no-identifier']

Everything importable from here is the public API; every other module may change.
Names load when they are first used, so that `import sayso` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sayso.api.registry import Registry
    from sayso.errors import (
        FetchError,
        InvalidIsrcError,
        MalformedError,
        ManifestError,
        RegistryError,
        SaysoError,
        StaleError,
        UntrustedError,
    )
    from sayso.model.answer import Answer
    from sayso.model.isrc import Isrc, parse_isrc
    from sayso.model.screening import Action, Status
    from sayso.model.vocabulary import Use, Verdict
    from sayso.trust.chain import read_root
    from sayso.trust.roles import RoleFile

__version__ = "0.1.0"

__all__ = [
    "Action",
    "Answer",
    "FetchError",
    "InvalidIsrcError",
    "Isrc",
    "MalformedError",
    "ManifestError",
    "Registry",
    "RegistryError",
    "RoleFile",
    "SaysoError",
    "StaleError",
    "Status",
    "UntrustedError",
    "Use",
    "Verdict",
    "parse_isrc",
    "read_root",
]

_HOMES = {
    "sayso.api.registry": ("Registry",),
    "sayso.errors": (
        "FetchError",
        "InvalidIsrcError",
        "MalformedError",
        "ManifestError",
        "RegistryError",
        "SaysoError",
        "StaleError",
        "UntrustedError",
    ),
    "sayso.model.answer": ("Answer",),
    "sayso.model.isrc": ("Isrc", "parse_isrc"),
    "sayso.model.screening": ("Action", "Status"),
    "sayso.model.vocabulary": ("Use", "Verdict"),
    "sayso.trust.chain": ("read_root",),
    "sayso.trust.roles": ("RoleFile",),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
