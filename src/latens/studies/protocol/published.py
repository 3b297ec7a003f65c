"""What was published, what the same network gives here, and what a better setting gives."""

from statistics import mean

from latens.runs import Finding, Measure, Results, Table, mean_and_spread
from latens.studies.settings import PublishedSettings, Study

__all__ = ["compare_with_published", "measures_of"]

_SMALL = (
    "This is the small scale: other data and a few epochs. It shows that everything works; its figures "
    "compare with nothing that was published."
)


def compare_with_published(study: Study, results: Results) -> Finding | None:
    """Return the comparison as tables; None for a study that asks for nothing beyond the usual.

    Parameters
    ----------
    study : Study
    results : Results
    """
    measures = measures_of(results)
    asked = [one for one in measures if not one.name.startswith("held-out.")]
    tables = [_all_of_protocol(asked)] if asked else []
    sweep = _sweep(asked)
    if sweep is not None:
        tables.insert(0, sweep)
    if study.published:
        tables.insert(0, _side_by_side(study.published, measures))
    if not tables:
        return None
    sentence = _SMALL if study.scale == "small" else _sentence(study.published, measures)
    return Finding("How does it compare with what was published?", sentence, tuple(tables))


def measures_of(results: Results) -> list[Measure]:
    """Return all that a run measured: what the protocol asks for, and the held-out comparison."""
    held_out = [
        Measure(
            name=f"held-out.{name}", representation=row.representation, seed=row.seed, value=value
        )
        for row in results.held_out()
        for name, value in row.measured.items()
    ]
    return [*results.measures, *held_out]


def _side_by_side(published: tuple[PublishedSettings, ...], measures: list[Measure]) -> Table:
    columns = ("what", "published", "the same here", "goal", "with our settings", "goal reached")
    rows = []
    for one in published:
        same = _values(measures, one.measure, one.representation)
        ours = _values(measures, one.measure, one.candidate)
        rows.append(
            (
                one.what,
                "–" if one.value is None else f"{one.value:g}",
                _in_words(same, one.value),
                "–"
                if one.goal is None
                else f"{'≥' if one.better == 'higher' else '≤'} {one.goal:g}",
                _in_words(ours, one.goal, one.value),
                _reached(one, ours),
            )
        )
    return Table("Beside the published figures", columns, tuple(rows), _note(measures))


def _note(measures: list[Measure]) -> str:
    seeds = len({one.seed for one in measures})
    return (
        "A single run with one seed."
        if seeds == 1
        else f"Mean ± standard deviation over up to {seeds} seeds."
    )


def _sweep(measures: list[Measure]) -> Table | None:
    """The silhouette of every k, with its spread over the seeds."""
    prefix = "sweep.silhouette_"
    ks = sorted({int(one.name.removeprefix(prefix)) for one in measures if prefix in one.name})
    if not ks:
        return None
    names = list(dict.fromkeys(one.representation for one in measures if prefix in one.name))
    rows = [
        (f"k = {k}", *(_in_words(_values(measures, f"{prefix}{k}", name)) for name in names))
        for k in ks
    ]
    best = [
        ", ".join(f"{value:g}" for value in _values(measures, "sweep.best_k", name))
        for name in names
    ]
    rows.append(("best k, seed by seed", *best))
    title = "Silhouette of K-means on the codes of all samples"
    return Table(title, ("", *names), tuple(rows), "Labels have no say in it.")


def _all_of_protocol(measures: list[Measure]) -> Table:
    kept = [one for one in measures if "sweep.silhouette_" not in one.name]
    names = list(dict.fromkeys(one.name for one in kept))
    columns = list(dict.fromkeys(one.representation for one in kept))
    rows = tuple(
        (_readable(name), *(_in_words(_values(kept, name, column)) for column in columns))
        for name in names
    )
    return Table("Everything the protocol measures", ("measure", *columns), rows, _note(kept))


def _readable(name: str) -> str:
    return name.replace(".", ": ").replace("_", " ")


def _values(measures: list[Measure], name: str, representation: str | None) -> list[float]:
    mine = [one for one in measures if (one.name, one.representation) == (name, representation)]
    return [one.value for one in mine if one.value is not None]


def _in_words(values: list[float], *beside: float | None) -> str:
    """Mean and spread, with one digit more than the figures they stand beside."""
    if not values:
        return "–"
    decimals = [len(f"{one:g}".partition(".")[2]) for one in beside if one is not None]
    digits = 1 + max(decimals, default=3)
    center, spread = mean(values), mean_and_spread(values)[1]
    if center.is_integer() and len(set(values)) == 1:
        return f"{center:g}"
    text = f"{center:.{digits}f}"
    return text if spread is None else f"{text} ± {spread:.{digits}f}"


def _reached(one: PublishedSettings, values: list[float]) -> str:
    if one.goal is None or not values:
        return "–"
    distance = mean(values) - one.goal
    if one.better == "lower":
        distance = -distance
    return "yes" if distance >= 0 else "no"


def _sentence(published: tuple[PublishedSettings, ...], measures: list[Measure]) -> str:
    goals = [
        _reached(one, _values(measures, one.measure, one.candidate))
        for one in published
        if one.goal is not None
    ]
    known = [goal for goal in goals if goal != "–"]
    if not known:
        return "What an earlier study measured, measured again."
    return (
        f"Our settings reach {known.count('yes')} of {len(known)} goals that were set beside the published "
        "figures."
    )
