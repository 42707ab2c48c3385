"""Other people's test vectors, which are not part of this project.

They are looked for in the folder that SAYSO_VECTORS names, else in
`shared/data/vectors` beside the checkout or beside one of its parents.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


def load_vectors(name: str) -> Any:  # noqa: ANN401 - other people's JSON
    """Return the value of a vector file, or skip the test that needs it by name.

    Where `CI=true` and a place for them exists, the vectors should be in it: the test
    fails without them.
    """
    named = os.environ.get("SAYSO_VECTORS")
    places = [parent / "shared" / "data" / "vectors" for parent in ROOT.parents]
    for place in [Path(named)] if named else places:
        if (place / name).is_file():
            return json.loads((place / name).read_text(encoding="utf-8"))
    message = f"the vectors {name} are not here: set SAYSO_VECTORS to their folder"
    expected = named or any((parent / "shared").is_dir() for parent in ROOT.parents)
    if expected and os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
