"""Operations declared by their signatures: what a method takes is what is sent, what it returns is what is read.

    class Drafts(APIResource):
        @operation("PATCH /v1/drafts/{draft_id}", Effect.IDEMPOTENT, name="update_draft")
        async def update(self, draft_id: str, *, subject: Annotated[str, Length(1, 100)] | UnsetType | None = UNSET) -> Draft:
            '''Change a draft.'''
            ...

- `declaration`: the two decorators, and what stands in a class until a method is first touched.
- `signature`: a method that is all signature, read into what it declares.
- `function`: the plain Python function that is written of it, once.
- `markers` and `rules`: what stands in `Annotated`: where an argument goes that goes elsewhere, and what it may be.
- `resource`: a client's groups of operations, and the list of all of them.
"""
