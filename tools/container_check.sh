#!/bin/sh
# Build the image, run it as recommended, and check what docs/container.md promises.
#
#   tools/container_check.sh [PORT]
#
# Needs only Docker. Leaves the image swf-emulator:check, but no container.
set -eu
cd "$(dirname "$0")/.."

port=${1:-4599}
image=swf-emulator:check
name=swf-emulator-check-$$
url=http://127.0.0.1:$port/_emulator/health

say() { printf 'container_check: %s\n' "$*"; }
fail() {
    say "FAILED: $*"
    exit 1
}
ms() { date +%s%3N; }
cleanup() { docker rm -f "$name" >/dev/null 2>&1 || true; }
trap cleanup EXIT

docker build --tag "$image" .
size=$(docker image inspect --format '{{.Size}}' "$image")
[ "$size" -lt 150000000 ] || fail "the image has $size bytes"
[ "$(docker image inspect --format '{{.Config.User}}' "$image")" = 10001:10001 ] || fail 'it runs as root'
docker run --rm --network none "$image" --help >/dev/null || fail '--help does not work'

begun=$(ms)
docker run --detach --name "$name" --read-only --cap-drop ALL --security-opt no-new-privileges \
    --publish "127.0.0.1:$port:4596" "$image" >/dev/null
until [ "$(docker inspect --format '{{.State.Health.Status}}' "$name")" = healthy ]; do
    [ "$(($(ms) - begun))" -lt 20000 ] || fail 'it does not become healthy'
    sleep 0.05
done
healthy=$(($(ms) - begun))
python3 -c "import urllib.request; urllib.request.urlopen('$url', timeout=5)" ||
    fail "no answer at $url"

begun=$(ms)
docker kill --signal TERM "$name" >/dev/null
code=$(docker wait "$name")
stopped=$(($(ms) - begun))
[ "$code" = 0 ] || fail "it ended with status $code"
say "OK: $((size / 1000000)) MB, healthy after $healthy ms, ended after $stopped ms"
