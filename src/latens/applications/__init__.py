"""Uses of codes: estimators that take a model and add a purpose. Listing them loads no torch."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latens.applications.few_labels.classifier import FewLabelClassifier
    from latens.applications.few_labels.comparison import compare_few_labels, draw_labels
    from latens.applications.few_labels.consistency import Consistency
    from latens.applications.few_labels.probe import Probe
    from latens.applications.few_labels.propagation import Propagation

__all__ = [
    "Consistency",
    "FewLabelClassifier",
    "Probe",
    "Propagation",
    "compare_few_labels",
    "draw_labels",
]

_PLACES = {
    "Consistency": "latens.applications.few_labels.consistency",
    "FewLabelClassifier": "latens.applications.few_labels.classifier",
    "Probe": "latens.applications.few_labels.probe",
    "Propagation": "latens.applications.few_labels.propagation",
    "compare_few_labels": "latens.applications.few_labels.comparison",
    "draw_labels": "latens.applications.few_labels.comparison",
}


def __getattr__(name: str) -> Any:
    """Import a use, and torch with it, only when it is asked for."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'latens.applications' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_PLACES)
