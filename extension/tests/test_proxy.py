"""The proxy in a real Jupyter server, before a server that shows what reaches it."""

from __future__ import annotations

import http.client
import time
from urllib.parse import quote

import pytest

from jupyterlab_berth.proxy import BODY_MAX_BYTES

from .jupyter_servers import AUTH, BASE_URL, TOKEN, JupyterServer, Person
from .test_forwarding import OUTSIDE

WRITES = ["POST", "PUT", "PATCH", "DELETE"]


def test_nothing_that_says_who_asks_passes_and_ours_is_set(ada: Person, server: JupyterServer) -> None:
    headers = {
        **server.log_in(),
        **AUTH,
        "X-XSRFToken": server.cookies["_xsrf"],
        "x-berth-user": "mallory",
        "X-Berth-Root": "/",
        "X-Berth-Anything": "1",
        "Forwarded": "for=1.2.3.4",
        "X-Forwarded-For": "1.2.3.4",
        "Accept": "application/json",
    }
    answer = server.request("GET", f"berth/api/v1/echo?token={TOKEN}&rank=0&1731234567890", headers)
    assert answer.status == 200
    got = answer.json()
    assert got["path"] == "/api/v1/echo?rank=0"
    passed = {name.lower(): value for name, value in got["headers"].items()}
    assert passed.pop("authorization").startswith("Bearer ")
    assert passed.pop("x-berth-root") == quote(str(ada.root))
    assert passed.pop("x-berth-user") not in ("mallory", "")
    assert set(passed) == {"host", "accept", "accept-encoding", "connection"}  # http.client sends no others
    assert TOKEN not in str(got) and server.cookies["_xsrf"] not in str(got)


def test_cookies_and_cors_of_the_gateway_do_not_reach_the_browser(server: JupyterServer) -> None:
    answer = server.request("GET", "berth/api/v1/echo", server.log_in())
    assert answer.headers["Set-Cookie"] is None and answer.headers["Access-Control-Allow-Origin"] is None
    assert answer.headers["X-Request-Id"] == "abc"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("method", WRITES)
def test_a_write_needs_the_xsrf_token_unless_it_is_token_authenticated(server: JupyterServer, method: str) -> None:
    cookies = server.log_in()
    refused = server.request(method, "berth/api/v1/echo", cookies, b"{}")
    assert (refused.status, refused.json()["code"]) == (403, "forbidden")
    assert "_xsrf" in refused.json()["message"]
    wrong = server.request(method, "berth/api/v1/echo", {**cookies, "X-XSRFToken": "wrong"}, b"{}")
    assert wrong.status == 403
    right = server.request(method, "berth/api/v1/echo", {**cookies, "X-XSRFToken": server.cookies["_xsrf"]}, b"{}")
    assert (right.status, right.json()["method"], right.json()["bytes"]) == (200, method, 2)
    by_token = server.request(method, "berth/api/v1/echo", AUTH)
    assert (by_token.status, by_token.json()["bytes"]) == (200, 0)


@pytest.mark.parametrize("method", ["GET", *WRITES])
def test_without_a_login_the_answer_is_403_in_the_apis_shape(server: JupyterServer, method: str) -> None:
    answer = server.request(method, "berth/api/v1/echo", {})
    assert answer.status == 403
    assert set(answer.json()) == {"code", "message", "requestId"}
    assert server.request(method, "berth/api/v1/echo", {"Authorization": "token wrong"}).status == 403


def test_a_page_of_another_origin_gets_nothing(server: JupyterServer) -> None:
    foreign = {**server.log_in(), "Origin": "https://evil.example"}
    assert server.request("GET", "berth/api/v1/echo", foreign).status == 403
    with_token = {**foreign, "X-XSRFToken": server.cookies["_xsrf"]}
    assert server.request("POST", "berth/api/v1/echo", with_token, b"{}").status in (403, 404)
    own = {**server.log_in(), "Origin": f"http://{server.host}"}
    assert server.request("GET", "berth/api/v1/echo", own).status == 200


def test_no_path_leads_out_of_the_api(server: JupyterServer) -> None:
    before = server.request("GET", "berth/api/v1/paths").json()["seen"]
    paths = [path for path in OUTSIDE if path.isascii() and path.isprintable() and "?" not in path]
    for path in paths:
        for method in ("GET", "POST"):
            assert server.request(method, f"berth/{path}").status == 404, path
    assert server.request("GET", "berth/../internal/health").status == 404
    after = server.request("GET", "berth/api/v1/paths").json()["seen"]
    assert after[len(before) :] == ["GET /api/v1/paths"]


def test_a_body_that_is_larger_than_any_lock_is_refused(server: JupyterServer) -> None:
    sent = server.request("POST", "berth/api/v1/echo", body=b"x" * BODY_MAX_BYTES)
    assert sent.json()["bytes"] == BODY_MAX_BYTES
    refused = server.request("POST", "berth/api/v1/echo", body=b"x" * (BODY_MAX_BYTES + 1))
    assert (refused.status, refused.json()["code"]) == (413, "too-large")


def test_answers_of_the_gateway_pass_as_they_are(server: JupyterServer) -> None:
    refused = server.request("GET", "berth/api/v1/refuse")
    assert (refused.status, refused.json()["code"]) == (422, "never-fits")
    nothing = server.request("GET", "berth/api/v1/nothing")
    assert (nothing.status, nothing.body) == (204, b"")
    head = server.request("HEAD", "berth/api/v1/refuse")
    assert (head.status, head.body) == (422, b"")
    assert server.request("OPTIONS", "berth/api/v1/echo").status == 405


def test_an_answer_is_passed_on_while_it_is_still_being_made(server: JupyterServer) -> None:
    connection = server.connect()
    connection.request("GET", f"{BASE_URL}berth/api/v1/slow", headers=AUTH)
    answer = connection.getresponse()
    assert answer.read(5) == b"first"  # the rest is only made after the next line
    assert server.request("GET", "berth/api/v1/go").status == 204
    assert answer.read() == b" rest"
    connection.close()


def test_an_answer_that_breaks_off_does_not_look_whole(server: JupyterServer) -> None:
    connection = server.connect()
    connection.request("GET", f"{BASE_URL}berth/api/v1/broken", headers=AUTH)
    answer = connection.getresponse()
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        answer.read()
    connection.close()


def test_polling_does_not_count_as_activity(server: JupyterServer) -> None:
    def last_activity() -> str:
        return server.request("GET", "api/status").json()["last_activity"]

    server.request("GET", "api/contents")  # what counts
    before = last_activity()
    time.sleep(0.01)  # so that a later time would be another text
    for method in ("GET", "POST"):
        assert server.request(method, "berth/api/v1/echo").status == 200
    assert last_activity() == before
    server.request("GET", "api/contents")
    assert last_activity() != before
