#!/bin/sh
# Finds a Python of 3.11 to 3.13 ($PYTHON, if set, before others) and sets the checkout up with it: see __main__.py.
set -eu
cd "$(dirname "$0")/../.."
# An environment that stands is kept with the Python that made it.
made_with=$(sed -n 's/^home = //p' .venv/pyvenv.cfg 2>/dev/null || true)
for python in "${PYTHON:-}" "${made_with:+$made_with/python3}" python3 python3.13 python3.12 python3.11; do
    [ -n "$python" ] || continue
    if "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        exec "$python" -m deploy.setup "$@"
    fi
done
echo "Domovoy needs Python 3.11, 3.12 or 3.13, and there is none. Debian, Ubuntu: apt-get install python3 python3-venv" >&2
echo "Нужен Python 3.11, 3.12 или 3.13. Debian, Ubuntu: apt-get install python3 python3-venv" >&2
exit 1
