"""nginx with the files of deploy/nginx, and the one thing that changes: who is asked."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from config.settings import home

FILES = home.CHECKOUT / "deploy" / "nginx"
_MAIN = """
daemon off;
worker_processes 1;
worker_shutdown_timeout 30s;
pid {folder}/nginx.pid;
error_log stderr warn;
{user}
events {{ worker_connections 1024; }}
http {{
    access_log off;
    types {{ }}
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


def write(folder: Path, port: int) -> Path:
    """Write the configuration for 127.0.0.1:``port`` and return nginx's main file."""
    (folder / "conf.d").mkdir(parents=True, exist_ok=True)
    site = (FILES / "resee.conf").read_text()
    site = site.replace("listen 8080;", f"listen 127.0.0.1:{port};")
    site = site.replace("/tmp/resee-static", str(folder / "static"))  # noqa: S108
    (folder / "conf.d" / "resee.conf").write_text(site)
    user = "user nobody nogroup;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, user=user))
    return folder / "nginx.conf"


def write_upstreams(folder: Path, ports: dict[str, int], *, down: Iterable[str] = ()) -> None:
    """Write who is asked: the file's own servers by their names, at these ports.

    Those that are ``down`` are asked nothing new; the next reload makes it so.
    """
    out = set(down)

    def server(found: "re.Match[str]") -> str:
        name = found["name"]
        mark = " down" if name in out else ""
        return f"server 127.0.0.1:{ports[name]}{found['options']}{mark};"

    text = (FILES / "upstreams.conf").read_text()
    text = re.sub(r"server (?P<name>[\w-]+):\d+(?P<options>[^;]*);", server, text)
    path = folder / "conf.d" / "upstreams.conf"
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(path)
