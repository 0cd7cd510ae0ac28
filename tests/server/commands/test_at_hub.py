"""Which hub a command speaks to: that of a folder, running, stopped, killed or just starting, or one elsewhere."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.errors import UserError
from server import local_access
from server.commands import at_hub as module
from server.commands.at_hub import Where, at_hub
from server.commands.hub_api import ApiError, UnreachableError
from server.hub import Role
from server.store.folder import Folder
from tests.server.test_process import Started, make_certificate
from tests.support.hub import RunningHub, running_hub


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's own."""
    for name in [name for name in os.environ if name.startswith(("TOCSIN_API", "TOCSIN_HUB_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub") / "data") as running:
        yield running


def folder_of(hub: RunningHub) -> Path:
    return hub.process.settings.data


# -- a data folder ----------------------------------------------------------------------------------------------------


def test_the_hub_that_runs_on_the_folder_is_asked(hub: RunningHub) -> None:
    with at_hub(Where(data=folder_of(hub)), running=True) as api:
        assert api.address == hub.address
        assert api.get("/v1/devices")["devices"] == []


def test_one_that_speaks_tls_is_known_by_its_certificate(tmp_path: Path) -> None:
    cert, key = make_certificate(tmp_path)
    with (
        running_hub(tmp_path / "data", tls_cert=cert, tls_key=key, host="0.0.0.0"),
        at_hub(Where(data=tmp_path / "data"), running=True) as api,
    ):
        assert api.address.startswith("https://127.0.0.1:") and api.get("/v1/devices")["devices"] == []


def test_where_none_runs_the_command_opens_it_and_lets_it_go(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with at_hub(Where(data=data), make=True) as api:
        code = api.post("/v1/enrolment-codes", {})["code"]
    with running_hub(data) as hub:
        assert hub.ask("POST", "/v1/enrolments", role=None, json={"code": code}).status_code == 201
    with pytest.raises(UserError, match="no hub runs on"), at_hub(Where(data=data), running=True):
        raise AssertionError("there is none")


def test_a_killed_hub_is_not_taken_for_one_that_runs(tmp_path: Path) -> None:
    data = tmp_path / "data"
    killed = Started(data)
    os.kill(killed.process.pid, signal.SIGKILL)
    killed.process.communicate()
    stale = local_access.find(data)
    assert stale is not None
    with at_hub(Where(data=data)) as api:
        assert api.address != stale.address and api.get("/v1/devices")["devices"] == []


def test_a_hub_that_is_just_starting_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    with running_hub(data):
        pass
    place, looked = Folder(data), threading.Event()
    place.lock()
    (data / local_access.FILE).write_text('{"address": "http://127.0.0.1:9", "key": "stale", "certificate": null}')
    monkeypatch.setattr("time.sleep", lambda _: looked.set())

    def let_go() -> None:
        looked.wait()
        place.unlock()

    starting = threading.Thread(target=let_go)
    starting.start()
    with at_hub(Where(data=data)) as api:
        assert api.get("/v1/devices")["devices"] == []
    starting.join()


def test_the_key_of_a_hub_that_was_killed_is_not_taken_for_that_of_the_next(
    hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder_of(hub) / local_access.FILE
    right, stale = file.read_text(), local_access.make_key()
    found = local_access.find(folder_of(hub))
    assert found is not None
    file.write_text(right.replace(found.key, stale))
    monkeypatch.setattr("time.sleep", lambda _: file.write_text(right))
    with at_hub(Where(data=folder_of(hub)), running=True) as api:
        assert api.get("/v1/devices")["devices"] == []


def test_a_folder_that_somebody_holds_without_answering_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_hub(tmp_path):
        pass
    place = Folder(tmp_path)
    place.lock()
    monkeypatch.setattr(module, "PATIENCE_S", 0)
    with pytest.raises(UserError, match="does not answer"), at_hub(Where(data=tmp_path)):
        raise AssertionError("nobody answers")
    place.unlock()


def test_a_folder_without_a_hub_stays_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no hub's data in") as told, at_hub(Where(data=tmp_path / "none")):
        raise AssertionError("there is none")
    assert "--hub" in told.value.hint and not (tmp_path / "none").exists()
    with pytest.raises(UserError, match=r"no hub's data in \.tocsin"), at_hub():
        raise AssertionError("there is none")


AS_SOMEBODY_ELSE = """
import os, sys
from pathlib import Path
from alerts.errors import UserError
from server.commands.at_hub import Where, at_hub
import server.commands.hub_api, server.commands.own_hub  # loaded while everything may be read
if os.geteuid() == 0:
    os.seteuid(65534)
try:
    with at_hub(Where(data=Path(sys.argv[1]))):
        print("it was let in")
except UserError as error:
    print(error)
"""


def test_a_folder_of_somebody_else_is_told(hub: RunningHub) -> None:
    folder_of(hub).chmod(0)  # root may read it nevertheless, so the command lays that right down
    try:
        command = [sys.executable, "-c", AS_SOMEBODY_ELSE, str(folder_of(hub))]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert "may not read" in done.stdout, done.stdout + done.stderr
    finally:
        folder_of(hub).chmod(0o700)


# -- a hub elsewhere --------------------------------------------------------------------------------------------------


def token_file(hub: RunningHub, tmp_path: Path, role: Role = Role.ADMINISTRATOR) -> Path:
    file = tmp_path / "token"
    file.write_text(f"{hub.tokens[role]}\n")
    return file


def test_a_hub_elsewhere_is_asked_with_the_token_of_a_file(hub: RunningHub, tmp_path: Path) -> None:
    with at_hub(Where(hub=hub.address, token_file=token_file(hub, tmp_path, Role.VIEWER))) as api:
        assert api.get("/v1/devices")["devices"] == []
        with pytest.raises(ApiError, match="needs the role administrator") as told:
            api.post("/v1/enrolment-codes", {})
    assert told.value.problem == "forbidden"


def test_the_token_can_come_by_the_environment_a_file_named_there_or_standard_input(
    hub: RunningHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asks(**where: object) -> bool:
        with at_hub(Where(**where)) as api:  # type: ignore[arg-type]
            return bool(api.get("/v1/devices")["devices"] == [])

    monkeypatch.setenv("TOCSIN_API", hub.address)
    monkeypatch.setenv("TOCSIN_API_TOKEN_FILE", str(token_file(hub, tmp_path)))
    assert asks()
    monkeypatch.setenv("TOCSIN_API_TOKEN", hub.tokens[Role.ADMINISTRATOR])
    monkeypatch.setenv("TOCSIN_API_TOKEN_FILE", "none")
    assert asks()
    monkeypatch.setenv("TOCSIN_API_TOKEN", "wrong")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{hub.tokens[Role.ADMINISTRATOR]}\n"))
    assert asks(token_file=Path("-"))
    with pytest.raises(ApiError, match="A credential is needed"):
        asks()


def test_a_folder_by_flag_goes_before_a_hub_of_the_environment(
    hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_API", "https://hub.example")
    with at_hub(Where(data=folder_of(hub))) as api:
        assert api.address == hub.address
    monkeypatch.delenv("TOCSIN_API")
    monkeypatch.setenv("TOCSIN_HUB_DATA", str(folder_of(hub)))
    with at_hub() as api:
        assert api.address == hub.address


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (Where(hub="https://hub.example"), "asks for a token"),
        (Where(hub="https://hub.example", data=Path("x")), "two hubs"),
        (Where(hub="https://hub.example", token_file=Path("none")), "cannot be read from none: No such file"),
        (Where(hub="ftp://hub.example", token_file=Path("none")), "not the address"),
    ],
)
def test_what_is_wrong_with_the_flags_is_told(where: Where, words: str) -> None:
    with pytest.raises(UserError, match=words) as told, at_hub(where):
        raise AssertionError("it is wrong")
    assert told.value.exit_code == 2 and told.value.hint


def test_a_token_that_cannot_be_one_is_not_sent(tmp_path: Path) -> None:
    file = tmp_path / "token"
    for text in ("", "two words", "clé", "a\0b"):
        file.write_text(text)
        with pytest.raises(UserError, match="token"), at_hub(Where(hub="http://127.0.0.1:9", token_file=file)):
            raise AssertionError("it is none")


def test_a_private_authority_is_trusted_where_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cert, key = make_certificate(tmp_path)
    with running_hub(tmp_path / "data", tls_cert=cert, tls_key=key) as hub:
        where = Where(hub=f"https://localhost:{hub.process.port}", token_file=token_file(hub, tmp_path))
        with at_hub(where) as api, pytest.raises(UnreachableError, match="not trusted") as told:
            api.get("/v1/devices")
        assert "--ca" in told.value.hint
        monkeypatch.setenv("TOCSIN_API_CA", str(cert))
        with at_hub(where) as api:
            assert api.get("/v1/devices")["devices"] == []
        (tmp_path / "bad.pem").write_text("no certificate")
        for name in ("none.pem", "bad.pem"):
            monkeypatch.setenv("TOCSIN_API_CA", str(tmp_path / name))
            with pytest.raises(UserError, match="--ca"), at_hub(where):
                raise AssertionError("it is wrong")


def test_who_sends_a_token_in_the_clear_is_warned(
    hub: RunningHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = token_file(hub, tmp_path)
    for address, warned in ((hub.address, False), ("http://10.1.2.3:8400", True), ("https://10.1.2.3", False)):
        with at_hub(Where(hub=address, token_file=file)):
            assert ("not encrypted" in capsys.readouterr().err) is warned
