import numpy as np
import pytest
import tflite
from tiny_models import small_model, small_windows

from ossicle.errors import ModelError
from ossicle.models import build
from ossicle.quantize import post_training, quantisation_aware
from ossicle.quantize.aware import with_fake_quantisation
from ossicle.quantize.convert import quantisation, require_quantisation
from ossicle.quantize.pipeline import reference_predictor
from ossicle.tensorflow import keras, quietly, tensorflow
from ossicle.training.fit import Stage, as_input, predictor

STAGE = Stage("test", epochs=2, batch=8, learning_rate=1e-3, seed=0)
OPERATORS = {
    value: name for name, value in vars(tflite.BuiltinOperator).items() if isinstance(value, int)
}


def operators_and_types(content):
    model = tflite.Model.GetRootAs(content, 0)
    graph = model.Subgraphs(0)
    names = [
        OPERATORS[model.OperatorCodes(graph.Operators(i).OpcodeIndex()).BuiltinCode()]
        for i in range(graph.OperatorsLength())
    ]
    return names, {graph.Tensors(i).Type() for i in range(graph.TensorsLength())}


@pytest.fixture(scope="module")
def windows():
    return small_windows()


@pytest.fixture(scope="module")
def model():
    return small_model()


@pytest.fixture(scope="module")
def exports(model, windows, tmp_path_factory):
    file = tmp_path_factory.mktemp("aware") / "qat.npz"
    aware, _ = quantisation_aware(model, windows, None, STAGE, file, calibration=windows.features)
    return {"ptq": post_training(model, windows.features), "qat": aware}


@pytest.mark.parametrize("method", ["ptq", "qat"])
def test_the_input_takes_the_front_ends_integers_as_they_are(exports, method):
    assert quantisation(exports[method], "input") == (2**-5, 0)
    assert quantisation(exports[method], "output") == (2**-8, -128)


@pytest.mark.parametrize("method", ["ptq", "qat"])
def test_one_fused_operator_a_layer_and_nothing_in_float(exports, method):
    names, types = operators_and_types(exports[method])
    assert names == [
        *("CONV_2D", "MAX_POOL_2D", "RESHAPE", "FULLY_CONNECTED", "FULLY_CONNECTED", "SOFTMAX")
    ]
    assert types == {tflite.TensorType.INT8, tflite.TensorType.INT32}


def test_post_training_stays_near_the_float_model(model, windows, exports):
    expected = predictor(model)(windows.features)
    found = reference_predictor(exports["ptq"])(windows.features)
    # A few steps of an int8 softmax (1/256): what rounding weights and activations to 8 bits costs.
    assert np.abs(expected - found).max() < 8 / 256


def test_quantisation_aware_leaves_the_float_model_alone(model, windows, tmp_path):
    before = model.get_weights()
    quantisation_aware(
        model, windows, None, STAGE, tmp_path / "qat.npz", calibration=windows.features
    )
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_the_int8_model_computes_what_the_fake_quantised_one_does(model, windows, tmp_path):
    aware = with_fake_quantisation(model, windows.features)
    from ossicle.quantize.convert import convert
    from ossicle.training.fit import fit

    fit(aware, windows, None, STAGE, tmp_path / "qat.npz")
    expected = aware(as_input(windows.features), training=False).numpy()
    found = reference_predictor(convert(aware))(windows.features)
    # Fake quantisation works in float32, so a value on a rounding border may go the other way.
    assert np.abs(expected - found).max() < 8 / 256


def test_exporting_again_gives_the_same_bytes(model, windows, exports, tmp_path):
    assert post_training(model, windows.features) == exports["ptq"]
    again, _ = quantisation_aware(
        model, windows, None, STAGE, tmp_path / "qat.npz", calibration=windows.features
    )
    assert again == exports["qat"]


def test_another_input_quantisation_is_refused(windows):
    tf = tensorflow()
    with quietly():
        converter = tf.lite.TFLiteConverter.from_keras_model(
            keras().Sequential([keras().Input((40, 51, 1)), keras().layers.ReLU()])
        )
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([as_input(w[None])] for w in windows.features)
        converter.inference_input_type = converter.inference_output_type = tf.int8
        content = converter.convert()
    with pytest.raises(ModelError, match=r"input has \(scale, zero point\)"):
        require_quantisation(content)


def test_a_float_model_is_refused():
    with quietly():
        content = (
            tensorflow()
            .lite.TFLiteConverter.from_keras_model(
                keras().Sequential([keras().Input((40, 51, 1)), keras().layers.ReLU()])
            )
            .convert()
        )
    with pytest.raises(ModelError, match="input is float32, not int8"):
        require_quantisation(content)


def test_fake_quantisation_starts_with_the_ranges_of_the_float_model(model, windows):
    aware = with_fake_quantisation(model, windows.features)
    layer = model.get_layer("re_lu")
    output = keras().Model(model.inputs, layer.output)(as_input(windows.features)).numpy()
    found = {w.name.rsplit("/")[-1]: w.numpy() for w in aware.get_layer("quant_re_lu").weights}
    assert (found["output_min:0"], found["output_max:0"]) == (0.0, output.max())


def test_a_depthwise_kernels_own_range_is_left_to_it():
    """Its name ends in kernel_min but does not begin so: it once got the activations' range."""
    layers = keras().layers
    model = keras().Sequential(
        [
            keras().Input((8, 8, 1)),
            layers.Conv2D(4, 3, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(6.0),
            layers.DepthwiseConv2D(3, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(6.0),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3),
            layers.Softmax(),
        ]
    )
    calibration = np.random.default_rng(0).integers(-128, 128, (4, 8, 8)).astype(np.int8)
    aware = with_fake_quantisation(model, calibration)
    found = {w.name.rsplit("/")[-1]: w.numpy() for w in aware.weights}
    assert found["depthwise_kernel_min:0"] == pytest.approx(-6)  # where the library starts
    assert found["depthwise_kernel_max:0"] == pytest.approx(6)


def test_a_network_that_the_library_cannot_train_so_is_refused():
    model = build("bc_resnet", 3, bands=40, frames=12, options={"scale": 0.5})
    noise = np.zeros((2, 40, 12), np.int8)
    with pytest.raises(ModelError, match=r'bc_resnet quantisation-aware .* method = "ptq"'):
        with_fake_quantisation(model, noise)
