"""`latens anomalies`: the odd samples of data, and what is odd about them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from latens._csv import write_csv
from latens._writing import whole_file
from latens.cli.console import print_json, print_lines, print_path, print_table, say, say_notes
from latens.cli.opening import (
    asked_data,
    check_shape,
    check_writable,
    is_own,
    model_folder,
    refuse_flags,
)
from latens.cli.opening import (
    keep as keep_use,
)
from latens.cli.options import (
    Decimal,
    Encoding,
    HeaderLine,
    IdColumn,
    Keep,
    Missing,
    Without,
    table_flags,
)
from latens.cli.saving import check_free, check_place
from latens.exceptions import DataError

if TYPE_CHECKING:
    import numpy as np
    import pandas

    from latens.applications import AnomalyDetector
    from latens.applications.anomalies.comparison import Compared
    from latens.data import Dataset
    from latens.models import BaseAutoencoder
    from latens.runs import Use

__all__ = ["anomalies"]

Option = typer.Option

_FORMATS = (".csv", ".parquet")
# Samples that are given a reason at most; a reason is an array as large as the sample.
_MOST_EXPLAINED, _LEAST_EXPLAINED = 2_000, 100
_MOST_PICTURES = 12


def anomalies(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="RUN|DATA",
            help="A run, a saved model or detector, or data to learn from: what `latens run` takes.",
            show_default=False,
        ),
    ],
    data: Annotated[
        str | None,
        typer.Argument(metavar="DATA", help="What to score. [default: what was learnt from]"),
    ] = None,
    out: Annotated[Path, Option(help="A .csv or .parquet file, one row per sample.")] = Path(
        "anomalies.csv"
    ),
    contamination: Annotated[
        str | None,
        Option(help="The share of the samples learnt from to call anomalies. [default: auto]"),
    ] = None,
    top: Annotated[int, Option(min=1, max=_MOST_EXPLAINED, help="How many to print.")] = 10,
    model: Annotated[
        str | None,
        Option(help="A kind that `latens models` lists; of a run, the name of its model."),
    ] = None,
    latent_dim: Annotated[
        int | None, Option(min=1, help="Numbers per code. [default: by the data]")
    ] = None,
    network: Annotated[
        str | None, Option(help="mlp, convnet, resnet, vit or package.module:Class.")
    ] = None,
    epochs: Annotated[int | None, Option(min=1, help="Passes over the data.")] = None,
    time_limit: Annotated[
        str | None, Option(help="Training time, such as '90 s' or '2 min'.")
    ] = None,
    preset: Annotated[
        Literal["fast", "balanced", "best"] | None, Option(help="How long to train.")
    ] = None,
    label_column: Annotated[
        str | None, Option(help="The column of a table that holds labels; it is left out.")
    ] = None,
    id_column: IdColumn = None,
    without: Without = None,
    keep: Keep = None,
    missing: Missing = None,
    header: HeaderLine = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    save: Annotated[
        Path | None, Option(help="Keep the detector in this folder.", show_default=False)
    ] = None,
    device: Annotated[str, Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    seed: Annotated[int, Option(min=0, help="Of training and of every draw.")] = 0,
    overwrite: Annotated[bool, Option("--overwrite", help="Replace the file.")] = False,
    json: Annotated[bool, Option("--json", help="Print the result as JSON on stdout.")] = False,
) -> None:
    """Find the samples that are unlike the others, with the columns or the places that say so.

    Labels are never used. Of a run, the result is written into the run, too, and its report shows it.
    """
    line = _contamination(contamination or "auto")
    if out.suffix not in _FORMATS:
        raise typer.BadParameter(f"'{out}' must end in {', '.join(_FORMATS)}.", param_hint="--out")
    check_free(out, overwrite=overwrite)
    check_place(save, "detector", overwrite=overwrite)
    folder = Path(source)
    check_writable(folder)
    training = {
        "latent_dim": latent_dim,
        "network": network,
        "max_epochs": epochs,
        "time_limit": time_limit,
        "preset": preset,
    }
    asked = {name: value for name, value in training.items() if value is not None}
    table = table_flags(context)
    trained = f"'{source}' is trained already."
    if _is_trained(folder):
        names = ("latent_dim", "network", "epochs", "time_limit", "preset")
        refuse_flags(context, trained, *names, "without", "keep")
    if (folder / "detector.json").is_file():
        refuse_flags(context, trained, "contamination", "model", "seed")
        found = _by_detector(folder, data, device, table)
    elif _is_trained(folder):
        if (folder / "run.json").is_file() and is_own(folder, data):
            refuse_flags(context, "the run reads its own data as it did.", *table)
        found = _by_model(folder, data, model, line, seed, device, table)
    else:
        found = _by_data(source, data, model, asked, line, seed, device, table)
    result = _Result.of(*found, top)
    if save is not None:
        result.detector.save(save, overwrite=overwrite)
    _write(out, result.frame)
    keep_use(folder, "anomalies", _use(result, top))
    _print(result, out, top, as_json=json)
    if not _is_trained(folder):
        from latens.cli.interrupts import end_as_stopped

        end_as_stopped(result.detector.model_.history_)


def _contamination(text: str) -> str | float:
    if text == "auto":
        return text
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 0.5:
        raise typer.BadParameter(
            f"must be 'auto' or a number in (0, 0.5]. Got '{text}'.", param_hint="--contamination"
        )
    return share


def _is_trained(folder: Path) -> bool:
    return any((folder / name).is_file() for name in ("run.json", "model.json", "detector.json"))


# A detector, what to score, and whether these are the samples that it has learnt from.
Found = tuple["AnomalyDetector", "Dataset", bool]


def _by_detector(folder: Path, data: str | None, device: str, table: dict[str, Any]) -> Found:
    """A saved detector, with what to score."""
    from latens.applications import load_detector

    if data is None:
        raise typer.BadParameter("A saved detector has no data of its own; give DATA.")
    detector = load_detector(folder, device=device)
    return detector, _new(folder, data, detector, table), False


def _by_model(
    folder: Path,
    data: str | None,
    model: str | None,
    line: str | float,
    seed: int,
    device: str,
    table: dict[str, Any],
) -> Found:
    """A detector by the model of a run, or by a saved one, with what to score."""
    import latens
    from latens.applications import AnomalyDetector

    fitted = latens.load_model(model_folder(folder, model, data), device=device)
    is_run = (folder / "run.json").is_file()
    known = _known(folder, None if is_run else data, table, fitted)
    check_shape(known, fitted)
    detector = AnomalyDetector(fitted, contamination=line, random_state=seed)
    detector.fit(_frame(_enough(known)))
    if not is_run or is_own(folder, data):
        return detector, known, True
    assert data is not None, "those of the run are its own"
    return detector, _new(folder, data, detector, table), False


def _by_data(
    source: str,
    data: str | None,
    kind: str | None,
    asked: dict[str, Any],
    line: str | float,
    seed: int,
    device: str,
    table: dict[str, Any],
) -> Found:
    """A detector that is trained here, with what to score."""
    from latens._devices import resolve_device
    from latens.applications import AnomalyDetector
    from latens.cli.interrupts import terminal_callbacks
    from latens.data import load

    resolve_device(device)
    known = _enough(load(source, "all", **table))
    if known.read_as:
        say(f"read as: {known.read_as}")
    say_notes(known.notes)
    model = _model(kind, asked, known, seed, device)
    assert model.trainer is not None
    model.trainer.set_params(callbacks=terminal_callbacks("detector"))
    say(f"learning from {len(known):,} samples ...")
    detector = AnomalyDetector(model, contamination=line, random_state=seed)
    # What three axes mean is known here, and not to be told twice.
    layout: Any = {"layout": known.layout} if known.X.ndim == 3 else {}
    detector.fit(_frame(known), **layout)
    if data is None:
        return detector, known, True
    return detector, _new(Path(source), data, detector, table), False


def _model(
    kind: str | None, asked: dict[str, Any], known: "Dataset", seed: int, device: str
) -> "BaseAutoencoder":
    """The model that the flags describe, and for what they leave open that of the detector itself."""
    from latens.applications.anomalies.default_model import default_model, default_trainer
    from latens.studies import ModelSettings
    from latens.studies.building import build_model

    trainer = default_trainer(len(known), device=device)
    model = default_model(known.X.shape, trainer)
    if kind is None and not asked:
        return model
    shape: dict[str, Any] = {"latent_dim": model.latent_dim}
    shape |= {name: asked[name] for name in ("latent_dim", "network") if name in asked}
    training = {name: value for name, value in asked.items() if name not in shape}
    settings = ModelSettings(kind=kind or "Autoencoder", trainer=training, **shape)
    usual = {} if training else trainer.get_params(deep=False)
    return build_model(settings, seed=seed, **usual | {"callbacks": (), "device": device})


def _known(
    folder: Path, data: str | None, table: dict[str, Any], fitted: "BaseAutoencoder"
) -> "Dataset":
    """What a fitted model has learnt from, labels apart; None: the data of the run."""
    from latens.data.beside_labels import load_beside_labels

    if table and data is not None:
        return load_beside_labels(data, "all", **table)
    return asked_data(folder, data, fitted)


def _enough(known: "Dataset") -> "Dataset":
    """Refuse what no detector can learn from."""
    if len(known) < 2:
        raise DataError(
            f"'{known.name}' has 1 sample, and a detector learns from at least 2 samples."
        )
    return known


def _new(folder: Path, data: str, detector: "AnomalyDetector", table: dict[str, Any]) -> "Dataset":
    """Samples to score, labels apart, with the columns that the detector knows."""
    from latens.data.beside_labels import load_beside_labels

    names = getattr(detector, "feature_names_in_", None)
    if not table:
        return asked_data(folder, data, detector.model_, feature_names=names)
    dataset = load_beside_labels(data, "all", feature_names=names, **table)
    say_notes(dataset.notes)
    return dataset


def _frame(dataset: "Dataset") -> Any:
    """The samples, with the names of their columns where they have some."""
    import pandas

    if dataset.feature_names is None:
        return dataset.X
    return pandas.DataFrame(dataset.X, columns=list(dataset.feature_names))


@dataclass(frozen=True, eq=False)
class _Result:
    """What was found: a row for every sample scored, and the odd ones in order."""

    detector: "AnomalyDetector"
    scored: "Dataset"
    frame: "pandas.DataFrame"
    oddest: "np.ndarray"
    shares: "np.ndarray"
    sentence: str
    compared: "tuple[Compared, ...]"
    labels: str | None

    @classmethod
    def of(
        cls, detector: "AnomalyDetector", scored: "Dataset", is_own: bool, top: int
    ) -> "_Result":
        """Score the samples, and give the oddest their reasons."""
        import numpy as np
        import pandas

        from latens.applications.anomalies.headline import anomalies_headline, found_by_neighbours
        from latens.applications.anomalies.reasons import ColumnReasons, places

        samples = _frame(scored)
        parts = detector.parts(samples)
        scores = detector.weigh(parts)
        offset = detector.own_offset_ if is_own else detector.offset_
        decision = scores - offset
        order = np.argsort(decision, kind="stable")
        n_odd = int((decision < 0).sum())
        oddest = order[: min(_MOST_EXPLAINED, max(n_odd, top, _LEAST_EXPLAINED))]
        chosen = samples.iloc[oddest] if hasattr(samples, "iloc") else samples[oddest]
        shares = detector.explain(chosen)
        if detector.ranges_ is not None:
            learnt_from = detector.ranges_.undo(detector.kept_)
            words = ColumnReasons.fit(learnt_from, scored.feature_names)
            reasons = [
                words.words(scored.X[row], share) for row, share in zip(oddest, shares, strict=True)
            ]
        else:
            reasons = [places(share) for share in shares]
        rank = np.empty(len(order), dtype=int)
        rank[order] = np.arange(1, len(order) + 1)
        frame = pandas.DataFrame({"row": np.arange(len(order))})
        if scored.item_names is not None:
            frame["item"] = list(scored.item_names)
        frame["anomaly"] = decision < 0
        frame["rank"] = rank
        frame["decision"] = decision.round(6)
        frame["reason"] = ""
        frame.loc[oddest, "reason"] = reasons
        sentence = anomalies_headline(
            n_odd,
            len(scored),
            rule=detector.rule_,
            contamination=detector.contamination,
            rate=detector.rate_,
            n_learnt_from=len(detector.kept_),
            is_own=is_own,
            n_by_neighbours=found_by_neighbours(decision < 0, parts["neighbours"]),
        )
        alert = None if is_own else detector.alert_of_scores(scores)
        if alert is not None:
            sentence += f" Alert: {alert}"
        is_anomaly, labels = _rarer_class(scored)
        n_compared = n_odd or min(top, len(order))
        compared = detector.compare_parts(scored.X, parts, n_compared, is_anomaly)
        return cls(detector, scored, frame, oddest, shares, sentence, compared, labels)

    def beside(self) -> list[tuple[str, int, float | None, float | None]]:
        """What needs no network, beside the detector, as cells."""
        return [
            (
                one.name,
                one.shared,
                None if one.rank_correlation is None else round(one.rank_correlation, 3),
                None if one.auroc is None else round(one.auroc, 4),
            )
            for one in self.compared
        ]

    def beside_columns(self) -> tuple[str, ...]:
        """The headings of `beside`."""
        n_odd = self.compared[0].shared
        return "score", f"of the {n_odd:,} oddest", "rank correlation", "AUROC"

    def beside_note(self) -> str:
        """What has to be known to read `beside`."""
        first = "How many of the oddest samples each would pick, too, and the correlation of ranks."
        if self.labels is None:
            return f"{first} Without labels of two classes there is no AUROC."
        return f"{first} AUROC takes {self.labels}, the rarer of two labels, for the anomalies."

    def rows(self, top: int) -> list[tuple[str, str, str, str]]:
        """The oddest, as cells."""
        names = self.frame["item"] if "item" in self.frame else self.frame["row"]
        return [
            (
                str(names[row]),
                f"{self.frame['decision'][row]:.2f}",
                "yes" if self.frame["anomaly"][row] else "no",
                self.frame["reason"][row],
            )
            for row in self.oddest[:top]
        ]


def _rarer_class(scored: "Dataset") -> "tuple[np.ndarray | None, str | None]":
    """Where labels are of two classes: which samples are of the rarer one, and its name."""
    import numpy as np

    if scored.y is None:
        return None, None
    classes, counts = np.unique(scored.y, return_counts=True)
    if len(classes) != 2 or counts[0] == counts[1]:
        return None, None
    rarer = int(classes[counts.argmin()])
    name = str(rarer) if scored.names is None else f"'{scored.names[rarer]}'"
    return scored.y == rarer, name


def _use(result: _Result, top: int) -> "Use":
    """What the report shows."""
    from latens.runs import Mosaic, Table, Use

    kind = "file" if result.scored.item_names is not None else "row"
    table = Table(
        title=f"The {min(top, len(result.frame))} oddest samples",
        columns=(kind, "decision", "anomaly", "reason"),
        rows=tuple(result.rows(top)),
        note="No label was used. A decision below 0 is an anomaly.",
    )
    mosaics: tuple[Mosaic, ...] = ()
    if result.scored.X.ndim > 2:
        mosaics = (
            Mosaic("The oddest samples", _pictures(result), ("input", "reconstructed", "where")),
        )
    beside = Table(
        title="The same samples by other scores",
        columns=result.beside_columns(),
        rows=tuple(result.beside()),
        note=result.beside_note(),
    )
    return Use("Which samples are odd?", result.sentence, (table, beside), mosaics)


def _pictures(result: _Result) -> "np.ndarray":
    """Samples, their reconstructions, and where they are odd: bytes."""
    import numpy as np

    shown = result.oddest[:_MOST_PICTURES]
    X = np.asarray(result.scored.X[shown], dtype=np.float64)
    rebuilt = np.asarray(result.detector.model_.reconstruct(result.scored.X[shown]))
    low, high = (0.0, 255.0) if result.scored.X.dtype == np.uint8 else (X.min(), X.max())
    where = result.shares[: len(shown)]
    if where.ndim == 4:
        where = np.broadcast_to(where.sum(axis=3, keepdims=True), where.shape)
    where = where / where.max(axis=tuple(range(1, where.ndim)), keepdims=True)
    scaled = [(each - low) / ((high - low) or 1.0) for each in (X, rebuilt)]
    return (255 * np.clip(np.stack([*scaled, where]), 0, 1)).round().astype(np.uint8)


def _write(out: Path, frame: "pandas.DataFrame") -> None:
    """Write the file whole or not at all."""
    with whole_file(out) as temporary:
        if out.suffix == ".csv":
            write_csv(frame, temporary)
        else:
            from latens._optional import import_optional

            import_optional("pyarrow", extra="parquet", purpose="write parquet files")
            frame.to_parquet(temporary, index=False)


def _print(result: _Result, out: Path, top: int, *, as_json: bool) -> None:
    if as_json:
        oddest = result.frame.iloc[result.oddest[:top]].to_dict(orient="records")
        n_odd = int(result.frame["anomaly"].sum())
        names = ("score", "shared", "rank_correlation", "auroc")
        print_json(
            {
                "out": str(out),
                "samples": len(result.frame),
                "anomalies": n_odd,
                "sentence": result.sentence,
                "oddest": oddest,
                "beside": [dict(zip(names, row, strict=True)) for row in result.beside()],
            }
        )
        return
    name = "file" if result.scored.item_names is not None else "row"
    rows = [list(row) for row in result.rows(top)]
    print_table("The oddest samples", [name, "decision", "anomaly", "reason"], rows)
    cells = [["" if cell is None else str(cell) for cell in row] for row in result.beside()]
    print_table("The same samples by other scores", result.beside_columns(), cells)
    print_lines(result.sentence)
    print_path(out)
