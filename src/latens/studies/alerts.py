"""What looks wrong in a result, and what to change."""

import numpy as np

from latens.models import BaseAutoencoder
from latens.runs import Alert
from latens.studies.convergence import why_overfitting, why_unfinished
from latens.studies.inspection import codebook_uses, posterior_divergences
from latens.studies.preparation import Prepared
from latens.studies.representations import Representation, flat
from latens.training import History

__all__ = ["data_alerts", "model_alerts"]

# Of the held-out rows: fewer copies among rows of a table may be the chance of coarse values.
_COPIES = 0.01
_NAMED_COPIES = 3
_DEAD_SHARE = 1e-3
# Nats; a number that tells less does not tell two samples in a hundred apart.
_COLLAPSED = 0.01
# Of the rows of a codebook.
_LEAST_USED = 0.5
_AT_A_BOUND, _FAR_FROM_IT, _SATURATED = 1e-3, 0.1, 0.05
_ROWS = 2_000


def data_alerts(data: Prepared) -> list[Alert]:
    """Return alerts about the data themselves."""
    alerts = [Alert(title="About the data", text=note) for note in data.train.notes]
    rows = data.train.X[data.scored_train].reshape(len(data.scored_train), -1)
    constant = int((rows == rows[0]).all(axis=0).sum())
    if constant == rows.shape[1]:
        text = (
            "All training samples are equal, so there is nothing to learn and nothing to cluster."
        )
        return [*alerts, Alert(title="The samples do not differ", text=text)]
    if not data.is_images and constant:
        text = f"{constant} of {rows.shape[1]} columns are constant and carry no information."
        alerts.append(Alert(title="Constant columns", text=text))
    return [*alerts, *_copies(data)]


def _copies(data: Prepared) -> list[Alert]:
    """What is said of held-out samples that were trained on as well."""
    copies = np.flatnonzero(data.is_copy)
    if not len(copies):
        return []
    n, some = len(data.is_copy), copies[:_NAMED_COPIES]
    held_out = data.places(data.scored_test[some]).tolist()
    originals = data.trained_on_places(data.copies[some]).tolist()
    label = data.identity.label
    named = "; ".join(f"{label(a)} is {label(b)}" for a, b in zip(held_out, originals, strict=True))
    are = "is an exact copy" if len(copies) == 1 else "are exact copies"
    text = f"{len(copies):,} of {n:,} scored held-out samples {are} of samples trained on "
    text += (
        f"({len(copies) / n:.1%}): {named}{'' if len(some) == len(copies) else '; and others'}. "
    )
    if not data.is_images and len(copies) <= _COPIES * n:
        text += "So few may be the chance of coarse values. The verdict leaves them out."
    else:
        text += (
            "A model that remembers them scores too well, so the verdict leaves them out. Remove the copies, "
            "or keep those of one sample on one side."
        )
    return [Alert(title="Copies across the split", text=text)]


def model_alerts(
    representation: Representation, model: BaseAutoencoder, data: Prepared
) -> list[Alert]:
    """Return alerts about a fitted model, from its codes, its reconstructions and its training.

    Parameters
    ----------
    representation : Representation
        Its codes of the scored rows.
    model : BaseAutoencoder
    data : Prepared
    """
    if np.isfinite(representation.train).all() and np.isfinite(representation.test).all():
        found = [*_unused_numbers(representation, model, data)]
        found += _unused_rows(model, data) + _saturation(model, data)
    else:
        text = "Some codes are not finite. Lower the learning rate."
        found = [Alert(title="codes that are not numbers", text=text)]
    found += _training(model.history_, len(data.train))
    return [Alert(title=f"{representation.label}: {one.title}", text=one.text) for one in found]


def _unused_numbers(
    representation: Representation, model: BaseAutoencoder, data: Prepared
) -> list[Alert]:
    """Numbers of the code that tell nothing, each kind of them with its own way out."""
    divergences = posterior_divergences(model, _few(data.test.X[data.scored_test]))
    if divergences is not None:
        return _collapse(divergences)
    codes = representation.train
    silent = (codes == 0).all(axis=0)
    # Of many equal float32 values the mean is off in its third digit, and so is their deviation.
    spread = np.where(np.ptp(codes, axis=0) > 0, codes.std(axis=0, dtype=np.float64), 0.0)
    constant = (spread <= _DEAD_SHARE * max(float(spread.max()), 1e-12)) & ~silent
    alerts = []
    if silent.any():
        text = (
            f"{_some(silent)} 0 for every training sample looked at. Fewer would die with a smaller "
            "penalty, more active dimensions per sample or a lower learning rate; or use a smaller code."
        )
        alerts.append(Alert(title="dead units", text=text))
    if constant.any():
        text = f"{_some(constant)} the same for all samples. Use a smaller code."
        alerts.append(Alert(title="unused dimensions", text=text))
    return alerts


def _collapse(divergences: np.ndarray) -> list[Alert]:
    collapsed = divergences < _COLLAPSED
    if not collapsed.any():
        return []
    text = (
        f"{_some(collapsed)} no longer told apart from the prior (KL below {_COLLAPSED} nats on held-out "
        "samples), so the decoder learns nothing from them. A smaller beta, KL warm-up or free bits would "
        "bring them back; a smaller code would lose nothing."
    )
    return [Alert(title="posterior collapse", text=text)]


def _unused_rows(model: BaseAutoencoder, data: Prepared) -> list[Alert]:
    uses = codebook_uses(model, data.train.X[data.scored_train])
    if uses is None:
        return []
    # No more rows can be used than there are samples to use them.
    rows = min(uses.shape[1], int(uses[0].sum()))
    used = float((uses > 0).sum(axis=1).mean())
    if used >= _LEAST_USED * rows:
        return []
    shares = uses / uses.sum(axis=1, keepdims=True)
    entropy = -(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=1)
    text = (
        f"Of {uses.shape[1]} rows for each word, {used:.3g} are in use on average (perplexity "
        f"{float(np.exp(entropy).mean()):.3g}). A codebook with fewer rows would do as well; longer training "
        "or a smaller commitment weight would use more of this one."
    )
    return [Alert(title="unused codebook rows", text=text)]


def _saturation(model: BaseAutoencoder, data: Prepared) -> list[Alert]:
    """Values reconstructed as the very bound of their range where the data are well inside."""
    if not data.scaling.bounded:
        return []
    X = _few(data.test.X[data.scored_test])
    truth, reconstructed = flat(X, data), flat(model.reconstruct(X), data)
    at_bound = np.minimum(reconstructed, 1 - reconstructed) < _AT_A_BOUND
    share = float((at_bound & (np.abs(reconstructed - truth) > _FAR_FROM_IT)).mean())
    if share <= _SATURATED:
        return []
    text = (
        f"{share:.0%} of the reconstructed values are 0 or 1, the ends of the range, where the data are "
        "not. Such "
        "outputs hardly learn any more: lower the learning rate, or train anew with another seed."
    )
    return [Alert(title="saturated outputs", text=text)]


def _training(history: History, n_train: int) -> list[Alert]:
    alerts = []
    overfitting, unfinished = why_overfitting(history), why_unfinished(history, n_train)
    if overfitting:
        text = f"{overfitting} More samples, a smaller network or a weight decay would help new samples."
        alerts.append(Alert(title="overfitting", text=text))
    if history.stopped == "interrupted":
        last, best = len(history.epochs), history.best
        text = f"Stopped in epoch {last + 1}; the weights are those of epoch {best.number}."
        alerts.append(Alert(title="interrupted", text=text))
    elif unfinished:
        text = f"{unfinished} Train for longer: a larger preset, more epochs or more time."
        alerts.append(Alert(title="training cut short", text=text))
    return alerts


def _few(rows: np.ndarray) -> np.ndarray:
    """At most 2,000 rows, evenly spaced."""
    return rows[:: -(-len(rows) // _ROWS)]


def _some(which: np.ndarray) -> str:
    """How many dimensions of the code, with the verb."""
    n = int(which.sum())
    if n == len(which):
        return "All dimensions of the code are"
    return f"{n} of the {len(which)} dimensions of the code {'is' if n == 1 else 'are'}"
