"""Whether and when to try again. Pure."""

from .policy import Outcome, RetryPolicy

__all__ = ["Outcome", "RetryPolicy"]
