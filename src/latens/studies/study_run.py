"""A study from data to a finished run folder."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np

from latens._devices import resolve_device
from latens._text import one_line
from latens.applications import profile_clusters
from latens.data.catalogue import canonical_name
from latens.exceptions import LatensError, RunError
from latens.models import BaseAutoencoder, load_model
from latens.runs import (
    Alert,
    DataInfo,
    Evidence,
    HistoryRecord,
    Measure,
    NextFolder,
    NotMeasured,
    PairedDifference,
    ResultRow,
    Results,
    Run,
    array_names,
    carry_out,
    now,
    software,
)
from latens.studies import map_process
from latens.studies import representations as represent
from latens.studies.alerts import data_alerts, model_alerts
from latens.studies.announcement import Announcement
from latens.studies.budget import Budget
from latens.studies.building import build_model
from latens.studies.clusters import choose_clusters
from latens.studies.comparing import compare, gather_evidence
from latens.studies.maps import MOST_ON_MAPS, write_maps, write_umaps
from latens.studies.pictures import write_codes, write_examples, write_generated, write_layers
from latens.studies.planning import PlannedRun, plan_run, within_budget
from latens.studies.preparation import Prepared, prepare, prepared_again
from latens.studies.progress import (
    has_all_seeds,
    has_first_seed,
    histories_so_far,
    results_so_far,
)
from latens.studies.protocol.measure_all import measure_protocol
from latens.studies.protocol.published import compare_with_published
from latens.studies.representations import Representation, variance_kept
from latens.studies.settings import ModelSettings, ProtocolSettings, Study, check_study
from latens.studies.similar import write_similar
from latens.studies.table_cells import table_cells
from latens.studies.verdict import judge
from latens.studies.walks import write_walks
from latens.training import Callback

__all__ = ["Reporter", "resume_study", "run_study"]

OfSeed = TypeVar("OfSeed", ResultRow, PairedDifference, Measure)


@dataclass(frozen=True)
class Reporter:
    """How a study speaks to whoever started it: the command line, a notebook or a test.

    Attributes
    ----------
    announce : callable
        Told what the run will do, before anything is written.
    say : callable
        Told in a few words what happens now.
    callbacks : callable
        From a description of a training to the callbacks it gets.
    finish : callable
        Makes of the run what belongs to it besides, such as its report, before it counts as complete.
    is_finished : callable
        Whether a run has that.
    command : str
        What was typed.
    device : str
    """

    announce: Callable[[Announcement], None] = lambda announcement: None
    say: Callable[[str], None] = lambda words: None
    callbacks: Callable[[str], Sequence[Callback]] = lambda description: ()
    finish: Callable[[Run], object] = lambda run: None
    is_finished: Callable[[Run], bool] = lambda run: True
    command: str = ""
    device: str = "auto"


def run_study(
    study: Study,
    out: str | Path | NextFolder,
    *,
    overwrite: bool = False,
    reporter: Reporter | None = None,
    data: Prepared | None = None,
    budget: Budget | None = None,
) -> Run:
    """Carry out a study and write its run folder.

    Parameters
    ----------
    study : Study
    out : str, path or NextFolder
        The run folder; nothing is written if the data or the settings are wrong.
    overwrite : bool, default=False
        Replace a run that is there.
    reporter : Reporter, optional
    data : Prepared, optional
        The data of the study, where they were read before.
    budget : Budget, optional
        The time of the whole run: trainings that would take too long are shortened, and what follows them
        takes cheaper forms, which `run.json` lists.

    Raises
    ------
    LatensError
        If the data, a setting or the folder cannot be used, or a training fails.

    Examples
    --------
    >>> import tempfile
    >>> from latens.studies import check_study
    >>> trainer = {"max_epochs": 1}
    >>> models = [{"latent_dim": 2, "trainer": trainer}]
    >>> study = check_study({"data": {"source": "digits"}, "models": models}, "example")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = run_study(study, f"{folder}/run")
    ...     run.info.status
    'complete'
    """
    reporter = reporter or Reporter()
    place = _place(study.data.source)
    if place is not None and not isinstance(out, NextFolder):
        _check_apart(Path(place), Path(out))
    planned = plan_run(study, data or prepare(study), reporter.device)
    if budget is not None:
        planned = within_budget(planned, budget)
    _announce(planned, reporter)
    study, data = planned.study, planned.data
    with Run.creating(out, overwrite=overwrite) as run:
        carry_out(
            run,
            lambda: _Work(run, planned, reporter).all_seeds(),
            finish=reporter.finish,
            say=reporter.say,
            command=reporter.command,
            study=study.model_dump(),
            data=_data_info(data, place),
            software=software() | {"device": str(resolve_device(reporter.device))},
            started=now(),
            budget=None if budget is None else budget.seconds,
            is_limited=budget is not None and budget.is_limit,
            cheap_forms=planned.cheap_forms(),
        )
    return run


def resume_study(
    path: str | Path,
    *,
    reporter: Reporter | None = None,
    trust: bool = False,
    finish: bool = False,
) -> Run:
    """Continue a run that was interrupted, failed or killed, with the settings it was started with.

    Of one that is trained, what it lacks is made.

    Parameters
    ----------
    path : str or path
        The run folder.
    reporter : Reporter, optional
    trust : bool, default=False
        Import classes that are not part of latens, where the run names some.
    finish : bool, default=False
        Make in full what was made in a cheaper form to save time; trained models stay as they are.

    Raises
    ------
    UntrustedError
        If the run names a class that is not part of latens, without `trust`.
    RunError
        If the folder is no run, is damaged, is being written, lacks nothing, or the data have changed.
    """
    reporter = reporter or Reporter()
    run = Run.open(path)
    with run.writing():
        study = check_study(run.study, f"The run '{path}'", trust=trust)
        status, seconds, _ = run.status, run.seconds, run.fingerprint  # or run.json is damaged
        is_cheap = bool(run.info.cheap_forms)
        is_trained = has_all_seeds(run, study) and not (finish and is_cheap)
        if is_trained and status == "complete" and reporter.is_finished(run):
            more = "; --finish makes in full what was made in a cheaper form" if is_cheap else ""
            raise RunError(f"The run '{path}' is complete, so there is nothing to resume{more}.")
        work = _trained(run) if is_trained else _work_again(run, study, reporter, finish=finish)
        carry_out(run, work, finish=reporter.finish, say=reporter.say, seconds=seconds)
    return run


def _trained(run: Run) -> Callable[[], str]:
    """What is left to do of a run that was cut off after its last seed."""

    def tidy() -> str:
        run.remove_checkpoints()
        return "complete"

    return tidy


def _work_again(run: Run, study: Study, reporter: Reporter, *, finish: bool) -> Callable[[], str]:
    """What is left to do of a run with seeds to train, once its data are there."""
    try:
        data = prepared_again(run)
        if finish:
            data = data.scoring(study.max_scored, study.seed)
        budget = None if finish else _budget_again(run)
        planned = replace(plan_run(study, data, reporter.device), budget=budget)
        _announce(planned, reporter, is_trained=has_all_seeds(run, study))
    except KeyboardInterrupt:
        run.write_info(status="interrupted")  # one that was killed says that it is running
        raise
    return _Work(run, planned, reporter, anew=finish).all_seeds


def _budget_again(run: Run) -> Budget | None:
    """The time that a run had, once more, and what was decided for it: the trainings are as planned."""
    info = run.info
    if info.budget is None:
        return None
    return Budget(info.budget, is_limit=info.is_limited, cheap=list(info.cheap_forms))


def _check_apart(data: Path, out: Path) -> None:
    """Refuse data inside the folder of the run, which --overwrite would remove."""
    if data.resolve().is_relative_to(out.resolve()):
        raise RunError(f"The data '{data}' are in '{out}' itself. Choose another --out.")


def _announce(planned: PlannedRun, reporter: Reporter, *, is_trained: bool = False) -> None:
    reporter.announce(
        Announcement(
            data=planned.data,
            costs={} if is_trained else planned.costs,
            seeds=planned.study.seeds,
            seconds=0.0 if is_trained else planned.seconds,
            budget=planned.budget,
            seconds_after=planned.seconds_after,
        )
    )


def _data_info(data: Prepared, place: str | None) -> DataInfo:
    train, names, columns = data.train, data.train.names, data.train.feature_names
    return DataInfo(
        name=train.name,
        source=train.source,
        path=place,
        n_train=len(train),
        n_test=len(data.test),
        sample_shape=list(train.X.shape[1:]),
        dtype=str(train.X.dtype),
        bounded=data.scaling.bounded,
        data_range=float(data.scaling.scale) if data.scaling.scale.ndim == 0 else None,
        fingerprint=data.fingerprint,
        names=None if names is None else list(names),
        feature_names=None if columns is None else list(columns),
        table=None if train.encoder is None else train.encoder.facts(),
        notes=list(train.notes),
        read_as=train.read_as,
        left_out=sorted({*train.left_out, *data.test.left_out}),
        understood=list(train.understood),
        held_out=data.held_out,
        own_parts=data.whole is not None,
        n_scored_train=len(data.scored_train),
        n_scored_test=len(data.scored_test),
    )


def _place(source: str) -> str | None:
    """The absolute path of data that are no named set, as runs are used from other folders, too."""
    path = Path(os.path.expanduser(source))  # noqa: PTH111 - a home that is missing must not raise
    return str(path.absolute()) if canonical_name(source) != source and path.exists() else None


class _Work:
    """One run under way: seed after seed, each written when it is done."""

    def __init__(
        self, run: Run, planned: PlannedRun, reporter: Reporter, *, anew: bool = False
    ) -> None:
        self.run = run
        self.planned = planned
        self.study = planned.study
        self.data = planned.data
        self.budget = planned.budget
        self.reporter = reporter
        # What was there of a first seed may be lost; then nothing counts as done.
        is_begun = has_first_seed(run, planned.study)
        self.is_trained = is_begun and anew
        self.results = results_so_far(run) if is_begun and not anew else Results()
        self.histories: dict[str, dict[str, HistoryRecord]] = (
            histories_so_far(run) if is_begun else {}
        )

    @cached_property
    def baselines(self) -> represent.Baselines:
        """Those of the first seed's parts, which the pictures are of."""
        return self._baselines_of(self.data)

    def _baselines_of(self, data: Prepared) -> represent.Baselines:
        self.reporter.say("fitting PCA")
        sizes = dict.fromkeys(model.latent_dim or 0 for model in self.study.models)
        return represent.Baselines.of(data, sizes, self._pca_rows(len(data.train)))

    def _pca_rows(self, n_train: int) -> int | None:
        """Of how many training rows PCA learns; None: of all."""
        if self.budget is None:
            return None
        rows = self.budget.rows_of("PCA") or self.budget.pca_rows(self.planned.sizes)
        if rows >= n_train:
            return None
        self.budget.note("PCA", f"fitted on {rows:,} of {n_train:,} training samples", rows)
        return rows

    def all_seeds(self) -> str:
        """Do what is left to do; return the state that the run is in then."""
        self._write_study()
        done = set(self.results.seeds_done)
        for seed in self.study.all_seeds():
            if seed not in done and self._one_seed(seed) == "interrupted":
                return "interrupted"
        self.run.remove_checkpoints()
        self.run.write_info(cheap_forms=self.planned.cheap_forms())
        return "complete"

    def _write_study(self) -> None:
        """Write the settings as a study file, which finds its data from any folder."""
        study = self.study.model_dump(mode="json")
        study["data"]["source"] = self.run.data.path or study["data"]["source"]
        self.run.write_study(study)

    def _one_seed(self, seed: int) -> str:
        """Train, score and write one seed; the first one also draws the pictures."""
        data = self.data.for_seed(self.study, seed)
        fitted = [self._fit(settings, data, seed) for settings in self.study.models_of(seed)]
        if any(model.history_.stopped == "interrupted" for _, model in fitted):
            # What there is so far is kept; to score it would keep somebody waiting who wants to leave.
            self.run.write("histories", self.histories)
            return "interrupted"
        self._score_seed(seed, data, fitted)
        return "complete"

    def _score_seed(
        self, seed: int, data: Prepared, fitted: list[tuple[Representation, BaseAutoencoder]]
    ) -> None:
        is_first = seed == self.study.seed
        models = [representation for representation, _ in fitted]
        baselines = self.baselines if data is self.data else self._baselines_of(data)
        if is_first:
            self.results = self._start_results(*fitted[0])
        assert self.results.clusters is not None, "the first seed has chosen them"
        compared = compare(
            data,
            baselines,
            models,
            k=self.results.clusters.k,
            seed=seed,
            umap=self._umap(data, baselines, seed),
            say=self.reporter.say,
        )
        results = self.results
        results.rows = [*_other_seeds(results.rows, seed), *compared.rows]
        results.differences = [*_other_seeds(results.differences, seed), *compared.differences]
        if is_first:
            for name, one in compared.scores.items():
                self.run.write_array(array_names.clusters(name), one.clusters["held-out"])
                self.run.write_array(array_names.clusters(name, "train"), one.clusters["train"])
            for model in models:
                centers = compared.scores[model.name].centers
                self.run.write_array(array_names.centers(model.name), centers)
            self._write_labels()
            self._write_cells(data, [*baselines.all(), *models])
            self._write_pictures(
                fitted, {name: one.centers for name, one in compared.scores.items()}
            )
            for representation, model in fitted:
                results.alerts += model_alerts(representation, model, self.data)
        if self.study.protocol != ProtocolSettings():
            self._attempt(
                "measuring the protocol",
                lambda: self._measure_protocol(data, [*baselines.all(), *models], fitted, seed),
            )
        results.seeds_done.append(seed)
        first = self.study.models[0]
        results.verdict = judge(
            results.rows,
            results.differences,
            # Version 0.1 recorded no evidence.
            results.evidence or Evidence(n_held_out=len(self.data.scored_test)),
            model=first.name,
            pca=baselines.pca[first.latent_dim or 0].name,
        )
        self.run.write("histories", self.histories)
        use = compare_with_published(self.study, results)
        if use is not None:
            self.run.write_finding("published", use)
        # Last, as they say which seeds are done.
        self.run.write("results", results)

    def _measure_protocol(
        self,
        data: Prepared,
        representations: list[Representation],
        fitted: list[tuple[Representation, BaseAutoencoder]],
        seed: int,
    ) -> None:
        """Measure what an earlier study measured."""
        measures = measure_protocol(
            data,
            self.study.protocol,
            representations,
            {representation.name: model for representation, model in fitted},
            seed=seed,
            is_first=seed == self.study.seed,
            say=self.reporter.say,
        )
        self.results.measures = [*_other_seeds(self.results.measures, seed), *measures]

    def _fit(
        self, settings: ModelSettings, data: Prepared, seed: int
    ) -> tuple[Representation, BaseAutoencoder]:
        path = self.run.model_path(settings.name)
        is_first = seed == self.study.seed
        if is_first and self.is_trained:
            model = load_model(path)
            return self._learned(settings, data, model)
        description = settings.name if self.study.seeds == 1 else f"{settings.name}, seed {seed}"
        model = build_model(
            settings,
            seed=seed,
            device=self.reporter.device,
            callbacks=self.reporter.callbacks(description),
            checkpoint=self.run.checkpoint_path(f"{settings.name}-{seed}"),
        ).fit(data.train.X, data.train.y, **data.fit_options)
        record = HistoryRecord.model_validate(model.history_.to_json())
        self.histories.setdefault(settings.name, {})[str(seed)] = record
        if is_first:
            model.save(path, overwrite=True)
        return self._learned(settings, data, model)

    def _learned(
        self, settings: ModelSettings, data: Prepared, model: BaseAutoencoder
    ) -> tuple[Representation, BaseAutoencoder]:
        seconds = model.history_.epochs[-1].seconds
        return represent.learned(data, settings.name, model, seconds), model

    def _start_results(self, first: Representation, model: BaseAutoencoder) -> Results:
        self.reporter.say("choosing the number of clusters")
        asked = [self.baselines.raw, self.baselines.pca_of(first), first]
        clusters = choose_clusters(self.study, asked, self.data.n_classes or None)
        self.reporter.say("measuring the variance that PCA keeps")
        variance = variance_kept(self.baselines.raw, self.study.seed)
        self.reporter.say("looking for structure in the data")
        evidence = gather_evidence(self.data, self.baselines.raw, model, self.study.seed)
        return Results(
            clusters=clusters,
            evidence=evidence,
            alerts=data_alerts(self.data),
            variance=variance,
        )

    def _umap(
        self, data: Prepared, baselines: represent.Baselines, seed: int
    ) -> list[Representation]:
        """The UMAP row, or the reason why there is none."""
        size = min(next(iter(baselines.pca)), baselines.raw.numbers)
        if not map_process.umap_is_installed():
            reason = "umap-learn is not installed; get it with pip install 'latens[umap]'"
        elif not self._has_time_for_umap():
            reason = "there was no time for it; latens run --resume RUN --finish measures it"
        else:
            self.reporter.say("fitting UMAP")
            try:
                return [represent.umap(data, size, seed)]
            except map_process.MapError as error:
                reason = f"umap-learn failed ({error})"
        missing = NotMeasured(label="UMAP of the raw values", reason=reason)
        if missing not in self.results.not_measured:
            self.results.not_measured.append(missing)
        return []

    def _attempt(self, words: str, work: Callable[[], object]) -> None:
        """Do what the run is whole without; what was trained is not lost to a picture that fails."""
        self.reporter.say(words)
        try:
            work()
        except LatensError:
            raise  # such as a disk that is full
        except Exception as error:  # noqa: BLE001 (whatever a library raises)
            reason = f"{type(error).__name__}: {one_line(error)[:200]}"
            text = f"This step failed, and what it makes is missing here ({reason})."
            self.results.alerts.append(Alert(title=words, text=text))

    def _write_cells(self, data: Prepared, representations: list[Representation]) -> None:
        """Write how well each column of a table of mixed kinds comes back."""
        if data.encoder is not None:
            cells = table_cells(data, data.encoder, representations)
            self.run.write("cells", cells.model_dump())

    def _write_labels(self) -> None:
        """Write which samples are which rows of the data, which are scored, and their labels."""
        data, run = self.data, self.run
        run.write_identity(data.identity)
        rows = data.identity.rows
        if len(data.train.table):
            run.write_columns(data.train.table.at(rows))
        run.write_array(array_names.scored("train"), data.trained_on_places(data.scored_train))
        run.write_array(array_names.scored("test"), data.places(data.scored_test))
        if data.train.y is not None and data.test.y is not None:
            run.write_array(array_names.labels("train"), data.train.y)
            run.write_array(array_names.labels("test"), data.test.y)

    def _write_pictures(
        self,
        fitted: list[tuple[Representation, BaseAutoencoder]],
        centers: Mapping[str, np.ndarray],
    ) -> None:
        data, run, seed = self.data, self.run, self.study.seed
        models = [representation for representation, _ in fitted]
        baselines = self.baselines.all()
        reconstructed = [*self.baselines.pca.values(), *models]
        attempt = self._attempt
        attempt(
            "reconstructing examples",
            lambda: write_examples(run, data, reconstructed, order_by=models[0].name),
        )
        attempt("looking inside the networks", lambda: self._look_inside(fitted))
        attempt("finding similar samples", lambda: write_similar(run, data, [*baselines, *models]))
        shown = [*baselines, *models]
        rows, most = self._tsne_rows(), self._most_on_maps()
        attempt(
            "drawing maps",
            lambda: write_maps(run, data, shown, centers, seed, tsne_rows=rows, most=most),
        )
        if map_process.umap_is_installed() and self._has_time_for_umap():
            attempt("drawing UMAP maps", lambda: write_umaps(run, data, shown, seed, most=most))
        attempt("describing the clusters", lambda: run.write_profiles(profile_clusters(run)))

    def _tsne_rows(self) -> int | None:
        """Of how many samples t-SNE draws maps; None: of all that are on maps."""
        if self.budget is None:
            return None
        rows, scored = self.budget.map_rows(self.planned.sizes), len(self.data.scored_test)
        if rows >= scored:
            return None
        text = (
            f"by t-SNE of {rows:,} of {scored:,} samples, the others put among their neighbors"
            if rows
            else "by the first two principal components, without t-SNE"
        )
        self.budget.note("maps", text, rows)
        return rows

    def _most_on_maps(self) -> int:
        """How many samples are on maps: all up to a limit, or those that there is time for."""
        n, made = len(self.data.train) + len(self.data.test), len(self.data.scored_test)
        wanted = min(n, MOST_ON_MAPS)
        if self.budget is None:
            return wanted
        rows = self.budget.on_maps(self.planned.sizes, made, wanted)
        if rows < wanted:
            self.budget.note("samples on maps", f"{rows:,} of {n:,}, drawn at random", rows)
        return rows

    def _has_time_for_umap(self) -> bool:
        rows = len(self.data.scored_train) + len(self.data.scored_test)
        if self.budget is None or self.budget.has_time_for_umap(rows):
            return True
        self.budget.note("UMAP", "left out")
        return False

    def _look_inside(self, fitted: list[tuple[Representation, BaseAutoencoder]]) -> None:
        data, run, seed = self.data, self.run, self.study.seed
        for representation, model in fitted:
            write_codes(run, data, representation, model, seed)
            if data.is_images:
                write_generated(run, representation.name, model, seed)
                write_walks(run, data, representation.name, model, representation.test)
                layers = write_layers(run, data, representation.name, model)
                self.results.layers[representation.name] = layers


def _other_seeds(records: Sequence[OfSeed], seed: int) -> list[OfSeed]:
    return [one for one in records if one.seed != seed]
