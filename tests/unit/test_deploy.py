"""The files of deploy/ say what they should: known settings, real endpoints, ports that agree, nothing privileged.

No engine of containers is needed. Compose file and manifests are held against schemas of what is used of their formats,
in which every other field is an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.channel.draining import DRAIN_SECONDS
from bot.runtime.model import _INGREDIENTS
from bot.settings import ROOT, Settings

Node = dict[str, Any]

DEPLOY = ROOT / "deploy"
MANIFESTS = DEPLOY / "kubernetes"
DOCUMENTED = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"]
SECRETS = set(re.findall(r"^(\w+)=$", (DEPLOY / "secrets.env.example").read_text(encoding="utf-8"), re.MULTILINE))
PORT = 5005
VALUE = "0123456789abcdef" * 4
STANDARD = {"JALON_SECRET", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}

TEXT: Node = {"type": "string"}
COUNT: Node = {"type": "integer", "minimum": 0}
TEXTS: Node = {"type": "array", "items": TEXT, "minItems": 1}
QUANTITY: Node = {"type": "string", "pattern": r"^\d+(m|Mi|Gi)?$"}


def fields(required: str = "", **properties: Node) -> Node:
    """The schema of an object with these fields and no other."""
    return {"type": "object", "properties": properties, "required": required.split(), "additionalProperties": False}


def listed(item: Node) -> Node:
    return {"type": "array", "items": item, "minItems": 1}


def mapped(value: Node) -> Node:
    return {"type": "object", "additionalProperties": value, "minProperties": 1}


# --- compose

COMPOSE = fields(
    "name services networks volumes",
    **{"x-hardened": {"type": "object"}},
    name=TEXT,
    networks={"type": "object"},
    volumes={"type": "object"},
    services=mapped(
        fields(
            "image read_only cap_drop security_opt restart networks mem_limit",
            image=TEXT,
            build=fields("context dockerfile", context=TEXT, dockerfile=TEXT),
            user={"type": "string", "pattern": r"^[1-9]\d*:[1-9]\d*$"},
            scale={"type": "integer", "minimum": 2},
            ports=TEXTS,
            command=TEXTS,
            environment=mapped(TEXT),
            volumes=TEXTS,
            tmpfs=TEXTS,
            networks=TEXTS,
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
    settings = Settings(**{name.removeprefix("JALON_").lower(): text for name, text in _plain(filled).items()})
    subnet = compose["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert given["JALON_TRUSTED_PROXIES"] == subnet
    assert settings.redis_url is not None
    for url in (settings.database_url, settings.tracker_url, settings.redis_url):
        host, _, port = url.rpartition("@")[2].partition("/")[0].partition(":")
        assert port == {"postgres": "5432", "redis": "6379"}[host]
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


def test_nginx_speaks_as_the_server_does(nginx: str) -> None:
    (body,) = re.findall(r"return 503 '(.*)';", nginx)
    said = json.loads(body.replace("\\'", "'"))
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert said == {"error": {"code": "down", "message": domain["responses"]["error_down"][0]["text"]}}


def _value(found: re.Match[str]) -> str:
    return VALUE if found[1] in SECRETS else ""


def _plain(given: dict[str, str]) -> dict[str, Any]:
    """The variables as Settings takes them, lists apart by commas."""
    lists = {"JALON_TRUSTED_PROXIES", "JALON_ORIGINS"}
    return {name: [v for v in text.split(",") if v] if name in lists else text for name, text in given.items()}


def assert_known(names: Any) -> None:
    """No variable of ours is misspelt: a setting of that name exists."""
    known = {f"JALON_{name.upper()}" for name in Settings.__fields__}
    assert {name for name in names if name.startswith("JALON_")} <= known


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


# --- Kubernetes

META = fields("name", name=TEXT, labels=mapped(TEXT))
SELECTOR = fields("matchLabels", matchLabels=mapped(TEXT))
SECRET_REF = fields("secretKeyRef", secretKeyRef=fields("name key", name={"const": "jalon"}, key={"enum": [*SECRETS]}))
PROBE: Node = {
    **fields(
        "periodSeconds",
        httpGet=fields("path port", path=TEXT, port=TEXT),
        tcpSocket=fields("port", port=TEXT),
        exec=fields("command", command=TEXTS),
        periodSeconds=COUNT,
        timeoutSeconds=COUNT,
        failureThreshold=COUNT,
    ),
    "oneOf": [{"required": [how]} for how in ("httpGet", "tcpSocket", "exec")],
}
CONTAINER = fields(
    "name image ports resources securityContext readinessProbe livenessProbe volumeMounts",
    name=TEXT,
    image=TEXT,
    command=TEXTS,
    args=TEXTS,
    ports=listed(fields("name containerPort", name=TEXT, containerPort=COUNT)),
    env=listed({**fields("name", name=TEXT, value=TEXT, valueFrom=SECRET_REF), "minProperties": 2, "maxProperties": 2}),
    envFrom=listed(fields("configMapRef", configMapRef=fields("name", name=TEXT))),
    resources=fields(
        "requests limits",
        requests=fields("cpu memory", cpu=QUANTITY, memory=QUANTITY),
        limits=fields("memory", memory=QUANTITY, cpu=QUANTITY),
    ),
    securityContext={
        "const": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    },
    startupProbe=PROBE,
    readinessProbe=PROBE,
    livenessProbe=PROBE,
    lifecycle=fields("preStop", preStop=fields("exec", exec=fields("command", command=TEXTS))),
    volumeMounts=listed(fields("name mountPath", name=TEXT, mountPath=TEXT)),
)
POD = fields(
    "metadata spec",
    metadata=fields("labels", labels=mapped(TEXT)),
    spec=fields(
        "automountServiceAccountToken securityContext containers volumes",
        automountServiceAccountToken={"const": False},
        enableServiceLinks={"const": False},
        terminationGracePeriodSeconds=COUNT,
        securityContext=fields(
            "runAsNonRoot runAsUser runAsGroup seccompProfile",
            runAsNonRoot={"const": True},
            runAsUser={"type": "integer", "minimum": 1},
            runAsGroup={"type": "integer", "minimum": 1},
            fsGroup={"type": "integer", "minimum": 1},
            seccompProfile={"const": {"type": "RuntimeDefault"}},
        ),
        topologySpreadConstraints=listed(
            fields(
                "maxSkew topologyKey whenUnsatisfiable labelSelector",
                maxSkew=COUNT,
                topologyKey=TEXT,
                whenUnsatisfiable={"enum": ["ScheduleAnyway", "DoNotSchedule"]},
                labelSelector=SELECTOR,
            )
        ),
        containers=listed(CONTAINER),
        volumes=listed(fields("name emptyDir", name=TEXT, emptyDir=fields(sizeLimit=QUANTITY))),
    ),
)
CLAIM = fields(
    "metadata spec",
    metadata=META,
    spec=fields(
        "accessModes resources",
        accessModes={"const": ["ReadWriteOnce"]},
        resources=fields("requests", requests=fields("storage", storage=QUANTITY)),
    ),
)
INGRESS_RULE = fields(
    "host http",
    host=TEXT,
    http=fields(
        "paths",
        paths=listed(
            fields(
                "path pathType backend",
                path=TEXT,
                pathType={"enum": ["Prefix", "Exact"]},
                backend=fields("service", service=fields("name port", name=TEXT, port=fields("name", name=TEXT))),
            )
        ),
    ),
)
PEER = fields(
    "from ports",
    **{"from": listed(fields("podSelector", podSelector=SELECTOR))},
    ports=listed(fields("port", port=COUNT)),
)
# By kind: the version of its API and the schema of its `spec`.
KINDS: dict[str, tuple[str, Node]] = {
    "Namespace": ("v1", {}),
    "Deployment": (
        "apps/v1",
        fields(
            "replicas selector template strategy",
            replicas=COUNT,
            selector=SELECTOR,
            template=POD,
            strategy=fields(
                type={"const": "Recreate"},
                rollingUpdate=fields("maxUnavailable maxSurge", maxUnavailable={"const": 0}, maxSurge={"const": 1}),
            ),
        ),
    ),
    "StatefulSet": (
        "apps/v1",
        fields(
            "serviceName replicas selector template volumeClaimTemplates",
            serviceName=TEXT,
            replicas=COUNT,
            selector=SELECTOR,
            template=POD,
            volumeClaimTemplates=listed(CLAIM),
        ),
    ),
    "Service": (
        "v1",
        fields(
            "selector ports",
            clusterIP={"const": "None"},
            selector=mapped(TEXT),
            ports=listed(fields("name port targetPort", name=TEXT, port=COUNT, targetPort=TEXT)),
        ),
    ),
    "PodDisruptionBudget": ("policy/v1", fields("maxUnavailable selector", maxUnavailable=COUNT, selector=SELECTOR)),
    "Ingress": (
        "networking.k8s.io/v1",
        fields(
            "tls rules",
            tls=listed(fields("hosts secretName", hosts=TEXTS, secretName=TEXT)),
            rules=listed(INGRESS_RULE),
        ),
    ),
    "NetworkPolicy": (
        "networking.k8s.io/v1",
        fields("podSelector policyTypes ingress", podSelector=SELECTOR, policyTypes=TEXTS, ingress=listed(PEER)),
    ),
}


def manifests() -> Iterator[tuple[str, Node]]:
    """Every object of the manifests, under the name of its file."""
    for path in sorted(MANIFESTS.glob("*.yaml")):
        if path.name != "kustomization.yaml":
            for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
                yield path.name, document


OBJECTS = {f"{name}: {node['kind']} {node['metadata']['name']}": node for name, node in manifests()}
WORKLOADS = {n["metadata"]["name"]: n for n in OBJECTS.values() if n["kind"] in ("Deployment", "StatefulSet")}
SERVICES = {n["metadata"]["name"]: n for n in OBJECTS.values() if n["kind"] == "Service"}


@pytest.fixture(scope="module")
def kustomization() -> Node:
    document: Node = yaml.safe_load((MANIFESTS / "kustomization.yaml").read_text(encoding="utf-8"))
    return document


def container(name: str) -> Node:
    (only,) = WORKLOADS[name]["spec"]["template"]["spec"]["containers"]
    found: Node = only
    return found


@pytest.mark.parametrize("node", OBJECTS.values(), ids=OBJECTS)
def test_each_object_is_of_its_kind(node: Node) -> None:
    version, spec = KINDS[node["kind"]]
    Draft202012Validator(
        fields("apiVersion kind metadata", apiVersion={"const": version}, kind=TEXT, metadata=META, spec=spec)
    ).validate(node)
    assert ("spec" in node) is (node["kind"] != "Namespace")


def test_kustomize_finds_everything(kustomization: Node) -> None:
    schema = fields(
        "apiVersion kind namespace resources configMapGenerator secretGenerator images replicas",
        apiVersion={"const": "kustomize.config.k8s.io/v1beta1"},
        kind={"const": "Kustomization"},
        namespace=TEXT,
        resources=TEXTS,
        configMapGenerator=listed(fields("name literals", name=TEXT, literals=TEXTS)),
        secretGenerator=listed(fields("name envs", name=TEXT, envs={"const": ["secrets.env"]})),
        images=listed(fields("name newName newTag", name=TEXT, newName=TEXT, newTag=TEXT)),
        replicas=listed(fields("name count", name=TEXT, count=COUNT)),
    )
    Draft202012Validator(schema).validate(kustomization)
    assert set(kustomization["resources"]) == {p.name for p in MANIFESTS.glob("*.yaml")} - {"kustomization.yaml"}
    assert f"namespace.yaml: Namespace {kustomization['namespace']}" in OBJECTS
    assert {image["name"] for image in kustomization["images"]} <= {container(name)["image"] for name in WORKLOADS}
    assert {replicas["name"] for replicas in kustomization["replicas"]} <= set(WORKLOADS)


def test_kubernetes_gives_settings_that_are_known_and_sound(kustomization: Node) -> None:
    jalon = container("jalon")
    (config,) = kustomization["configMapGenerator"]
    assert jalon["envFrom"] == [{"configMapRef": {"name": config["name"]}}]
    given = dict(literal.split("=", 1) for literal in config["literals"])
    for variable in jalon["env"]:
        named = variable.get("value", VALUE)
        given[variable["name"]] = re.sub(r"\$\((\w+)\)", lambda found: given[found[1]], named)  # in their order
    assert_known(given)
    ours = _plain({name: value for name, value in given.items() if name.startswith("JALON_")})
    settings = Settings(**{name.removeprefix("JALON_").lower(): value for name, value in ours.items()})
    assert settings.port == PORT
    assert settings.redis_url is not None
    for url in (settings.database_url, settings.tracker_url, settings.redis_url):
        host, _, port = url.rpartition("@")[2].partition("/")[0].partition(":")
        assert SERVICES[host]["spec"]["ports"][0]["port"] == int(port)


@pytest.mark.parametrize("name", WORKLOADS)
def test_names_and_ports_agree(name: str) -> None:
    pod = WORKLOADS[name]["spec"]["template"]
    only = container(name)
    ports = {port["name"]: port["containerPort"] for port in only["ports"]}
    service = SERVICES[name]["spec"]
    assert WORKLOADS[name]["spec"]["selector"]["matchLabels"] == pod["metadata"]["labels"] == service["selector"]
    assert {port["targetPort"] for port in service["ports"]} <= set(ports)
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        for how in ("httpGet", "tcpSocket"):
            assert only.get(probe, {}).get(how, {"port": next(iter(ports))})["port"] in ports
    volumes = {volume["name"] for volume in pod["spec"]["volumes"]}
    volumes |= {claim["metadata"]["name"] for claim in WORKLOADS[name]["spec"].get("volumeClaimTemplates", ())}
    assert {mount["name"] for mount in only["volumeMounts"]} == volumes


def test_the_probes_of_the_server_ask_what_it_answers() -> None:
    jalon = container("jalon")
    assert jalon["ports"] == [{"name": "http", "containerPort": PORT}]
    paths = {probe: jalon[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert all("get" in DOCUMENTED[path] for path in paths.values())
    assert paths["readinessProbe"] == "/health" != paths["livenessProbe"]
    grace = WORKLOADS["jalon"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert grace > int(jalon["lifecycle"]["preStop"]["exec"]["command"][1]) + DRAIN_SECONDS


def test_others_reach_what_is_there() -> None:
    for node in OBJECTS.values():
        spec = node.get("spec", {})
        if node["kind"] == "Ingress":
            backend = spec["rules"][0]["http"]["paths"][0]["backend"]["service"]
            assert backend["port"]["name"] in {p["name"] for p in SERVICES[backend["name"]]["spec"]["ports"]}
            assert spec["tls"][0]["hosts"] == [rule["host"] for rule in spec["rules"]]
        if node["kind"] == "NetworkPolicy":
            name = spec["podSelector"]["matchLabels"]["app"]
            (rule,) = spec["ingress"]
            assert rule["ports"] == [{"port": container(name)["ports"][0]["containerPort"]}]
        if node["kind"] == "PodDisruptionBudget":
            assert spec["selector"] == WORKLOADS["jalon"]["spec"]["selector"]
