#!/usr/bin/env bash
# Builds the image, starts the compose stack on base images made from this machine (nothing is pulled), sends jobs through it to
# a simulated MiniMax, looks at what the stack promises, and takes everything down again. By hand, on Debian, as root:
#   deploy/docker/try.sh
# It runs a Docker daemon of its own in a folder of its own, without a default bridge and without touching the firewall.
set -euo pipefail
cd "$(dirname "$0")"
repository=$(cd ../.. && pwd)

say() { printf '\n== %s\n' "$*"; }
fail() { echo "FAILED: $*"; exit 1; }

[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "this needs root on Debian: it starts a container engine and makes base images"
command -v dotnet >/dev/null || fail "the .NET 10 SDK is needed"

work=$(mktemp -d /var/tmp/gateway-try.XXXXXX)
export DOCKER_HOST=unix://$work/docker.sock DOCKER_BUILDKIT=0 DOCKER_CONFIG=$work/client
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
daemon= policy=

compose() { docker-compose --project-name gateway-try --env-file "$work/env" -f compose.yaml -f try/compose.yaml "$@"; }

up() { compose up -d --no-build "$@" >"$work/compose.log" 2>&1 || { cat "$work/compose.log"; fail "compose up"; }; }

clean_up() {
  local status=$?
  set +e
  if [ -n "$daemon" ]; then
    if [ "$status" != 0 ] && [ -f "$work/env" ]; then compose logs --tail 30; fi
    say "Taking everything down"
    [ -f "$work/env" ] && compose down --volumes --timeout 30 >/dev/null 2>&1
    docker ps -aq | xargs -r docker rm -f >/dev/null
    docker network prune -f >/dev/null
    kill "$daemon" && wait "$daemon"
    umount "$work"/exec/netns/* 2>/dev/null
  fi
  rm -rf --one-file-system "$work" $policy
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

install_tools() {
  local missing=() tool
  for tool in docker:docker.io dockerd:docker.io docker-compose:docker-compose debootstrap:debootstrap curl:curl openssl:openssl; do
    command -v "${tool%%:*}" >/dev/null || missing+=("${tool##*:}")
  done
  [ ${#missing[@]} = 0 ] && return
  say "Installing ${missing[*]}"
  # A service that the installation starts would be left running: Debian asks this file first.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    policy=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy
  fi
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$work/apt.log" 2>&1 ||
    { tail "$work/apt.log"; fail "apt-get install"; }
}

start_daemon() {
  say "Starting a Docker daemon in $work"
  dockerd --host "$DOCKER_HOST" --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/docker.pid" \
    --iptables=false --ip-masq=false --ip-forward=false --bridge=none >"$work/dockerd.log" 2>&1 &
  daemon=$!
  for _ in $(seq 100); do
    docker info >/dev/null 2>&1 && return
    kill -0 "$daemon" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 20 "$work/dockerd.log"; fail "the daemon did not start"
}

build() { # name, Dockerfile, folder, build arguments …
  local name=$1 file=$2 folder=$3 arguments=() argument; shift 3
  for argument; do arguments+=(--build-arg "$argument"); done
  docker build --network=host "${arguments[@]}" -t "gateway-try/$name" -f "$file" "$folder" >"$work/build.log" 2>&1 ||
    { tail -n 40 "$work/build.log"; fail "the image gateway-try/$name"; }
  echo "  gateway-try/$name"
}

make_base() {
  say "Making base images from Debian and this machine's .NET"
  local mirror codename
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $codename" | head -n 1)
  debootstrap --variant=minbase --include=ca-certificates,libstdc++6,openssl "$codename" "$work/root" "$mirror" >"$work/debootstrap.log" 2>&1 ||
    { tail "$work/debootstrap.log"; fail "debootstrap"; }
  tar -C "$work/root" -c . | docker import - gateway-try/base >/dev/null
  echo "  gateway-try/base"
}

make_dotnet_images() {
  local dotnet name
  dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
  mkdir -p "$work/runtime/dotnet" "$work/sdk/NuGet" "$work/sdk/certs"
  cp -a "$dotnet"/{dotnet,host,shared} "$work/runtime/dotnet/"
  build runtime try/runtime.Dockerfile "$work/runtime" BASE=gateway-try/base
  cp -a "$dotnet" "$work/sdk/"
  # How this machine reaches its package registry: it stays in an image that is removed at the end.
  cp -L ~/.nuget/NuGet/NuGet.Config "$work/sdk/NuGet/" 2>/dev/null || true
  cp -L /etc/ssl/certs/ca-certificates.crt "$work/sdk/certs/" 2>/dev/null || true
  cp try/sdk.Dockerfile "$work/sdk.Dockerfile"
  for name in HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy SSL_CERT_FILE SSL_CERT_DIR NUGET_CERT_REVOCATION_MODE; do
    [ -z "${!name:-}" ] || echo "ENV $name=\"${!name}\"" >>"$work/sdk.Dockerfile"
  done
  build sdk "$work/sdk.Dockerfile" "$work/sdk" BASE=gateway-try/base
  rm -rf "$work/sdk" "$work/runtime"
}

make_simulator() {
  dotnet publish "$repository/tests/Gateway.Simulator" -c Release -o "$work/simulator" -v quiet
  build simulator try/simulator.Dockerfile "$work/simulator" BASE=gateway-try/runtime
}

build_gateway() {
  say "Building the gateway's image"
  build gateway Dockerfile "$repository" SDK_IMAGE=gateway-try/sdk RUNTIME_IMAGE=gateway-try/runtime
  echo "  of its own: $((($(size gateway) - $(size runtime)) / 1024 / 1024)) MiB on the runtime's image"
}

size() { docker image inspect -f '{{.Size}}' "gateway-try/$1"; }

free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

write_env() {
  api=http://127.0.0.1:$(free_port) prometheus=http://127.0.0.1:$(free_port) grafana=http://127.0.0.1:$(free_port)
  admin=$(openssl rand -hex 24)
  ( umask 077; cat >"$work/env" <<ENV
GATEWAY_ENCRYPTION_KEY=$(openssl rand -base64 32)
GATEWAY_ADMIN_TOKEN=$admin
POSTGRES_PASSWORD=$(openssl rand -hex 24)
GRAFANA_ADMIN_PASSWORD=$(openssl rand -hex 24)
GATEWAY_PORT=${api##*:}
PROMETHEUS_PORT=${prometheus##*:}
GRAFANA_PORT=${grafana##*:}
GATEWAY_IMAGE=gateway-try/gateway
POSTGRES_IMAGE=gateway-try/postgres
PROMETHEUS_IMAGE=gateway-try/prometheus
GRAFANA_IMAGE=gateway-try/grafana
SIMULATOR_IMAGE=gateway-try/simulator
ENV
  )
}

# Seconds, what is waited for, command …
within() {
  local seconds=$1 what=$2 deadline=$((SECONDS + $1)); shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || fail "$what, not within $seconds s"
    sleep 0.3
  done
  echo "ok  $what"
}

expect() { # what, wanted, got
  [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
  echo "ok  $1: $3"
}

ask() { curl -sS --fail-with-body -H "Authorization: Bearer $1" -H 'Content-Type: application/json' "${@:2}"; }
text() { grep -oE "\"$1\":\"?[^,\"}]*" | head -n 1 | sed -E 's/^"[^"]*":"?//'; }
code() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
of() { compose exec -T "$@"; }

has_ended() { ask "$token" "$api/v1/jobs/$1?wait=20" | grep -qE '"status":"(succeeded|failed|cancelled|expired)"'; }

try_jobs() {
  say "Jobs through the stack"
  local team ids=() n
  ask "$admin" -o /dev/null "$api/v1/minimax/accounts" -d '{"driver":"platform","url":"http://simulator:9090","token":"try-key","account":"1","maxJobs":1}'
  team=$(ask "$admin" "$api/v1/admin/teams" -d '{"name":"try"}' | text id)
  token=$(ask "$admin" "$api/v1/admin/teams/$team/tokens" -X POST | text token)
  for n in 1 2 3; do
    ids+=("$(ask "$token" -H "Idempotency-Key: try-$n" "$api/v1/jobs" -d "{\"kind\":\"video\",\"request\":{\"model\":\"MiniMax-Hailuo-2.3\",\"prompt\":\"try $n\"}}" | text id)")
  done
  for n in "${ids[@]}"; do
    within 60 "job $n has ended" has_ended "$n"
    expect "its status" succeeded "$(ask "$token" "$api/v1/jobs/$n" | text status)"
  done
  job=${ids[2]}
  ask "$token" "$api/v1/jobs/$job/result" | grep -q '"file_id"\|"task_id"\|http' || fail "the job's result"
  # The simulator's own count: the account's maxJobs held although two nodes could send.
  expect "most at once on the account" 1 "$(curl -sS "$(simulator)/_sim/ledger" | text maxConcurrent)"
}

simulator() { echo "http://$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$(compose ps -q simulator)"):9090"; }

try_confinement() {
  say "What the containers may do"
  local service status
  for service in api silo; do
    status=$(of $service cat /proc/1/status)
    expect "$service: user and group" "1654 1654" "$(awk '/^Uid/{u=$3} /^Gid/{g=$3} END{print u, g}' <<<"$status")"
    expect "$service: capabilities" 0000000000000000 "$(awk '/^CapBnd/{print $2}' <<<"$status")"
    expect "$service: no new privileges" 1 "$(awk '/^NoNewPrivs/{print $2}' <<<"$status")"
    of $service sh -c 'for path in / /app /tmp /home/app /etc; do ! touch "$path/x" 2>/dev/null || exit 1; done' || fail "$service can write outside /data"
    of --user 0 $service sh -c '! touch /x 2>/dev/null' || fail "$service: the root file system is writable"
    echo "ok  $service: writes nowhere but /data"
  done
}

targets_up() { [ "$(curl -sS "$prometheus/api/v1/query" --data-urlencode 'query=sum(up{job="gateway"})' | grep -oE '"[0-9]+"\]' | tr -dc 0-9)" = "$1" ]; }

try_metrics() {
  say "Prometheus and Grafana"
  within 60 "Prometheus scrapes both nodes" targets_up 2
  curl -sS "$prometheus/api/v1/targets" | grep -oE '"health":"[a-z]+"|"component":"[a-z]+"' | sort | uniq -c | sed 's/^/    /'
  expect "metrics from outside without a token" 401 "$(code "$api/metrics")"
  expect "metrics from outside with the admin token" 200 "$(code -H "Authorization: Bearer $admin" "$api/metrics")"
  of grafana test -f /etc/grafana/provisioning/datasources/prometheus.yaml || fail "Grafana's datasource is not mounted"
  expect "Grafana's port (a stand-in, no Grafana)" 200 "$(code "$grafana/api/health")"
}

# More than one worker, new containers on the same database: nothing is lost.
try_change() {
  say "Scaling and replacing"
  up --scale silo=2
  within 60 "Prometheus scrapes three nodes" targets_up 3
  up --force-recreate --no-deps --scale silo=2 api silo
  within 60 "the new API node is ready" curl -sf "$api/readyz"
  expect "the job after that" succeeded "$(ask "$token" "$api/v1/jobs/$job" | text status)"
}

# The image alone, as on one machine: SQLite in /data, no other place to write, a stop and a start.
try_single() {
  say "One container on SQLite"
  local port; port=$(free_port)
  local run=(docker run -d --network host --read-only --cap-drop ALL --security-opt no-new-privileges -v gateway-try-single:/data
    -e "ASPNETCORE_URLS=http://127.0.0.1:$port" -e "Gateway__AdminToken=$admin" gateway-try/gateway) id round
  for round in first second; do
    id=$("${run[@]}")
    within 30 "it is ready, the $round time" curl -sf "http://127.0.0.1:$port/readyz"
    [ $round = first ] && ask "$admin" -o /dev/null "http://127.0.0.1:$port/v1/admin/teams" -d '{"name":"single"}'
    ask "$admin" "http://127.0.0.1:$port/v1/admin/teams" | grep -q '"name":"single"' || fail "the team is not there"
    docker stop -t 30 "$id" >/dev/null
    expect "it stopped by itself" 0 "$(docker inspect -f '{{.State.ExitCode}}' "$id")"
  done
}

install_tools
start_daemon
make_base
make_dotnet_images
make_simulator
for image in postgres prometheus grafana; do build $image try/$image.Dockerfile try BASE=gateway-try/base; done
build_gateway
write_env
say "Starting the stack"
up
within 60 "the API node is ready" curl -sf "$api/readyz"
try_jobs
try_confinement
try_metrics
try_change
try_single
say "The stack works"
