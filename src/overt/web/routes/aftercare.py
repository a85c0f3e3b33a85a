"""After a deployment: what is open, what is held and due, and the report before it is published."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.metadata import version
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from overt.web.aftercare import delete_due, held, open_alerts, rules_after
from overt.web.extras import needs_reports
from overt.web.gate import Person
from overt.web.life import buttons
from overt.web.render import page
from overt.web.services import Here, Services

__all__ = ["router"]

router = APIRouter()
STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)
HERE: Final = "this machine"


@router.get("/deployments/{deployment_id}/after")
def deployment_after(request: Request, here: Here, who: Person, deployment_id: str) -> Response:
    """Show what is still to be done after a deployment."""
    record = here.office.deployment(deployment_id)
    rules, untold = rules_after(here, deployment_id)
    return page(
        request,
        "deployment_after.html",
        record=record,
        left=open_alerts(here, deployment_id),
        rules=rules,
        untold=untold,
        can=buttons(record, who),
    )


@router.get("/deployments/{deployment_id}/report")
def deployment_report(here: Here, who: Person, deployment_id: str) -> Response:  # noqa: ARG001
    """Show the report as it stands now: the page that `overt report deployment` writes."""
    here.office.deployment(deployment_id)
    html = report_page(here, deployment_id)
    answer = HTMLResponse(html)
    answer.headers["Content-Security-Policy"] = policy_of(html)
    return answer


@router.get("/retention")
def retention(request: Request, here: Here, who: Person) -> Response:  # noqa: ARG001
    """Show what is held of people, why, and until when."""
    return page(request, "retention.html", held=held(here), receipts=None)


@router.post("/retention/run")
def retention_run(request: Request, here: Here, who: Person) -> Response:
    """Delete what is due, and show the receipts."""
    here.audit.note("retention run", account=who.account.id)
    receipts = delete_due(here)
    return page(request, "retention.html", held=held(here), receipts=receipts)


def report_page(here: Services, deployment: str) -> str:
    """Compute a deployment's report, and write its page.

    Raises:
        RefusedError: what computes it is not installed.
        ReportError: the deployment was never authorised.
    """
    with needs_reports():  # heavy: when it is asked for
        from overt.report.computing import compute  # noqa: PLC0415
        from overt.report.document.report import Options  # noqa: PLC0415
        from overt.report.recorded import facts_of_record  # noqa: PLC0415
        from overt.report.render.page import page as written  # noqa: PLC0415
    counted = facts_of_record(here.store, force=HERE)
    now = here.clock.now()
    report = compute(
        counted.facts,
        options=Options(now.isoformat(timespec="seconds"), deployment=deployment),
        sources=[counted.source],
        made=now,
        software=version("overt"),
    )
    return written(report)


def policy_of(html: str) -> str:
    """Give the policy of a page whose style is in it: that style, by its hash, and nothing else."""
    digests = [hashlib.sha256(style.encode()).digest() for style in STYLE.findall(html)]
    hashes = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    style = f"style-src {hashes}" if hashes else "style-src 'none'"
    return f"default-src 'none'; {style}; img-src data:; frame-ancestors 'none'; base-uri 'none'"
