"""Look up what the owners of sound recordings say about AI.

    >>> from datetime import UTC, datetime
    >>> from pathlib import Path
    >>> import sayso
    >>> now = datetime.now(UTC).replace(microsecond=0)
    >>> root = sayso.read_root(Path("1.root.json").read_bytes())
    >>> release, registry = sayso.open_registry("out/registry", root=root, now=now)
    >>> isrc = sayso.parse_isrc("XX-F01-26-00001")
    >>> answer = registry.answer(isrc, "search", now=now)
    >>> answer.verdict is sayso.Verdict.ALLOW
    True

The registry is a folder, as here, or a web address. The root comes from its operator
by another way than from the registry itself. A `Store` keeps what was seen, so that no
copy of the registry goes back to an older state unnoticed.

Everything importable from here is the public API; every other module may change.
Names load when they are first used, so that `import sayso` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sayso.client.registry import open_registry
    from sayso.client.store import Store
    from sayso.errors import (
        FetchError,
        InvalidIsrcError,
        MalformedError,
        RegistryError,
        SaysoError,
        StaleError,
        UntrustedError,
    )
    from sayso.model.answer import Answer
    from sayso.model.isrc import Isrc, parse_isrc
    from sayso.model.vocabulary import Use, Verdict
    from sayso.trust.chain import read_root
    from sayso.trust.roles import RoleFile
    from sayso.wire.registry import Registry
    from sayso.wire.release import Release

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "FetchError",
    "InvalidIsrcError",
    "Isrc",
    "MalformedError",
    "Registry",
    "RegistryError",
    "Release",
    "RoleFile",
    "SaysoError",
    "StaleError",
    "Store",
    "UntrustedError",
    "Use",
    "Verdict",
    "open_registry",
    "parse_isrc",
    "read_root",
]

_HOMES = {
    "sayso.client.registry": ("open_registry",),
    "sayso.client.store": ("Store",),
    "sayso.errors": (
        "FetchError",
        "InvalidIsrcError",
        "MalformedError",
        "RegistryError",
        "SaysoError",
        "StaleError",
        "UntrustedError",
    ),
    "sayso.model.answer": ("Answer",),
    "sayso.model.isrc": ("Isrc", "parse_isrc"),
    "sayso.model.vocabulary": ("Use", "Verdict"),
    "sayso.trust.chain": ("read_root",),
    "sayso.trust.roles": ("RoleFile",),
    "sayso.wire.registry": ("Registry",),
    "sayso.wire.release": ("Release",),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
