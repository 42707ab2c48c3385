"""The command as a whole: light to start, and every error has its code."""

import os
import signal
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement

import sayso
from sayso.cli import COMMANDS, LazyGroup, main
from sayso.cli.exits import VERDICT_CODES, ExitCode, outcome
from sayso.errors import (
    FetchError,
    InvalidIsrcError,
    MalformedError,
    PublishError,
    StaleError,
    UntrustedError,
)
from sayso.model.vocabulary import Verdict
from tests.believed import believed, consumer
from tests.registries import KEY

HEAVY = ("yaml", "polars", "jinja2", "mkdocs", "rich", "asyncio", "sayso.publish")


def python(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout


def test_help_lists_every_command_in_one_line() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    for name in ("new", "validate", "explain", "build", "verify", "lookup", "trust"):
        assert f"  {name}" in result.output
        assert COMMANDS[name].split()[0] in result.output


def test_the_version_is_said() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert (result.exit_code, result.output) == (0, f"sayso {sayso.__version__}\n")


def test_no_command_or_an_unknown_one_is_a_usage_error() -> None:
    assert CliRunner().invoke(main, []).exit_code == 2
    result = CliRunner().invoke(main, ["lokup"])
    assert result.exit_code == 2
    assert "lokup" in result.stderr


def test_the_commands_are_those_that_help_lists() -> None:
    assert main.list_commands(click.Context(main)) == list(COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["lookup", "--help"], ["verify", "--help"], ["trust", "--help"]],
)
def test_asking_does_not_load_the_producing_side(arguments: list[str]) -> None:
    loaded = python(
        "import sys\n"
        "from sayso.cli import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit as end: assert end.code == 0\n"
        "print('LOADED', *sys.modules)"
    ).split("LOADED ")[1]
    assert not set(HEAVY) & set(loaded.split())


def test_listing_commands_loads_no_library_of_trust() -> None:
    loaded = python(
        "import sys\n"
        "from sayso.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print('LOADED', *sys.modules)"
    ).split("LOADED ")[1]
    assert not {"tuf", "securesystemslib", "cryptography"} & set(loaded.split())


def test_holders_need_nothing_of_the_producing_side() -> None:
    loaded = python(
        "import sys\n"
        "from sayso.cli.trust import init, key, rotate, sign, status\n"
        "print(*sys.modules)"
    )
    assert not set(HEAVY) & set(loaded.split())


def test_importing_the_package_loads_nothing() -> None:
    loaded = python("import sys, sayso; print(*sys.modules)").split()
    assert "cryptography" not in loaded
    assert [name for name in loaded if name.startswith("sayso")] == ["sayso"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (click.UsageError("x"), 2),
        (click.ClickException("x"), 2),
        (click.Abort(), 130),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 141),
        (PublishError("x"), 1),
        (MalformedError("x"), 40),
        (UntrustedError("x"), 40),
        (StaleError("x"), 40),
        (FetchError("x"), 40),
        (InvalidIsrcError("x"), 2),
        (PermissionError("x"), 40),
        (ModuleNotFoundError("x", name="polars.series"), 2),
    ],
)
def test_every_error_has_a_code_that_is_not_0(error: BaseException, code: int) -> None:
    assert outcome(error)[0] == code


@pytest.mark.parametrize("verdict", Verdict)
def test_only_allow_is_0(verdict: Verdict) -> None:
    assert (VERDICT_CODES[verdict] == ExitCode.DONE) is (verdict is Verdict.ALLOW)


def failing(error: BaseException) -> LazyGroup:
    @click.command("fail")
    def command() -> None:
        raise error

    group = LazyGroup("sayso")
    group.get_command = lambda *_: command  # type: ignore[method-assign]
    return group


def modules_of_the_extra() -> list[str]:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    listed = tomllib.loads(text)["project"]["optional-dependencies"]["publish"]
    names = [Requirement(line).name for line in listed]
    imported = {"dnspython": "dns", "pyyaml": "yaml"}
    return [imported.get(name, name) for name in names]


@pytest.mark.parametrize("module", [*modules_of_the_extra(), "polars.series"])
def test_a_missing_extra_is_explained(module: str) -> None:
    error = ModuleNotFoundError(f"No module named '{module}'", name=module)
    result = CliRunner().invoke(failing(error), ["fail"])
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert f"needs {module.partition('.')[0]}, which is not installed" in said
    assert "from the project's folder: pip install '.[publish]'" in said


@pytest.mark.parametrize(
    ("module", "extra"),
    [("botocore.session", "aws"), ("pkcs11", "hsm")],
)
def test_a_key_that_needs_an_extra_says_so(module: str, extra: str) -> None:
    error = ModuleNotFoundError(f"No module named '{module}'", name=module)
    result = CliRunner().invoke(failing(error), ["fail"])
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert f"needs {module.partition('.')[0]}, which is not installed" in said
    assert f"pip install '.[{extra}]'" in said
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    assert extra in tomllib.loads(text)["project"]["optional-dependencies"]


def test_a_system_that_cannot_make_a_registry_is_told_so() -> None:
    error = ModuleNotFoundError("No module named 'fcntl'", name="fcntl")
    result = CliRunner().invoke(failing(error), ["fail"])
    assert result.exit_code == 2
    assert "needs a POSIX system" in " ".join(result.stderr.split())
    assert "pip" not in result.stderr


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError("division"),
        ModuleNotFoundError("x", name="sayso.gone"),
        ModuleNotFoundError("x", name="click_extras"),
        ModuleNotFoundError("x"),
        ImportError("x"),
    ],
)
def test_a_fault_of_ours_is_no_traceback_and_no_answer(error: Exception) -> None:
    result = CliRunner().invoke(failing(error), ["fail"])
    assert result.exit_code == 40
    assert "a fault in sayso itself" in result.stderr
    assert "test_main.py:" in result.stderr
    assert "Traceback" not in result.output


def test_a_command_may_end_with_its_own_code() -> None:
    assert CliRunner().invoke(failing(SystemExit(7)), ["fail"]).exit_code == 7


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "sayso", *arguments]


def test_a_closed_pipe_is_quiet() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command("--help"),
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_an_interrupt_is_quiet(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)  # a command that ended early never asks
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        who = consumer(tmp_path, believed().root)
        arguments = command("lookup", "XXF012600001", "--registry", address, *who)
        with subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            asked, _ = server.accept()
            process.send_signal(signal.SIGINT)
            output = process.communicate()
            asked.close()
    assert (process.returncode, output) == (130, (b"", b""))


def test_text_that_the_terminal_lacks_is_escaped(tmp_path: Path) -> None:
    name = tmp_path / "雨.json"
    done = subprocess.run(
        command("verify", str(name), "--key", KEY.public.text()),
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"\\u96e8.json" in done.stderr
