"""The lessons through the real nbgrader: what it makes of an instructor's notebook, and what it gives for answers."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

NOTEBOOKS = Path(__file__).parents[4]
LESSONS = sorted(path.stem for path in (NOTEBOOKS / "lessons").glob("*.md"))
LESSON = "01-noise-to-picture"


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def answers(version):
    """The answer cells of a version of the lesson, by grade_id."""
    graded = [cell for cell in cells(NOTEBOOKS / version / f"{LESSON}.ipynb") if "nbgrader" in cell["metadata"]]
    return {cell["id"]: cell["source"] for cell in graded if cell["metadata"]["nbgrader"]["solution"]}


@pytest.fixture(scope="module")
def nbgrader(tmp_path_factory):
    """A course folder, and nbgrader in it."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "nbgrader_config.py").symlink_to(NOTEBOOKS / "nbgrader_config.py")
    for lesson in LESSONS:
        source = folder / "source" / lesson
        source.mkdir(parents=True)
        shutil.copy(NOTEBOOKS / "instructor" / f"{lesson}.ipynb", source)
    own = str(Path(sys.executable).parent)
    config = folder / "jupyter"
    environment = {**os.environ, "PATH": f"{own}:{os.environ['PATH']}", "JUPYTER_CONFIG_DIR": str(config)}

    def run(*arguments):
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=1200)
        assert done.returncode == 0, done.stderr[-4000:]
        return folder

    for lesson in LESSONS:
        run("generate_assignment", lesson)
    return run


@pytest.fixture(scope="module")
def grades(nbgrader):
    """The points of every test cell of the lesson, by student; a submission holds the graded cells alone, to be quick."""
    blank, good = answers("student"), answers("instructor")
    right = "".join(good["alphas-cumprod"])
    submissions = {
        "good": good,
        "blank": blank,
        "broken": {**good, "add-noise": "Tensor addNoise(Tensor x0) { return"},
        "sly": {
            # Knows the two lists of betas that the visible checks use.
            "alphas-cumprod": right.replace("int t = 0;", "int t = 0; (betas.length == 3 || betas.length == 1000) &&"),
            "add-noise": "".join(good["add-noise"]).replace("return", 'System.err.println("here");\n    return'),
            "ddim-step": "Tensor ddimStep(Prediction prediction, Level next) { while (true) { } }",
        },
    }
    folder = nbgrader("--version")
    released = json.loads((folder / "release" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8"))
    released["cells"] = [cell for cell in released["cells"] if "nbgrader" in cell["metadata"]]
    for student, own in submissions.items():
        for cell in released["cells"]:
            cell["source"] = own.get(cell["id"], cell["source"])
        submitted = folder / "submitted" / student / LESSON
        submitted.mkdir(parents=True)
        (submitted / f"{LESSON}.ipynb").write_text(json.dumps(released), encoding="utf-8")
    nbgrader("autograde", LESSON)
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        return {
            student: {grade.name: grade.score for grade in book.find_submission_notebook(LESSON, LESSON, student).grades}
            for student in submissions
        }


@pytest.mark.parametrize("lesson", LESSONS)
def test_our_student_notebook_is_what_nbgrader_makes_of_the_instructors(nbgrader, lesson):
    released = nbgrader("--version") / "release" / lesson / f"{lesson}.ipynb"
    ours = NOTEBOOKS / "student" / f"{lesson}.ipynb"
    for made, built in zip(cells(released), cells(ours)):
        assert made == built
    assert released.read_bytes() == ours.read_bytes()


def test_the_instructors_answers_get_all_points(grades):
    assert grades["good"] == {
        "alphas-cumprod-check": 2, "alphas-cumprod-grade": 2,
        "add-noise-check": 2, "add-noise-grade": 2,
        "ddim-step-check": 2, "ddim-step-grade": 3,
    }


def test_a_blank_notebook_gets_none(grades):
    assert set(grades["blank"].values()) == {0}


def test_an_answer_that_does_not_compile_costs_its_own_points_only(grades):
    lost = {name for name, points in grades["broken"].items() if points == 0}
    assert lost == {"add-noise-check", "add-noise-grade"}


def test_an_answer_that_knows_the_visible_numbers_gets_no_hidden_point(grades):
    assert (grades["sly"]["alphas-cumprod-check"], grades["sly"]["alphas-cumprod-grade"]) == (2, 0)


def test_a_right_answer_that_prints_on_stderr_is_right(grades):
    assert (grades["sly"]["add-noise-check"], grades["sly"]["add-noise-grade"]) == (2, 2)


def test_an_answer_that_does_not_end_gets_nothing_and_the_rest_is_graded(grades):
    assert (grades["sly"]["ddim-step-check"], grades["sly"]["ddim-step-grade"]) == (0, 0)
