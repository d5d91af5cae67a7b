"""nbgrader for this course. Link it into a course folder of your own, where nbgrader looks for it:

    ln -s /path/to/daguerre/notebooks/nbgrader_config.py .
"""

import os
from pathlib import Path

c = get_config()  # noqa: F821, defined where nbgrader reads this file

# The stub in our student notebooks: compiles wherever a statement may stand, and answers no check.
c.ClearSolutions.code_stub = {"java": '// YOUR CODE HERE\nthrow new UnsupportedOperationException("not answered");'}

# A check ends by itself after 10 seconds; this is for cells of the student's own that do not end.
c.ExecutePreprocessor.timeout = 60

# The kernel loads the hidden checks from here, and from nowhere else: %grade exists only while nbgrader grades.
grading = Path(__file__).resolve().parent / "grading" / "target" / "daguerre-grading.jar"
os.environ.setdefault("JJAVA_CLASSPATH", str(grading))
