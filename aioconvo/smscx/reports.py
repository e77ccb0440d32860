"""Reports of SMS.CX: what was sent, and what became of it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import UNSET

from aioconvo.core.answers.identity import Check, about, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.calls.download import Download
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Name, Query, Style, camel
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import AtLeast
from aioconvo.core.paging.paginator import AsyncPaginator

from .arguments import CSV, XLSX, Day, Id, PageLimit, Period
from .models import (
    CampaignCount,
    CampaignReport,
    CampaignTotals,
    DeliveryReport,
    ReportDimension,
    ReportedMessage,
    ReportSource,
    ReportTotals,
    ScheduledChannel,
    Summary,
)
from .pages import CursorPage, by_cursor

_CAMPAIGN = "/reports/campaigns/{campaignId}"
Rows = Annotated[int, AtLeast(1), Name("limit")]
"""At most so many rows; 500 without it."""


# The vendor's SDK asks for all three, while the text of error 1824 says that one of the two forms is enough.
def _check_span(period: object, start_date: object, end_date: object) -> None:
    """`period`, or `start_date` and `end_date`."""
    nothing = {None, UNSET}
    if (start_date in nothing) != (end_date in nothing):
        raise InvalidRequestError("start_date and end_date belong together; give both")
    if period in nothing and start_date in nothing:
        raise InvalidRequestError("give period, such as '2026-11', or start_date and end_date")


def _is(msg_id: str) -> Check:
    return names("message", "data.msg_id", msg_id)


def _lists_campaign(campaign_id: str) -> Check:
    return about("campaign", "info.campaign_id", campaign_id)


class ReportPage(CursorPage, kw_only=True):
    """A page of messages, and what all of them cost."""

    data: list[ReportedMessage]
    info: ReportTotals | None = None


class CampaignMessagePage(CursorPage, kw_only=True):
    """A page of a campaign's messages, and the campaign."""

    data: list[ReportedMessage]
    info: CampaignTotals | None = None


class CampaignReportPage(CursorPage, kw_only=True):
    """A page of campaigns, and how many there are."""

    data: list[CampaignReport]
    info: CampaignCount | None = None


class Reports(APIResource):
    """Reports.

    Arguments that several calls have:

    - `period`: a year or a month, such as `2026` or `2026-11`; in its place `start_date` and `end_date`.
    - `channel`, `source`, `delivery_report`, `country_iso`: report only on messages that went by that channel, were sent from
      there, are so far, went to that country (ISO 3166 alpha-2).
    """

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    may_say_nothing: ClassVar[bool] = True

    @operation("GET /reports/summary/{dimension}", Effect.READ, name="get_summary_reports", unwrap="data", check=_check_span)
    async def get_summary(
        self,
        dimension: ReportDimension | str,
        *,
        period: Period | None = None,
        start_date: Annotated[Day, Query("start_date")] | None = None,
        end_date: Annotated[Day, Query("end_date")] | None = None,
        max_rows: Rows | None = None,
    ) -> dict[str, Summary] | None:
        """Count what was sent by channel, country, source, traffic or delivery: the values of that, and the counts of each.

        Raises:
            InvalidRequestError: No period is given; nothing was sent.
            BadRequestError: The period or the dimension is refused (codes 1820 to 1829).
        """
        ...

    @operation("GET /reports/single/{msgId}", Effect.READ, name="get_single_report", unwrap="data", expect=_is)
    async def get_message(self, msg_id: Id) -> ReportedMessage | None:
        """Fetch what became of one message.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such message (code 1160).
        """
        ...

    @listing("GET /reports/campaigns", by_cursor("id"), name="get_campaigns_list", page=CampaignReportPage)
    def list_campaigns(
        self,
        *,
        delivery_reports: Annotated[bool, Query("delivery_reports")] | None = None,
        source: ReportSource | str | None = None,
        page_size: PageLimit | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[CampaignReport]:
        """List the campaigns; with `delivery_reports` each says how many of its messages are how far.

        `page_size` is campaigns a request (the API gives 500; whether it gives more than that is unconfirmed), `limit` bounds
        them in all, `start` is a page's `position`, `prefetch` is pages read ahead.
        """
        ...

    @listing(
        f"GET {_CAMPAIGN}", by_cursor("msg_id"), name="get_campaign_report", page=CampaignMessagePage, expect=_lists_campaign
    )
    def list_campaign_messages(
        self,
        campaign_id: Id,
        *,
        page_size: PageLimit | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[ReportedMessage]:
        """List the messages of a campaign, and what became of them.

        `page_size` is messages a request (the API gives 500; whether it gives more than that is unconfirmed), `limit` bounds
        them in all, `start` is a page's `position`, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such campaign (code 1150).
        """
        ...

    @operation(f"GET {_CAMPAIGN}/csv", Effect.READ, name="export_campaign_report_to_csv", accept=CSV)
    def export_campaign_csv(self, campaign_id: Id) -> Download:
        """Export the messages of a campaign as CSV: `await` its bytes or `.text()`, or `.save(path)` it, whatever its size.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such campaign (code 1160; when awaited).
        """
        ...

    @operation(f"GET {_CAMPAIGN}/xlsx", Effect.READ, name="export_campaign_report_to_xlsx", accept=XLSX)
    def export_campaign_xlsx(self, campaign_id: Id) -> Download:
        """Export the messages of a campaign as a workbook of Excel: `await` its bytes, or `.save(path)` it.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such campaign (code 1160; when awaited).
        """
        ...

    @operation("GET /reports/csv", Effect.READ, name="export_advanced_report_to_csv", accept=CSV, check=_check_span)
    def export_csv(
        self,
        *,
        period: Period | None = None,
        start_date: Annotated[Day, Query("start_date")] | None = None,
        end_date: Annotated[Day, Query("end_date")] | None = None,
        channel: ScheduledChannel | str | None = None,
        source: ReportSource | str | None = None,
        delivery_report: Annotated[DeliveryReport | str, Query("delivery_report")] | None = None,
        country_iso: Annotated[str, Query("country_iso")] | None = None,
        max_rows: Rows | None = None,
    ) -> Download:
        """Export messages and what became of them as CSV: `await` its bytes or `.text()`, or `.save(path)` it.

        Raises:
            InvalidRequestError: No period is given; nothing was sent.
            BadRequestError: An argument is refused (codes 1820 to 1827; when awaited).
        """
        ...

    @operation("GET /reports/xlsx", Effect.READ, name="export_advanced_report_to_xlsx", accept=XLSX, check=_check_span)
    def export_xlsx(
        self,
        *,
        period: Period | None = None,
        start_date: Annotated[Day, Query("start_date")] | None = None,
        end_date: Annotated[Day, Query("end_date")] | None = None,
        channel: ScheduledChannel | str | None = None,
        source: ReportSource | str | None = None,
        delivery_report: Annotated[DeliveryReport | str, Query("delivery_report")] | None = None,
        country_iso: Annotated[str, Query("country_iso")] | None = None,
        max_rows: Rows | None = None,
    ) -> Download:
        """Export messages and what became of them as a workbook of Excel: `await` its bytes, or `.save(path)` it.

        Raises:
            InvalidRequestError: No period is given; nothing was sent.
            BadRequestError: An argument is refused (codes 1820 to 1827; when awaited).
        """
        ...

    @listing("GET /reports", by_cursor("msg_id"), name="get_advanced_report", page=ReportPage, check=_check_span)
    def list(
        self,
        *,
        period: Period | None = None,
        start_date: Annotated[Day, Query("start_date")] | None = None,
        end_date: Annotated[Day, Query("end_date")] | None = None,
        channel: ScheduledChannel | str | None = None,
        source: ReportSource | str | None = None,
        delivery_report: Annotated[DeliveryReport | str, Query("delivery_report")] | None = None,
        country_iso: Annotated[str, Query("country_iso")] | None = None,
        page_size: PageLimit | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[ReportedMessage]:
        """List messages and what became of them.

        `page_size` is messages a request (the API gives 500; whether it gives more than that is unconfirmed), `limit` bounds
        them in all, `start` is a page's `position`, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: No period is given; nothing was sent.
            BadRequestError: An argument is refused (codes 1820 to 1827).
        """
        ...
