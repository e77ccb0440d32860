"""What virtual agents of UltraCart answer from."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import names
from aioconvo.core.calls.storage import put
from aioconvo.core.encoding.files import Content, File
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.answers import StoredDocument
from aioconvo.ultracart.models import KnowledgeBaseDocument, UploadUrl
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource
from aioconvo.ultracart.uploads import ending_of

_BASE = "/conversation/agent/profiles/{user_id}/knowledge_base"


class KnowledgeBase(UltraCartResource):
    """Documents that a virtual agent answers from; `user_id` is the agent's, as its profile tells it."""

    __slots__ = ()

    @operation(
        f"POST {_BASE}",
        Effect.UNSAFE,
        name="insert_agent_profile_knowledge_base_document",
        expect=names("document", "document_uuid"),
    )
    async def create(
        self, user_id: int, *, original_file_name: str | UnsetType = UNSET, presigned_url: str | UnsetType = UNSET
    ) -> StoredDocument:
        """Add a document whose file was PUT to the `presigned_url` that `get_upload_url` gave; `upload` does all of it.

        Raises:
            NotFoundError: No such agent.
            MaybeSentError: It is unknown whether the document was added.
        """
        ...

    @operation(
        f"DELETE {_BASE}/{{document_uuid}}",
        Effect.IDEMPOTENT,
        name="delete_agent_profile_knowledge_base_document",
        unwrap="document_id",
    )
    async def delete(self, user_id: int, document_uuid: str) -> str | None:
        """Remove a document; its `document_id`, where the API says it.

        Raises:
            NotFoundError: No such agent or document.
        """
        ...

    @operation(
        f"GET {_BASE}/upload_url/{{extension}}",
        Effect.READ,
        name="get_conversation_knowledge_base_document_upload_url",
        unwrap="conversation_knowledge_base_document_upload_url",
        expect=names("url", "conversation_knowledge_base_document_upload_url.url"),
    )
    async def get_upload_url(self, user_id: int, extension: str) -> UploadUrl:
        """Fetch a signed URL to PUT a file to, such as `pdf`.

        The URL takes the bytes alone: send it no credentials of this API. Which extensions it may be is not documented.

        Raises:
            NotFoundError: No such agent.
            BadRequestError: The API takes no such files.
        """
        ...

    async def upload(self, user_id: int, file: File | Content) -> StoredDocument:
        """Add a document: `upload(7, Path("returns.pdf"))`.

        That is `get_upload_url`, a PUT of the file to the storage behind it, which is told no credential, and `create`. The
        file is bytes, a path, or bytes that come piece by piece (which some storages refuse), in a `File` where it needs a
        name.

        Raises:
            InvalidRequestError: The file cannot be read, or its name has no ending; nothing was added.
            MaybeSentError: It is unknown whether the document was added.
        """
        named = ending_of(file, "returns.pdf")
        there = await self.get_upload_url(user_id, named.extension)
        await put(self._client, str(there.url), named.file, told_as="ultracart.agents.knowledge_base.upload")
        return await self.create(user_id, original_file_name=named.file.file_name, presigned_url=str(there.url))

    @listing(
        f"GET {_BASE}",
        in_one_answer(KnowledgeBaseDocument, "documents", "document_uuid"),
        name="get_agent_profile_knowledge_base",
    )
    def list(
        self, user_id: int, *, limit: int | None = None, start: str | None = None
    ) -> AsyncPaginator[KnowledgeBaseDocument]:
        """List the documents of a virtual agent.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
