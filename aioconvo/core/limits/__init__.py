"""How many requests a credential may send, who waits in which order, and where that is kept."""

from .rule import LimitAccount, Limits, LimitStore, Quota, RateLeft, RateLimit

__all__ = ["LimitAccount", "LimitStore", "Limits", "Quota", "RateLeft", "RateLimit"]
