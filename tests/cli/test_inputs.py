"""Other data than those that a model has learned from."""

import numpy as np
import pytest
from PIL import Image

from latens.data.converted import load_beside_labels
from latens.exceptions import DataError
from latens.models import Autoencoder
from latens.networks import MLP
from latens.studies.source import Source
from latens.training import Trainer


@pytest.fixture
def folders(tmp_path, digits):
    """The same pictures with 8 and with 16 bits."""
    for name, pixels in {"8": digits[:9] * 15, "16": digits[:9].astype(np.uint16) * 255}.items():
        (tmp_path / name).mkdir()
        for number, picture in enumerate(pixels):
            Image.fromarray(picture).save(tmp_path / name / f"{number}.png")
    return tmp_path


def test_image_files_are_refused_where_values_up_to_one_were_learned_from(folders, digits):
    quick = Trainer(max_epochs=1, callbacks=(), device="cpu")
    model = Autoencoder(2, network=MLP((8,)), trainer=quick).fit(digits / 16)
    model.save(folders / "model")
    with pytest.raises(DataError, match=r"with values up to 1\. Give the images as \.npy"):
        Source(folders / "model").load(model, str(folders / "8"))


def test_what_is_wrong_beside_labels_is_named(tmp_path):
    known = {"label_column": "kind", "feature_names": ["a", "b"]}
    (tmp_path / "new.csv").write_text("a,b,kind\n1,2,0\n,3,1\n")
    with pytest.raises(DataError, match="'a', first in row 1"):
        load_beside_labels(tmp_path / "new.csv", "all", **known)
    (tmp_path / "bare.csv").write_text("a,b\n1,2\n")
    bare = load_beside_labels(tmp_path / "bare.csv", "all", **known)
    assert bare.X.tolist() == [[1, 2]]


@pytest.mark.parametrize(("learned", "other"), [("8", "16"), ("16", "8")])
def test_images_of_another_depth_are_refused(folders, digits, learned, other):
    X = {"8": digits * 15, "16": digits.astype(np.uint16) * 255}[learned]
    quick = Trainer(max_epochs=1, callbacks=(), device="cpu")
    model = Autoencoder(2, network=MLP((8,)), trainer=quick).fit(X)
    model.save(folders / "model")
    own = Source(folders / "model").load(model, str(folders / learned))
    np.testing.assert_array_equal(own.X, X[:9])
    with pytest.raises(DataError, match=f"holds images of {other} bits"):
        Source(folders / "model").load(model, str(folders / other))
