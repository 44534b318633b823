"""The web server's settings, in development and production alike (gunicorn reads this module)."""

import os

# One process per container: its counters (/metrics) are whole, and more load means more containers.
workers = 1
worker_class = "gthread"
threads = int(os.environ.get("TONGBAN_WEB_THREADS", "8"))
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 (heartbeats, not data)
timeout = 60
graceful_timeout = 20
keepalive = 5
# The proxy is the only one that reaches a web container; see docs/operations.md.
forwarded_allow_ips = os.environ.get("TONGBAN_PROXY_ADDRESSES", "127.0.0.1")
errorlog = "-"
loglevel = "warning"
accesslog = None  # config.middleware logs each request, by route and without what was typed
