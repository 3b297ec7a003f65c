"""Studies: data, models and their evaluation, from one TOML file to one run folder."""

import lazy_loader

# Late, so that settings and data are read, and refused, before torch is imported.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
