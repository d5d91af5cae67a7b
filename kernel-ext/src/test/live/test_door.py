"""./daguerre before any Java runs: what it says when something is missing or wrong."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
SYSTEM_TOOLS = ["bash", "id", "dirname", "realpath", "sed", "df", "awk", "mkdir", "find"]


def daguerre(*arguments, **environment):
    return subprocess.run(
        [ROOT / "daguerre", *arguments], env={**os.environ, **environment}, capture_output=True, text=True, timeout=600
    )


@pytest.fixture
def bare_path(tmp_path):
    """A PATH with neither Java nor Python."""
    for tool in SYSTEM_TOOLS:
        found = subprocess.run(["sh", "-c", f"command -v {tool}"], capture_output=True, text=True, check=True)
        (tmp_path / tool).symlink_to(found.stdout.strip())
    return str(tmp_path)


def test_help_names_every_command():
    shown = daguerre("--help").stdout
    for command in ["lab", "test", "kernel", "train", "sample", "models", "scenes", "evaluate", "doctor"]:
        assert f"\n  {command} " in shown


@pytest.mark.parametrize(
    ("arguments", "fact", "remedy"),
    [
        (["lab", "--port", "70000"], "--port 70000 is no port", "from 1 to 65535"),
        (["lab", "--port", "eighty"], "--port eighty is no port", "from 1 to 65535"),
        (["lab", "--port"], "--port  is no port", "from 1 to 65535"),
        (["lab", "--port", "8888", "--port", "8889"], "lab's option --port is given twice", "Give it once"),
        (["lab", "--no-browser", "--no-browser"], "lab's option --no-browser is given twice", "Give it once"),
        (["lab", "--prot", "8888"], "lab has no option --prot", "--port N"),
        (["test", "jav"], "test has no part jav", "java, kernel and browser"),
        (["train", "forest"], "no recipe trains forest", "./daguerre train tray"),
        (["train"], "no recipe trains a model without a name", "./daguerre train tray"),
        (["kernel", "/nowhere"], "/nowhere has no share/jupyter/kernels/java/jjava.jar", "sys.prefix"),
    ],
)
def test_a_wrong_argument_is_answered_by_a_fact_and_a_remedy(arguments, fact, remedy):
    done = daguerre(*arguments)
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert fact in first and remedy in second


def test_a_port_in_use_is_said_before_anything_starts():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = daguerre("lab", "--no-browser", "--port", str(port))
    assert done.returncode == 2
    assert f"port {port} is in use" in done.stderr


def test_all_that_is_missing_is_named_at_once_with_the_commands_that_bring_it(bare_path, tmp_path):
    done = daguerre("lab", "--setup-only", PATH=bare_path, JAVA_HOME="", DAGUERRE_HOME=str(tmp_path / "home"))
    assert done.returncode == 1
    for fact in ["no JDK 17", "no Python 3.10", "sudo apt install openjdk", "sudo dnf install java", "brew install"]:
        assert fact in done.stderr


def test_a_jdk_that_is_too_old_counts_as_none(bare_path, tmp_path):
    old = tmp_path / "jdk11"
    (old / "bin").mkdir(parents=True)
    (old / "bin" / "javac").touch(mode=0o755)
    (old / "release").write_text('JAVA_VERSION="11.0.25"\n')
    done = daguerre("lab", "--setup-only", PATH=bare_path, JAVA_HOME=str(old), DAGUERRE_HOME=str(tmp_path / "home"))
    assert "no JDK 17" in done.stderr


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    done = daguerre("lab", "--setup-only", DAGUERRE_HOME=str(tmp_path / "file" / "home"))
    assert done.returncode == 1
    assert "Set DAGUERRE_HOME to a folder that can." in done.stderr


def test_completion_offers_every_command():
    script = daguerre("completion").stdout + '\nCOMP_WORDS=(daguerre ""); COMP_CWORD=1; _complete_daguerre; echo "${COMPREPLY[*]}"'
    offered = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert {"lab", "test", "train", "kernel", "sample", "models", "scenes", "evaluate", "doctor"} <= set(offered)
