"""`ossicle latent`: what is looked at, what is drawn, what is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from test_page import Page

from command_line import Result, assert_refused
from ossicle.compiler.graph import Graph
from ossicle.datasets import load
from ossicle.device.program import Program
from ossicle.errors import ModelError
from ossicle.report.latent.activations import activations, layers_of
from ossicle.report.latent.gathering import choose
from ossicle.report.latent.topology import Persistence
from ossicle.report.pictures import device_distances, latent_maps, persistence_diagrams
from ossicle.report.sounds import of_corpus

DEVICES = ["a", "b", "c", "s1", "s2", "s3", "s4", "s5", "s6"]


@pytest.fixture(scope="module")
def graph(small_program: Program) -> Graph:
    return small_program.compiled.graph


def test_the_layers_are_those_of_the_graph(small_program: Program, graph: Graph) -> None:
    layers = layers_of(graph, ())
    assert list(layers) == ["convolution 2", "convolution 3", "f"]
    assert [layer.shape for layer in layers.values()] == [
        (1, 9, 12, 3), (1, 4, 5, 4), (1, 8)
    ]  # fmt: skip
    assert small_program.bundle is not None
    features = small_program.bundle.vectors["features"][:3]
    found = activations(small_program.model, layers, features)
    nodes = {node.outputs[0].index: node.index for node in graph.nodes}
    for name, tensor in layers.items():
        stored = small_program.bundle.vectors[f"layer_{nodes[tensor.index]:02d}"][:3]
        real = (stored.astype(float) - tensor.affine.zero_point) * tensor.affine.scale
        wanted = real.mean(axis=2).reshape(3, -1) if real.ndim == 4 else real
        np.testing.assert_allclose(found[name], wanted, atol=1e-9)


def test_convolutions_that_are_not_there_are_refused(graph: Graph) -> None:
    assert list(layers_of(graph, (1,))) == ["convolution 1", "f"]
    with pytest.raises(ModelError, match="has 3 convolutions, so no convolution 4"):
        layers_of(graph, (2, 4))


def test_a_model_without_convolutions_has_nothing_to_look_at(graph: Graph) -> None:
    dense = replace(graph, nodes=tuple(n for n in graph.nodes if n.name == "FULLY_CONNECTED"))
    with pytest.raises(ModelError, match="has no convolution to look at"):
        layers_of(dense, ())
    first = replace(graph, nodes=graph.nodes[:1])
    with pytest.raises(ModelError, match="no layer before its last weights"):
        layers_of(first, ())


def test_windows_are_chosen_evenly_and_the_same_each_time(
    small_program: Program, recorded: Path
) -> None:
    sounds = of_corpus(small_program, load(recorded), None)
    sample, again, other = (choose(sounds, 100, seed, None) for seed in (0, 0, 1))
    assert (sample.features == again.features).all()
    assert (sample.features != other.features).any()
    assert sample.devices == tuple(DEVICES) and sample.unseen == {"s4", "s5", "s6"}
    cells = np.unique(3 * sample.device + sample.label, return_counts=True)[1]
    assert len(cells) == 27 and set(cells) == {3, 4}
    assert len(set(sample.recording.tolist())) == 15


def test_a_page_of_everything(
    ossicle: Callable[..., Result], small_bundle: Path, recorded: Path, tmp_path: Path
) -> None:
    command = ("latent", small_bundle, "--data", recorded, "--windows", 150, "--out", tmp_path)
    made = ossicle(*command, "--json").json
    assert made == json.loads((tmp_path / "latent.json").read_text())
    assert made["data"]["devices"] == DEVICES
    assert made["data"]["unseen"] == ["s4", "s5", "s6"]
    assert made["data"]["windows"] == 150
    assert made["vectors"] == {"convolution 2": 27, "convolution 3": 16, "f": 8}
    mean = np.array(made["distances"]["mean"], float)
    assert mean.shape == (9, 9)
    np.testing.assert_allclose(mean, mean.T)
    content = (tmp_path / "latent.html").read_text()
    page = Page(content)
    assert "http-equiv" in content and not page.attributes("src", "href")
    for name in (*DEVICES, "clicks", "hiss", "tone", "TwoNN"):
        assert name in page.text
    again = tmp_path / "again"
    assert ossicle(*command[:-1], again).status == 0
    assert (again / "latent.html").read_text() == content


def test_bad_wishes_are_refused(
    ossicle: Callable[..., Result], small_bundle: Path, corpus_folder: Path, recorded: Path,
    tmp_path: Path,
) -> None:  # fmt: skip
    command = ("latent", small_bundle, "--out", tmp_path / "out", "--data")
    assert_refused(ossicle(*command, corpus_folder), "one device", "ossicle simulate")
    assert_refused(ossicle(*command, recorded, "--windows", 20), "20 windows are too few")
    assert_refused(ossicle(*command, recorded, "--fold", 9), "no fold 9")
    assert_refused(ossicle(*command, recorded, "--convolution", 7), "no convolution 7")
    assert_refused(ossicle(*command, recorded, "--windows", 6000), "--windows", "--help")
    assert not (tmp_path / "out").exists()


def texts(picture: str) -> list[str | None]:
    svg = "{http://www.w3.org/2000/svg}text"
    return [element.text for element in ElementTree.fromstring(picture).iter(svg)]


def test_pictures_name_what_they_show() -> None:
    points = np.random.default_rng(0).normal(size=(30, 2))
    names = [f"<{n % 14}>" for n in range(30)]
    drawn = latent_maps("layer", {"t-SNE": points, "Isomap": points}, {"class": names})
    assert set(names) <= set(texts(drawn)) and "t-SNE" in texts(drawn)
    assert drawn.count('id="layer-map-') == 2
    matrix = np.array([[0.25, np.nan], [np.nan, 0.5]])
    drawn = device_distances({"mean": matrix}, ["phone & co", "b"])
    assert {"phone & co", "0.25", "0.50"} <= set(texts(drawn)) and "nan" not in texts(drawn)
    empty = Persistence(np.zeros((0, 2)), np.zeros((0, 2)), 1)
    ring = Persistence(np.array([[0.0, 1.0]]), np.array([[1.0, 2.0]]), 3)
    drawn = persistence_diagrams({"a": ring, "b": empty})
    assert {"a", "b", "loops (H1)"} <= set(texts(drawn))
