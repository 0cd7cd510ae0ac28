"""Where settings come from, and what is said about wrong ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alerts.errors import UserError
from server.settings import PREFIX, Limits, Settings, load_settings, unknown_variables


def toml(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "hub.toml"
    file.write_text(text)
    return file


def test_flags_go_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    file = toml(tmp_path, 'port = 1\nhost = "file"\ndata = "file"\n[limits]\nbody_seconds = 1\nheader_seconds = 1\n')
    environment = {"TOCSIN_HUB_PORT": "2", "TOCSIN_HUB_HOST": "env", "TOCSIN_HUB_LIMITS__BODY_SECONDS": "2"}
    found = load_settings({"port": 3, "host": None}, environment, file)
    assert (found.port, found.host, found.data) == (3, "env", Path("file"))
    assert (found.limits.body_seconds, found.limits.header_seconds) == (2, 1)
    assert found.limits.publishes_burst == Limits().publishes_burst


def test_lists_and_tables_in_the_environment_are_json() -> None:
    found = load_settings({}, {"TOCSIN_HUB_ORIGINS": '["https://a.example"]', "TOCSIN_HUB_GEOCODES": '{"P": "KE-"}'})
    assert found.origins == ("https://a.example",) and found.geocodes == {"P": "KE-"}


def test_the_file_can_be_named_in_the_environment(tmp_path: Path) -> None:
    file = toml(tmp_path, "port = 4")
    assert load_settings({}, {"TOCSIN_HUB_CONFIG": str(file)}).port == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prot = 8400", "no setting prot; did you mean port?"),
        ("[limits]\nbody_sceonds = 3", "no setting limits.body_sceonds; did you mean limits.body_seconds?"),
        ("port = 70000", "port: input should be less than or equal to 65535, found '70000'"),
        ('origins = ["https://a.example/path"]', "is no origin"),
        ('outbound_networks = ["10.0.0.1/8"]', "write a network as"),
        ('public_address = "alerts.example"', "without a path"),
        ('signing_key = "a.pem"', "signing_key and signing_cert are needed together"),
        ('tls_cert = "a.pem"', "tls_cert and tls_key are needed together"),
        ("port =", "not TOML"),
        ("limits = 3", "limits"),
        ('log_format = "yaml"', "log_format"),
    ],
)
def test_a_wrong_file_is_told_by_name(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UserError, match=re.escape(words)) as caught:
        load_settings({}, {}, toml(tmp_path, text))
    assert caught.value.hint and caught.value.exit_code == 2


def test_all_unknown_keys_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no setting a.*no setting b"):
        load_settings({}, {}, toml(tmp_path, "a = 1\nb = 2"))


def test_a_missing_file_and_a_wrong_variable_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read"):
        load_settings({}, {}, tmp_path / "none.toml")
    with pytest.raises(UserError, match="TOCSIN_HUB_ORIGINS is not JSON"):
        load_settings({}, {"TOCSIN_HUB_ORIGINS": "https://a.example"})
    with pytest.raises(UserError, match="port"):
        load_settings({}, {"TOCSIN_HUB_PORT": "http"})


def test_a_variable_that_names_no_setting_is_noticed() -> None:
    environment = {"TOCSIN_HUB_PROT": "1", "TOCSIN_HUB_PORT": "1", "TOCSIN_HUB_LIMITS__BODY_SECONDS": "1", "OTHER": "1"}
    assert unknown_variables(environment) == [f"{PREFIX}PROT"]


def test_every_setting_says_what_it_is_and_stands_in_the_manual() -> None:
    manual = (Path(__file__).resolve().parents[2] / "docs" / "hub.md").read_text()
    for part in (Settings, Limits):
        for name, field in part.model_fields.items():
            assert field.description or name == "limits", name
            assert f"| `{name}` |" in manual, name
            assert name == "limits" or " ".join(str(field.description).split()) in manual, name
