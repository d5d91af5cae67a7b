"""The packaged kernel itself: JJava as pip delivers it, started by our kernel.json."""


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
