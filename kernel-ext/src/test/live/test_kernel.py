"""The packaged kernel itself: JJava as pip delivers it, started by our kernel.json."""

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from conftest import Kernel
from jupyter_client.kernelspec import KernelSpecManager

ARCHIVE = "-XX:SharedArchiveFile="

SERVER = """
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="daguerre", startup_timeout=600)
print(manager.provisioner.pid, flush=True)
input()
"""


def test_answers_with_the_value_of_the_last_expression(kernel):
    assert kernel.run("1 + 1").text == "2"


def test_text_beyond_ascii_goes_in_and_comes_out_unchanged_under_locale_c(kernel):
    answer = kernel.run('var place = "é 北京 🍎"; System.out.print(place); place.codePointCount(0, place.length())')
    assert (answer.stdout, answer.text) == ("é 北京 🍎", "6")


def test_assert_fires(kernel):
    answer = kernel.run('assert 1 > 2 : "one is not more than two";')
    assert "one is not more than two" in answer.error


def test_goes_on_after_an_exception(kernel):
    assert "no such thing" in kernel.run('throw new IllegalStateException("no such thing");').error
    assert kernel.run("2 + 2").text == "4"


def test_is_one_jvm_with_our_jars_on_its_class_path(kernel):
    assert kernel.run("org.daguerre.scene.Scene.class.getSimpleName()").text == "Scene"
    assert kernel.run("ProcessHandle.current().children().count()").text == "0"


def test_runs_on_the_onnx_runtime_that_does_not_phone_home(kernel):
    assert kernel.run("ai.onnxruntime.OrtEnvironment.getEnvironment().getVersion()").text == "1.28.0"


def test_magics_are_found_and_explain_themselves(kernel):
    assert "%sample" in kernel.run("%daguerre help").text
    assert kernel.run("%sample --help").text.startswith("Usage: %sample")


def test_tab_completes_the_names_of_magics_and_their_twins_in_java(kernel):
    def completed(code):
        return kernel.client.complete(code, len(code), reply=True, timeout=60)["content"]["matches"]

    assert completed("%sam") == ["%sample"]
    assert "prompt(" in completed('Daguerre.model("tray").pro')


def test_students_have_the_visible_checks_and_not_the_hidden_ones(kernel):
    assert "add-noise" in kernel.run("%check no-such-exercise").error
    assert "grade" in kernel.run("%grade add-noise").error
    assert "package org.daguerre.grading does not exist" in kernel.run("org.daguerre.grading.HiddenChecks.EXERCISES").error


def test_samples_and_steps_by_magic(kernel):
    assert "32 x 32 pixels" in kernel.run("%model exact").text
    assert "finished" in kernel.run('%sample "three red apples" --steps 8 --seed 7').text
    assert "0 of 6 steps" in kernel.run('%start "two blue balls" --steps 6;').text
    assert "4 of 6 steps" in kernel.run("%step 4").text
    assert "3 of 6 steps" in kernel.run("%back").text
    assert "finished" in kernel.run("%finish").text
    assert "path of a run" in kernel.run("%plot path").text


def test_mistake_in_a_magic_is_answered_and_the_next_cell_works(kernel):
    assert "sampler 'eulr' is unknown. Did you mean euler?" in kernel.run('%sample "x" --sampler eulr').error
    assert kernel.run("2 + 2").text == "4"


def test_prompt_of_a_megabyte_is_survived(kernel):
    kernel.run("%model exact")
    assert "(1100000 characters)" in kernel.run('%sample "' + "a red ball " * 100_000 + '" --steps 2').text
    assert kernel.run("2 + 2").text == "4"


def test_the_extension_is_there_before_the_first_cell(kernel):
    answer = kernel.run("%daguerre help")
    assert answer.text.startswith("Daguerre ")
    assert (answer.stderr, answer.error) == ("", "")


def test_the_doctor_finds_the_kernel_as_we_set_it_up(kernel):
    found = kernel.run("%daguerre doctor").text
    assert "charset UTF-8" in found and "assertions on" in found and "installed without" not in found


def test_cells_need_no_import_for_our_types(kernel):
    assert kernel.run("Tensor.class.getName()").text == "org.daguerre.tensor.Tensor"


def test_goes_on_after_the_heap_is_exhausted(kernel):
    # More than any heap of a test machine, asked for in one piece: refused without a byte being touched.
    exhausted = kernel.run("var all = new long[200][]; for (int i = 0; i < 200; i++) all[i] = new long[1 << 30];")
    assert "OutOfMemoryError" in exhausted.error
    assert kernel.run("3 + 3").text == "6"


def test_starts_from_an_archive_of_its_classes_without_a_word(capfd):
    started = Kernel(JDK_JAVA_OPTIONS="-Xshare:on")  # a JVM that cannot use its archive does not start then
    try:
        assert any(word.startswith(ARCHIVE) for word in started.manager.kernel_spec.argv)
        assert started.run("1 + 1").text == "2"
    finally:
        started.stop()
    assert "[cds" not in capfd.readouterr().out


@pytest.mark.parametrize("damage", ["flipped", "another JDK's", "empty", "missing"])
def test_starts_with_a_damaged_archive(damage, tmp_path, monkeypatch, capfd):
    sound = KernelSpecManager().get_kernel_spec("daguerre")
    argv = [word.replace("{resource_dir}", sound.resource_dir) for word in sound.argv]
    place, name = next((i, word.removeprefix(ARCHIVE)) for i, word in enumerate(argv) if word.startswith(ARCHIVE))
    archive = bytearray(Path(name).read_bytes())
    if damage == "flipped":
        middle = len(archive) // 2
        archive[middle : middle + 4096] = bytes(byte ^ 0x5A for byte in archive[middle : middle + 4096])
    if damage == "another JDK's":
        archive = archive.replace(b" Server VM ", b" Forged VM ", 1)
    folder = tmp_path / "kernels" / "damaged"
    folder.mkdir(parents=True)
    if damage != "missing":
        (folder / "kernel.jsa").write_bytes(b"" if damage == "empty" else archive)
    argv[place] = ARCHIVE + str(folder / "kernel.jsa")
    (folder / "kernel.json").write_text(json.dumps({**sound.to_dict(), "argv": argv}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    started = Kernel("damaged")
    try:
        assert started.run("1 + 1").text == "2"
    finally:
        started.stop()
    assert "[cds" not in capfd.readouterr().out


def test_interrupt_ends_a_cell_and_the_kernel_answers(kernel):
    endless = kernel.run('while (true) { System.out.println("awake"); Thread.sleep(50); }', interrupt_at_first_output=True)
    assert "interrupted" in endless.error
    assert kernel.run("1 + 1").text == "2"


def test_interrupted_sampling_stops_and_goes_on_when_asked(kernel):
    kernel.run("%model tray")  # exact is done before an interrupt can arrive
    stopped = kernel.run('%sample "three red apples" --steps 400 --seed 7', interrupt_at_first_output=True)
    assert "interrupted" in stopped.error
    assert kernel.run("1 + 1").text == "2"
    assert "finished" in kernel.run("%finish").text


def test_the_jvm_ends_when_the_kernel_is_shut_down(fresh_kernel):
    # JJava alone would leave the JVM up for another minute, and each client would wait for it and kill it.
    fresh_kernel.client.shutdown()
    assert fresh_kernel.manager.provisioner.process.wait(timeout=45) == 0


def test_the_jvm_ends_when_its_server_was_killed():
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    jvm = psutil.Process(int(server.stdout.readline()))
    assert jvm.is_running()
    server.kill()
    server.wait()
    jvm.wait(timeout=60)
