"""Training: one loop for every kind of autoencoder."""

from latens._durations import format_duration, parse_duration
from latens.training.callbacks import Callback, Plan, StopTraining
from latens.training.history import Epoch, History
from latens.training.inference import encode_rows, map_rows
from latens.training.interrupts import StopOnInterrupt
from latens.training.progress import EpochLines, ProgressBar
from latens.training.samples import DeviceSamples
from latens.training.schedules import Constant, OneCycle, Plateau
from latens.training.trainer import Trainer

__all__ = [
    "Callback",
    "Constant",
    "DeviceSamples",
    "Epoch",
    "EpochLines",
    "History",
    "OneCycle",
    "Plan",
    "Plateau",
    "ProgressBar",
    "StopOnInterrupt",
    "StopTraining",
    "Trainer",
    "encode_rows",
    "format_duration",
    "map_rows",
    "parse_duration",
]
