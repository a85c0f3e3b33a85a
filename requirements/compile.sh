#!/usr/bin/env bash
# Write run.txt, dev.txt and serve.txt anew: every package pinned, every file hashed, no index address.
# `make lock` calls this; arguments go to uv (--upgrade, --upgrade-package NAME).
set -euo pipefail
cd "$(dirname "$0")/.."

uv=.venv/bin/uv
[ -x "$uv" ] || { echo "got: no $uv; want: it installed (make setup)" >&2; exit 2; }

# Settings of this machine must not reach the files: no configuration, no variable of uv's.
unset "${!UV_@}"
compile() {
    "$uv" pip compile --quiet --no-config --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-emit-index-url --no-emit-find-links \
        --custom-compile-command "make lock" --override requirements/overrides.in "$@"
}

compile --output-file requirements/run.txt pyproject.toml requirements/run.in "${@}"
compile --output-file requirements/dev.txt --constraint requirements/run.txt \
    --extra demo --extra bench --extra postgres --extra report --extra timestamp --extra web \
    --extra evaluation --extra oidc --extra cluster --extra quantise \
    pyproject.toml requirements/run.in requirements/dev.in "${@}"
# What deploy/Dockerfile installs: nothing but what the tests were run with.
compile --output-file requirements/serve.txt --constraint requirements/dev.txt \
    --extra postgres --extra report --extra timestamp --extra web --extra oidc \
    pyproject.toml requirements/run.in requirements/serve.in
