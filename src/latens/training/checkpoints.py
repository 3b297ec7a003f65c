"""The whole state of a training on disk: tensors and JSON in one safetensors file, never a pickle."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor, contiguous_format

from latens._json_records import Facts, facts_from
from latens._saved import read_tensors
from latens._writing import atomic_write
from latens.exceptions import ModelError, TrainingError
from latens.training.history import Epoch
from latens.training.state import TrainingState, is_bfloat16, is_same

__all__ = ["read_checkpoint", "write_checkpoint"]

_VERSION = 1


class _CheckpointFacts(Facts):
    version: int
    signature: str
    epochs: list[Epoch]
    precision: Literal["float32", "bfloat16", "float64"] | None = None
    precision_reason: str = ""


def write_checkpoint(path: Path, state: TrainingState) -> None:
    """Write the state so that a kill at any instant leaves the old file or the new one, whole.

    Raises
    ------
    TrainingError
        If the file cannot be written, because the disk is full for example.
    """
    about = {
        "version": _VERSION,
        "signature": state.signature,
        "epochs": [asdict(epoch) for epoch in state.history.epochs],
        "precision": state.history.precision,
        "precision_reason": state.history.precision_reason,
    }
    try:
        with atomic_write(path, TrainingError) as temporary:
            save_file(_detached(state.tensors()), temporary, metadata={"state": json.dumps(about)})
    except SafetensorError as error:
        raise TrainingError(f"The checkpoint '{path}' cannot be written: {error}.") from error


def read_checkpoint(path: Path, state: TrainingState) -> None:
    """Bring a freshly made state to where the checkpoint left off.

    Raises
    ------
    TrainingError
        If the file is damaged, or was written by a training with other settings, data or layers.
    """
    try:
        arrays, text = read_tensors(path)
        about = facts_from(text.get("state", ""), _CheckpointFacts)
        numbers = [epoch.number for epoch in about.epochs]
        if not numbers or numbers != list(range(1, len(numbers) + 1)):
            raise ValueError("its epochs do not follow each other from 1 on")
        is_of_this = is_same(about.signature, state.signature)
    except (ValueError, ModelError) as error:
        raise TrainingError(
            f"The checkpoint '{path}' cannot be read ({error}). Delete it to start afresh."
        ) from error
    if about.version != _VERSION or not is_of_this:
        raise TrainingError(
            f"The checkpoint '{path}' belongs to a training with other settings or data. "
            "Resume with the settings it was started with, or delete it to start afresh."
        )
    tensors = {name: torch.tensor(values) for name, values in arrays.items()}
    if not state.has_layers_of(tensors):
        raise TrainingError(
            f"The checkpoint '{path}' belongs to a network with other layers: another one, or one built by "
            "another version of latens. Resume with what it was started with, or delete it to start afresh."
        )
    try:
        state.load_tensors(tensors)
    except ValueError as error:
        raise TrainingError(
            f"The checkpoint '{path}' is damaged: {error}. Delete it to start afresh."
        ) from error
    state.history.epochs = about.epochs
    by_version_0_1 = "bfloat16" if is_bfloat16(about.signature) else ""
    state.history.precision = about.precision or by_version_0_1
    state.history.precision_reason = about.precision_reason


def _detached(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Contiguous copies that share no memory, as safetensors wants them."""
    return {
        name: tensor.detach().cpu().clone(memory_format=contiguous_format)
        for name, tensor in tensors.items()
    }
