"""Uses of codes and models. `__all__` lists them, and loads no torch."""

import lazy_loader

# `__init__.pyi` says where each name is; what is asked for is imported then, and torch with it.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
