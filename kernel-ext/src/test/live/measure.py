"""How fast the packaged kernel "Daguerre (Java)" is there, beside stock JJava, and what it holds; prints a table.

    .daguerre/venv/bin/python kernel-ext/src/test/live/measure.py [PAIRS]

Needs the packages of requirements.txt beside it. Let nothing else run meanwhile.
"""

import statistics
import sys
import time

import psutil
from conftest import Kernel

PICTURES, RELOADS, CELLS = 10, 50, 100


def sample(seed):
    return f'%sample "two blue stars" --guidance 3 --seed {seed}'


def answer(kernel, code):
    error = kernel.run(code).error
    if error:
        sys.exit(f"{code}: {error}")


def process(kernel):
    return psutil.Process(kernel.manager.provisioner.process.pid)


def processor_seconds(kernel):
    """Of the kernel and, for stock JJava, of the process that its launcher started."""
    launched = process(kernel)
    return sum(sum(each.cpu_times()[:2]) for each in [launched, *launched.children(recursive=True)])


def ready(name):
    """Seconds by the wall and of processor from the start of a kernel to its answer to 1+1."""
    began = time.monotonic()
    kernel = Kernel(name)
    try:
        answer(kernel, "1+1")
        wall = time.monotonic() - began
        return wall, processor_seconds(kernel)
    finally:
        kernel.stop()


def pictures():
    """Seconds to the first picture from the start and of the last one; bytes after pictures, reloads and idle cells."""
    began = time.monotonic()
    kernel = Kernel()
    try:
        answer(kernel, "%model tray")
        answer(kernel, sample(0))
        first = time.monotonic() - began
        for seed in range(1, PICTURES):
            began = time.monotonic()
            answer(kernel, sample(seed))
        last = time.monotonic() - began
        before = process(kernel).memory_info().rss
        # In one cell, for JShell keeps a class and more of every cell. Without release the model would be handed out again.
        again = 'Daguerre.release(); Daguerre.model("tray");'
        answer(kernel, f"for (int i = 0; i < {RELOADS}; i++) {{ {again} }}")
        reloaded = process(kernel).memory_info().rss
        for _ in range(CELLS):
            answer(kernel, "1+1")
        return first, last, before, reloaded, process(kernel).memory_info().rss
    finally:
        kernel.stop()


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    kernels = [(ready("java"), ready("daguerre")) for _ in range(pairs)]
    stock, ours = ([statistics.median(times) for times in zip(*each)] for each in zip(*kernels))
    runs = [pictures() for _ in range(3)]
    first, last, before, reloaded, cells = (statistics.median(figures) for figures in zip(*runs))
    growth = statistics.median(after / before - 1 for _, _, before, after, _ in runs)
    beside = statistics.median(after / before - 1 for _, _, _, before, after in runs)
    print("| what | stock JJava | Daguerre | ratio |\n|---|--:|--:|--:|")
    for name, one, other in zip(("wall", "processor"), stock, ours):
        print(f"| start to the answer of 1+1, {name} | {one:.2f} s | {other:.2f} s | {other / one:.2f} |")
    print(f"| start to the first picture (`%model tray`, `%sample`) | | {first:.2f} s | |")
    print(f"| picture number {PICTURES}, with preview and rendering | | {last:.2f} s | |")
    print(f"| resident memory after {PICTURES} pictures | | {before / 1e6:.0f} MB | |")
    print(f"| after {RELOADS} reloads more, in one cell | | {reloaded / 1e6:.0f} MB | {growth:+.1%} |")
    print(f"| after {CELLS} cells of 1+1 more | | {cells / 1e6:.0f} MB | {beside:+.1%} |")


if __name__ == "__main__":
    main()
