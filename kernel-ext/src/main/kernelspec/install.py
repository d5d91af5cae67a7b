"""Installs the kernel "Daguerre (Java)", named daguerre, into a Python environment that has jjava.

The kernel is one JVM: its class path is the folder lib beside kernel.json, which holds JJava's own jar and ours.
"""

import argparse
import json
import os
import shutil
from pathlib import Path

HERE = Path(__file__).parent



def place(jar, folder):
    """Puts a jar into a folder: a library as a link, which costs no disk; ours as a copy, for a build rewrites it."""
    if not jar.name.startswith("daguerre-"):
        try:
            os.link(jar, folder / jar.name)
            return
        except OSError:  # another disk, or one without links
            pass
    shutil.copy2(jar, folder)


arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("--prefix", type=Path, required=True, help="the environment, such as sys.prefix")
arguments.add_argument("--jdk", type=Path, help="the JDK that runs the kernel; without it, the java on PATH")
arguments.add_argument("--models", type=Path, required=True, help="the folder of model folders")
arguments.add_argument("lib", type=Path, nargs="+", help="folders of jars")
given = arguments.parse_args()

share = given.prefix / "share" / "jupyter"
spec = json.loads((HERE / "kernel.json").read_text(encoding="utf-8"))
spec["argv"] = [word.replace("{models}", str(given.models)) for word in spec["argv"]]
if given.jdk:
    spec["argv"][0] = str(given.jdk / "bin" / "java")
    release = (given.jdk / "release").read_text(encoding="utf-8")
    major = int(release.split('JAVA_VERSION="')[1].split(".")[0].strip('"\n'))
    if major >= 24:  # where ND4J's use of Unsafe is warned of, and the option that stops it exists
        spec["argv"].insert(1, "--sun-misc-unsafe-memory-access=allow")

folder = share / "kernels" / "daguerre"
shutil.rmtree(folder, ignore_errors=True)
(folder / "lib").mkdir(parents=True)
place(share / "kernels" / "java" / "jjava.jar", folder / "lib")
for lib in given.lib:
    for jar in lib.glob("*.jar"):
        place(jar, folder / "lib")
shutil.copy2(HERE / "logo-svg.svg", folder)
(folder / "kernel.json").write_text(json.dumps(spec, indent=2) + "\n", encoding="utf-8")

settings = share / "lab" / "settings"
settings.mkdir(parents=True, exist_ok=True)
shutil.copy2(HERE / "overrides.json", settings)
