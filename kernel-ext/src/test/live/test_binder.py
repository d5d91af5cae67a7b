"""What Binder would build from binder/, as repo2docker itself reads it; the image is not built."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def dockerfile():
    command = [Path(sys.executable).with_name("jupyter-repo2docker"), "--no-build", "--debug", "--user-id", "1000"]
    done = subprocess.run([*command, "--user-name", "jovyan", "."], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr + done.stdout


@pytest.mark.parametrize("package", (ROOT / "binder" / "apt.txt").read_text().split())
def test_binder_installs_the_package(dockerfile, package):
    assert package in dockerfile


def test_binder_installs_the_requirements_that_the_laptop_has(dockerfile):
    assert "binder/requirements.txt" in dockerfile


def test_binder_runs_our_steps(dockerfile):
    assert "RUN ./binder/postBuild" in dockerfile
    assert 'R2D_ENTRYPOINT="${REPO_DIR}/binder/start"' in dockerfile.replace("R2D_ENTRYPOINT ", "R2D_ENTRYPOINT=")
