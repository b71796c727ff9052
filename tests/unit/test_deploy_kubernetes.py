"""The manifests of deploy/kubernetes, held against schemas of what is used of their formats, and against the code."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import yaml
from deployed import (
    COUNT,
    DEPLOY,
    DOCUMENTED,
    EXACT,
    MANIFESTS,
    OURS,
    PORT,
    QUANTITY,
    SECRETS,
    TEXT,
    TEXTS,
    VALUE,
    Node,
    assert_known,
    fields,
    listed,
    mapped,
    plain,
)
from jsonschema import Draft202012Validator

from bot.channel.draining import DRAIN_SECONDS
from bot.settings import Settings

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
    image={"anyOf": [{"const": OURS}, {"type": "string", "pattern": EXACT}]},
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
    volumeMounts=listed(fields("name mountPath", name=TEXT, mountPath=TEXT, readOnly={"const": True})),
)
VOLUME = fields("name", name=TEXT, emptyDir=fields(sizeLimit=QUANTITY), configMap=fields("name", name=TEXT))
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
        volumes=listed(
            fields("name", name=TEXT, emptyDir=fields(sizeLimit=QUANTITY), configMap=fields("name", name=TEXT))
        ),
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
OTHERS = listed({**fields(podSelector=SELECTOR, namespaceSelector=SELECTOR), "minProperties": 1})
TRAFFIC = listed(fields("port", port=COUNT, protocol={"enum": ["UDP", "TCP"]}))
NETWORK_POLICY = fields(
    "podSelector policyTypes",
    podSelector={"anyOf": [{"const": {}}, SELECTOR]},
    policyTypes={"const": ["Ingress", "Egress"]},
    ingress=listed(fields("from ports", **{"from": OTHERS, "ports": TRAFFIC})),
    egress=listed(fields("to ports", to=OTHERS, ports=TRAFFIC)),
)
# By kind: the version of its API and the schema of its `spec`.
KINDS: dict[str, tuple[str, Node]] = {
    "Namespace": ("v1", {}),
    "ConfigMap": ("v1", mapped(TEXT)),
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
    "NetworkPolicy": ("networking.k8s.io/v1", NETWORK_POLICY),
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
    head = {"apiVersion": {"const": version}, "kind": TEXT, "metadata": META}
    body = "data" if node["kind"] == "ConfigMap" else "spec"
    needed = "apiVersion kind metadata" if node["kind"] == "Namespace" else f"apiVersion kind metadata {body}"
    Draft202012Validator(fields(needed, **head, **{body: spec})).validate(node)


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
    ours = plain({name: value for name, value in given.items() if name.startswith("JALON_")})
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
        if node["kind"] == "PodDisruptionBudget":
            assert spec["selector"] == WORKLOADS["jalon"]["spec"]["selector"]


def test_nobody_talks_to_anybody_but_as_said() -> None:
    policies = {n["metadata"]["name"]: n["spec"] for n in OBJECTS.values() if n["kind"] == "NetworkPolicy"}
    assert policies.pop("nothing-else") == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert set(policies) == set(WORKLOADS)
    for name, policy in policies.items():
        assert policy["podSelector"] == WORKLOADS[name]["spec"]["selector"]
        (rule,) = policy["ingress"]
        assert rule["ports"] == [{"port": container(name)["ports"][0]["containerPort"]}]
        assert ("egress" in policy) is (name == "jalon")
    stores = {"postgres", "valkey"}
    assert all(policies[name]["ingress"][0]["from"] == [{"podSelector": ONLY_JALON}] for name in stores)
    *to_stores, to_names = policies["jalon"]["egress"]
    reached = {rule["to"][0]["podSelector"]["matchLabels"]["app"]: rule["ports"] for rule in to_stores}
    assert reached == {name: [{"port": container(name)["ports"][0]["containerPort"]}] for name in stores}
    assert {port["port"] for port in to_names["ports"]} == {53}


ONLY_JALON = {"matchLabels": {"app": "jalon"}}


def test_no_network_is_trusted_that_the_operator_did_not_name(kustomization: Node) -> None:
    assert "JALON_TRUSTED_PROXIES=" in kustomization["configMapGenerator"][0]["literals"]


def test_a_cluster_makes_the_same_database_as_one_machine() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    init = OBJECTS["postgres.yaml: ConfigMap postgres-init"]["data"]
    assert init == {"postgres-init.sql": (DEPLOY / "postgres-init.sql").read_text(encoding="utf-8")}
    place = "/docker-entrypoint-initdb.d"
    assert f"./postgres-init.sql:{place}/postgres-init.sql:ro" in compose["services"]["postgres"]["volumes"]
    (mount,) = (m for m in container("postgres")["volumeMounts"] if m["mountPath"] == place)
    volumes = WORKLOADS["postgres"]["spec"]["template"]["spec"]["volumes"]
    assert {"name": mount["name"], "configMap": {"name": "postgres-init"}} in volumes
