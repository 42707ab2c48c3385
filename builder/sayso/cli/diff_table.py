"""The table of every recording whose answer changed, written while they are found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sayso.cli.placing import PlaceError
from sayso.client.difference.comparing import Changes
from sayso.client.difference.states import STATES
from sayso.client.outcome.delimited import DelimitedSink
from sayso.client.outcome.draft import draft_of
from sayso.columns.codes import isrcs_of
from sayso.model.vocabulary import Use

_NAMED: Final = pa.schema([("isrc", pa.string()), ("use", pa.string())])
_SAID: Final = pa.schema(
    [
        ("before", pa.string()),
        ("after", pa.string()),
        ("disputed_before", pa.string()),
        ("disputed_after", pa.string()),
        ("by_before", pa.string()),
        ("by_after", pa.string()),
    ]
)
_VERDICTS: Final = pa.array([str(state.verdict) for state in STATES])
_DISPUTED: Final = pa.array([str(state.disputed).lower() for state in STATES])


@contextmanager
def table(path: Path, uses: tuple[Use, ...]) -> Iterator[Callable[[Changes], None]]:
    """Give a function that takes what changed; the file is there at the end, whole.

    Args:
        path: of a CSV; nothing is overwritten.
        uses: that are asked about.

    Raises:
        PlaceError: there is a file already.
        ManifestError: it cannot be written.
    """
    check_free(path)
    sink = DelimitedSink("csv", path, _NAMED, _SAID, mark=None)
    words = pa.array([str(use) for use in uses])

    def take(changes: Changes) -> None:
        named = [isrcs_of(changes.keys).cast(pa.string()), words.take(changes.uses)]
        said = [
            *_words(_VERDICTS, changes.before, changes.after),
            *_words(_DISPUTED, changes.before, changes.after),
            changes.by_before.dictionary_decode(),
            changes.by_after.dictionary_decode(),
        ]
        sink.write(
            pa.record_batch(named, schema=_NAMED), pa.record_batch(said, schema=_SAID)
        )

    try:
        yield take
        check_free(path)
        sink.close()
    except BaseException:
        sink.abandon()
        draft_of(path).unlink(missing_ok=True)
        raise


def check_free(path: Path) -> None:
    """Check that nothing is in the way.

    Raises:
        PlaceError: there is.
    """
    if path.exists() or path.is_symlink():
        raise PlaceError(f"{path} exists already")


def _words(
    words: "pa.StringArray", *columns: npt.NDArray[np.uint8]
) -> Iterator["pa.StringArray"]:
    return (words.take(pa.array(column)) for column in columns)
