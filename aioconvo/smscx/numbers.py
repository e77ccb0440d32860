"""Phone numbers at SMS.CX: looked up, validated, rented."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, about, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.calls.download import Download
from aioconvo.core.json.model import Model
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Query, Style, camel
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Length, not_empty
from aioconvo.core.paging.paginator import AsyncPaginator

from .arguments import CSV, XLSX, Country, Id, PageLimit, listed
from .models import (
    AvailableNumber,
    BulkLookup,
    BulkLookupTotals,
    CancelledRent,
    LookupBatch,
    NewRent,
    NumberLookup,
    NumberType,
    NumberValidation,
    ReceivedSms,
    RenewedRent,
    RentedNumber,
    RentSettings,
    SetupTime,
    ValidationBatch,
)
from .pages import CursorPage, WholePage, by_cursor, whole

_BULK = "/numbers/lookup/lookupBulkId/{lookupBulkId}"
_RENT = "/numbers/rent/{rentId}"
Number = Annotated[str, not_empty]
"""A number in E.164."""
ManyNumbers = Annotated[list[str], listed, Length(1, 40_000, "numbers")]
"""Numbers in E.164, or as the country writes them."""
InCountry = Annotated[Country, Query("country_iso")]
"""The country to list the numbers of."""
Days = Literal[1, 7, 30]
"""A period of rent, in days."""


def _is_lookup(lookup_id: str) -> Check:
    return names("lookup", "lookup_id", lookup_id)


def _lists_bulk(lookup_bulk_id: str) -> Check:
    return about("lookup", "info.lookup_bulk_id", lookup_bulk_id)


def _names_rent(rent_id: str) -> Check:
    return names("rent", "info.rent_id", rent_id)


def _lists_rent(rent_id: str) -> Check:
    return about("rent", "info.rent_id", rent_id)


class BulkLookupPage(CursorPage, kw_only=True):
    """A page of lookups of many numbers."""

    data: list[BulkLookup]


class LookupResultPage(CursorPage, kw_only=True):
    """A page of what a lookup found, and the lookup."""

    data: list[NumberLookup]
    info: BulkLookupTotals | None = None


class AvailableNumberPage(WholePage, kw_only=True):
    """All numbers that can be rented."""

    data: list[AvailableNumber]


class RentedNumberPage(WholePage, kw_only=True):
    """All rented numbers."""

    data: list[RentedNumber]


class InboundRent(Model, rename="camel"):
    """Which rented number messages came to."""

    rent_id: str
    phone_number: str
    country_iso: str


class ReceivedSmsPage(CursorPage, kw_only=True):
    """A page of what came to a rented number, and the number."""

    data: list[ReceivedSms]
    info: InboundRent | None = None


class Numbers(APIResource):
    """Phone numbers: what is known of them, and those that are rented.

    `callback_url` is where messages to a rented number are reported; `None` takes it away. `rent_period` is in days.
    """

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    may_say_nothing: ClassVar[bool] = True

    # The vendor marks this GET as charging.
    @operation(
        "GET /numbers/lookup/{phoneNumber}",
        Effect.PAID,
        name="lookup_number",
        unwrap="data",
        expect=names("lookup", "data.lookup_id"),
    )
    async def lookup(self, phone_number: Number) -> NumberLookup | None:
        """Ask the networks about a number, in E.164. Costs credit.

        Raises:
            BadRequestError: It is no number (codes 1207, 1212), or the credit is too low (codes 1113, 1114).
            PermissionDeniedError: No network answers for it (code 1214).
            MaybeSentError: It is unknown whether the lookup was made and paid for.
        """
        ...

    @operation("POST /numbers/lookup", Effect.PAID, name="lookup_numbers", expect=names("lookup", "info.lookup_bulk_id"))
    async def lookup_bulk(
        self, *, phone_numbers: ManyNumbers, country_iso: Country | None = None, lookup_callback_url: str | None = None
    ) -> LookupBatch:
        """Have the networks asked about many numbers, in E.164 or as `country_iso` writes them. Costs credit for each.

        What they say comes to `lookup_callback_url`, and `list_bulk_lookup_results` shows it.

        Raises:
            InvalidRequestError: There are no numbers, or too many; nothing was sent.
            BadRequestError: A number is none (codes 1203, 1208), there are too many (1205), or the credit is too low
                (1113, 1114).
            PermissionDeniedError: No network answers for them (code 1214).
            MaybeSentError: It is unknown whether the lookup was begun.
        """
        ...

    @operation("GET /numbers/lookup/lookupId/{lookupId}", Effect.READ, name="get_single_lookup_status", expect=_is_lookup)
    async def get_lookup(self, lookup_id: Id) -> NumberLookup:
        """Fetch what a lookup found.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such lookup.
        """
        ...

    @listing(f"GET {_BULK}", by_cursor("lookup_id"), name="get_bulk_lookup_status", page=LookupResultPage, expect=_lists_bulk)
    def list_bulk_lookup_results(
        self,
        lookup_bulk_id: Id,
        *,
        page_size: PageLimit | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[NumberLookup]:
        """List what a lookup of many numbers found.

        `page_size` is numbers a request (the API gives 500; whether it gives more than that is unconfirmed), `limit` bounds
        them in all, `start` is a page's `position`, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such lookup.
        """
        ...

    @listing("GET /numbers/lookup", by_cursor("id"), name="get_bulk_lookup_campaigns", page=BulkLookupPage)
    def list_bulk_lookups(
        self,
        *,
        page_size: PageLimit | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[BulkLookup]:
        """List the lookups of many numbers at once.

        `page_size` is lookups a request (the API gives 500; whether it gives more than that is unconfirmed), `limit` bounds
        them in all, `start` is a page's `position`, `prefetch` is pages read ahead.
        """
        ...

    @operation(f"GET {_BULK}/csv", Effect.READ, name="export_number_lookup_report_to_csv", accept=CSV)
    def export_bulk_lookup_csv(self, lookup_bulk_id: Id) -> Download:
        """Export what a lookup found as CSV: `await` its bytes or `.text()`, or `.save(path)` it, whatever its size.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such lookup (when awaited).
        """
        ...

    @operation(f"GET {_BULK}/xlsx", Effect.READ, name="export_number_lookup_report_to_xlsx", accept=XLSX)
    def export_bulk_lookup_xlsx(self, lookup_bulk_id: Id) -> Download:
        """Export what a lookup found as a workbook of Excel: `await` its bytes, or `.save(path)` it, whatever its size.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such lookup (when awaited).
        """
        ...

    @operation(
        "GET /numbers/validate/{phoneNumber}",
        Effect.READ,
        name="validate_number",
        unwrap="data",
        expect=names("number", "data.phone_number"),
    )
    async def validate(self, phone_number: Number) -> NumberValidation | None:
        """Find out whether a number, in E.164, can be one, and whose; its network is not asked.

        Raises:
            BadRequestError: It is no number.
        """
        ...

    # Nothing changes, and no page of the vendor's marks it as charging.
    @operation(
        "POST /numbers/validate", Effect.READ, name="validate_numbers", expect=names("count", "info.total_phone_numbers")
    )
    async def validate_bulk(self, *, phone_numbers: ManyNumbers, country_iso: Country | None = None) -> ValidationBatch:
        """Find out which of many numbers, in E.164 or as `country_iso` writes them, can be one, and whose.

        Raises:
            InvalidRequestError: There are no numbers, or too many; nothing was asked.
            BadRequestError: There are no numbers (codes 1203, 1208), or too many (code 1205).
        """
        ...

    @listing(
        "GET /numbers/rent/available/{countryIso}",
        whole("number_id"),
        name="get_available_numbers",
        page=AvailableNumberPage,
    )
    def list_available(
        self,
        country_iso: Country,
        *,
        features: Literal[1, 2, 3] | None = None,
        number_type: Annotated[NumberType | str, Query("number_type")] | None = None,
        setup_time: Annotated[SetupTime | str, Query("setup_time")] | None = None,
        registration: bool | None = None,
        inbound_sms_sender: Annotated[bool, Query("inbound_sms_sender")] | None = None,
        include: str | None = None,
        exclude: str | None = None,
        limit: int | None = None,
        start: str | None = None,
    ) -> AsyncPaginator[AvailableNumber]:
        """List the numbers of a country that can be rented; `include` and `exclude` are digits of them.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.

        Raises:
            InvalidRequestError: The country is no code of two letters; nothing was sent.
        """
        ...

    @listing("GET /numbers/rent", whole("rent_id"), name="get_rented_numbers", page=RentedNumberPage)
    def list_rented(
        self,
        *,
        features: Literal[1, 2, 3] | None = None,
        country_iso: InCountry | None = None,
        number_type: Annotated[NumberType | str, Query("number_type")] | None = None,
        active_rent: Annotated[bool, Query("active_rent")] | None = None,
        inbound_sms_sender: Annotated[bool, Query("inbound_sms_sender")] | None = None,
        include: str | None = None,
        exclude: str | None = None,
        limit: int | None = None,
        start: str | None = None,
    ) -> AsyncPaginator[RentedNumber]:
        """List the numbers that the account rents or has rented; `include` and `exclude` are digits of them.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...

    @operation("POST /numbers/rent", Effect.PAID, name="rent_number", unwrap="info", expect=names("rent", "info.rent_id"))
    async def rent(
        self,
        *,
        number_id: Id,
        rent_period: Days,
        auto_renew: bool | None = None,
        callback_url: str | UnsetType | None = UNSET,
        registration_id: Id | None = None,
    ) -> NewRent:
        """Rent a number, by the `number_id` that `list_available` shows. Costs credit.

        Raises:
            InvalidRequestError: An id is no UUID; nothing was sent.
            NotFoundError: It cannot be rented (code 1230).
            BadRequestError: An argument is refused (codes 1222 to 1234), or the credit is too low (code 1113).
            PermissionDeniedError: The account may not rent it (code 1231).
            MaybeSentError: It is unknown whether it was rented.
        """
        ...

    @operation(f"GET {_RENT}", Effect.READ, name="get_rent_status", unwrap="info", expect=_names_rent)
    async def get_rent(self, rent_id: Id) -> RentedNumber | None:
        """Fetch one rented number.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such rent (code 1223).
        """
        ...

    @operation(f"PATCH {_RENT}", Effect.PAID, name="renew_rent", unwrap="info", expect=_names_rent)
    async def renew_rent(
        self,
        rent_id: Id,
        *,
        rent_period: Days | None = None,
        auto_renew: bool | None = None,
        callback_url: str | UnsetType | None = UNSET,
    ) -> RenewedRent | None:
        """Rent a number for one more period. Costs credit.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such rent (code 1223).
            BadRequestError: An argument is refused (codes 1224 to 1229), or the credit is too low (code 1113).
            PermissionDeniedError: The API refuses to renew it (code 1228).
            MaybeSentError: It is unknown whether it was renewed.
        """
        ...

    @operation(f"PATCH {_RENT}/edit", Effect.IDEMPOTENT, name="edit_rent_settings", unwrap="info")
    async def update_rent(
        self, rent_id: Id, *, auto_renew: bool | None = None, callback_url: str | UnsetType | None = UNSET
    ) -> RentSettings | None:
        """Change a rent's settings; what is not given stays. `None`: nothing changed.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such rent (code 1223).
            BadRequestError: An argument is refused (codes 1225 to 1233).
        """
        ...

    @operation(f"DELETE {_RENT}", Effect.IDEMPOTENT, name="cancel_rent", unwrap="info", expect=_names_rent)
    async def cancel_rent(self, rent_id: Id) -> CancelledRent | None:
        """End a rent; what credit comes back is in the answer. `None`: an earlier try of this call did.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such rent (code 1223).
            PermissionDeniedError: The API refuses to end it (codes 1227, 1232).
        """
        ...

    @listing(f"GET {_RENT}/inbound", by_cursor("msg_id"), name="get_inbound_sms", page=ReceivedSmsPage, expect=_lists_rent)
    def list_inbound_sms(
        self,
        rent_id: Id,
        *,
        page_size: PageLimit | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[ReceivedSms]:
        """List the messages that came to a rented number.

        `page_size` is messages a request (the API gives 500; whether it gives more than that is unconfirmed), `limit` bounds
        them in all, `start` is a page's `position`, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such rent (code 1223).
        """
        ...
