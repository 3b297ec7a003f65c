"""What synthetic rows of a table are worth, and how near they come to those that were learned from."""

from latens.applications.generate.tables.copula import GaussianCopula
from latens.applications.generate.tables.judgment import TableJudgment, judge_tables
from latens.applications.generate.tables.mixed import as_mixed_tables
from latens.applications.generate.tables.privacy import Privacy
from latens.applications.generate.tables.quality import Quality

__all__ = [
    "GaussianCopula",
    "Privacy",
    "Quality",
    "TableJudgment",
    "as_mixed_tables",
    "judge_tables",
]
