"""Departments of UltraCart, as structs."""

from __future__ import annotations

from typing import Any

from aioconvo.core.json.model import Model

__all__ = ["Department", "DepartmentMember"]


class DepartmentMember(Model):
    """An agent, human or not (`ai`), and whether it is a `member` of the department."""

    ai: bool | None = None
    member: bool | None = None
    name: str | None = None
    user_id: int | None = None


class Department(Model):
    """Agents who answer the same customers; what `settings` holds is not documented."""

    conversation_department_oid: int | None = None
    department_name: str | None = None
    members: list[DepartmentMember] | None = None
    merchant_id: str | None = None
    settings: Any | None = None
