"""`latens generate`: new samples from a trained run, and what they are worth."""

from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from latens._text import one_line
from latens.cli.console import print_json, print_lines, print_path, print_table, say
from latens.cli.opening import refuse_flags
from latens.exceptions import RunError

if TYPE_CHECKING:
    import numpy as np

    from latens.applications.generate import AddedAccuracy, SampleEvaluation
    from latens.models import BaseAutoencoder
    from latens.runs import Mosaic, Table
    from latens.studies.preparation import Prepared

__all__ = ["generate"]

Method = Literal["prior", "mixture", "variation"]
Option = typer.Option

_COLUMNS = 16
_STEPS = 9
# Images of a mosaic in the report.
_SHOWN = 64
# A support vector machine takes seconds with so many samples, and minutes with ten times as many.
_MOST_LABELLED, _MOST_TESTED = 3_000, 2_000
_ROWS, _TESTED = 0, 1


def generate(
    context: typer.Context,
    run: Annotated[
        Path,
        typer.Argument(metavar="RUN", help="A run folder or a saved model.", show_default=False),
    ],
    out: Annotated[
        Path | None,
        Option(help="A folder for images, else a .csv or .npz file. [default: generated...]"),
    ] = None,
    n: Annotated[int, Option("--n", min=1, help="How many samples.")] = 64,
    method: Annotated[
        Method | None,
        Option(
            help="Where codes come from. [default: the prior if the model has one, else mixture]"
        ),
    ] = None,
    class_name: Annotated[
        str | None,
        Option("--class", help="Samples of this class alone, by the labels of the data."),
    ] = None,
    between: Annotated[
        tuple[int, int] | None,
        Option(metavar="I J", help="The way from one held-out sample to another, by row number."),
    ] = None,
    like: Annotated[int | None, Option(min=0, help="Variations of this held-out sample.")] = None,
    amount: Annotated[
        float, Option(min=0, help="How far variations go, in spreads of the codes around.")
    ] = 1.0,
    augment: Annotated[
        int | None,
        Option(min=1, help="Write so many labelled samples, balanced, and test what they add."),
    ] = None,
    evaluate: Annotated[
        bool, Option("--evaluate", help="Judge samples of every model of the run.")
    ] = False,
    model: Annotated[
        str | None, Option(help="Which model of the run. [default: its first]")
    ] = None,
    seed: Annotated[int, Option(min=0, max=2**31 - 1, help="Of every draw.")] = 0,
    device: Annotated[str, Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    overwrite: Annotated[bool, Option("--overwrite", help="Replace what is in --out.")] = False,
    json: Annotated[bool, Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Make new samples: from scratch, of a class, between two samples, like one, or labelled.

    Images go into a folder, one PNG each and all of them on sheet.png; rows into a .csv or .npz file.
    """
    modes = {"--between": between, "--like": like, "--augment": augment, "--class": class_name}
    given = [name for name, value in modes.items() if value is not None]
    if len(given) > 1:
        raise typer.BadParameter(f"Choose one of {' and '.join(given)}.")
    is_variation = given == ["--like"] and method == "variation"
    if given in (["--between"], ["--like"]) and method is not None and not is_variation:
        raise typer.BadParameter(f"{given[0]} starts from samples and draws no codes: no --method.")
    if given == [] and method == "variation":
        raise typer.BadParameter("Say of which sample with --like, or use --augment.")
    if given not in (["--like"], ["--augment"]):
        refuse_flags(
            context, "only variations are of an amount; use --like or --augment.", "amount"
        )
    if given in (["--between"], ["--augment"]):
        refuse_flags(context, f"{given[0]} says how many samples there are.", "n")
    if (run / "model.json").is_file():
        refuse_flags(
            context, f"'{run}' is one model; --model chooses among those of a run.", "model"
        )
    opened = _Opened(run, model, device)
    target = _target(opened, out, is_labelled=augment is not None, overwrite=overwrite)
    if augment is not None:
        done = _augmented(opened, augment, method, amount, seed)
    elif between is not None:
        done = _between(opened, between)
    elif like is not None:
        done = _varied(opened, like, n, amount, seed)
    else:
        done = _drawn(opened, n, method, class_name, seed)
    found = _evaluated(opened, seed) if evaluate else None
    _write(opened, target, done)
    _keep(opened, done, found)
    _tell(done, found, target, as_json=json)


class _Opened:
    """A fitted model with the run that it belongs to, whose data are loaded only where they are needed."""

    def __init__(self, path: Path, name: str | None, device: str) -> None:
        import latens
        from latens.runs import Run

        self.path, self.device = path, device
        self.run: Run | None = None
        self.name, folder = "model", path
        if not (path / "model.json").is_file():
            self.run = Run.open(path)
            self.run.check_writable()
            self.name, folder = self.run.trained_model(name)
        self.model: BaseAutoencoder = latens.load_model(folder, device=device)

    @property
    def is_images(self) -> bool:
        return len(self.model.input_shape_) > 1

    @cached_property
    def data(self) -> "Prepared":
        """What the run learnt from and what it held out."""
        if self.run is None:
            raise typer.BadParameter("A saved model has no data of its own; give a run folder.")
        from latens.studies.preparation import prepared_again

        return prepared_again(self.run)

    @cached_property
    def labelled(self) -> tuple["np.ndarray", "np.ndarray"]:
        """Training samples of known class, and their classes; at most as many as the run scores."""
        rows = self.data.scored_train
        if self.data.train.y is None:
            raise RunError(
                f"The data of '{self.path}' have no labels, which classes are made from."
            )
        rows = rows[self.data.train.y[rows] >= 0]
        return self.data.train.X[rows], self.data.train.y[rows]

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.data.train.names or ()

    def all_models(self) -> dict[str, "BaseAutoencoder"]:
        import latens

        if self.run is None:
            return {self.name: self.model}
        names = self.run.model_names
        loaded = {
            one: latens.load_model(self.run.trained_model(one)[1], device=self.device)
            for one in names
            if one != self.name
        }
        return {self.name: self.model, **loaded}


@dataclass(frozen=True, eq=False)
class _Done:
    """New samples, and what is to be said of them."""

    question: str
    sentence: str
    X: "np.ndarray"
    use: str = "generate"
    y: "np.ndarray | None" = None
    columns: int = _COLUMNS
    added: "AddedAccuracy | None" = None


def _target(opened: _Opened, out: Path | None, *, is_labelled: bool, overwrite: bool) -> Path:
    """Where to write, known to be free and of a kind that fits."""
    from latens.applications.generate.files import check_free

    if is_labelled:
        target = out or Path("augmented.npz")
        endings: tuple[str, ...] = (".npz",)
    elif opened.is_images:
        target = out or Path("generated")
        endings = ("", ".npz")
    else:
        target = out or Path("generated.csv")
        endings = (".csv", ".npz")
    if target.suffix not in endings:
        words = " or ".join(ending or "no ending, for a folder of images" for ending in endings)
        raise typer.BadParameter(f"'{target}' must end in {words}.", param_hint="--out")
    check_free(target, overwrite=overwrite)
    return target


def _drawn(
    opened: _Opened, n: int, method: Method | None, class_name: str | None, seed: int
) -> _Done:
    """Samples from scratch, of all classes or of one."""
    from latens.applications.generate.headline import drawn

    label = None if class_name is None else _class(opened, class_name)
    known = None if label is None else opened.labelled
    sampler, words = _sampler(opened, method, seed, known)
    X = sampler.sample(n, y=label, random_state=seed)
    sentence = drawn(len(X), opened.name, words, class_name)
    return _Done("What do new samples of the model look like?", sentence, X)


def _sampler(
    opened: _Opened,
    method: Method | None,
    seed: int,
    known: "tuple[np.ndarray, np.ndarray] | None" = None,
    amount: float = 1.0,
) -> tuple[Any, str]:
    """A fitted sampler, of classes where samples of `known` class are given, and where it draws from."""
    from latens.applications.generate import (
        ClassMixtureSampler,
        MixtureSampler,
        PriorSampler,
        VariationSampler,
    )
    from latens.applications.generate.prior import draws_classes

    model = opened.model
    by_class = draws_classes(model)
    has_prior = model.has_prior if known is None else by_class
    if method == "prior" or (method is None and has_prior):
        source = "what it learnt about each class" if by_class else "its prior"
        return PriorSampler().fit(model), source
    if known is None:
        mixture = MixtureSampler(random_state=seed).fit(model)
        return mixture, "a Gaussian mixture on its training codes"
    if method == "variation":
        return VariationSampler(amount).fit(model, *known), "variations of real samples"
    by_label = ClassMixtureSampler(random_state=seed).fit(model, *known)
    return by_label, "a Gaussian mixture on the codes of each class"


def _class(opened: _Opened, name: str) -> int:
    names = opened.class_names
    if not names:
        raise RunError(
            f"The data of '{opened.path}' have no labels, so there is no class '{name}'."
        )
    if name not in names:
        known = one_line(", ".join(names))[:2_000]
        raise typer.BadParameter(
            f"There is no class '{name}'. Known: {known}.", param_hint="--class"
        )
    return names.index(name)


def _held_out(opened: _Opened, *rows: int) -> "np.ndarray":
    X = opened.data.test.X
    for row in rows:
        if not 0 <= row < len(X):
            raise typer.BadParameter(
                f"There is no held-out row {row}; they go from 0 to {len(X) - 1}."
            )
    return X[list(rows)]


def _between(opened: _Opened, rows: tuple[int, int]) -> _Done:
    from latens.applications.generate import interpolate
    from latens.applications.generate.headline import between

    ends = _held_out(opened, *rows)
    X = interpolate(opened.model, ends[:1], ends[1:], _STEPS)[0]
    question = f"What lies between held-out samples {rows[0]} and {rows[1]}?"
    return _Done(question, between(_STEPS), X, use="generate-between", columns=_STEPS)


def _varied(opened: _Opened, row: int, n: int, amount: float, seed: int) -> _Done:
    import numpy as np

    from latens.applications.generate import vary
    from latens.applications.generate.headline import varied

    X = vary(opened.model, np.repeat(_held_out(opened, row), n, axis=0), amount, random_state=seed)
    question = f"What is like held-out sample {row}?"
    return _Done(question, varied(n, amount), X, use="generate-like")


def _augmented(opened: _Opened, n: int, method: Method | None, amount: float, seed: int) -> _Done:
    """Labelled samples, and what a classifier gains by them on held-out samples."""
    from latens.applications.generate import added_accuracy
    from latens.applications.generate import augment as make
    from latens.applications.generate.headline import augmented

    X_known, y_known = opened.labelled
    # New samples made of more than the classifier has itself would add what they do not know.
    rows = _some(len(X_known), _MOST_LABELLED, seed, _ROWS)
    real, real_labels = X_known[rows], y_known[rows]
    sampler, words = _sampler(opened, method or "variation", seed, (real, real_labels), amount)
    X, y = make(sampler, real_labels, n, random_state=seed)
    test = opened.data.test
    tested = _some(len(test), _MOST_TESTED, seed, _TESTED)
    added = None
    if test.y is not None:
        tested = tested[test.y[tested] >= 0]
        added = added_accuracy(real, real_labels, X, y, test.X[tested], test.y[tested])
    question = "Do new samples help to train a classifier?"
    sentence = augmented(len(X), words, added)
    return _Done(question, sentence, X, use="generate-augment", y=y, added=added)


def _some(n: int, most: int, seed: int, stream: int) -> "np.ndarray":
    import numpy as np

    from latens._seeds import derive

    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng(derive(seed, stream)).choice(n, most, replace=False))


def _evaluated(opened: _Opened, seed: int) -> "SampleEvaluation":
    """All models of the run, by prior and by mixture, beside PCA and real samples."""
    from latens.applications.generate import compare_models, learnt_features, raw_features

    data = opened.data
    say(
        "learning the features in which samples are compared ..."
        if data.is_images
        else "comparing ..."
    )
    if data.is_images:
        y = data.train.y
        is_labelled = y is not None and bool((y >= 0).any()) and len(opened.class_names) > 1
        features = learnt_features(
            data.train.X, y if is_labelled else None, data=data.train.name, random_state=seed
        )
    else:
        features = raw_features(data.train.X)
    models = opened.all_models()
    return compare_models(models, data.train.X, data.test.X, features, random_state=seed)


_HEADINGS = (
    "samples",
    "Fréchet",
    "precision",
    "recall",
    "density",
    "coverage",
    "near",
    "authentic",
)


def _table(found: "SampleEvaluation") -> "Table":
    """The evaluation as the report shows it, real samples first."""
    from latens.runs import Table

    scores = {"real held-out samples": found.held_out, **found.scores}
    rows = tuple((name, *asdict(one).values()) for name, one in scores.items())
    note = (
        f"{found.n_samples:,} samples of each row beside as many held-out ones, in {found.features}. The "
        "Fréchet distance is taken in these features and is no FID; lower is better, and real samples show "
        "what is within reach. 'near' is the share that lies nearer to one of "
        f"{found.n_train:,} training samples than all but the nearest 1 % of real ones."
    )
    if "labels" in found.features:
        note += " Scored with labels."
    return Table("New samples beside real ones", _HEADINGS, rows, note)


def _write(opened: _Opened, target: Path, done: _Done) -> None:
    """Images in a folder, or rows in a file, whole or not at all."""
    from latens.applications.generate.files import as_bytes, write_images, write_rows

    if target.suffix == "":
        images = as_bytes(done.X, opened.model.scaling_)
        write_images(target, images, columns=done.columns)
        return
    names = None if opened.run is None else opened.run.feature_names
    if names is not None and done.X.ndim == 2 and len(names) != done.X.shape[1]:
        raise RunError(
            f"The run '{opened.path}' is damaged: it names {len(names)} columns, and its model makes "
            f"{done.X.shape[1]}."
        )
    write_rows(target, done.X, done.y, names)


def _keep(opened: _Opened, done: _Done, found: "SampleEvaluation | None") -> None:
    """Write the result into the run, for its report."""
    from latens.runs import Use

    if opened.run is None:
        return
    tables: tuple[Table, ...] = () if found is None else (_table(found),)
    mosaics: tuple[Mosaic, ...] = ()
    if opened.is_images:
        copies = () if found is None else (_copies(opened, found),)
        mosaics = (_mosaic(opened, done), *copies)
    opened.run.write_use(done.use, Use(done.question, done.sentence, tables, mosaics))


def _mosaic(opened: _Opened, done: _Done) -> "Mosaic":
    from latens.applications.generate.files import as_bytes
    from latens.runs import Mosaic

    columns = min(done.columns, len(done.X))
    n = min(_SHOWN, len(done.X)) // columns * columns
    images = as_bytes(done.X[:n], opened.model.scaling_)
    rows = images.reshape(n // columns, columns, *images.shape[1:])
    names = tuple(f"{first + 1}–{first + columns}" for first in range(0, n, columns))
    return Mosaic(done.question, rows, names)


def _copies(opened: _Opened, found: "SampleEvaluation") -> "Mosaic":
    """For each row of the table the new samples nearest to a training sample, above that sample."""
    import numpy as np

    from latens.applications.generate.files import as_bytes
    from latens.runs import Mosaic

    pairs = np.concatenate(list(found.closest.values()))
    images = as_bytes(pairs.reshape(-1, *pairs.shape[2:]), opened.model.scaling_)
    names = tuple(row for name in found.closest for row in (name, "nearest training sample"))
    title = "Copies? The new samples that come nearest to a training sample, and that sample"
    return Mosaic(title, images.reshape(pairs.shape), names)


def _tell(done: _Done, found: "SampleEvaluation | None", target: Path, *, as_json: bool) -> None:
    if as_json:
        result: dict[str, Any] = {"out": str(target), "n": len(done.X), "sentence": done.sentence}
        if done.added is not None:
            result["accuracy"] = {**asdict(done.added), "added": done.added.added}
        if found is not None:
            result["evaluation"] = {
                "features": found.features,
                "n_samples": found.n_samples,
                "n_train": found.n_train,
                "held_out": asdict(found.held_out),
                "scores": {name: asdict(one) for name, one in found.scores.items()},
            }
        print_json(result)
        return
    say(done.sentence)
    if found is not None:
        table = _table(found)
        rows = [
            [name, *(f"{float(value or 0):.3g}" for value in rest)] for name, *rest in table.rows
        ]
        print_table(table.title, table.columns, [[str(cell) for cell in row] for row in rows])
        print_lines(table.note, "")
    print_path(target)
