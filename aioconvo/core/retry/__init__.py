"""Whether and when to try again. Pure."""

from .headers import retry_after
from .policy import Outcome, RetryPolicy

__all__ = ["Outcome", "RetryPolicy", "retry_after"]
