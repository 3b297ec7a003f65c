"""What looks wrong in a result, and what to change."""

import numpy as np

from latens.studies.preparation import Prepared
from latens.studies.representations import Representation
from latens.training import History

__all__ = ["data_alerts", "model_alerts"]

_OVERFIT = 1.5
_DEAD_SHARE = 1e-3

Alert = dict[str, str]


def data_alerts(data: Prepared) -> list[Alert]:
    """Return alerts about the data themselves."""
    alerts = [{"title": "About the data", "text": note} for note in data.train.notes]
    rows = data.train.X[data.scored_train].reshape(len(data.scored_train), -1)
    constant = int((rows == rows[0]).all(axis=0).sum())
    if constant == rows.shape[1]:
        text = (
            "All training samples are equal, so there is nothing to learn and nothing to cluster."
        )
        return [*alerts, {"title": "The samples do not differ", "text": text}]
    if not data.is_images and constant:
        text = f"{constant} of {rows.shape[1]} columns are constant and carry no information."
        alerts.append({"title": "Constant columns", "text": text})
    return alerts


def model_alerts(representation: Representation, history: History) -> list[Alert]:
    """Return alerts about a model, from its codes and its training."""
    alerts: list[Alert] = []
    name = representation.label
    spread = representation.train.std(axis=0)
    dead = int((spread <= _DEAD_SHARE * max(float(spread.max()), 1e-12)).sum())
    if dead:
        text = f"{dead} of the {len(spread)} numbers of the code are the same for all samples. "
        alerts.append({"title": f"{name}: unused numbers", "text": text + "Use a smaller code."})
    best = history.best
    if best.validation_loss is not None and best.validation_loss > _OVERFIT * best.loss:
        text = (
            f"The held-out loss is {best.validation_loss / best.loss:.1f} times the training loss. "
            "More samples, a smaller network or a weight decay would help new samples."
        )
        alerts.append({"title": f"{name}: overfitting", "text": text})
    last = len(history.epochs)
    if history.stopped == "interrupted":
        text = f"Stopped in epoch {last + 1}; the weights are those of epoch {best.number}."
        alerts.append({"title": f"{name}: interrupted", "text": text})
    elif not np.isfinite(representation.test).all():
        text = "Some codes are not finite. Lower the learning rate."
        alerts.append({"title": f"{name}: codes that are not numbers", "text": text})
    return alerts
