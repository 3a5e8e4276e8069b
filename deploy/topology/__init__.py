"""The processes of docker-compose.yml on one machine without Docker, from Debian's packages.

    deploy/run_topology.sh                 until Ctrl-C
    deploy/run_topology.sh --for demo      until that management command has ended

PostgreSQL 15, two Redis 7 (or RabbitMQ), an S3 server and nginx, everything on 127.0.0.1 and told
by environment variables alone. SIGHUP restarts every process of ours, one after another, while the
others go on.
"""
