"""Studies: data, models and their evaluation, from one TOML file to one run folder."""

from latens.studies.settings import (
    DataSettings,
    ModelSettings,
    Study,
    at_small_scale,
    check_study,
    read_study,
)
from latens.studies.study_run import Announcement, Reporter, resume_study, run_study

__all__ = [
    "Announcement",
    "DataSettings",
    "ModelSettings",
    "Reporter",
    "Study",
    "at_small_scale",
    "check_study",
    "read_study",
    "resume_study",
    "run_study",
]
