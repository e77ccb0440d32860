"""The phone system (PBX) of UltraCart: `client.pbx`, and the structs that its operations take and give.

Each group of operations is loaded when it is first touched, and so is each struct. What is changed is what came:

    queue = await client.pbx.queues.get(uuid)
    await client.pbx.queues.update(uuid, queue=msgspec.structs.replace(queue, name="Support"))

Members that this version does not know are not sent back; `client.request` sends any JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of
from aioconvo.core.operations.resource import Resource
from aioconvo.ultracart.resource import UltraCartResource

if TYPE_CHECKING:
    from .addresses import Addresses
    from .agent_voicemails import AgentVoicemails
    from .agents import Agents
    from .audios import Audios
    from .calls import Calls
    from .classes_of_service import ClassesOfService
    from .config import Config
    from .customer_snapshots import CustomerSnapshots
    from .hardware_phones import HardwarePhones
    from .menus import Menus
    from .models import *
    from .pay_connectors import PayConnectors
    from .phone_numbers import PhoneNumbers
    from .queue_voicemails import QueueVoicemails
    from .queues import Queues
    from .time_based import TimeBased
    from .time_ranges import TimeRanges
    from .user_audios import UserAudios
    from .voicemail_mailboxes import VoicemailMailboxes
else:
    __getattr__, __dir__ = names_of(__name__, ".models")


class Pbx(UltraCartResource):
    """The phone system: who is called when, what callers hear, and what became of calls."""

    __slots__ = ()
    addresses: Resource[Addresses] = Resource()
    agent_voicemails: Resource[AgentVoicemails] = Resource()
    agents: Resource[Agents] = Resource()
    audios: Resource[Audios] = Resource()
    calls: Resource[Calls] = Resource()
    classes_of_service: Resource[ClassesOfService] = Resource()
    config: Resource[Config] = Resource()
    customer_snapshots: Resource[CustomerSnapshots] = Resource()
    hardware_phones: Resource[HardwarePhones] = Resource()
    menus: Resource[Menus] = Resource()
    pay_connectors: Resource[PayConnectors] = Resource()
    phone_numbers: Resource[PhoneNumbers] = Resource()
    queue_voicemails: Resource[QueueVoicemails] = Resource()
    queues: Resource[Queues] = Resource()
    time_based: Resource[TimeBased] = Resource()
    time_ranges: Resource[TimeRanges] = Resource()
    user_audios: Resource[UserAudios] = Resource()
    voicemail_mailboxes: Resource[VoicemailMailboxes] = Resource()
