"""The bottleneck of vector-quantized autoencoders: a code made of rows of a codebook."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from latens._draws import drawing, normal_like
from latens.networks.factory import Parts
from latens.networks.network import Bottleneck, Code

__all__ = ["Quantised"]

# A row that was hardly used for the last hundred batches or so starts again at a code of this batch.
_DEAD_USE = 1e-2


class Quantised(Bottleneck):
    """Cuts each code into words and replaces every word by the nearest row of its codebook.

    Each place of a word has a codebook of its own. The rows follow the words that chose them by an
    exponential moving average, not by gradients; the gradient of the decoder passes straight through to
    the encoder. Rows that nobody chooses start again at words of the present batch.

    Parameters
    ----------
    parts : Parts
    n_words, word_dim : int
        Words per code, and numbers per word.
    n_rows : int
        Rows of each codebook.
    decay : float in (0, 1), default=0.99
        Of the moving averages.

    References
    ----------
    van den Oord, Vinyals and Kavukcuoglu (2017), Neural discrete representation learning.
    arXiv:1711.00937, appendix A.1 for the moving averages.
    """

    codebook: Tensor
    uses: Tensor
    sums: Tensor
    is_started: Tensor

    def __init__(
        self, parts: Parts, n_words: int, word_dim: int, n_rows: int, decay: float = 0.99
    ) -> None:
        super().__init__()
        self.head = parts.head or nn.Linear(parts.width, n_words * word_dim)
        self.n_words, self.word_dim, self.decay = n_words, word_dim, decay
        self.register_buffer("codebook", torch.randn(n_words, n_rows, word_dim))
        self.register_buffer("uses", torch.ones(n_words, n_rows))
        self.register_buffer("sums", self.codebook.clone())
        self.register_buffer("is_started", torch.zeros((), dtype=torch.bool))

    def forward(self, h: Tensor) -> Code:
        before = self.head(h)
        words = self._words(before)
        if self.training:
            self._restart(words.detach(), (self.uses < _DEAD_USE) | ~self.is_started)
            self.is_started.fill_(True)
        chosen = self._nearest(words)
        rows = self.codebook.gather(1, chosen.unsqueeze(2).expand(-1, -1, self.word_dim))
        code = rows.transpose(0, 1).reshape_as(before)
        if self.training:
            self._follow(words.detach(), chosen)
        return Code(before + (code - before).detach(), code, before=before)

    def indices(self, h: Tensor) -> Tensor:
        """Return the rows that stand for features, shape (batch, n_words), int64."""
        return self._nearest(self._words(self.head(h))).T

    def _words(self, before: Tensor) -> Tensor:
        """Codes cut into words, shape (n_words, batch, word_dim): one matrix for each place."""
        return before.view(len(before), self.n_words, self.word_dim).transpose(0, 1)

    def _nearest(self, words: Tensor) -> Tensor:
        """The row nearest to each word, shape (n_words, batch)."""
        return torch.cdist(words, self.codebook).argmin(2)

    @torch.no_grad()
    def _follow(self, words: Tensor, chosen: Tensor) -> None:
        """Move the rows towards the words that chose them."""
        choice = functional.one_hot(chosen, self.codebook.shape[1]).to(words.dtype)
        self.uses.lerp_(choice.sum(1), 1 - self.decay)
        self.sums.lerp_(choice.transpose(1, 2) @ words, 1 - self.decay)
        self.codebook.copy_(self.sums / self.uses.clamp(min=1e-5).unsqueeze(2))

    @torch.no_grad()
    def _restart(self, words: Tensor, dead: Tensor) -> None:
        """Put the dead rows on words of the batch, with a trace of noise so that no two are equal."""
        n_rows = self.codebook.shape[1]
        picks = torch.randint(
            words.shape[1], (self.n_words, n_rows, 1), device=words.device, generator=drawing()
        )
        fresh = words.gather(1, picks.expand(-1, -1, self.word_dim))
        fresh = fresh + 0.01 * words.std() * normal_like(fresh)
        self.codebook.copy_(torch.where(dead.unsqueeze(2), fresh, self.codebook))
        self.uses.masked_fill_(dead, 1.0)
        self.sums.copy_(torch.where(dead.unsqueeze(2), fresh, self.sums))
