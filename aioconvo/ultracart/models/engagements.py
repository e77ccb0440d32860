"""Engagements of UltraCart, which greet visitors of a shop, as structs."""

from __future__ import annotations

from aioconvo.core.json.model import Model, OpenEnum

__all__ = [
    "AmountLogic",
    "AnyOrNot",
    "ConditionKind",
    "Engagement",
    "EngagementCondition",
    "EngagementEquation",
    "EngagementGroup",
    "TextLogic",
    "VisitorType",
]


class VisitorType(OpenEnum):
    """Which visitors are greeted."""

    ALL = "all"
    FIRST_TIME = "first time"
    RETURNING = "returning"


class TextLogic(OpenEnum):
    """How a text is compared."""

    CONTAINS = "contains"
    DOES_NOT_CONTAIN = "does not contain"
    IS_EXACTLY = "is exactly"
    IS_NOT = "is not"


class AmountLogic(OpenEnum):
    """How an amount is compared."""

    IS_AT_LEAST = "is at least"
    IS_MORE_THAN = "is more than"
    IS_LESS_THAN = "is less than"
    IS_AT_MOST = "is at most"


class AnyOrNot(OpenEnum):
    """Whether a place is one."""

    IS = "is"
    IS_NOT = "is not"


class ConditionKind(OpenEnum):
    """What a condition looks at."""

    CURRENT_PAGE_URL = "current page url"
    CUSTOMERS_LOCATION = "customers location"
    CUSTOMERS_BROWSING_TIME = "customers browsing time"
    NUMBER_OF_VIEWED_PAGES = "number of viewed pages"
    REFERRING_WEBSITE_ADDRESS = "referring website address"
    ANY_PAGE_FROM_SESSION = "any page from session"


class EngagementCondition(Model):
    """One condition: `type` says which of the pairs of logic and value counts."""

    any_page_url_logic: TextLogic | None = None
    any_page_url_value: str | None = None
    current_page_url_logic: TextLogic | None = None
    current_page_url_value: str | None = None
    customers_browsing_time_logic: AmountLogic | None = None
    customers_browsing_time_seconds: int | None = None
    customers_location_country: str | None = None
    customers_location_logic: AnyOrNot | None = None
    customers_location_state: str | None = None
    number_of_viewed_pages_logic: AmountLogic | None = None
    number_of_viewed_pages_value: int | None = None
    referring_website_logic: TextLogic | None = None
    referring_website_value: str | None = None
    type: ConditionKind | None = None


class EngagementGroup(Model):
    """Conditions that belong together."""

    functions: list[EngagementCondition] | None = None


class EngagementEquation(Model):
    """When an engagement greets a visitor. How groups, and conditions within one, are joined is not documented."""

    groups: list[EngagementGroup] | None = None


class Engagement(Model):
    """A greeting that is shown to visitors of a shop who fulfil the conditions; `time_on_page` is in seconds."""

    active: bool | None = None
    conversation_engagement_oid: int | None = None
    customer_greeting: str | None = None
    customer_initiated: bool | None = None
    department_oids: list[int] | None = None
    engagement_name: str | None = None
    equation: EngagementEquation | None = None
    time_on_page: int | None = None
    visitor_type: VisitorType | None = None
