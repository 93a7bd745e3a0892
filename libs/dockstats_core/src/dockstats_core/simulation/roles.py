"""Who plays on a made-up host: the compose projects and services that people run, and what each of them is like.

The figures are orders of magnitude of real ones. Not here: what a container does with its role (life).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

MemoryShape: TypeAlias = Literal["steady", "saw-tooth", "leak", "worker-leak"]
"""Of the memory a program allocates: about level, rising and collected, rising until the limit kills it, or rising
until the limit kills one of its processes and the others go on."""

Fate: TypeAlias = Literal["runs", "ails", "crashes", "jobs", "paused", "stopped"]
"""Of the container: runs, fails its health check now and then, starts over and over, runs job after job, is paused,
or ran once and is over."""


class Role(Struct, frozen=True, kw_only=True):
    """What one service is like. Traffic and disk rates are of a container that is as busy as its `cores` say."""

    project: str | None
    service: str
    image: str
    cores: float = 0.02  # used on an ordinary day
    burst_cores: float = 0.0  # more, while a burst lasts
    bursts_per_min: float = 0.0
    burst_s: float = 5.0
    anon_bytes: int = 60 * MIB
    memory: MemoryShape = "steady"
    grows_bytes_per_s: float = 0.0  # a saw-tooth's or a leak's rise
    file_bytes: int = 20 * MIB  # page cache it settles at
    rx_bytes_per_s: float = 2 * KIB
    tx_bytes_per_s: float = 2 * KIB
    read_bytes_per_s: float = 0.0
    write_bytes_per_s: float = 4 * KIB
    pids: int = 8
    cpu_limit_cores: float | None = None
    mem_limit_bytes: int | None = None
    pids_limit: int | None = None
    network: str | None = None  # None: the project's own; else host, none, or container:<service>
    health_check: bool = False
    fate: Fate = "runs"


MUST_HAVE = (
    Role(
        project="shop",
        service="api",
        image="ghcr.io/acme/shop-api:2.14.1",
        cores=0.42,
        burst_cores=0.7,
        bursts_per_min=2.0,
        burst_s=8.0,
        anon_bytes=310 * MIB,
        memory="saw-tooth",
        grows_bytes_per_s=3 * MIB,
        rx_bytes_per_s=420 * KIB,
        tx_bytes_per_s=1300 * KIB,
        pids=34,
        cpu_limit_cores=0.75,
        mem_limit_bytes=768 * MIB,
        health_check=True,
    ),
    Role(
        project="shop",
        service="db",
        image="postgres:16.4-alpine",
        cores=0.28,
        burst_cores=0.5,
        bursts_per_min=1.0,
        anon_bytes=240 * MIB,
        file_bytes=1500 * MIB,
        rx_bytes_per_s=190 * KIB,
        tx_bytes_per_s=540 * KIB,
        read_bytes_per_s=600 * KIB,
        write_bytes_per_s=1700 * KIB,
        pids=27,
        mem_limit_bytes=2 * GIB,
        health_check=True,
    ),
    Role(
        project="shop",
        service="web",
        image="nginx:1.27-alpine",
        cores=0.06,
        burst_cores=0.1,
        bursts_per_min=2.0,
        anon_bytes=14 * MIB,
        rx_bytes_per_s=260 * KIB,
        tx_bytes_per_s=2600 * KIB,
        pids=9,
    ),
    Role(
        project="shop",
        service="worker",
        image="ghcr.io/acme/shop-worker:2.14.1",
        cores=0.35,
        burst_cores=1.2,
        bursts_per_min=1.5,
        burst_s=12.0,
        anon_bytes=180 * MIB,
        memory="leak",
        grows_bytes_per_s=1.8 * MIB,
        rx_bytes_per_s=150 * KIB,
        tx_bytes_per_s=110 * KIB,
        pids=16,
        cpu_limit_cores=1.0,
        mem_limit_bytes=512 * MIB,
        pids_limit=200,
        health_check=True,
    ),
    Role(
        project="shop",
        service="search",
        image="opensearchproject/opensearch:2.17.0",
        cores=0.22,
        anon_bytes=1300 * MIB,
        memory="saw-tooth",
        grows_bytes_per_s=9 * MIB,
        file_bytes=700 * MIB,
        write_bytes_per_s=120 * KIB,
        pids=86,
        mem_limit_bytes=3 * GIB,
        health_check=True,
        fate="ails",
    ),
    Role(
        project="metrics",
        service="node-exporter",
        image="quay.io/prometheus/node-exporter:v1.8.2",
        cores=0.01,
        anon_bytes=18 * MIB,
        pids=7,
        network="host",
    ),
    Role(
        project="ci",
        service="job",
        image="ghcr.io/acme/build:2025.2",
        cores=0.9,
        burst_cores=0.8,
        bursts_per_min=6.0,
        anon_bytes=420 * MIB,
        memory="saw-tooth",
        grows_bytes_per_s=22 * MIB,
        file_bytes=900 * MIB,
        rx_bytes_per_s=2 * MIB,
        tx_bytes_per_s=90 * KIB,
        read_bytes_per_s=3 * MIB,
        write_bytes_per_s=6 * MIB,
        pids=48,
        cpu_limit_cores=2.0,
        mem_limit_bytes=2 * GIB,
        fate="jobs",
    ),
    Role(
        project=None,
        service="backup",
        image="restic/restic:0.17.1",
        network="none",
        fate="stopped",
    ),
    Role(
        project="media",
        service="vpn",
        image="qmcgaw/gluetun:v3.39",
        cores=0.05,
        anon_bytes=42 * MIB,
        rx_bytes_per_s=900 * KIB,
        tx_bytes_per_s=340 * KIB,
        pids=19,
        health_check=True,
    ),
    Role(
        project="media",
        service="downloads",
        image="lscr.io/linuxserver/qbittorrent:4.6.7",
        cores=0.12,
        anon_bytes=210 * MIB,
        file_bytes=1100 * MIB,
        read_bytes_per_s=400 * KIB,
        write_bytes_per_s=950 * KIB,
        pids=24,
        network="container:vpn",
    ),
    Role(
        project="home",
        service="zigbee2mqtt",
        image="koenkk/zigbee2mqtt:1.40.1",
        cores=0.3,
        anon_bytes=70 * MIB,
        pids=11,
        fate="crashes",
    ),
    Role(
        project=None,
        service="legacy-wiki",
        image="mediawiki:1.39",
        anon_bytes=140 * MIB,
        pids=10,
        fate="paused",
    ),
)
"""On every host that has room, in this order: one of each thing that can be seen of a container."""

OTHERS = (
    Role(project="shop", service="cache", image="redis:7.4-alpine", cores=0.04, anon_bytes=95 * MIB, pids=6),
    Role(
        project="shop",
        service="queue",
        image="rabbitmq:3.13-management-alpine",
        cores=0.08,
        anon_bytes=150 * MIB,
        pids=41,
        health_check=True,
    ),
    Role(
        project="shop",
        service="payments",
        image="ghcr.io/acme/payments:1.9.0",
        cores=0.05,
        cpu_limit_cores=0.5,
        mem_limit_bytes=256 * MIB,
        health_check=True,
    ),
    Role(project="shop", service="mailer", image="axllent/mailpit:v1.20", cores=0.004, anon_bytes=12 * MIB, pids=6),
    Role(
        project="metrics",
        service="prometheus",
        image="prom/prometheus:v2.54.1",
        cores=0.16,
        burst_cores=0.4,
        bursts_per_min=0.5,
        anon_bytes=640 * MIB,
        memory="saw-tooth",
        grows_bytes_per_s=2 * MIB,
        file_bytes=420 * MIB,
        rx_bytes_per_s=95 * KIB,
        write_bytes_per_s=210 * KIB,
        pids=14,
    ),
    Role(project="metrics", service="grafana", image="grafana/grafana:11.2.0", anon_bytes=130 * MIB, pids=17),
    Role(
        project="metrics", service="alertmanager", image="prom/alertmanager:v0.27.0", cores=0.003, anon_bytes=24 * MIB
    ),
    Role(
        project="metrics",
        service="loki",
        image="grafana/loki:3.1.1",
        cores=0.07,
        anon_bytes=280 * MIB,
        memory="saw-tooth",
        grows_bytes_per_s=MIB,
        write_bytes_per_s=330 * KIB,
        mem_limit_bytes=GIB,
    ),
    Role(project="metrics", service="promtail", image="grafana/promtail:3.1.1", cores=0.03, network="host"),
    Role(
        project="ci",
        service="forge",
        image="gitea/gitea:1.22.2",
        cores=0.05,
        burst_cores=0.6,
        bursts_per_min=0.7,
        anon_bytes=170 * MIB,
        file_bytes=240 * MIB,
        pids=21,
    ),
    Role(project="ci", service="runner", image="gitea/act_runner:0.2.11", cores=0.01, pids=12),
    Role(project="ci", service="registry", image="registry:2.8.3", anon_bytes=32 * MIB, file_bytes=600 * MIB),
    Role(
        project="media",
        service="jellyfin",
        image="jellyfin/jellyfin:10.9.11",
        cores=0.25,
        burst_cores=2.0,
        bursts_per_min=0.4,
        burst_s=40.0,
        anon_bytes=330 * MIB,
        file_bytes=1800 * MIB,
        tx_bytes_per_s=1900 * KIB,
        read_bytes_per_s=2 * MIB,
        pids=30,
        cpu_limit_cores=3.0,
    ),
    Role(project="media", service="photos", image="ghcr.io/immich-app/immich-server:v1.115.0", cores=0.06, pids=23),
    Role(
        project="home",
        service="assistant",
        image="ghcr.io/home-assistant/home-assistant:2025.1",
        cores=0.07,
        anon_bytes=420 * MIB,
        write_bytes_per_s=48 * KIB,
        pids=38,
        network="host",
    ),
    Role(
        project="home", service="mosquitto", image="eclipse-mosquitto:2.0.18", cores=0.003, anon_bytes=5 * MIB, pids=1
    ),
    Role(
        project="home",
        service="pihole",
        image="pihole/pihole:2024.07.0",
        anon_bytes=48 * MIB,
        pids=29,
        health_check=True,
    ),
    Role(
        project="analytics",
        service="clickhouse",
        image="clickhouse/clickhouse-server:24.8",
        cores=0.5,
        burst_cores=6.0,  # a query takes all the cores it can get
        bursts_per_min=1.0,
        burst_s=12.0,
        anon_bytes=1500 * MIB,
        file_bytes=3 * GIB,
        rx_bytes_per_s=700 * KIB,
        read_bytes_per_s=4 * MIB,
        write_bytes_per_s=3 * MIB,
        pids=410,
        mem_limit_bytes=6 * GIB,
    ),
    Role(
        project="analytics",
        service="ingest",
        image="timberio/vector:0.41.1-alpine",
        cores=0.2,
        rx_bytes_per_s=900 * KIB,
    ),
    Role(project="analytics", service="superset", image="apache/superset:4.0.2", cores=0.03, anon_bytes=380 * MIB),
    Role(
        project="cloud",
        service="nextcloud",
        image="nextcloud:29-apache",
        cores=0.06,
        anon_bytes=190 * MIB,
        memory="worker-leak",
        grows_bytes_per_s=1.5 * MIB,
        pids=14,
        mem_limit_bytes=384 * MIB,
    ),
    Role(project="cloud", service="mariadb", image="mariadb:11.4", cores=0.05, file_bytes=380 * MIB, pids=18),
    Role(project="cloud", service="office", image="collabora/code:24.04", cores=0.02, anon_bytes=350 * MIB, pids=12),
    Role(project="cloud", service="redis", image="redis:7.4-alpine", cores=0.01, anon_bytes=20 * MIB, pids=6),
    Role(project=None, service="traefik", image="traefik:v3.1", cores=0.05, tx_bytes_per_s=1700 * KIB, pids=13),
    Role(project=None, service="watchtower", image="containrrr/watchtower:1.7.1", cores=0.0005, anon_bytes=11 * MIB),
    Role(project=None, service="vaultwarden", image="vaultwarden/server:1.32.0", cores=0.001, health_check=True),
    Role(project=None, service="uptime", image="louislam/uptime-kuma:1.23.13", cores=0.04, health_check=True),
)
"""What else runs there; a host takes as many as it has room for, and then further replicas of these."""
