"""The payments of orders, as structs. Numbers of cards and accounts show in no `repr`."""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

from .measures import Currency

__all__ = [
    "BankAccountType",
    "BankOwnerType",
    "CardType",
    "OrderPayment",
    "OrderPaymentCheck",
    "OrderPaymentCreditCard",
    "OrderPaymentCreditCardDualVaulted",
    "OrderPaymentCreditCardDualVaultedProperty",
    "OrderPaymentECheck",
    "OrderPaymentHealthBenefitCard",
    "OrderPaymentInsurance",
    "OrderPaymentPayPal",
    "OrderPaymentPurchaseOrder",
    "OrderPaymentTransaction",
    "OrderPaymentTransactionDetail",
    "PaymentMethod",
    "PaymentStatus",
]


class BankAccountType(OpenEnum):
    """The kind of a bank account."""

    CHECKING = "Checking"
    SAVINGS = "Savings"


class BankOwnerType(OpenEnum):
    """Whose a bank account is."""

    PERSONAL = "Personal"
    BUSINESS = "Business"


class CardType(OpenEnum):
    """The brand of a card."""

    AMEX = "AMEX"
    DINERS_CLUB = "Diners Club"
    DISCOVER = "Discover"
    JCB = "JCB"
    MASTERCARD = "MasterCard"
    VISA = "VISA"


class OrderPayment(Model):
    """How an order is paid."""

    check: OrderPaymentCheck | None = None
    credit_card: OrderPaymentCreditCard | None = None
    echeck: OrderPaymentECheck | None = None
    health_benefit_card: OrderPaymentHealthBenefitCard | None = None
    hold_for_fraud_review: bool | None = None
    insurance: OrderPaymentInsurance | None = None
    payment_dts: dt.datetime | None = None
    """When the money came."""
    payment_method: PaymentMethod | None = None
    payment_method_accounting_code: str | None = None
    """At QuickBooks."""
    payment_method_deposit_to_account: str | None = None
    """At QuickBooks."""
    payment_status: PaymentStatus | None = None
    paypal: OrderPaymentPayPal | None = None
    purchase_order: OrderPaymentPurchaseOrder | None = None
    rotating_transaction_gateway_code: str | None = None
    surcharge: Currency | None = None
    surcharge_accounting_code: str | None = None
    surcharge_transaction_fee: float | None = None
    surcharge_transaction_percentage: float | None = None
    test_order: bool | None = None
    transactions: list[OrderPaymentTransaction] | None = None


class OrderPaymentCheck(Model):
    """A payment by check."""

    check_number: str | None = None


class OrderPaymentCreditCard(Model):
    """A payment by card."""

    card_auth_ticket: str | None = None
    card_authorization_amount: float | None = None
    card_authorization_dts: dt.datetime | None = None
    card_authorization_reference_number: str | None = None
    card_expiration_month: int | None = None
    """1 to 12."""
    card_expiration_year: int | None = None
    """Four digits."""
    card_number: str | None = None
    """All but the last four digits are masked."""
    card_number_token: str | None = None
    card_number_truncated: bool | None = None
    card_type: CardType | None = None
    card_verification_number_token: str | None = None
    """Always empty in answers."""
    dual_vaulted: OrderPaymentCreditCardDualVaulted | None = None


class OrderPaymentCreditCardDualVaulted(Model):
    """The card in a second vault."""

    gateway_name: str | None = None
    properties: list[OrderPaymentCreditCardDualVaultedProperty] | None = None
    rotating_transaction_gateway_code: str | None = None


class OrderPaymentCreditCardDualVaultedProperty(Model):
    """What the second vault knows of a card."""

    name: str | None = None
    value: str | None = None


class OrderPaymentECheck(Model):
    """A payment from a bank account."""

    bank_aba_code: str | None = None
    bank_account_name: str | None = None
    bank_account_number: str | None = None
    """All but the last four digits are masked."""
    bank_account_type: BankAccountType | None = None
    bank_name: str | None = None
    bank_owner_type: BankOwnerType | None = None
    customer_tax_id: str | None = None
    """All but the last four digits are masked."""
    drivers_license_dob: str | None = None
    """A date of birth."""
    drivers_license_number: str | None = None
    """All but the last four digits are masked."""
    drivers_license_state: str | None = None


class OrderPaymentHealthBenefitCard(Model):
    """A payment by a card for health costs."""

    health_benefit_card_expiration_month: int | None = None
    """1 to 12."""
    health_benefit_card_expiration_year: int | None = None
    """Four digits."""
    health_benefit_card_number: str | None = None
    """All but the last four digits are masked."""
    health_benefit_card_number_token: str | None = None
    health_benefit_card_number_truncated: bool | None = None
    health_benefit_card_verification_number_token: str | None = None
    """Always empty in answers."""


class OrderPaymentInsurance(Model):
    """A payment by an insurance."""

    application_id: str | None = None
    claim_id: str | None = None
    insurance_type: str | None = None
    refund_claim_id: str | None = None


class OrderPaymentPayPal(Model):
    """A payment by PayPal."""

    customer_id: str | None = None
    vault_id: str | None = None


class OrderPaymentPurchaseOrder(Model):
    """A payment by purchase order."""

    purchase_order_number: str | None = None


class OrderPaymentTransaction(Model):
    """One try of a payment."""

    details: list[OrderPaymentTransactionDetail] | None = None
    successful: bool | None = None
    transaction_gateway: str | None = None
    transaction_id: int | None = None
    transaction_timestamp: str | None = None


class OrderPaymentTransactionDetail(Model):
    """What a gateway said of a try."""

    name: str | None = None
    type: str | None = None
    value: str | None = None


class PaymentMethod(OpenEnum):
    """How an order is paid."""

    AFFIRM = "Affirm"
    AMAZON = "Amazon"
    AMAZON_PAY = "Amazon Pay"
    AMAZON_SC = "Amazon SC"
    CASH = "Cash"
    CHECK = "Check"
    COD = "COD"
    CREDIT_CARD = "Credit Card"
    CRYPTO = "Crypto"
    EBAY = "eBay"
    ECHECK = "eCheck"
    GOOGLE_SHOPPING = "Google Shopping"
    GOLDBELLY = "Goldbelly"
    GOHIGHLEVEL = "GoHighLevel"
    INSURANCE = "Insurance"
    LINK = "Link"
    LOANHERO = "LoanHero"
    MONEY_ORDER = "Money Order"
    PAYPAL = "PayPal"
    PURCHASE_ORDER = "Purchase Order"
    QUOTE_REQUEST = "Quote Request"
    UNKNOWN = "Unknown"
    WIRE_TRANSFER = "Wire Transfer"
    WALMART = "Walmart"
    SHOP_COM = "Shop.com"
    SEZZLE = "Sezzle"
    VENMO = "Venmo"
    APPLE_PAY = "Apple Pay"
    GOOGLE_PAY = "Google Pay"
    HEALTH_BENEFIT_CARD = "Health Benefit Card"
    PAYPAL_FASTLANE = "PayPal Fastlane"
    KLARNA = "Klarna"


class PaymentStatus(OpenEnum):
    """How far a payment has come."""

    UNPROCESSED = "Unprocessed"
    AUTHORIZED = "Authorized"
    CAPTURE_FAILED = "Capture Failed"
    PROCESSED = "Processed"
    DECLINED = "Declined"
    VOIDED = "Voided"
    REFUNDED = "Refunded"
    SKIPPED = "Skipped"
