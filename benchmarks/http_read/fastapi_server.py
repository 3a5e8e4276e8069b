"""Serve fastapi_routes by uvicorn, one process:

python -m benchmarks.http_read.fastapi_server PORT
"""

import sys

import django
import uvicorn


def main() -> None:
    """Note the product's statements, then serve until SIGTERM."""
    django.setup()
    from benchmarks.http_read import fastapi_routes

    app = fastapi_routes.application()
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
