"""The kinds of inputs: what each is made from, what is done with it, and its share of all inputs."""

import bombs
import targets
from kind import Kind

__all__ = ["KINDS"]


KINDS = (
    Kind("npy", "npy", targets.load_data, 6, bombs.npy_bomb),
    Kind("npz", "npz", targets.load_data, 9, bombs.npz_bomb, 0.2),
    Kind("idx", "idx", targets.load_data, 5, bombs.idx_bomb),
    Kind("cifar", "cifar", targets.load_data, 0.5),
    Kind("csv", "csv", targets.load_data, 9, bombs.csv_bomb, 0.06),
    Kind("parquet", "parquet", targets.load_data, 8, bombs.parquet_bomb, 0.06),
    Kind("image", "image", targets.load_data, 9, bombs.image_bomb, 0.06),
    Kind("folder of images", "images", targets.load_data, 3),
    Kind("events", "events", targets.load_events, 6, bombs.event_bomb, 0.06),
    Kind("labels", "labels", targets.classify_labels, 2, bombs.label_bomb),
    Kind("study", "study", targets.plan_study, 4, bombs.study_bomb, 0.08),
    Kind(
        "announced study", "study", targets.announce_study, 3, bombs.drawn_study, 0.7, is_timed=True
    ),
    Kind("model", "model", targets.use_model, 9),
    Kind("detector", "detector", targets.use_detector, 3),
    Kind("denoiser", "denoiser", targets.use_denoiser, 3),
    Kind("recommender", "recommender", targets.use_recommender, 5),
    Kind("index", "index", targets.use_index, 5),
    Kind("opened run", "run", targets.use_run, 3),
    Kind("opened run of recommend", "recommend-run", targets.use_recommend_run, 1),
    Kind("explorer", "run", targets.explore_run, 3, only="**/*.[jnc][sp]*"),
    Kind("own columns", "columns-run", targets.read_own_columns, 2, only="**/columns.*"),
    Kind("export", "run", targets.export_of_run, 3, only="**/*.[jn][sp]*"),
    Kind("report", "run", targets.report_run, 0.5),
    Kind("report of recommend", "recommend-run", targets.report_run, 2),
    Kind("checkpoint", "cut-run", targets.continue_training, 4, only="cut/checkpoints/*"),
    Kind("settings of a run", "cut-run", targets.continue_training, 1, only="cut/*.json"),
    Kind("resumed run", "cut-run", targets.resume_run, 0.4, only="cut/**/*"),
)
