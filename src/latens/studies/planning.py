"""What a run will do, planned before anything is written, and shortened where time is short."""

from dataclasses import dataclass, replace
from math import prod
from typing import Any

from latens.models.base import Cost
from latens.studies.budget import Budget, Sizes
from latens.studies.building import build_model
from latens.studies.preparation import SCORES, Prepared
from latens.studies.settings import ModelSettings, Study
from latens.training import Plan, format_duration

__all__ = ["PlannedRun", "plan_run", "within_budget"]

# An aim is missed by less without another number of epochs on every machine.
_NEARLY = 0.9


@dataclass(frozen=True)
class PlannedRun:
    """What a run is made of, once it is known what there is time for."""

    study: Study
    data: Prepared
    costs: dict[str, Cost]
    sizes: Sizes
    budget: Budget | None = None

    @property
    def seconds(self) -> float:
        """How long all trainings take, by the costs."""
        seeds = self.study.all_seeds()
        trainings = [model.name for seed in seeds for model in self.study.models_of(seed)]
        return sum(self.costs[name].seconds for name in trainings)

    @property
    def seconds_after(self) -> float:
        """How long what follows the trainings takes; 0 where nobody asked."""
        if self.budget is None:
            return 0.0
        scored = max(len(self.data.scored_train), len(self.data.scored_test))
        return self.budget.takes(self.sizes.after_training(scored))

    def cheap_forms(self) -> list[dict[str, Any]]:
        """What is made in a cheaper form, as run.json has it."""
        return [] if self.budget is None else [one.model_dump() for one in self.budget.cheap]


def plan_run(study: Study, data: Prepared, device: str) -> PlannedRun:
    """Build every model once, so that a wrong setting is found before anything is written."""
    study = study.sized(prod(data.train.X.shape[1:]))
    costs = {}
    for settings in study.models:
        model = build_model(settings, seed=study.seed, device=device)
        costs[settings.name] = model.estimate_cost(data.train.X, data.train.y, **data.fit_options)
    return PlannedRun(study, data, costs, _sizes(study, data, costs))


def within_budget(planned: PlannedRun, budget: Budget) -> PlannedRun:
    """Shorten trainings that would take too long, and score fewer samples where all would take too long."""
    budget.stretch(planned.seconds)
    room, scored = budget.share_out(planned.sizes, planned.seconds)
    share = room / max(planned.seconds, 1e-9)
    data, study = planned.data, planned.study
    n_scored = len(data.scored_train), len(data.scored_test)
    data = data.scoring(min(scored, study.max_scored), study.seed)
    fewer = len(data.scored_train), len(data.scored_test)
    if fewer < n_scored:
        text = (
            f"on {fewer[0]:,} training and {fewer[1]:,} held-out samples instead of "
            f"{n_scored[0]:,} and {n_scored[1]:,}"
        )
        budget.note(SCORES, text, rows=scored)
    costs = dict(planned.costs)
    is_short = share < (1.0 if budget.is_limit else _NEARLY)
    for name, cost in planned.costs.items():
        if is_short or budget.is_limit:
            costs[name] = _shortened(cost, share, by_clock=budget.is_limit)
    if is_short:
        text = f"for {format_duration(room)} instead of {format_duration(planned.seconds)}"
        budget.note("training", text)
    models = tuple(_trained_for(model, costs[model.name].plan) for model in study.models)
    study = study.model_copy(update={"models": models})
    return replace(planned, study=study, data=data, costs=costs, budget=budget)


def _shortened(cost: Cost, share: float, *, by_clock: bool) -> Cost:
    """A training in a share of its time: by its clock, or with fewer epochs."""
    plan = cost.plan
    seconds = min(1.0, share) * cost.seconds
    if by_clock:
        return Cost(replace(plan, time_limit=share * cost.seconds), seconds)
    return Cost(replace(plan, max_epochs=max(1, int(share * (plan.max_epochs or 1)))), seconds)


def _trained_for(model: ModelSettings, plan: Plan) -> ModelSettings:
    length = {"max_epochs": plan.max_epochs, "time_limit": plan.time_limit}
    known = {name: value for name, value in length.items() if value is not None}
    return model.model_copy(update={"trainer": model.trainer | known})


def _sizes(study: Study, data: Prepared, costs: dict[str, Cost]) -> Sizes:
    epochs = {name: max(1, cost.plan.max_epochs or 1) for name, cost in costs.items()}
    return Sizes(
        n_train=len(data.train),
        n_test=len(data.test),
        values=prod(data.train.X.shape[1:]),
        classes=data.n_classes if data.has_labels else 0,
        models=len(study.models),
        seeds=study.seeds,
        sample_seconds=max(
            cost.seconds / epochs[name] / cost.plan.n_train for name, cost in costs.items()
        ),
    )
