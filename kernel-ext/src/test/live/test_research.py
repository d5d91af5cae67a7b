"""The notebooks of notebooks/research, cell by cell in the packaged kernel."""

import json
import re
from pathlib import Path

import pytest
from conftest import Kernel

RESEARCH = Path(__file__).parents[4] / "notebooks" / "research"
SHOWS_A_PICTURE = re.compile(r"^%(sample|compare|plot)\b|^(PathPlot|ConvergencePlot|IntervalPlot|ContactSheet|Prints)\b.*$", re.MULTILINE)


@pytest.mark.parametrize("notebook", sorted(RESEARCH.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_cell_runs_and_shows_its_picture(notebook):
    cells = [cell for cell in json.loads(notebook.read_text())["cells"] if cell["cell_type"] == "code"]
    kernel = Kernel(cwd=RESEARCH)
    try:
        for cell in cells:
            source = "".join(cell["source"])
            answer = kernel.run(source)
            assert (answer.error, answer.stderr) == ("", ""), source
            if SHOWS_A_PICTURE.search(source):
                shown = "image/png" in answer.result or "data:image/png" in answer.result.get("text/html", "")
                assert shown, source
    finally:
        kernel.stop()


@pytest.mark.parametrize("name", ["sampler-gallery", "bring-your-own-model"])
def test_notebook_is_there(name):
    assert (RESEARCH / f"{name}.ipynb").is_file()
