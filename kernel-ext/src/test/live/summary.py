"""Adds up JUnit reports and closes with one line of counts; exits 1 unless something passed and nothing failed.

Usage: summary.py [--broken PART]... FOLDER   Each broken part, which could not run, counts as one failure.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree

passed = failed = skipped = xfailed = 0
arguments = sys.argv[1:]
while arguments and arguments[0] == "--broken":
    print(f"FAILED: {arguments[1]} could not run")
    failed += 1
    del arguments[:2]
for report in sorted(Path(arguments[0]).glob("*.xml")):
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            print(f"FAILED: {case.get('classname', '')} {case.get('name')}")
            failed += 1
        elif case.find("skipped[@type='pytest.xfail']") is not None:
            xfailed += 1
        elif case.find("skipped") is not None:
            skipped += 1
        else:
            passed += 1
apart = [f", {count} {kind}" for count, kind in [(skipped, "skipped"), (xfailed, "xfailed")] if count]
print(f"{passed} passed, {failed} failed" + "".join(apart))
sys.exit(failed > 0 or passed == 0)
