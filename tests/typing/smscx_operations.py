"""What type checkers see of SMS.CX's calls about channels, numbers, PINs, templates, links and reports; see `convore`."""

from __future__ import annotations

import datetime as dt
from typing import Any, assert_type

from aioconvo import AsyncPaginator, Download, SmscxClient
from aioconvo.smscx import (
    Application,
    Balance,
    CancelledOtp,
    Channel,
    ChatBatch,
    ChatCampaign,
    CreatedTemplate,
    Hit,
    LookupBatch,
    MultichannelBatch,
    NewRent,
    NumberLookup,
    Optout,
    Otp,
    ReportedMessage,
    StrategyStep,
    Summary,
    TemplateDetail,
    ValidationBatch,
    VerifiedOtp,
)


async def calls(client: SmscxClient) -> None:
    assert_type(await client.accounts.get_balance(), Balance)
    assert_type(await client.accounts.get_pricing("sms", "2way"), dict[str, Any])
    assert_type(client.applications.list(), AsyncPaginator[Application])
    assert_type(client.applications.list_scopes(), AsyncPaginator[str])
    assert_type(client.attachments.list_hits("a"), AsyncPaginator[Hit])
    steps = [StrategyStep(channel=Channel.SMS, text="Hi")]
    assert_type(await client.multichannel.send(to=["+33655550100"], from_="SHOP", strategy=steps), MultichannelBatch)
    assert_type(await client.viber.send_campaign(groups=[1], from_="SHOP", template_id=1), ChatCampaign)
    assert_type(await client.whatsapp.estimate(to=["+33655550100"], from_="SHOP", template_id=1), ChatBatch)
    assert_type(await client.numbers.lookup("+33655550100"), NumberLookup | None)
    assert_type(await client.numbers.lookup_bulk(phone_numbers=["+33655550100"]), LookupBatch)
    assert_type(await client.numbers.validate_bulk(phone_numbers=["+33655550100"]), ValidationBatch)
    assert_type(await client.numbers.rent(number_id="n", rent_period=30), NewRent)
    assert_type(client.optouts.list(page_size=9), AsyncPaginator[Optout])
    assert_type(client.optouts.export_csv(), Download)
    assert_type(await client.otp.send(phone_number="+33655550100", ttl=300), Otp)
    assert_type(await client.otp.verify("o", pin="1234"), VerifiedOtp)
    assert_type(await client.otp.cancel("o"), CancelledOtp | None)
    today = dt.date(2026, 11, 30)
    assert_type(await client.reports.get_summary("channel", start_date=today, end_date=today), dict[str, Summary] | None)
    assert_type(client.reports.list(period="2026-11"), AsyncPaginator[ReportedMessage])
    assert_type(await client.templates.create(text="Hi"), CreatedTemplate)
    assert_type(await client.templates.get(7), TemplateDetail | None)


async def wrong_calls(client: SmscxClient) -> None:
    await client.otp.verify("o")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.numbers.rent(number_id="n", rent_period=2)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.viber.send(to="+33655550100", from_="SHOP", template_id=1)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.reports.list(period=2026)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.templates.list(prefetch=1)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
