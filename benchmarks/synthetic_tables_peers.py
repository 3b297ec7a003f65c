"""Synthesizers of SDV at their defaults; `synthetic_tables.py` runs this in an environment with SDV.

python benchmarks/synthetic_tables_peers.py KIND SEED TRAIN.csv OUT.csv
python benchmarks/synthetic_tables_peers.py report REAL.csv SYNTHETIC.csv

The second prints what sdmetrics says of synthetic rows, as JSON. A row of TRAIN.csv becomes one of OUT.csv.
"""

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd
import torch

warnings.filterwarnings("ignore")


def main() -> None:
    if sys.argv[1] == "report":
        print(json.dumps(reported(pd.read_csv(sys.argv[2]), pd.read_csv(sys.argv[3]))))
        return
    kind, seed, train, out = sys.argv[1], int(sys.argv[2]), pd.read_csv(sys.argv[3]), sys.argv[4]
    from sdv.single_table import CTGANSynthesizer, GaussianCopulaSynthesizer, TVAESynthesizer

    kinds = {
        "gaussian-copula": GaussianCopulaSynthesizer,
        "tvae": TVAESynthesizer,
        "ctgan": CTGANSynthesizer,
    }
    np.random.seed(seed)  # noqa: NPY002, what SDV draws from
    torch.manual_seed(seed)
    started = time.perf_counter()
    synthesizer = kinds[kind](metadata_of(train))
    synthesizer.fit({"table": train})
    synthesizer.sample(len(train))["table"].to_csv(out, index=False)
    print(json.dumps({"seconds": time.perf_counter() - started}))


def metadata_of(frame: pd.DataFrame):
    from sdv.metadata import Metadata

    metadata = Metadata.detect_from_dataframes({"table": frame})
    for name in frame.columns:
        kind = "numerical" if pd.api.types.is_numeric_dtype(frame[name]) else "categorical"
        metadata.update_column(column_name=name, sdtype=kind)
    return metadata


def reported(real: pd.DataFrame, synthetic: pd.DataFrame) -> dict[str, float]:
    from sdmetrics.reports.single_table import QualityReport

    columns = {
        name: {
            "sdtype": "numerical" if pd.api.types.is_numeric_dtype(real[name]) else "categorical"
        }
        for name in real.columns
    }
    report = QualityReport()
    report.generate(real, synthetic, {"columns": columns}, verbose=False)
    found = report.get_properties().set_index("Property")["Score"]
    return {name: float(found[name]) for name in found.index}


if __name__ == "__main__":
    main()
