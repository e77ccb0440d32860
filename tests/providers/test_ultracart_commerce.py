"""Orders, auto orders and customers of UltraCart, as conversations show them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from aioconvo.core.json.codec import decode
from aioconvo.core.json.model import Model, is_drifted
from aioconvo.ultracart.models import commerce
from aioconvo.ultracart.models.commerce import AutoOrder, AutoOrderFrequency, Customer, GiftCertificate, Order, OrderStage


def test_an_order_holds_its_customer_who_holds_orders() -> None:
    order = decode(
        b'{"order_id":"D-1","creation_dts":"2026-02-02T15:04:49-05:00","current_stage":"Pre-ordered","Tags":[{"tag_value":"x"}],'
        b'"customer_profile":{"orders":[{"order_id":"D-0"}]},"auto_order":{"items":[{"frequency":"Every..."}]}}',
        Order,
    )
    assert order.creation_dts == dt.datetime(2026, 2, 2, 20, 4, 49, tzinfo=dt.UTC)
    assert order.current_stage is OrderStage.PRE_ORDERED
    assert order.tags is not None
    assert order.tags[0].tag_value == "x"
    assert order.customer_profile is not None
    assert order.customer_profile.orders is not None
    assert order.customer_profile.orders[0].order_id == "D-0"
    assert order.auto_order is not None
    assert order.auto_order.items is not None
    assert order.auto_order.items[0].frequency is AutoOrderFrequency.EVERY


@pytest.mark.parametrize("kind", [AutoOrder, Customer, Order])
def test_each_may_be_empty(kind: type[Model]) -> None:
    assert not is_drifted(decode(b"{}", kind))


@pytest.mark.parametrize(
    ("kind", "member"),
    [
        (GiftCertificate, "code"),
        (Customer, "tax_id"),
        (Customer, "password"),
        (commerce.OrderGiftCertificate, "gift_certificate_code"),
        (commerce.CustomerLoyaltyRedemption, "gift_certificate_code"),
        (commerce.CustomerSoftwareEntitlement, "activation_code"),
        (commerce.CustomerBilling, "postal_code"),
        (commerce.OrderCoupon, "coupon_code"),
        (commerce.OrderCoupon, "base_coupon_code"),
        (commerce.OrderPaymentECheck, "customer_tax_id"),
        (commerce.OrderPaymentECheck, "bank_account_number"),
        (commerce.OrderPaymentCreditCard, "card_number_token"),
    ],
)
def test_what_is_worth_money_shows_in_no_repr(kind: Any, member: str) -> None:
    one = decode(msgspec.json.encode({member: "CANARY-1"}), kind)  # a text such as ids are, which are shown
    assert "CANARY" not in repr(one) + str(one)
    assert b"CANARY" in msgspec.json.encode(one)
