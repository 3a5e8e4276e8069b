"""PostgreSQL, Redis and nginx as Debian installs them, each as a child on 127.0.0.1."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from signal import SIGINT, SIGQUIT

import psycopg
import redis

from config.embedded import postgres
from deploy.topology import rabbitmq
from deploy.topology.children import Broken, Child

POSTGRES = Path("/usr/lib/postgresql/15/bin")
PACKAGES = {
    "/usr/lib/postgresql/15/bin/postgres": "postgresql-15",
    "/usr/bin/redis-server": "redis-server",
    "/usr/sbin/nginx": "nginx-light",
}


def missing(*, is_on_rabbitmq: bool = False) -> list[str]:
    """Return Debian's packages that are needed and not installed."""
    needed = PACKAGES | ({str(rabbitmq.SERVER): "rabbitmq-server"} if is_on_rabbitmq else {})
    return [package for path, package in needed.items() if not Path(path).exists()]


def make_cluster(folder: Path, password: str) -> None:
    """Create PostgreSQL's data folder with one role that needs a password; once."""
    if (folder / "PG_VERSION").exists():
        return
    folder.mkdir(mode=0o700, parents=True)
    secret = folder.with_name("postgres.password")
    secret.write_text(password)
    secret.chmod(0o600)
    if user := postgres.server_user():
        for path in (folder, secret):
            shutil.chown(path, user, "nogroup")
    command: Sequence[str | Path] = [
        POSTGRES / "initdb", "--pgdata", folder, "--username", "resee", "--pwfile", secret,
        "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums",
    ]  # fmt: skip
    postgres.run(list(command))
    secret.unlink()


def postgresql(folder: Path, port: int, log: Path, password: str) -> Child:
    """Return PostgreSQL on a data folder that has been made; as root it runs as nobody."""
    command: Sequence[str | Path] = [
        POSTGRES / "postgres", "-D", folder, "-p", str(port), "-k", "",
        "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=120", "-c", "jit=off",
        "-c", "shared_buffers=128MB", "-c", "timezone=UTC",
    ]  # fmt: skip
    return Child(
        "postgres", command, {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}, log,
        partial(_has_database, port, password), SIGINT, user=postgres.server_user(),
        is_server=True,
    )  # fmt: skip


def _has_database(port: int, password: str, _child: Child) -> bool:
    """Tell whether PostgreSQL answers, after making our database if there is none."""
    address = f"postgres://resee:{password}@127.0.0.1:{port}/postgres"
    try:
        with psycopg.connect(address, autocommit=True, connect_timeout=2) as connection:
            known = connection.execute("SELECT datname FROM pg_database").fetchall()
            if ("resee",) not in known:
                connection.execute("CREATE DATABASE resee")
    except psycopg.OperationalError:
        return False
    return True


def redis_server(name: str, folder: Path, port: int, log: Path, password: str) -> Child:
    """Return a Redis that writes to disk and forgets nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "redis.conf"  # not the command line: everybody can read that
    config.touch(mode=0o600)
    config.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {folder}\nappendonly yes\n"
        'maxmemory-policy noeviction\nsave ""\n'
    )
    return Child(
        name, ["/usr/bin/redis-server", config], dict(os.environ), log,
        partial(_answers_ping, port, password), is_server=True,
    )  # fmt: skip


def _answers_ping(port: int, password: str, _child: Child) -> bool:
    client = redis.Redis(port=port, password=password, socket_timeout=1)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def nginx(config: Path, log: Path, is_ready: "partial[bool]") -> Child:
    """Return nginx with a configuration that has been written; SIGQUIT lets answers end."""
    command = ["/usr/sbin/nginx", "-c", str(config), "-e", "stderr"]
    return Child("nginx", command, dict(os.environ), log, is_ready, SIGQUIT, is_server=True)


def check_nginx(config: Path) -> None:
    """Raise Broken with nginx's own words when it does not accept the configuration."""
    command = ["/usr/sbin/nginx", "-t", "-q", "-c", str(config), "-e", "stderr"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Broken(done.stderr.strip())
