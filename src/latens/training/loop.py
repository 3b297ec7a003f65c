"""The one training loop, for every kind of autoencoder."""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from latens._seeds import derive
from latens._torch_state import plain_torch
from latens.exceptions import TrainingError
from latens.networks import Network
from latens.objectives import Batch, Losses, Objective
from latens.training.callbacks import Callback, Plan, StopTraining
from latens.training.checkpoints import read_checkpoint, write_checkpoint
from latens.training.compilation import compiled
from latens.training.draws import training_draws
from latens.training.early_stopping import WEIGHT_DECAY, Cooling, cooling_of
from latens.training.history import Epoch, History
from latens.training.losses import RunningLosses
from latens.training.memory import malloc_tuning
from latens.training.optimizers import Optimization
from latens.training.precision import decide_precision, training_precision
from latens.training.samples import DeviceSamples
from latens.training.schedules import Schedule
from latens.training.state import TrainingState, signature
from latens.training.threads import limit_threads

__all__ = ["Loop", "LoopSettings", "shuffled_rows"]

# The streams of random numbers that are drawn from one seed.
_SPLIT, _ORDER, _DRAWS, _VALIDATION = range(4)

_HEARTBEAT_SECONDS = 0.1
_CHECKPOINT_SECONDS = 5.0
_ERROR_ROWS = 1_000
_UNSETTLED = (
    "No epoch was trained with all terms at their final weights, so the last weights were kept and not the "
    "best. Train longer, or shorten the warm-up."
)


@dataclass(frozen=True)
class LoopSettings:
    """The settings of one training, as `Trainer` has chosen them.

    Attributes
    ----------
    plan : Plan
    optimization : Optimization
    schedule : Schedule
    min_delta : float
    checkpoint : Path or None
    callbacks : tuple of Callback
    signed : mapping
        The parameters of the trainer, in which a checkpoint must agree.
    """

    plan: Plan
    optimization: Optimization
    schedule: Schedule
    min_delta: float
    checkpoint: Path | None
    callbacks: tuple[Callback, ...]
    signed: Mapping[str, object]


class Loop:
    """One training under way.

    Parameters
    ----------
    settings : LoopSettings
    network, objective : Module
        Changed in place.
    samples : DeviceSamples
    seed : int
    history : History
        Filled as the training goes.
    parameters : mapping
        What network and objective were made with.
    """

    def __init__(
        self,
        settings: LoopSettings,
        network: Network,
        objective: Objective,
        samples: DeviceSamples,
        seed: int,
        history: History,
        parameters: Mapping[str, object],
    ) -> None:
        self.settings = settings
        self.plan = settings.plan
        self.network = network
        self.samples = samples
        self.seed = seed
        modules = nn.ModuleDict({"network": network, "objective": objective})
        modules.to(device=samples.device, dtype=samples.dtype)
        self.objective = objective
        self.phases = objective.phases(network)
        optimizers = [
            settings.optimization.optimizer(phase.parameters, self.plan.learning_rate)
            for phase in self.phases
        ]
        same = dict(parameters)
        if settings.checkpoint is not None:
            same["samples"] = samples.fingerprint()
        signed = signature(settings.signed, objective, self.plan, seed, same)
        self.state = TrainingState(modules, optimizers, history, signed)
        self.checkpoint = settings.checkpoint
        self.schedule = settings.schedule
        self.cooling: Cooling | None = None
        self.callbacks = settings.callbacks

    @plain_torch()
    def run(self) -> History:
        """Train to the end, or until interrupted; the network keeps its best weights."""
        if self.checkpoint is not None and self.checkpoint.exists():
            read_checkpoint(self.checkpoint, self.state)
        history = self.state.history
        self.started = time.monotonic() - (history.epochs[-1].seconds if history.epochs else 0.0)
        self.last_heartbeat = self.last_checkpoint = time.monotonic()
        rows = shuffled_rows(len(self.samples), self.seed)
        self.train_rows = rows[self.plan.n_validation :]
        self.validation_rows = rows[: self.plan.n_validation].sort().values
        # Drawn before they are sorted: the first of sorted rows are all of one class where the data are.
        self.error_rows = rows[: min(self.plan.n_validation, _ERROR_ROWS)].sort().values
        self.plan = self._decided()
        self._tell("on_start", self.plan)
        history.stopped = "failed"
        try:
            with self._prepared():
                history.stopped = self._fit()
        except StopTraining as stop:
            history.stopped = "interrupted"
            if not history.epochs:
                raise TrainingError(
                    "The training was interrupted before its first epoch was done, "
                    "so there is nothing to keep."
                ) from stop
        except KeyboardInterrupt:
            history.stopped = "interrupted"
            raise
        finally:
            if history.epochs and not history.settled:
                history.notes.append(_UNSETTLED)
            self.state.restore_best()
            self.state.modules.eval()
            self._tell("on_end", history)
        return history

    def _decided(self) -> Plan:
        """The plan with its precision, of the checkpoint, the settings or a trial, which the history says."""
        history = self.state.history
        if history.epochs:
            plan = replace(
                self.plan,
                bfloat16=history.precision == "bfloat16",
                precision_reason=history.precision_reason,
            )
        else:
            plan = decide_precision(self.network, self.objective, self.samples, self.plan)
        exact = str(self.samples.dtype).removeprefix("torch.")
        history.precision = "bfloat16" if plan.bfloat16 else exact
        history.precision_reason = plan.precision_reason
        return plan

    @contextmanager
    def _prepared(self) -> Iterator[None]:
        """Threads, memory, precision and compiled code as the plan says, as long as it lasts."""
        with (
            limit_threads(self.network, self.plan),
            malloc_tuning(),
            training_precision(self.network, self.plan),
            compiled(self.network, self._trial, wanted=self.plan.compiled) as problem,
        ):
            if problem is not None:
                self.state.history.notes.append(problem)
            yield

    def _trial(self) -> Tensor:
        """The loss of a batch, before the training."""
        self.state.modules.train()
        batch = self.samples.batch(self.train_rows[: self.plan.batch_size].to(self.samples.device))
        return self.objective(self.network, batch).total

    def _fit(self) -> str:
        """Train epoch by epoch; return the reason for the end."""
        history = self.state.history
        while (progress := self._progress(len(history.epochs), 0)) < 1:
            if self.cooling is None and (cooling := self._cooling()) is not None:
                self._start_cooling(cooling)
                continue
            history.epochs.append(self._fit_epoch(len(history.epochs), progress))
            self.state.keep_best()
            self._write_checkpoint()
            self._tell("on_epoch", history.epochs[-1])
        if self.cooling is not None and len(history.epochs) == self.cooling.end:
            return "no progress"
        all_done = len(history.epochs) == self.plan.max_epochs
        return "all epochs done" if all_done else "time limit"

    def _cooling(self) -> Cooling | None:
        """The end of the training, if it has waited for long enough for a lower loss."""
        return cooling_of(
            self.state.history.epochs,
            share=getattr(self.schedule, "cooling", 0.0),
            patience=self.plan.patience,
            min_delta=self.settings.min_delta,
            max_epochs=self.plan.max_epochs,
        )

    def _start_cooling(self, cooling: Cooling) -> None:
        """Go back to the best weights, unless a training is taken up again that has done so."""
        self.cooling = cooling
        if len(self.state.history.epochs) == cooling.start:
            self.state.restore_best()
        optimization = self.settings.optimization
        if optimization.name == "adamw":
            decay = max(optimization.weight_decay, WEIGHT_DECAY)
            for optimizer in self.state.optimizers:
                for group in optimizer.param_groups:
                    group["weight_decay"] = decay

    def _fit_epoch(self, number: int, progress: float) -> Epoch:
        """One pass over the training rows, in an order that depends on (seed, epoch) alone."""
        generator = _generator(self.seed, _ORDER, number)
        order = self.train_rows[torch.randperm(self.plan.n_train, generator=generator)]
        order = order[: self.plan.steps * self.plan.batch_size].to(self.samples.device)
        running = RunningLosses(number + 1)
        is_settled = self.objective.is_settled(progress)
        self.state.modules.train()
        batches = self.samples.batches(order, self.plan.batch_size)
        with self._draws(_DRAWS, number), closing(batches):
            for step, batch_at in enumerate(batches, start=1):
                self._set_learning_rate(progress)
                batch = batch_at(progress)
                running.add(self._step(batch), batch.index)
                progress = self._progress(number, step)
                self._heartbeat(progress, running)
                if progress >= 1:
                    break
        loss, terms = running.means()
        return Epoch(
            number=number + 1,
            seconds=time.monotonic() - self.started,
            learning_rate=self.state.optimizers[0].param_groups[0]["lr"],
            loss=loss,
            validation_loss=self._validation_loss(),
            terms=terms,
            errors=self._validation_errors(),
            is_settled=is_settled,
        )

    def _step(self, batch: Batch) -> Losses:
        """One step of every phase on one batch; returns the losses of the first."""
        results = []
        for phase, optimizer in zip(self.phases, self.state.optimizers, strict=True):
            losses = phase.loss(self.network, batch)
            optimizer.zero_grad(set_to_none=True)
            losses.total.backward()
            optimizer.step()
            if phase.after is not None:
                phase.after()
            results.append(losses)
        return results[0]

    def _validation_loss(self) -> float | None:
        """The mean loss of the held-out rows, with the same random draws after every epoch."""
        if len(self.validation_rows) == 0:
            return None
        self.state.modules.eval()
        total = torch.zeros((), device=self.samples.device, dtype=self.samples.dtype)
        with torch.no_grad(), self._draws(_VALIDATION):
            # As many at a time as in training: terms that compare samples depend on it.
            for rows in self.validation_rows.split(self.plan.batch_size):
                batch = self.samples.batch(rows.to(self.samples.device))
                total += self.objective(self.network, batch).total * len(rows)
        return float(total) / len(self.validation_rows)

    def _validation_errors(self) -> dict[str, float]:
        """Mean squared and absolute errors of some held-out rows, whatever is minimized."""
        rows = self.error_rows
        if len(rows) == 0:
            return {}
        sums = torch.zeros(2, device=self.samples.device, dtype=self.samples.dtype)
        with torch.no_grad(), self._draws(_VALIDATION):
            for some in rows.split(256):
                x = self.samples.batch(some.to(self.samples.device)).x
                x_hat = self.objective.reconstructed(self.network, x)
                if x_hat is None:
                    return {}
                difference = (x_hat - x).flatten(1)
                sums += torch.stack([difference.square(), difference.abs()]).mean(2).sum(1)
        squared, absolute = (sums / len(rows)).tolist()
        return {"mean_squared_error": squared, "mean_absolute_error": absolute}

    def _draws(self, *stream: int) -> AbstractContextManager[None]:
        """Let everything drawn inside depend on the seed and the number of a stream."""
        seed = derive(self.seed, *stream)
        return training_draws(seed, self.network, self.objective, self.samples.device)

    def _set_learning_rate(self, progress: float) -> None:
        factor = self._learning_rate_factor(progress)
        for phase, optimizer in zip(self.phases, self.state.optimizers, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = self.plan.learning_rate * factor * phase.pace

    def _learning_rate_factor(self, progress: float) -> float:
        """What the schedule says; of the end, a line from what it said in the best epoch to 0."""
        if self.cooling is None:
            return self.schedule.factor(progress, self.state.history.monitored)
        largest = self.plan.learning_rate * self.phases[0].pace
        left = (1 - progress) / (1 - self.cooling.start / self.cooling.end)
        return self.cooling.best.learning_rate / largest * left

    def _progress(self, epochs: int, steps: int) -> float:
        """The share of the training that is over: of its steps or of its time, whichever is more."""
        by_steps = by_time = 0.0
        most = self.plan.max_epochs if self.cooling is None else self.cooling.end
        if most is not None:
            by_steps = (epochs + steps / self.plan.steps) / most
        if self.plan.time_limit is not None:
            by_time = (time.monotonic() - self.started) / self.plan.time_limit
        return max(by_steps, by_time)

    def _heartbeat(self, progress: float, running: RunningLosses) -> None:
        if time.monotonic() - self.last_heartbeat >= _HEARTBEAT_SECONDS:
            running.settle()
            self._tell("on_heartbeat", min(1.0, progress))
            self.last_heartbeat = time.monotonic()

    def _write_checkpoint(self) -> None:
        due = time.monotonic() - self.last_checkpoint >= _CHECKPOINT_SECONDS
        is_last = self._progress(len(self.state.history.epochs), 0) >= 1
        if self.checkpoint is not None and (due or is_last):
            write_checkpoint(self.checkpoint, self.state)
            self.last_checkpoint = time.monotonic()

    def _tell(self, moment: str, news: Any) -> None:
        for callback in self.callbacks:
            getattr(callback, moment)(news)


def shuffled_rows(n_samples: int, seed: int) -> Tensor:
    """Return all rows in the order whose beginning is held out."""
    return torch.randperm(n_samples, generator=_generator(seed, _SPLIT))


def _generator(seed: int, *stream: int) -> torch.Generator:
    return torch.Generator().manual_seed(derive(seed, *stream))
