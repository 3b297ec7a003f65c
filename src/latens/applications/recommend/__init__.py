"""Recommendation from events of users and items: what somebody might like who liked these.

Rows of a sparse matrix go in, one per user; a new user is a new row and needs no training.
"""

import lazy_loader

# `__init__.pyi` says where each name is; what is asked for is imported then, and torch with it.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
