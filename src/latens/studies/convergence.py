"""Whether a training went on for long enough, and whether it went on for too long, by its losses alone."""

from latens.training import History
from latens.training.trainer import usual_epochs

__all__ = ["why_overfitting", "why_unfinished"]

# The last part of a training that is looked at, and the share of all progress in it that says that more
# was to come. The end of a schedule, where the learning rate falls to 0, makes a few hundredths.
_LAST, _MOST_PROGRESS = 5, 0.1
# Of the loss: less is the chance of held-out samples.
_LEAST_PROGRESS = 0.01
# The held-out loss over the training loss, where both are positive; and the rise of the held-out loss after
# its best epoch as a share of its fall before, which also says something of negative ones.
_MOST_RATIO, _MOST_RISE = 1.5, 0.25


def why_unfinished(history: History, n_train: int) -> str:
    """Say why a training was too short to judge its code; an empty string where it was not.

    Parameters
    ----------
    history : History
    n_train : int
        Samples that were learned from.

    Returns
    -------
    str
        A sentence.
    """
    done = len(history.epochs)
    if history.stopped == "interrupted":
        return f"The training was interrupted in epoch {done + 1}."
    if history.stopped == "no progress":
        return ""
    usual = usual_epochs("fast", n_train)
    if done < usual / 2:
        return (
            f"The training ended after {done} epochs, where even the preset 'fast' takes {usual}."
        )
    losses = history.monitored
    if len(losses) < 2:
        return ""
    lowest = min(losses)
    before = min(losses[: len(losses) - max(1, len(losses) // _LAST)])
    progress, whole = before - lowest, losses[0] - lowest
    if progress <= max(_MOST_PROGRESS * whole, _LEAST_PROGRESS * abs(lowest)):
        return ""
    return (
        f"The loss was still falling when the training ended after {done} epochs: {progress / whole:.0%} of "
        "its fall came in the last fifth of them."
    )


def why_overfitting(history: History) -> str:
    """Say what shows that a network overfits; an empty string where nothing does."""
    losses = [one.validation_loss for one in history.settled if one.validation_loss is not None]
    if not losses:
        return ""
    best, lowest = history.best, min(losses)
    if best.validation_loss is not None and 0 < _MOST_RATIO * best.loss < best.validation_loss:
        ratio = best.validation_loss / best.loss
        return f"The held-out loss is {ratio:.1f} times the training loss."
    rise, fall = losses[-1] - lowest, losses[0] - lowest
    if rise <= _MOST_RISE * fall or rise <= _LEAST_PROGRESS * abs(lowest):
        return ""
    return (
        f"The held-out loss was lowest in epoch {best.number} of {len(history.epochs)}, at {lowest:.4g}, and "
        f"rose to {losses[-1]:.4g} by the last one. The weights are those of epoch {best.number}."
    )
