from .base import BaseRecommender
from .comparison import Result, compare_recommenders
from .ease import EASE
from .edlae import EDLAE
from .held_out import HeldOut, Split, split_users
from .infinite_ae import InfiniteAE
from .mult_dae import MultDAE
from .mult_vae import MultVAE
from .popularity import Popularity
from .recommender import Ranking, Recommender
from .recvae import RecVAE

__all__ = [
    "EASE",
    "EDLAE",
    "BaseRecommender",
    "HeldOut",
    "InfiniteAE",
    "MultDAE",
    "MultVAE",
    "Popularity",
    "Ranking",
    "RecVAE",
    "Recommender",
    "Result",
    "Split",
    "compare_recommenders",
    "split_users",
]
