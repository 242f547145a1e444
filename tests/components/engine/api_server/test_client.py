from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from tests.components.engine.fake_server import Reply, by_path, fake_server, refusal
from tests.servers.process import free_port

from stackwright.engine.api_server import client
from stackwright.engine.api_server.client import ApiServer
from stackwright.engine.api_server.faults import ApiFault, Fault
from stackwright.engine.api_server.kubeconfig import Connection, Material, Program

PATH = "/api/v1/namespaces/kube-system"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.canary-of-a-token"


def fault_of(connection: Connection, path: str = PATH) -> ApiFault:
    with ApiServer(connection) as api, pytest.raises(ApiFault) as caught:
        api.read(path)
    return caught.value


@pytest.mark.parametrize(
    ("reply", "fault", "words"),
    [
        (refusal(401), Fault.UNAUTHORIZED, "does not know you (401)"),
        (refusal(403, "no"), Fault.FORBIDDEN, f"you may not read {PATH} (403): no"),
        (refusal(404), Fault.NOT_FOUND, "there is no"),
        (refusal(429), Fault.BUSY, "too busy to answer (429), at every try"),
        (refusal(500, "etcd is away"), Fault.SERVER, "failed (500), at every try: etcd is away"),
        (
            Reply(200, b"<html>Sign in</html>"),
            Fault.NO_KUBERNETES,
            "sent no JSON; a proxy or a login",
        ),
        (Reply(200, b"[1]"), Fault.NO_KUBERNETES, "is no Kubernetes API server"),
        (Reply(200, b"{" + b'"a":{' * 5000), Fault.NO_KUBERNETES, "sent no JSON"),
        (Reply(302, headers={"Location": "http://127.0.0.1:1/login"}), Fault.NO_KUBERNETES, "302"),
        (Reply(503, b"<html>Bad gateway</html>"), Fault.SERVER, "failed (503), at every try."),
    ],
)
def test_each_refusal_of_a_fake_server_has_words_of_its_own(
    reply: Reply, fault: Fault, words: str
) -> None:
    with fake_server(by_path({PATH: reply})) as server:
        caught = fault_of(Connection(server.url, token=Material(TOKEN.encode())))
    assert (caught.fault, words in str(caught), TOKEN in str(caught)) == (fault, True, False)


def test_a_refused_connection_has_words_of_its_own() -> None:
    caught = fault_of(Connection(f"http://127.0.0.1:{free_port()}"))
    assert (caught.fault, "the connection was refused" in str(caught)) == (Fault.REFUSED, True)


def test_an_unknown_host_has_words_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    caught = fault_of(Connection("https://api.no-such-cluster.invalid"))
    assert (caught.fault, "is the VPN up?" in str(caught)) == (Fault.NAME, True)


def test_a_fake_server_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "READ_WITHIN", 0.2)
    with fake_server(by_path({PATH: Reply(hang=True)})) as server:
        caught = fault_of(Connection(server.url))
        asked = len(server.questions)
    assert (caught.fault, asked) == (Fault.TIMEOUT, client.TRIES)


def test_what_speaks_no_tls_is_not_trusted_with_a_fake_server() -> None:
    with fake_server(by_path({})) as server:
        caught = fault_of(Connection(server.url.replace("http:", "https:")))
    assert caught.fault is Fault.TLS


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_fake_server_that_recovers_is_asked_again(status: int) -> None:
    with fake_server(
        by_path({PATH: [refusal(status), refusal(status), {"kind": "Namespace"}]})
    ) as server:
        with ApiServer(Connection(server.url)) as api:
            assert api.read(PATH) == {"kind": "Namespace"}
        assert len(server.questions) == 3


def test_a_question_is_asked_at_most_five_times_of_a_fake_server() -> None:
    with fake_server(by_path({PATH: refusal(500)})) as server:
        fault_of(Connection(server.url))
        assert len(server.questions) == 5


def test_what_is_asked_once_is_asked_once_of_a_fake_server() -> None:
    with (
        fake_server(by_path({PATH: refusal(503)})) as server,
        ApiServer(Connection(server.url)) as api,
    ):
        assert api.ask(PATH, once=True).status == 503
        assert len(server.questions) == 1


def test_only_get_is_ever_sent_to_a_fake_server() -> None:
    with fake_server(by_path({PATH: {"items": [{"a": 1}, "no object"]}})) as server:
        with ApiServer(Connection(server.url)) as api:
            assert api.items(PATH) == [{"a": 1}]
            assert api.find("/no/such/thing") is None
        assert {question.method for question in server.questions} == {"GET"}


def test_the_token_goes_to_a_fake_server_and_nowhere_else() -> None:
    with fake_server(by_path({PATH: Reply(302, headers={"Location": "/elsewhere"})})) as server:
        fault_of(Connection(server.url, token=Material(f"{TOKEN}\n".encode())))
        assert [q.headers["Authorization"] for q in server.questions] == [f"Bearer {TOKEN}"]


def test_a_user_and_password_go_to_a_fake_server_as_basic_authentication() -> None:
    with fake_server(by_path({PATH: {}})) as server:
        with ApiServer(Connection(server.url, user="a", password="b")) as api:
            api.read(PATH)
        assert server.questions[0].headers["Authorization"] == "Basic YTpi"


def test_a_program_is_asked_for_a_new_token_when_a_fake_server_takes_the_old_one_no_more() -> None:
    made: list[str] = []

    def token() -> str:
        made.append(f"token-{len(made)}")
        return made[-1]

    with fake_server(by_path({PATH: [{}, refusal(401), {}]})) as server:
        with ApiServer(Connection(server.url, token_source=token)) as api:
            api.read(PATH)
            api.read(PATH)
        sent = [question.headers["Authorization"] for question in server.questions]
    assert sent == ["Bearer token-0", "Bearer token-0", "Bearer token-1"]


def test_the_clock_of_a_fake_server_is_told() -> None:
    with (
        fake_server(by_path({PATH: Reply(body={}, ahead=3600)})) as server,
        ApiServer(Connection(server.url)) as api,
    ):
        date = api.ask(PATH).date
    assert date is not None
    assert 3500 < (date - datetime.now(UTC)).total_seconds() < 3700


def test_a_date_that_is_none_is_not_told_of_a_fake_server() -> None:
    with (
        fake_server(by_path({PATH: Reply(body={}, headers={"Date": "soon"})})) as server,
        ApiServer(Connection(server.url)) as api,
    ):
        assert api.ask(PATH).date is None


def test_an_answer_without_end_of_a_fake_server_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "LARGEST", 1000)
    with fake_server(by_path({PATH: Reply(body=b" " * 2000)})) as server:
        assert fault_of(Connection(server.url)).fault is Fault.NO_KUBERNETES


def test_a_certificate_that_is_none_is_told() -> None:
    connection = Connection(
        "https://127.0.0.1:1", certificate=Material(b"no certificate"), key=Material(b"no key")
    )
    caught = fault_of(connection)
    assert (caught.fault, "no pair" in str(caught)) == (Fault.KUBECONFIG, True)


def test_a_proxy_of_the_kubeconfig_is_used() -> None:
    with fake_server(lambda question: Reply(body={"asked": question.path})) as proxy:
        api = ApiServer(Connection("http://cluster.invalid", proxy=proxy.url))
        assert api.read(PATH) == {"asked": f"http://cluster.invalid{PATH}"}


def test_a_client_is_not_loaded_before_it_asks() -> None:
    program = "import sys, stackwright.engine.api_server.client; print('urllib3' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert done.stdout == "False\n"


def test_a_credential_is_not_shown() -> None:
    program = Program(("true",), {}, "client.authentication.k8s.io/v1", "")
    shown = repr(Connection("https://a", token=Material(TOKEN.encode()), program=program))
    assert re.search("canary", shown) is None
