"""What the tests in the packaged kernel share: a kernel "Daguerre (Java)" as JupyterLab starts it, over its protocol."""

import os
import threading
from dataclasses import dataclass, field

import pytest
from jupyter_client.manager import start_new_kernel


@dataclass
class Answer:
    """What one cell gave: its result and its displays as MIME bundles, what it printed, and its error."""

    result: dict = field(default_factory=dict)
    displays: list = field(default_factory=list)
    stdout: str = ""
    stderr: str = ""
    error: str = ""

    @property
    def text(self):
        return self.result.get("text/plain", "")


class Kernel:
    def __init__(self, name="daguerre", cwd=None, **environment):
        # With LC_ALL=C, as in most containers: what is right there is right everywhere.
        env = {**os.environ, "LC_ALL": "C", **environment}
        self.manager, self.client = start_new_kernel(
            kernel_name=name, env=env, cwd=cwd, startup_timeout=600
        )

    def run(self, code, timeout=600, interrupt_at_first_output=False):
        answer = Answer()

        def take(message):
            kind, content = message["msg_type"], message["content"]
            nonlocal interrupt_at_first_output
            if interrupt_at_first_output and kind in ("stream", "display_data"):
                interrupt_at_first_output = False
                # In a thread of its own, for the client's event loop is busy here.
                threading.Thread(target=self.manager.interrupt_kernel).start()
            if kind == "execute_result":
                answer.result = content["data"]
            elif kind == "display_data":
                answer.displays.append(content["data"])
            elif kind == "update_display_data" and answer.displays:
                answer.displays[-1] = content["data"]
            elif kind == "stream" and content["name"] == "stdout":
                answer.stdout += content["text"]
            elif kind == "stream":
                answer.stderr += content["text"]
            elif kind == "error":
                answer.error = "\n".join([f"{content['ename']}: {content['evalue']}", *content["traceback"]])

        self.client.execute_interactive(code, timeout=timeout, output_hook=take, allow_stdin=False)
        return answer

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel():
    """One kernel for the tests of a file; they must not depend on each other's variables."""
    running = Kernel()
    yield running
    running.stop()


@pytest.fixture
def fresh_kernel():
    """A kernel for one test, for what cannot be undone."""
    running = Kernel()
    yield running
    running.stop()
