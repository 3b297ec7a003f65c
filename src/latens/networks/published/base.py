"""Networks that a study prescribes to the last layer."""

from abc import ABC, abstractmethod
from typing import ClassVar

from sklearn.base import BaseEstimator

from latens._validation import Constraints, check_parameters
from latens.exceptions import ParameterError
from latens.networks.factory import Parts

__all__ = ["PublishedNet"]


class PublishedNet(BaseEstimator, ABC):
    """A factory for one shape of image and one size of code.

    Attributes
    ----------
    input_shape : (int, int, int)
        Channels, height and width.
    code_dim : int
    """

    input_shape: ClassVar[tuple[int, int, int]]
    code_dim: ClassVar[int]
    _constraints: ClassVar[Constraints] = {}

    def build(self, input_shape: tuple[int, ...], code_dim: int) -> Parts:
        """Build the parts, the head included; see `NetworkFactory.build`.

        Raises
        ------
        ParameterError
            If a parameter is outside its range, or images or code have another size.
        """
        check_parameters(self)
        name = type(self).__name__
        if tuple(input_shape) != self.input_shape:
            _, height, width = self.input_shape
            raise ParameterError(
                f"{name} needs images of shape (n, {height}, {width}), as its study had them. Got samples "
                f"of shape {tuple(input_shape)}, channels first; convert them, or use ConvNet."
            )
        if code_dim != self.code_dim:
            raise ParameterError(
                f"The 'latent_dim' parameter must be {self.code_dim} with {name}, as in its study. "
                f"Got {code_dim} instead; for another size use ConvNet."
            )
        return self._parts()

    @abstractmethod
    def _parts(self) -> Parts:
        """The network, layer by layer."""
