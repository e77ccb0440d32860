"""Who takes part and who wrote, each made once for a page: a page has many messages and few authors."""

from __future__ import annotations

from .models import Participant, ParticipantKind

__all__ = ["People"]


class People(dict[tuple[ParticipantKind, str | None, str | None, str | None], Participant]):
    """Participants by kind, id, name and address: `people[kind, id, name, address]`."""

    def __missing__(self, key: tuple[ParticipantKind, str | None, str | None, str | None]) -> Participant:
        participant = self[key] = Participant(*key)
        return participant
