#!/bin/sh
# The whole deployment on 127.0.0.1 without Docker; --help tells what can be chosen.
cd "$(dirname "$0")/.." || exit 1
[ -x .venv/bin/python ] || make --no-print-directory environment || exit 1
exec .venv/bin/python -m deploy.topology "$@"
