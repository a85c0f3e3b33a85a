"""Pictures of alerts, by the addresses of a look."""

from __future__ import annotations

from fastapi import APIRouter, Response

from overt.web.gate import Person
from overt.web.services import Here

__all__ = ["router"]

router = APIRouter()


@router.get("/pictures/{look}/{name}")
def picture(here: Here, who: Person, look: str, name: str, signature: str = "") -> Response:
    """Give one picture of a look that is recorded already."""
    content = here.pictures.picture(who, look=look, name=name, signature=signature)
    return Response(content, media_type="image/png")
