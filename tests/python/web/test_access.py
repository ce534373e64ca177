"""Who may look, and that forms come from the pages themselves."""

import base64
import socket

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from bank_marketing.cli import main
from bank_marketing.errors import UserError
from bank_marketing.service.access import stated_key
from bank_marketing.web.access import Door, Doors

PASSWORD = "a long password"  # noqa: S105


def ask(
    doors: Doors, method: str = "GET", *, host: str = "127.0.0.1:8001", peer: str = "127.0.0.1", **headers
):
    app = Door(PlainTextResponse("seen"), doors)
    client = TestClient(app, base_url=f"http://{host}", client=(peer, 1))
    return client.request(
        method, "/", headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def basic(password: str) -> str:
    return f"Basic {base64.b64encode(f'anybody:{password}'.encode()).decode()}"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8001", 200),
        ("localhost", 200),
        ("[::1]:8001", 200),
        ("evil.example", 421),
        ("10.0.0.1", 421),
    ],
)
def test_here_everybody_may_look_but_under_no_other_name(host, status):
    assert ask(Doors(), host=host).status_code == status


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (basic(PASSWORD), 200),
        (basic("another"), 401),
        (basic(""), 401),
        ("Bearer x", 401),
        ("Basic !", 401),
        ("", 401),
    ],
)
def test_beyond_a_password_is_asked_for(authorization, status):
    doors = Doors(password=PASSWORD, is_local=False)
    answer = ask(doors, host="bank.example", authorization=authorization)

    assert answer.status_code == status
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("10.0.0.9", {"X_Forwarded_User": "ann"}, 200),
        ("10.0.0.9", {}, 403),
        ("10.0.0.9", {"X_Forwarded_User": ""}, 403),
        ("10.0.0.8", {"X_Forwarded_User": "ann"}, 403),
    ],
)
def test_a_proxy_says_who_has_logged_in_and_nobody_else(peer, headers, status):
    doors = Doors(proxy_header="X-Forwarded-User", proxies=("10.0.0.9",), is_local=False)

    assert ask(doors, host="bank.example", peer=peer, **headers).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Sec_Fetch_Site": "none"}, 200),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site", "Origin": "http://127.0.0.1:8001"}, 403),
        ({"Origin": "http://127.0.0.1:8001"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 200),
    ],
)
def test_a_form_of_another_site_changes_nothing(headers, status):
    assert ask(Doors(), "POST", **headers).status_code == status
    assert ask(Doors(), "GET", **headers).status_code == 200


def test_browsers_are_told_what_pages_may_do():
    for answer in (ask(Doors()), ask(Doors(password=PASSWORD))):
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_an_address_at_which_nothing_can_listen_is_refused_before_it_is_told(published, capsys):
    words = ["dashboard", "--warehouse", str(published)]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for said, *more in (
            (f"--port {port}: in use", "--port", str(port)),
            ("from 1 to 65535", "--port", "99999"),
            ("--host no.such.invalid", "--host", "no.such.invalid", "--proxy-header", "X-User"),
        ):
            assert main([*words, *more]) == 1
            shown = capsys.readouterr()
            assert said in shown.err and "http://" not in shown.out


def test_a_password_that_browsers_send_differently_is_refused(tmp_path):
    file = tmp_path / "password"
    file.write_text("sehr geheimes Paßwort", encoding="utf-8")
    for of_file, of_environment in ((file, ""), (None, "sehr geheimes Paßwort")):
        with pytest.raises(UserError, match="characters beyond ASCII"):
            stated_key(of_file, of_environment)
