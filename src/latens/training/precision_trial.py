"""What a step takes in float32 and in bfloat16 on this machine: timed once, and remembered."""

import hashlib
import json
import time
from contextlib import suppress
from pathlib import Path

import torch

from latens._json_records import Facts, Positive, facts_from
from latens._writing import atomic_write
from latens.data.cache_dirs import cache_folder
from latens.exceptions import LatensError, TrainingError
from latens.networks import Network
from latens.objectives import Objective
from latens.training.callbacks import Plan
from latens.training.samples import DeviceSamples
from latens.training.trial_steps import trial_steps

__all__ = ["StepTimes", "step_times"]

# Rounds of one step each, the first of which pays for memory and kernels; a fraction of a second for all
# that is small, and three rounds for what is large.
_FEWEST_ROUNDS, _MOST_ROUNDS, _ENOUGH_SECONDS = 3, 12, 0.3
_SHARE_OF_TIME_LIMIT = 0.1


class StepTimes(Facts):
    """Seconds of a step in each precision, the shortest of some."""

    float32: Positive
    bfloat16: Positive


# What this process knows, should the cache be out of reach.
_known: dict[str, StepTimes] = {}


def step_times(
    network: Network, objective: Objective, samples: DeviceSamples, plan: Plan
) -> StepTimes | str:
    """Return the seconds of a step, or why they are not known, as the end of "float32, as ...".

    They are timed once per machine, torch, network, shape of a sample, objective and size of a batch, and
    kept in the folder `step-times` of the cache. The number of threads and the order of weights in memory
    are not told apart: these may change how fast a training is, and not what it gives.
    """
    key = _key(network, objective, samples, plan)
    place = cache_folder() / "step-times" / f"{key}.json"
    times = _known.get(key) or _read(place)
    if times is None:
        budget = float("inf") if plan.time_limit is None else _SHARE_OF_TIME_LIMIT * plan.time_limit
        try:
            times = _timed(network, objective, samples, plan, budget)
        except Exception as error:  # noqa: BLE001 (whatever it was: float32 goes on, or says it better)
            return f"a step in bfloat16 could not be tried: {type(error).__name__}"
        if times is None:
            return "to try bfloat16 would take too much of the time limit"
        _write(place, times)
    return _known.setdefault(key, times)


def _timed(
    network: Network, objective: Objective, samples: DeviceSamples, plan: Plan, budget: float
) -> StepTimes | None:
    """The two in turns, so that whatever else the machine does hits both; None beyond the budget."""
    start = time.perf_counter()
    rounds: list[tuple[float, float]] = []
    with trial_steps(network, objective, samples, plan) as step:
        while len(rounds) < _FEWEST_ROUNDS or (
            time.perf_counter() - start < _ENOUGH_SECONDS and len(rounds) < _MOST_ROUNDS
        ):
            rounds.append((step(False), step(True)))
            if time.perf_counter() - start > budget:
                return None
    float32, bfloat16 = (min(times) for times in zip(*rounds[1:], strict=True))
    return StepTimes(float32=float32, bfloat16=bfloat16)


def _key(network: Network, objective: Objective, samples: DeviceSamples, plan: Plan) -> str:
    described = {
        "torch": torch.__version__,
        "machine": _machine(samples.device),
        "network": str(network),
        "weights": [list(one.shape) for one in network.parameters()],
        "objective": [type(objective).__name__, *objective.terms],
        "sample": list(samples.rows(0, 1).shape[1:]),
        "batch": plan.batch_size,
    }
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def _machine(device: torch.device) -> object:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return dict(getattr(torch.cpu, "get_capabilities", dict)())


def _read(place: Path) -> StepTimes | None:
    with suppress(OSError, ValueError):
        return facts_from(place.read_bytes(), StepTimes)
    return None


def _write(place: Path, times: StepTimes) -> None:
    with suppress(OSError, LatensError):
        place.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(place, TrainingError) as temporary:
            temporary.write_text(times.model_dump_json())
