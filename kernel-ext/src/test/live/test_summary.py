"""The last line of ./daguerre test, over reports that pytest itself wrote."""

import subprocess
import sys
from pathlib import Path

import pytest

SUMMARY = Path(__file__).with_name("summary.py")
PASSES = "def test_passes(): pass\n"
OTHERS = {
    "failed": "def test_fails(): assert False\n",
    "broken": "import pytest\n@pytest.fixture\ndef f(): 1 / 0\ndef test_has_no_fixture(f): pass\n",
    "skipped": "import pytest\n@pytest.mark.skip\ndef test_is_skipped(): pass\n",
    "xfailed": "import pytest\n@pytest.mark.xfail\ndef test_is_expected_to_fail(): assert False\n",
}


def closing_line(folder, tests):
    (folder / "test_sample.py").write_text(tests)
    reports = folder / "reports"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junit-xml={reports}/sample.xml", "test_sample.py"]
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL)
    done = subprocess.run([sys.executable, SUMMARY, reports], capture_output=True, text=True)
    return done.stdout.splitlines()[-1], done.returncode


@pytest.mark.parametrize(
    ("others", "line", "code"),
    [
        ([], "1 passed, 0 failed", 0),
        (["failed"], "1 passed, 1 failed", 1),
        (["broken"], "1 passed, 1 failed", 1),
        (["skipped"], "1 passed, 0 failed, 1 skipped", 0),
        (["xfailed"], "1 passed, 0 failed, 1 xfailed", 0),
        (["failed", "skipped", "xfailed"], "1 passed, 1 failed, 1 skipped, 1 xfailed", 1),
    ],
)
def test_every_outcome_is_counted_under_its_own_name(others, line, code, tmp_path):
    assert closing_line(tmp_path, PASSES + "".join(OTHERS[other] for other in others)) == (line, code)


def test_nothing_that_passed_is_a_failure(tmp_path):
    assert closing_line(tmp_path, OTHERS["skipped"]) == ("0 passed, 0 failed, 1 skipped", 1)
