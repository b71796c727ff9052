"""The files of deploy/ say what they should: known settings, real endpoints, ports that agree, nothing privileged.

No engine of containers is needed. Compose file and manifests (test_deploy_kubernetes.py) are held against schemas of
what is used of their formats, in which every other field is an error.
"""

from __future__ import annotations

import json
import re
from ipaddress import ip_address, ip_network

import pytest
import yaml
from deployed import (
    COUNT,
    DEPLOY,
    EXACT,
    OURS,
    PORT,
    SECRETS,
    STANDARD,
    TEXT,
    TEXTS,
    VALUE,
    Node,
    assert_known,
    fields,
    mapped,
    plain,
)
from jsonschema import Draft202012Validator

from bot.channel.draining import DRAIN_SECONDS
from bot.runtime.model import _INGREDIENTS
from bot.settings import ROOT, Settings

# --- compose

COMPOSE = fields(
    "name services networks volumes",
    **{"x-hardened": {"type": "object"}},
    name=TEXT,
    networks={"type": "object"},
    volumes={"type": "object"},
    services=mapped(
        fields(
            "image read_only cap_drop security_opt restart networks mem_limit pids_limit",
            image={"anyOf": [{"const": OURS}, {"type": "string", "pattern": EXACT}]},
            build=fields("context dockerfile", context=TEXT, dockerfile=TEXT),
            user={"type": "string", "pattern": r"^[1-9]\d*:[1-9]\d*$"},
            scale={"type": "integer", "minimum": 2},
            ports=TEXTS,
            command=TEXTS,
            environment=mapped(TEXT),
            volumes=TEXTS,
            tmpfs=TEXTS,
            networks={"anyOf": [TEXTS, mapped(fields(ipv4_address=TEXT))]},
            pids_limit={"type": "integer", "minimum": 16, "maximum": 1024},
            ulimits=fields("nofile", nofile=COUNT),
            read_only={"const": True},
            cap_drop={"const": ["ALL"]},
            security_opt={"const": ["no-new-privileges:true"]},
            restart={"const": "unless-stopped"},
            mem_limit={"type": "string", "pattern": r"^\d+[mg]$"},
            shm_size=TEXT,
            cpus={"type": "number"},
            stop_grace_period={"type": "string", "pattern": r"^\d+s$"},
            healthcheck=fields(
                "test interval timeout retries",
                **{"test": TEXTS, "interval": TEXT, "timeout": TEXT, "retries": COUNT, "start_period": TEXT},
            ),
            depends_on=mapped(fields("condition", condition={"const": "service_healthy"})),
        )
    ),
)


@pytest.fixture(scope="module")
def compose() -> Node:
    document: Node = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="module")
def nginx() -> str:
    return (DEPLOY / "nginx.conf").read_text(encoding="utf-8")


def test_the_compose_file_has_what_it_needs_and_nothing_unknown(compose: Node) -> None:
    Draft202012Validator(COMPOSE).validate(compose)
    for service in compose["services"].values():
        assert set(service["networks"]) <= set(compose["networks"])
        assert all("healthcheck" in compose["services"][other] for other in service.get("depends_on", ()))
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (DEPLOY / source).exists() if source.startswith(".") else source in compose["volumes"]


def test_compose_gives_settings_that_are_known_and_sound(compose: Node) -> None:
    given = compose["services"]["jalon"]["environment"]
    assert_known(given)
    filled = {name: re.sub(r"\$\{(\w+)(:[?-][^}]*)?\}", _value, text) for name, text in given.items()}
    settings = Settings(**{name.removeprefix("JALON_").lower(): text for name, text in plain(filled).items()})
    subnet = ip_network(compose["networks"]["inside"]["ipam"]["config"][0]["subnet"])
    proxy = compose["services"]["proxy"]["networks"]["inside"]["ipv4_address"]
    assert given["JALON_TRUSTED_PROXIES"] == proxy
    assert ip_address(proxy) in subnet
    assert settings.redis_url is not None
    for url in (settings.database_url, settings.tracker_url, settings.redis_url):
        host, _, port = url.rpartition("@")[2].partition("/")[0].partition(":")
        assert port == {"postgres": "5432", "valkey": "6379"}[host]
        assert host in compose["services"]


def test_compose_takes_its_secrets_from_the_environment(compose: Node) -> None:
    used = set(re.findall(r"\$\{(\w+)", json.dumps(compose)))
    assert used >= STANDARD
    assert SECRETS == STANDARD
    assert "secrets.env" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()


def test_compose_and_nginx_agree_with_the_server(compose: Node, nginx: str) -> None:
    services = compose["services"]
    assert f"server jalon:{PORT} " in nginx
    assert services["proxy"]["ports"][0].endswith(":" + re.findall(r"listen (\d+);", nginx)[0])
    health = " ".join(services["jalon"]["healthcheck"]["test"])
    assert re.findall(r"http://127\.0\.0\.1:(\d+)(/\w+)", health) == [(str(PORT), "/health")]
    assert int(services["jalon"]["stop_grace_period"].removesuffix("s")) > DRAIN_SECONDS
    assert "ports" not in {key for name, service in services.items() if name != "proxy" for key in service}
    assert "ip_hash" not in nginx
    assert "sticky" not in nginx


RETURNED = re.compile(r"return (\d+) '(.*)';")


def test_nginx_speaks_as_the_server_does(nginx: str) -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    said = {int(status): json.loads(body.replace("\\'", "'")) for status, body in RETURNED.findall(nginx)}
    assert said.keys() == {413, 429, 503}
    for status, code in ((413, "too_large"), (429, "too_fast"), (503, "down")):
        assert said[status] == {"error": {"code": code, "message": domain["responses"][f"error_{code}"][0]["text"]}}


def _value(found: re.Match[str]) -> str:
    return VALUE if found[1] in SECRETS else ""


# --- the image


def test_the_image_has_the_code_and_what_the_model_is_made_from() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    copied = {
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
        for source in line.split()[:-1]
    }
    assert all((ROOT / source).exists() for source in copied)
    assert {ingredient.partition("/")[0] for ingredient in _INGREDIENTS} <= copied
    assert {"actions", "bot", "seeds", "credentials.yml", "endpoints.yml"} <= copied
    let_in = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    assert all(f"!{source}" in let_in or source.endswith(".yml") for source in copied)


def test_the_image_runs_as_nobody_special() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^USER (\d+):\d+$", dockerfile, re.MULTILINE) == ["10001"]
    assert_known(re.findall(r"\bJALON_\w+", dockerfile))
    assert f"EXPOSE {PORT}" in dockerfile
