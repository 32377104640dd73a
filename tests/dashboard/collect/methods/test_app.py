"""What each answer proves: the table of cheap observations, and all that proves less."""

import pytest

from dashboard.collect.http.answers import HttpAnswer, HttpResult, NoAnswer, NoAnswerCause
from dashboard.collect.methods.app import judge_app_answer
from netpol.lab import ProbeReading, ProbeRole

HEALTH, VISITS = APPS = ProbeReading.APP_HEALTH, ProbeReading.APP_VISITS
CONNECTED = b'{"status": "healthy", "redis": "connected"}'
DISCONNECTED = b'{"status": "healthy", "redis": "disconnected"}'
COUNTED = b'{"visits": 7}'
UNAVAILABLE = b'{"error": "Redis unavailable"}'
CONNECT_ERROR = "upstream connect error or disconnect/reset before headers. "


def outcomes(reading: ProbeReading, result: HttpResult) -> str:
    """The three outcomes on one line: gateway to app, app to DNS, app to Redis."""
    findings = judge_app_answer(reading, result)
    return " ".join(
        findings[role].outcome.value for role in (ProbeRole.APP, ProbeRole.DNS, ProbeRole.REDIS)
    )


@pytest.mark.parametrize(
    ("reading", "status", "body", "seconds", "expected"),
    [
        (HEALTH, 200, CONNECTED, 0.03, "reached reached reached"),
        (HEALTH, 200, CONNECTED, 3.0, "reached reached reached"),
        (HEALTH, 200, DISCONNECTED, 0.0, "reached unknown unknown"),
        (HEALTH, 200, DISCONNECTED, 0.99, "reached unknown unknown"),
        (HEALTH, 200, DISCONNECTED, 1.2, "reached unknown unknown"),
        (HEALTH, 200, DISCONNECTED, 1.5, "reached reached blocked"),
        (HEALTH, 200, DISCONNECTED, 2.01, "reached reached blocked"),
        (HEALTH, 200, DISCONNECTED, 4.4, "reached reached blocked"),
        (HEALTH, 200, DISCONNECTED, 8.1, "reached unknown unknown"),
        (HEALTH, 200, DISCONNECTED, 14.9, "reached unknown unknown"),
        (HEALTH, 200, DISCONNECTED, 15.0, "reached blocked unknown"),
        (HEALTH, 200, DISCONNECTED, 20.02, "reached blocked unknown"),
        (VISITS, 200, COUNTED, 0.05, "reached reached reached"),
        (VISITS, 503, UNAVAILABLE, 0.01, "reached unknown unknown"),
        (VISITS, 503, UNAVAILABLE, 2.02, "reached reached blocked"),
        (VISITS, 503, UNAVAILABLE, 20.1, "reached blocked unknown"),
        (HEALTH, 504, b"upstream request timeout", 15.01, "unknown blocked unknown"),
        (VISITS, 504, b"", 20.0, "unknown blocked unknown"),
        (HEALTH, 504, b"upstream request timeout", 4.5, "unknown blocked unknown"),
        (HEALTH, 504, b"upstream request timeout", 4.49, "unknown unknown unknown"),
        (HEALTH, 504, b"upstream request timeout", 3.0, "unknown unknown unknown"),
        # The gateway's own wait for a connection is five seconds.
        (HEALTH, 504, f"{CONNECT_ERROR}reset reason: x".encode(), 5.0, "blocked unknown unknown"),
        (HEALTH, 503, b"upstream request timeout", 15.0, "unknown unknown unknown"),
    ],
)
def test_the_apps_words_and_their_time_tell_the_three_flows_apart(
    reading: ProbeReading, status: int, body: bytes, seconds: float, expected: str
) -> None:
    assert outcomes(reading, HttpAnswer(status, body, seconds)) == expected


@pytest.mark.parametrize(
    ("status", "body", "expected", "reason"),
    [
        (503, "no healthy upstream", "unknown unknown unknown", "app is not ready"),
        (
            503,
            CONNECT_ERROR + "reset reason: connection timeout",
            "blocked unknown unknown",
            "could not connect",
        ),
        (
            504,
            CONNECT_ERROR + "reset reason: connection timeout",
            "blocked unknown unknown",
            "could not connect",
        ),
        (503, CONNECT_ERROR.strip(), "blocked unknown unknown", "could not connect"),
        (
            503,
            CONNECT_ERROR + "retried and the latest reset reason: remote connection failure, "
            "transport failure reason: delayed connect error: Connection refused",
            "unknown unknown unknown",
            "refused: nobody listens",
        ),
        (
            503,
            CONNECT_ERROR + "reset reason: connection failure, transport failure reason: "
            "delayed connect error: 111",
            "unknown unknown unknown",
            "refused: nobody listens",
        ),
        *(
            (503, f"{CONNECT_ERROR}reset reason: {why}", "unknown unknown unknown", "broke")
            for why in (
                "connection termination",
                "overflow",
                "protocol error",
                "remote reset",
                "connection failure, transport failure reason: delayed connect error: 113",
                "connection failure, transport failure reason: No route to host",
                "connection failure, transport failure reason: Network is unreachable",
            )
        ),
        (
            503,
            CONNECT_ERROR + "reset reason: connection failure, transport failure reason: "
            "immediate connect error: 111",
            "unknown unknown unknown",
            "refused: nobody listens",
        ),
        (403, "RBAC: access denied", "blocked unknown unknown", "denied access"),
        (403, '{"error": "Access denied"}', "unknown unknown unknown", "answered 403"),
        (503, '{"error": "no healthy upstream"}', "unknown unknown unknown", "answered 503"),
        (503, "app: no healthy upstream", "unknown unknown unknown", "answered 503"),
        (403, "Access denied\r\n", "blocked unknown unknown", "denied access"),
        (403, "<h1>Forbidden</h1>", "unknown unknown unknown", "answered 403"),
        (503, "<h1>Service Unavailable</h1>", "unknown unknown unknown", "answered 503"),
        (404, "", "unknown unknown unknown", "knows no route"),
        (200, CONNECT_ERROR, "unknown unknown unknown", "answered 200"),
    ],
)
@pytest.mark.parametrize("reading", APPS)
def test_the_gateways_words_are_told_from_the_apps(
    reading: ProbeReading, status: int, body: str, expected: str, reason: str
) -> None:
    answer = HttpAnswer(status, body.encode(), 0.2)
    assert outcomes(reading, answer) == expected
    assert reason in judge_app_answer(reading, answer)[ProbeRole.APP].reason


@pytest.mark.parametrize(
    ("reading", "status", "body"),
    [
        (HEALTH, 503, CONNECTED),
        (HEALTH, 200, UNAVAILABLE),
        (HEALTH, 200, b'{"redis": true}'),
        (HEALTH, 200, b'["redis", "connected"]'),
        (HEALTH, 200, b'"connected"'),
        (HEALTH, 200, b'{"redis": "<script>alert(1)</script>"}'),
        (HEALTH, 200, b"<script>alert(1)</script>"),
        (HEALTH, 200, b""),
        (HEALTH, 200, b"\xff\xfe{}"),
        (HEALTH, 200, b"[" * 65_536),
        (HEALTH, 200, b"9" * 65_536),
        (VISITS, 200, b'{"visits": "7"}'),
        (VISITS, 200, UNAVAILABLE),
        (VISITS, 503, COUNTED),
        (VISITS, 503, b'{"error": "<b>"}'),
        (VISITS, 500, b"Internal Server Error"),
    ],
)
def test_other_words_prove_nothing_and_are_not_repeated(
    reading: ProbeReading, status: int, body: bytes
) -> None:
    findings = judge_app_answer(reading, HttpAnswer(status, body, 2.0))
    assert outcomes(reading, HttpAnswer(status, body, 2.0)) == "unknown unknown unknown"
    assert all("<" not in finding.reason for finding in findings.values())


@pytest.mark.parametrize("cause", NoAnswerCause)
@pytest.mark.parametrize("reading", APPS)
def test_no_answer_proves_nothing_and_says_why(reading: ProbeReading, cause: NoAnswerCause) -> None:
    findings = judge_app_answer(reading, NoAnswer(cause))
    assert {finding.outcome.value for finding in findings.values()} == {"unknown"}
    assert len({finding.reason for finding in findings.values()}) == 1
    assert findings[ProbeRole.APP].reason
    assert findings[ProbeRole.APP].sign


@pytest.mark.parametrize(
    ("reading", "result", "signs"),
    [
        (HEALTH, HttpAnswer(200, CONNECTED, 0.1), "answered answered answered"),
        (VISITS, HttpAnswer(200, COUNTED, 0.1), "counted counted counted"),
        (VISITS, HttpAnswer(503, UNAVAILABLE, 2.0), "answered answered dropped"),
        (HEALTH, HttpAnswer(200, DISCONNECTED, 20.0), "answered dropped not-tried"),
        (HEALTH, HttpAnswer(504, b"", 20.0), "timeout dropped not-tried"),
        (
            HEALTH,
            HttpAnswer(503, b"no healthy upstream", 0.1),
            "gateway-has-no-endpoint not-tried not-tried",
        ),
        (HEALTH, HttpAnswer(403, b"Access denied", 0.1), "gateway-denied not-tried not-tried"),
        (
            HEALTH,
            HttpAnswer(503, f"{CONNECT_ERROR}reset reason: connection timeout".encode(), 5.0),
            "gateway-not-connected not-tried not-tried",
        ),
        (HEALTH, NoAnswer(NoAnswerCause.REFUSED), "refused refused refused"),
        (HEALTH, NoAnswer(NoAnswerCause.TIMEOUT), "timeout timeout timeout"),
        (HEALTH, NoAnswer(NoAnswerCause.TLS), "tls-failure tls-failure tls-failure"),
        (HEALTH, NoAnswer(NoAnswerCause.DNS), "dns-failure dns-failure dns-failure"),
        (HEALTH, NoAnswer(NoAnswerCause.OUT_OF_TIME), "out-of-time out-of-time out-of-time"),
    ],
)
def test_each_kind_of_evidence_has_a_sign_of_its_own(
    reading: ProbeReading, result: HttpResult, signs: str
) -> None:
    findings = judge_app_answer(reading, result)
    assert (
        " ".join(findings[role].sign for role in (ProbeRole.APP, ProbeRole.DNS, ProbeRole.REDIS))
        == signs
    )


def test_a_prober_that_was_too_busy_to_look_does_not_go_by_the_time() -> None:
    busy = HttpAnswer(200, DISCONNECTED, 2.0, lag=0.6)
    assert outcomes(HEALTH, busy) == "reached unknown unknown"
    assert "busy" in judge_app_answer(HEALTH, busy)[ProbeRole.REDIS].reason
    assert outcomes(HEALTH, HttpAnswer(200, CONNECTED, 2.0, lag=9.0)) == "reached reached reached"


def test_a_prober_that_was_too_busy_does_not_know_how_long_the_gateway_waited() -> None:
    assert outcomes(HEALTH, HttpAnswer(504, b"", 4.9, lag=0.5)) == "unknown unknown unknown"
    assert outcomes(HEALTH, HttpAnswer(504, b"", 5.1, lag=0.5)) == "unknown blocked unknown"


def test_causes_are_told_apart_by_their_reasons() -> None:
    reasons = {
        judge_app_answer(HEALTH, NoAnswer(cause))[ProbeRole.APP].reason for cause in NoAnswerCause
    }
    assert len(reasons) == len(NoAnswerCause)


def test_equal_looks_have_equal_reasons_however_long_they_took() -> None:
    assert judge_app_answer(HEALTH, HttpAnswer(200, DISCONNECTED, 1.9)) == judge_app_answer(
        HEALTH, HttpAnswer(200, DISCONNECTED, 2.3)
    )
