"""The command at a terminal, and somebody who types there."""

import os
import pty
import subprocess
import sys
from collections.abc import Sequence


def at_a_terminal(*arguments: str, typed: Sequence[tuple[str, str]]) -> tuple[int, str]:
    """Return the exit code of a command, and what the terminal showed.

    Args:
        arguments: of `sayso`.
        typed: each question, and the line typed once it is shown.
    """
    terminal, end = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "sayso", *arguments],
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
    ) as process:
        os.close(end)
        shown, seen = b"", 0
        try:
            for question, line in typed:
                while question.encode() not in shown[seen:]:
                    shown += os.read(terminal, 65536)
                seen = len(shown)
                os.write(terminal, f"{line}\n".encode())
            while more := os.read(terminal, 65536):
                shown += more
        except OSError:
            pass  # the command has ended
        finally:
            os.close(terminal)
    return process.returncode, shown.decode()
