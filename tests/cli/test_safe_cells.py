"""What commands write as CSV is no formula for a spreadsheet, and reads back as what it was."""

import csv

import numpy as np
import pandas
import pytest

from latens.applications import ClassFinding, Embedding, FewLabelClassifier
from latens.applications.frames import write_frame
from latens.applications.generate.files import write_rows
from latens.applications.recommend.recommendation_run import _write_csv
from latens.data import Dataset, load
from latens.data.label_files import read_label_file
from latens.data.tables import load_csv

NAMES = ("=1+1", "@SUM(A1)", "-x.png", "+y", "'=z", "plain")


@pytest.fixture
def samples():
    X, y = np.arange(12.0).reshape(6, 2), np.array([0, 1, 0, 1, 0, -1])
    return Dataset(X, y, ("=cmd", "-1.5"), name="of a test", item_names=NAMES)


def cells_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return [cell for row in csv.reader(file) for cell in row]


def is_formula(cell):
    return cell[:1] in "=+-@\t\r" and cell and not cell.lstrip("+-").replace(".", "").isdigit()


def labels_of(path, samples):
    return read_label_file(path, samples.item_names, len(samples), samples.name).labels


def test_classes_and_items_come_back_as_labels(tmp_path, samples):
    labels = ["=cmd", "-1.5", "+none", "@y", "'=z", "+none"]
    frame = pandas.DataFrame({"item": NAMES, "label": labels, "probability": 0.5, "given": True})
    ClassFinding("", frame, FewLabelClassifier(), samples).write(tmp_path / "out.csv")
    assert not any(map(is_formula, cells_of(tmp_path / "out.csv")))
    assert labels_of(tmp_path / "out.csv", samples) == labels


def test_items_may_be_named_in_a_file_as_they_are(tmp_path, samples):
    (tmp_path / "labels.csv").write_text("=1+1,a\n'@SUM(A1),b\n'=z,c\n", encoding="utf-8")
    assert labels_of(tmp_path / "labels.csv", samples)[:5] == ["a", "b", None, None, "c"]


def test_codes_anomalies_and_recommendations_are_safe(tmp_path, samples):
    Embedding(-samples.X, samples).write(tmp_path / "codes.csv")
    frame = pandas.DataFrame({"item": NAMES, "reason": [f"{name} is odd" for name in NAMES]})
    write_frame(tmp_path / "odd.csv", frame)
    _write_csv(tmp_path / "recommendations.csv", [frame, frame])
    for path in tmp_path.iterdir():
        assert not any(map(is_formula, cells_of(path)))
    assert float(cells_of(tmp_path / "codes.csv")[5]) == 0
    assert "-11.0" in cells_of(tmp_path / "codes.csv")


def test_generated_rows_are_read_with_the_columns_that_were_learned(tmp_path):
    names = ["=a", "-b", "'=c", "d"]
    X = np.arange(-4.0, 4.0).reshape(2, 4)
    write_rows(tmp_path / "generated.csv", X, names=names)
    assert not any(map(is_formula, cells_of(tmp_path / "generated.csv")))
    back = load_csv(tmp_path / "generated.csv", feature_names=names)
    assert back.feature_names == tuple(names)
    np.testing.assert_array_equal(back.X, X)
    assert load(tmp_path / "generated.csv").X.shape == (2, 4)
