"""scikit-learn's label spreading and self-training, from the same labels; it is a dependency of ours."""

import time
from collections.abc import Callable
from typing import Any

from few_labels_data import error, points
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier
from sklearn.svm import SVC


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    """Load the points, the same way for every contender."""
    X, given, y = points(settings)

    def run() -> dict[str, float]:
        if settings["method"] == "spreading":
            model = LabelSpreading(
                kernel="knn", n_neighbors=settings["neighbors"], alpha=0.99, max_iter=1000
            )
        else:
            model = SelfTrainingClassifier(SVC(C=10, probability=True, random_state=0))
        began = time.perf_counter()
        model.fit(X, given)
        found = model.transduction_
        if settings["method"] != "spreading":
            found = model.predict(X)
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "error, %": error(found, given, y)}

    return run
