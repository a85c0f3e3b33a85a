"""Forms as they were sent: texts by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from fastapi import Depends, Request

__all__ = ["Answers", "answers"]


async def answers(request: Request) -> Mapping[str, str]:
    """Give the texts of a form by name, the last where a name comes twice; files are left out."""
    form = await request.form()
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


Answers: TypeAlias = Annotated[Mapping[str, str], Depends(answers)]
