"""What a study would say of its first model, without a run."""

from latens.runs import Verdict
from latens.studies.building import build_model
from latens.studies.comparing import compare, gather_evidence
from latens.studies.preparation import prepare
from latens.studies.representations import Baselines, learned
from latens.studies.settings import Study
from latens.studies.verdict import judge

__all__ = ["brief_verdict"]


def brief_verdict(study: Study) -> Verdict:
    """Train the first model with the first seed and return the verdict on it; nothing is written.

    UMAP is not asked.

    Parameters
    ----------
    study : Study
        With a `latent_dim` for its first model.

    Returns
    -------
    Verdict

    Raises
    ------
    LatensError
        If the data or the settings cannot be used, or the training fails.
    """
    data, settings, seed = prepare(study), study.models[0], study.seed
    model = build_model(settings, seed=seed, callbacks=())
    model.fit(data.train.X, data.train.y, **data.fit_options)
    ours = learned(data, settings.name, model, model.history_.epochs[-1].seconds)
    baselines = Baselines.of(data, [ours.numbers])
    # The number of clusters matters to scores that have no say here.
    compared = compare(data, baselines, [ours], k=data.n_classes or 2, seed=seed)
    evidence = gather_evidence(data, baselines.raw, model, seed)
    pca = baselines.pca_of(ours).name
    return judge(compared.rows, compared.differences, evidence, model=ours.name, pca=pca)
