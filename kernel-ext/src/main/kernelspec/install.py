"""Installs the kernel "Daguerre (Java)", named daguerre, into a Python environment that has jjava.

The kernel is one JVM: its class path is the folder lib beside kernel.json, which holds JJava's own jar and ours.
"""

import argparse
import json
import os
import shutil
import subprocess
from pathlib import Path
from subprocess import DEVNULL

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

HERE = Path(__file__).parent
ARCHIVE = "kernel.jsa"


def place(jar, folder):
    """Puts a jar into a folder: a library as a link, which costs no disk; ours as a copy, for a build rewrites it."""
    if not jar.name.startswith("daguerre-"):
        try:
            os.link(jar, folder / jar.name)
            return
        except OSError:  # another disk, or one without links
            pass
    shutil.copy2(jar, folder)


def archive_classes(folder):
    """Keeps the classes of a kernel's start parsed and linked, beside kernel.json, so that later kernels start faster.

    The archive holds for this JVM and this class path alone; Java leaves another one unread. Without it a kernel is only
    slower, so a failure here is said and goes no further. Answers the options that a kernel starts from it with.
    """
    archive = folder / ARCHIVE
    specs = KernelSpecManager(kernel_dirs=[str(folder.parent)])
    manager = KernelManager(kernel_name=folder.name, kernel_spec_manager=specs)
    options = {"JDK_JAVA_OPTIONS": f'"-XX:ArchiveClassesAtExit={archive}"'}
    try:
        manager.start_kernel(env={**os.environ, **options}, cwd=str(folder), stdout=DEVNULL, stderr=DEVNULL)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=120)
        # No more than this: JDK 17 crashes when it archives what a sampling run has loaded.
        client.execute_interactive("1 + 1", timeout=120, output_hook=lambda message: None, allow_stdin=False)
        client.shutdown()
        manager.provisioner.process.wait(timeout=120)
        client.stop_channels()
    except Exception as failure:
        print(f"no archive of classes: {failure}")
    finally:
        manager.shutdown_kernel(now=True)
    # Unverified, an archive with a flipped bit crashes the JVM. Of one that does not fit, JDK 25 talks on standard output.
    use = [f"-XX:SharedArchiveFile={archive}", "-XX:+VerifySharedSpaces", "-Xlog:cds*=off"]
    command = [word.replace("{resource_dir}", str(folder)) for word in manager.kernel_spec.argv]
    quiet = ["-Xshare:on", f"-XX:ErrorFile={os.devnull}", "-XX:-CreateCoredumpOnCrash"]
    command = [command[0], *use, *quiet, *command[1 : command.index("-cp") + 2], "-version"]
    # A full disk leaves an archive that is cut short, which crashes JDK 17 even so.
    if subprocess.run(command, stdout=DEVNULL, stderr=DEVNULL, cwd=folder, check=False).returncode != 0:
        archive.unlink(missing_ok=True)
        return []
    return [word.replace(str(folder), "{resource_dir}") for word in use]


arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("--prefix", type=Path, required=True, help="the environment, such as sys.prefix")
arguments.add_argument("--jdk", type=Path, help="the JDK that runs the kernel; without it, the java on PATH")
arguments.add_argument("--models", type=Path, required=True, help="the folder of model folders")
arguments.add_argument("--option", default="", help="one more option of the JVM")
arguments.add_argument("lib", type=Path, nargs="+", help="folders of jars")
given = arguments.parse_args()

share = given.prefix.resolve() / "share" / "jupyter"
spec = json.loads((HERE / "kernel.json").read_text(encoding="utf-8"))
spec["argv"] = [word.replace("{models}", str(given.models)) for word in spec["argv"]]
if given.jdk:
    spec["argv"][0] = str(given.jdk / "bin" / "java")
    release = (given.jdk / "release").read_text(encoding="utf-8")
    major = int(release.split('JAVA_VERSION="')[1].split(".")[0].strip('"\n'))
    if major >= 24:  # where ND4J's use of Unsafe is warned of, and the option that stops it exists
        spec["argv"].insert(1, "--sun-misc-unsafe-memory-access=allow")
if given.option:
    spec["argv"].insert(1, given.option)

folder = share / "kernels" / "daguerre"
shutil.rmtree(folder, ignore_errors=True)
(folder / "lib").mkdir(parents=True)
place(share / "kernels" / "java" / "jjava.jar", folder / "lib")
for lib in given.lib:
    for jar in lib.glob("*.jar"):
        place(jar, folder / "lib")
shutil.copy2(HERE / "logo-svg.svg", folder)
# Named one by one: the order in which Java finds them in a folder is the file system's, and the archive is for one order.
jars = sorted(path.name for path in (folder / "lib").glob("*.jar"))
class_path = os.pathsep.join(f"{{resource_dir}}/lib/{jar}" for jar in jars)
spec["argv"] = [word.replace("{class_path}", class_path) for word in spec["argv"]]
(folder / "kernel.json").write_text(json.dumps(spec, indent=2) + "\n", encoding="utf-8")
if archived := archive_classes(folder):
    spec["argv"][1:1] = archived
    (folder / "kernel.json").write_text(json.dumps(spec, indent=2) + "\n", encoding="utf-8")

settings = share / "lab" / "settings"
settings.mkdir(parents=True, exist_ok=True)
shutil.copy2(HERE / "overrides.json", settings)
