"""./daguerre before any Java runs: what it says when something is missing or wrong."""

import ast
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[4]
JAVA_COMMANDS = ["sample", "compare", "models", "export", "scenes", "evaluate", "bench", "doctor"]
SHELL_COMMANDS = ["lab", "test", "kernel", "train", "lessons", "completion"]
COMMANDS = [*SHELL_COMMANDS, *JAVA_COMMANDS]
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


def recipes():
    family = ast.parse((ROOT / "models/recipe/family.py").read_text())
    [models] = [line.value for line in family.body if isinstance(line, ast.Assign) and line.targets[0].id == "FAMILY"]
    return {name.value: model.args[0].value for name, model in zip(models.keys, models.values, strict=True)}


def test_help_names_every_command():
    shown = daguerre("--help").stdout
    for command in COMMANDS:
        assert f"\n  {command} " in shown


@pytest.mark.parametrize("command", SHELL_COMMANDS)
@pytest.mark.parametrize("flags", [["--help"], ["-h"], ["x", "--help"]])
def test_every_command_of_the_shell_explains_itself(command, flags):
    done = daguerre(command, *flags, JAVA_HOME="", PATH="/usr/bin:/bin")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: ./daguerre {command}") and "\nExample: " in done.stdout


def test_train_lists_every_recipe_with_what_it_is():
    assert len(recipes()) > 1
    shown = daguerre("train", "--help").stdout
    without_a_name = daguerre("train")
    assert without_a_name.returncode == 2
    assert without_a_name.stderr == "daguerre: no recipe is named.\n" + shown
    for name, about in recipes().items():
        assert re.search(rf"^  {name} +{re.escape(about)}$", shown, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "fact", "remedy"),
    [
        (["lab", "--port", "70000"], "--port 70000 is no port", "from 1 to 65535"),
        (["lab", "--port", "eighty"], "--port eighty is no port", "from 1 to 65535"),
        (["lab", "--port"], "--port has no number", "from 1 to 65535"),
        (["lab", "--port", "8888", "--port", "8889"], "lab's option --port is given twice", "Give it once"),
        (["lab", "--no-browser", "--no-browser"], "lab's option --no-browser is given twice", "Give it once"),
        (["lab", "--prot", "8888"], "lab has no option --prot", "--port N"),
        (["lab", "--cuda", "11"], "--cuda 11 is no build", "Give 12 or 13"),
        (["lab", "--cuda", "--cpu"], "--cuda and --cpu are both given", "Give one of them"),
        (["lba"], "there is no command lba", "Did you mean lab?"),
        (["sampel"], "there is no command sampel", "Did you mean sample?"),
        (["scene"], "there is no command scene", "Did you mean scenes?"),
        (["doctorr"], "there is no command doctorr", "Did you mean doctor?"),
        (["modals"], "there is no command modals", "Did you mean models?"),
        (["completion", "zsh"], "completion has no argument zsh", "./daguerre completion"),
        (["--frob"], "there is no command --frob", "./daguerre --help"),
        (["test", "jav"], "test has no part jav", "java, kernel and browser"),
        (["train", "forest"], "no recipe trains forest", "./daguerre train tray"),
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


def test_a_port_that_a_server_has_just_left_may_be_taken(bare_path, tmp_path):
    (tmp_path / "python3").symlink_to(sys.executable)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        left, _ = server.accept()
        left.close()  # the side that closes first keeps the port waiting
        client.close()
    done = daguerre("lab", "--port", str(port), PATH=bare_path, JAVA_HOME="", DAGUERRE_HOME=str(tmp_path / "home"))
    assert "no JDK 17" in done.stderr
    assert "in use" not in done.stderr


def test_all_that_is_missing_is_named_at_once_with_the_commands_that_bring_it(bare_path, tmp_path):
    done = daguerre("lab", "--setup-only", PATH=bare_path, JAVA_HOME="", DAGUERRE_HOME=str(tmp_path / "home"))
    assert done.returncode == 1
    for fact in ["no JDK 17", "no Python 3.10", "sudo apt install openjdk", "sudo dnf install java", "brew install"]:
        assert fact in done.stderr


def put(folder, name, script):
    (folder / name).unlink(missing_ok=True)
    (folder / name).write_text("#!/usr/bin/env bash\n" + script)
    (folder / name).chmod(0o755)


def test_a_python_without_venv_is_named_with_the_commands_that_bring_it(bare_path, tmp_path):
    put(tmp_path, "python3", f'[[ $* != *ensurepip* ]] && exec {sys.executable} "$@"\n')
    done = daguerre("lab", "--setup-only", PATH=bare_path, JAVA_HOME="", DAGUERRE_HOME=str(tmp_path / "home"))
    assert done.returncode == 1
    for fact in [f"{tmp_path}/python3 has no venv module", "sudo apt install python3-venv", "sudo dnf install", "brew install"]:
        assert fact in done.stderr


def test_a_full_disk_is_named_with_what_is_needed(bare_path, tmp_path):
    put(tmp_path, "df", 'echo "Filesystem 1024-blocks Used Available"; echo "disk 1000000 999000 102400"\n')
    done = daguerre("lab", "--setup-only", PATH=bare_path, JAVA_HOME="", DAGUERRE_HOME=str(tmp_path / "home"))
    assert done.returncode == 1
    assert f"100 MB are free in {tmp_path}/home, and the set-up needs 1500." in done.stderr
    assert "set DAGUERRE_HOME to a folder on another disk" in done.stderr


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


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_a_step_of_the_set_up_leaves_nothing_behind_when_it_is_ended(end, tmp_path):
    for name in ["daguerre", "pom.xml"]:
        shutil.copy(ROOT / name, tmp_path)
    jdk = tmp_path / "jdk"
    (jdk / "bin").mkdir(parents=True)
    (jdk / "bin" / "javac").touch(mode=0o755)
    (jdk / "release").write_text('JAVA_VERSION="17.0.1"\n')
    pid = tmp_path / "pid"
    put(tmp_path, "mvn", f"[[ $1 != --version ]] || exec echo Apache Maven 3.9.9\necho $$ >{pid}\nexec sleep 86400\n")
    path = f"{tmp_path}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "JAVA_HOME": str(jdk), "DAGUERRE_HOME": str(tmp_path / "home")}

    def as_in_a_terminal():
        os.setpgrp()
        signal.signal(end, signal.SIG_DFL)  # tests run by nohup, or in the background of a shell, hand on that it is ignored

    begun = subprocess.Popen(
        [tmp_path / "daguerre", "doctor"], env=environment, preexec_fn=as_in_a_terminal, stderr=subprocess.DEVNULL
    )
    while not (pid.exists() and pid.read_text().endswith("\n")):
        assert begun.poll() is None
    maven = psutil.Process(int(pid.read_text()))
    # A terminal's Ctrl-C goes to all that run in it, the others to the shell alone.
    os.killpg(begun.pid, end) if end == signal.SIGINT else begun.send_signal(end)
    assert begun.wait(timeout=60) == 130
    maven.wait(timeout=60)


def completed(*words):
    script = daguerre("completion").stdout + """
COMP_WORDS=(daguerre "$@"); COMP_CWORD=$#
$(complete -p daguerre | sed 's/.*-F \\([^ ]*\\).*/\\1/'); echo "${COMPREPLY[*]}"
"""
    done = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_completion_offers_every_command_and_no_other():
    offered = [word for word in completed("") if not word.startswith("-")]
    assert sorted(offered) == sorted(COMMANDS)


def test_completion_offers_the_recipes_after_train():
    assert completed("train", "") == list(recipes())
    assert completed("train", "tray-lc") == ["tray-lcm"]
