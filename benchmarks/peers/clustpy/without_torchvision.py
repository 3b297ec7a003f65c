"""Stands in for torchvision, which ClustPy imports and needs for nothing here.

Its builds from PyPI want a torch with CUDA and cannot be imported beside one for CPUs.
"""

import sys
import types

api = types.ModuleType("torchvision.models._api")
api.Weights = api.WeightsEnum = object
for name in ("torchvision", "torchvision.models"):
    sys.modules[name] = types.ModuleType(name)
sys.modules[api.__name__] = api
