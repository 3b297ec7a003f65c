"""How an imputer learns: cells that are there are hidden, and told by the others."""

from math import ceil
from time import monotonic

import numpy as np
import torch
from torch import Tensor

from latens._draws import drawing, seeded_alone
from latens.models.imputation.gaussian import fit_gaussian
from latens.models.imputation.imputer import N_MEMBERS, N_QUANTILES, Imputer

__all__ = ["learn"]

# The share of the cells of a row that are hidden lies between 0 and this; one row in four has the gaps of
# another row instead.
_LARGEST_SHARE, _OTHERS_GAPS = 0.7, 0.25
_LEARNING_RATE, _WEIGHT_DECAY = 5e-3, 0.1
_BATCH, _MOST_STEPS, _MOST_EPOCHS = 64, 2000, 300
# Passes over a round before other cells are hidden: to fill them takes as long as to learn from them.
_PASSES = 3
# A cycle of the learning rate has no ends that are apart in fewer.
_FEWEST_STEPS = 20
# Rows of one round, whose cells are hidden and filled by the Gaussian at once.
_ROUND = 4096
# Fewer rows than these say nothing about what a Gaussian cannot.
_FEWEST_ROWS = 20
_HIDDEN_TIMES = 3
_SHRINKAGES = (1.0, 5.0, 25.0)
# Rows that a Gaussian is fitted to: one takes the cube of its width, and fewer than five for each feature
# say too little.
_GAUSSIAN_COST, _MOST_ROWS, _ROWS_PER_FEATURE = 5e8, 20_000, 5
_CHECKS = 40
# Differences by which the spread of a column is told; where there are fewer, those of all columns are.
_FEWEST_RESIDUALS, _MOST_RESIDUALS = 100, 1_000_000


def learn(
    imputer: Imputer,
    x: Tensor,
    seen: Tensor,
    *,
    seed: int,
    max_epochs: int | None = None,
    deadline: float | None = None,
) -> None:
    """Fit the Gaussians and the networks of an imputer, each to four fifths of the rows.

    The other fifth ends the training of each network where it fills hidden cells best, which may be before
    it begins, and says how far cells lie from what they are filled with.

    Parameters
    ----------
    imputer : Imputer
    x, seen : Tensor of shape (n_rows, n_values)
        Scaled values; what stands in gaps is not looked at.
    seed : int
    max_epochs : int or None, default=None
    deadline : float or None, default=None
        When to end at the latest, by `time.monotonic`.
    """
    with seeded_alone(seed, x.device):
        parts = _parts(len(x), seed)
        held_out = _Hidden(imputer, x, seen, [part for _, part in parts])
        _fit_gaussians(imputer, x, seen, [rest for rest, _ in parts], held_out)
        if len(x) >= _FEWEST_ROWS:
            _train(imputer, x, seen, [rest for rest, _ in parts], held_out, max_epochs, deadline)
        imputer.eval()
        _measure(imputer, held_out)


class _Hidden:
    """Rows of each member with some of their cells hidden, (n_members, n_rows, n_values)."""

    def __init__(
        self,
        imputer: Imputer,
        x: Tensor,
        seen: Tensor,
        parts: list[Tensor],
        times: int = _HIDDEN_TIMES,
    ) -> None:
        rows = torch.stack(parts).repeat(1, times)
        self.x, self.there = x[rows], seen[rows]
        self.shown = _with_cells_hidden(imputer, self.there)
        self.wanted = self.there & ~self.shown

    def errors(self, imputer: Imputer, filled: Tensor) -> Tensor:
        """The error of each member on the hidden cells."""
        return imputer.errors(imputer(filled, self.shown), self.x, self.wanted)


def _parts(n: int, seed: int) -> list[tuple[Tensor, Tensor]]:
    """The rows that each member learns from, and those that it is held to; as many of each for all."""
    order = np.random.default_rng(seed).permutation(n)
    size = max(1, n // N_MEMBERS)
    pairs = []
    for number in range(N_MEMBERS):
        start = number * size % n
        held = order[start : start + size]
        rest = np.setdiff1d(order, held) if n > N_MEMBERS else order
        pairs.append((torch.as_tensor(rest), torch.as_tensor(held[: _ROUND // _HIDDEN_TIMES])))
    return pairs


def _with_cells_hidden(imputer: Imputer, seen: Tensor) -> Tensor:
    """Hide a share of the cells that are seen, whole columns of a row."""
    n_members, n = seen.shape[:2]
    n_columns = len(imputer.first)
    shares = _LARGEST_SHARE * torch.rand(n_members, n, 1, generator=drawing())
    kept = torch.rand(n_members, n, n_columns, generator=drawing()) >= shares
    kept = kept.to(seen.device)
    others = seen[:, torch.randperm(n, generator=drawing()).to(seen.device)][..., imputer.first]
    natural = torch.rand(n_members, n, 1, generator=drawing()).to(seen.device) < _OTHERS_GAPS
    return seen & torch.where(natural, others, kept)[..., imputer.column]


def _fit_gaussians(
    imputer: Imputer, x: Tensor, seen: Tensor, rests: list[Tensor], held_out: _Hidden
) -> None:
    """Set the Gaussian of each member, with the shrinkage under which hidden cells are told best."""
    if imputer.is_wide:
        for number, rest in enumerate(rests):
            count = seen[rest].sum(0).clamp(min=1)
            mean = torch.where(seen[rest], x[rest], 0.0).sum(0) / count
            squares = torch.where(seen[rest], x[rest] - mean, 0.0).square().sum(0)
            imputer.mean[number], imputer.covariance[number] = mean, squares / count
        return
    width = x.shape[1]
    most = max(_ROWS_PER_FEATURE * width, min(_MOST_ROWS, ceil(_GAUSSIAN_COST / width**3)))
    parts = [(x[rest[:most]].double(), seen[rest[:most]]) for rest in rests]
    errors: dict[float, float] = {}
    covariance: Tensor | None = None
    for shrinkage in _SHRINKAGES:
        # By the first member alone: the others only average out what its rows are.
        mean, covariance = fit_gaussian(*parts[0], shrinkage, covariance)
        _set(imputer, [(mean, covariance)] * N_MEMBERS)
        first = [held_out.x[:1], held_out.shown[:1]]
        filled = imputer.filled(*(one.expand(N_MEMBERS, -1, -1) for one in first))
        errors[shrinkage] = float(held_out.errors(imputer, filled)[0])
    best = min(errors, key=lambda one: errors[one])
    found = []
    for part in parts:
        found.append(fit_gaussian(*part, best, covariance))
        covariance = found[-1][1]
    _set(imputer, found)


def _set(imputer: Imputer, found: list[tuple[Tensor, Tensor]]) -> None:
    imputer.mean.copy_(torch.stack([mean for mean, _ in found]))
    imputer.covariance.copy_(torch.stack([covariance for _, covariance in found]))


def _train(
    imputer: Imputer,
    x: Tensor,
    seen: Tensor,
    rests: list[Tensor],
    held_out: _Hidden,
    max_epochs: int | None,
    deadline: float | None,
) -> None:
    """Train the networks; each ends with the weights that were best on its held-out rows."""
    n = min(min(map(len, rests)), _ROUND)
    steps = ceil(n / _BATCH)
    n_rounds = min(max_epochs or _MOST_EPOCHS, _MOST_EPOCHS, max(1, _MOST_STEPS // steps))
    weights = list(imputer.members.requires_grad_(True).parameters())
    optimizer = torch.optim.AdamW(
        weights, lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY, fused=True
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, _LEARNING_RATE, total_steps=max(_FEWEST_STEPS, n_rounds * steps), pct_start=0.1
    )
    filled = imputer.filled(held_out.x, held_out.shown)
    best = _Best(imputer, held_out, filled)
    for number in range(n_rounds):
        if number % _PASSES == 0:
            rows = [rest[torch.randperm(len(rest), generator=drawing())[:n]] for rest in rests]
            shown = _Hidden(imputer, x, seen, rows, times=1)
            first = imputer.filled(shown.x, shown.shown)
        imputer.members.train()
        order = torch.randperm(n, generator=drawing()).to(x.device)
        for part in order.split(_BATCH):
            raw = imputer(first[:, part], shown.shown[:, part])
            loss = imputer.errors(raw, shown.x[:, part], shown.wanted[:, part]).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        is_late = deadline is not None and monotonic() > deadline
        if is_late or number % max(1, n_rounds // _CHECKS) == 0 or number == n_rounds - 1:
            best.look()
        if is_late:
            break
    best.take()
    imputer.members.requires_grad_(False)


class _Best:
    """The weights with which each member told hidden cells best so far."""

    def __init__(self, imputer: Imputer, held_out: _Hidden, filled: Tensor) -> None:
        self.imputer, self.held_out, self.filled = imputer, held_out, filled
        self.errors = torch.full((N_MEMBERS,), float("inf"), device=filled.device)
        self.weights = [weight.detach().clone() for weight in imputer.members.parameters()]
        self.look()

    @torch.no_grad()
    def look(self) -> None:
        self.imputer.members.eval()
        errors = self.held_out.errors(self.imputer, self.filled)
        better = errors < self.errors
        self.errors = torch.where(better, errors, self.errors)
        for kept, weight in zip(self.weights, self.imputer.members.parameters(), strict=True):
            kept[better] = weight[better]

    @torch.no_grad()
    def take(self) -> None:
        for kept, weight in zip(self.weights, self.imputer.members.parameters(), strict=True):
            weight.copy_(kept)


@torch.no_grad()
def _measure(imputer: Imputer, held_out: _Hidden) -> None:
    """Set how far hidden cells of rows not learned from lie from what they are filled with."""
    filled = imputer.filled(held_out.x, held_out.shown)
    raw = imputer(filled, held_out.shown)
    deviations = torch.stack([imputer.deviations(shown) for shown in held_out.shown])
    ratios = (held_out.x - raw) / deviations.clamp(min=1e-6)
    levels = torch.linspace(0, 1, N_QUANTILES, device=raw.device, dtype=raw.dtype)
    all_numbers = ratios[..., imputer.numbers][held_out.wanted[..., imputer.numbers]]
    usual = (
        torch.quantile(_some(all_numbers), levels)
        if len(all_numbers) >= _FEWEST_RESIDUALS
        else torch.special.ndtri(levels.clamp(0.005, 0.995))
    )
    for place in imputer.numbers.tolist():
        own = ratios[..., place][held_out.wanted[..., place]]
        enough = len(own) >= _FEWEST_RESIDUALS
        imputer.quantiles[place] = torch.quantile(_some(own), levels) if enough else usual


def _some(values: Tensor) -> Tensor:
    """As many of some values as torch takes quantiles of."""
    return values[:: len(values) // _MOST_RESIDUALS + 1]
