"""`python -m tests.on_postgresql COMMAND…`: with DATABASE_URL, a PostgreSQL of its own."""

import os
import subprocess
import sys

from tests.servers import postgresql_server

if __name__ == "__main__":
    with postgresql_server() as url:
        status = subprocess.call(sys.argv[1:], env={**os.environ, "DATABASE_URL": url})
    sys.exit(status)
