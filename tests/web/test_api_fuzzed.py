"""The API asked with what its own document says, and with what it does not, drawn at random."""

from __future__ import annotations

from collections.abc import Generator
from importlib import import_module
from typing import Any, cast
from uuid import uuid4

import pytest
from console_record import RUNNING, look_at, raise_alert, run_deployment, token_for
from consoles import PATIENCE_S, Console, console_in
from hypothesis import HealthCheck, Phase, given, settings

from overt.ledger.keys import KeyKind, SigningKey
from overt.values.account import Role
from overt.web import bearers
from overt.web.api.document import document
from overt.web.permissions import PERMISSIONS, Bearer

# Most types of schemathesis have parameters that it does not name.
fuzzing: Any = import_module("schemathesis")
of_any: Any = import_module("schemathesis.checks")
of_openapi: Any = import_module("schemathesis.specs.openapi.checks")
CHECKS = [
    of_any.not_a_server_error,
    of_openapi.status_code_conformance,
    of_openapi.content_type_conformance,
    of_openapi.response_schema_conformance,
]
MODES: list[Any] = list(fuzzing.GenerationMode)
FEW = settings(
    max_examples=6,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
ALERT = "fuzzed-1"
LOG = "police.example/fuzzed"
KEY = SigningKey.generate(LOG, kind=KeyKind.LOG).verifier.text


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    """Give a console where a deployment runs, with an alert that an operator has looked at."""
    with (
        console_in(
            tmp_path_factory.mktemp("fuzzed"), settings={"web_sync_logs": (KEY,)}
        ) as console,
        pytest.MonkeyPatch.context() as m,
    ):
        m.setattr(bearers, "A_MINUTE", 10**6)
        run_deployment(console)
        raise_alert(console, ALERT)
        look_at(console, ALERT)
        yield console


def operations() -> list[Any]:
    schema = fuzzing.openapi.from_dict(document())
    return [pytest.param(found.ok(), id=found.ok().label) for found in schema.get_all_operations()]


def role_of(operation: Any) -> Role:
    access = PERMISSIONS[operation.definition.raw["operationId"]]
    assert isinstance(access, Bearer)
    return min(access.roles)


def ask(console: Console, case: Any, token: str | None) -> int:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    # A stream that waits for more would never be read to its end.
    params = {"until_quiet": "true"} if case.path.endswith("/events") else {}
    answer = case.call(base_url=console.address, headers=headers, params=params, timeout=PATIENCE_S)
    case.validate_response(answer, checks=CHECKS)
    return answer.status_code


@pytest.mark.parametrize("operation", operations())
@pytest.mark.parametrize("mode", MODES)
def test_what_is_drawn_breaks_nothing(fuzzed: Console, operation: Any, mode: Any) -> None:
    token = token_for(fuzzed, role_of(operation))
    asked = 0
    real = {"deployment": RUNNING, "alert": ALERT, "log": LOG}
    named = {k: v for k, v in real.items() if f"{{{k}}}" in operation.path}
    strategy = operation.as_strategy(mode, path_parameters=named or None)

    @FEW
    @given(case=strategy)
    def draw(case: Any) -> None:
        nonlocal asked
        asked += 1
        ask(fuzzed, case, token)

    draw()
    assert asked


@pytest.mark.parametrize("operation", operations())
def test_nobody_gets_in_without_a_token_and_its_scope(fuzzed: Console, operation: Any) -> None:
    access = cast("Bearer", PERMISSIONS[operation.definition.raw["operationId"]])
    other = [scope for scope in type(access.scope) if scope is not access.scope]
    narrow = token_for(fuzzed, role_of(operation), *other)
    strategy = operation.as_strategy(fuzzing.GenerationMode.POSITIVE)

    @settings(FEW, max_examples=3)
    @given(case=strategy)
    def draw(case: Any) -> None:
        assert ask(fuzzed, case, None) == 401
        assert ask(fuzzed, case, uuid4().hex) == 401
        assert ask(fuzzed, case, narrow) == 403

    draw()
