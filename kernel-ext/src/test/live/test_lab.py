"""./daguerre lab in a terminal, as a person starts and leaves it."""

import json
import time
import urllib.error
import urllib.request
from pathlib import Path

import pexpect
import psutil
import pytest

ROOT = Path(__file__).parents[4]


class Lab:
    """A JupyterLab in a terminal of its own, on a free port, with one kernel."""

    def __init__(self):
        self.terminal = pexpect.spawn(
            str(ROOT / "daguerre"), ["lab", "--no-browser"], encoding="utf-8", timeout=600, dimensions=(40, 250)
        )
        self.terminal.expect(r"http://localhost:(\d+)/lab\S*\?token=(\w+)")
        self.port, self.token = self.terminal.match.groups()
        self.terminal.expect("Use Control-C to stop")
        self.start_kernel()
        self.processes = psutil.Process(self.terminal.pid).children(recursive=True)
        assert any("java" in process.name() for process in self.processes)

    def start_kernel(self):
        ask = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/kernels",
            data=json.dumps({"name": "daguerre"}).encode(),
            headers={"Authorization": f"token {self.token}"},
        )
        while True:  # its address is printed a little before it answers there
            try:
                with urllib.request.urlopen(ask, timeout=600) as answer:
                    assert answer.status == 201
                    return
            except urllib.error.URLError as failure:
                assert isinstance(failure.reason, ConnectionRefusedError) and self.terminal.isalive()
            time.sleep(0.1)

    def left(self):
        """The processes that have not ended."""
        return psutil.wait_procs(self.processes, timeout=60)[1]


@pytest.fixture
def lab():
    started = Lab()
    yield started
    started.terminal.close(force=True)


def test_one_ctrl_c_ends_jupyterlab_and_its_kernels(lab):
    lab.terminal.sendintr()
    lab.terminal.expect(pexpect.EOF)
    lab.terminal.close()
    assert lab.terminal.exitstatus == 0
    assert "Traceback" not in lab.terminal.before and "(y/[n])" not in lab.terminal.before
    assert lab.left() == []


def test_closing_the_terminal_ends_jupyterlab_and_its_kernels(lab):
    lab.terminal.close()
    assert lab.left() == []
