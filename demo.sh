#!/usr/bin/env bash
# The main job, with nothing to configure: a simulated MiniMax, the gateway on SQLite, three accounts (1, 2 and 3 jobs at
# once), a streamed chat and twelve videos whose status lines are pushed as they come.
# Stays up until Ctrl-C; with --once it ends by itself and fails when an account ran more than its limit.
set -euo pipefail
cd "$(dirname "$0")"

once=false
[ "${1:-}" = --once ] && once=true

port=${GATEWAY_DEMO_PORT:-8080}
sim_port=${GATEWAY_DEMO_SIMULATOR_PORT:-9090}
gateway=http://127.0.0.1:$port
simulator=http://127.0.0.1:$sim_port
admin=demo-admin-token-$RANDOM$RANDOM
work=$(mktemp -d)
pids=()

cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is needed: https://dotnet.microsoft.com/download"; exit 1; }
command -v curl >/dev/null || { echo "curl is needed."; exit 1; }

start() { # name, log, command …
  local name=$1; shift
  "$@" >"$work/$name.log" 2>&1 &
  pids+=($!)
}

wait_for() { # url, name, pid
  for _ in $(seq 150); do
    curl -sf -o /dev/null "$1" && return 0
    kill -0 "$3" 2>/dev/null || break
    sleep 0.2
  done
  echo "The $2 did not start:"; cat "$work/$2.log"; exit 1
}

call() { curl -sS -H "Authorization: Bearer $admin" -H 'Content-Type: application/json' "$@"; }

echo "Building …"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
for project in tests/Gateway.Simulator src/Gateway.Api; do dotnet build "$project" -c Release -m:2 -v quiet -clp:"ErrorsOnly;NoSummary"; done

echo "Starting a simulated MiniMax on $simulator and the gateway on $gateway"
start simulator dotnet tests/Gateway.Simulator/bin/Release/net10.0/Gateway.Simulator.dll --urls "$simulator" --task-seconds 2 --max-task-seconds 4 --frame-ms 60
start gateway env Gateway__DataDirectory="$work/data" Gateway__AdminToken="$admin" Logging__LogLevel__Default=Warning \
  dotnet src/Gateway.Api/bin/Release/net10.0/Gateway.Api.dll --urls "$gateway"
wait_for "$simulator/_sim/ledger" simulator "${pids[0]}"
wait_for "$gateway/readyz" gateway "${pids[1]}"

echo; echo "Three accounts:"
for n in 1 2 3; do
  call -o /dev/null -f "$gateway/v1/minimax/accounts" \
    -d "{\"driver\":\"platform\",\"url\":\"$simulator\",\"token\":\"demo-key-$n\",\"account\":\"$n\",\"maxJobs\":$n}"
  echo "  account $n, maxJobs $n"
done

echo; echo "A streamed chat:"
printf '  '
call -N "$gateway/v1/text/chatcompletion_v2" \
  -d '{"model":"MiniMax-M2","stream":true,"messages":[{"role":"user","content":"Hello from behind the gateway, frame by frame."}]}' |
  while IFS= read -r line; do
    # The last frame repeats the whole text as "message": only the deltas are shown.
    case $line in *'"delta"'*) printf '%s' "$(sed -E 's/.*"delta":\{"content":"(([^"\\]|\\.)*)".*/\1/' <<<"$line")" ;; esac
  done
echo

echo; echo "Twelve videos on six slots; each line below was pushed:"
ids=()
for n in $(seq 12); do
  id=$(call -f "$gateway/v1/jobs" -H "Idempotency-Key: demo-$n" \
    -d "{\"kind\":\"video\",\"request\":{\"model\":\"MiniMax-Hailuo-2.3\",\"prompt\":\"demo video $n\"}}" | sed -E 's/^\{"id":"([0-9]+)".*/\1/')
  ids+=("$id")
done

started=$(date +%s%N)
watchers=()
for n in "${!ids[@]}"; do
  call -N "$gateway/v1/jobs/${ids[$n]}/events" | while IFS= read -r line; do
    case $line in
      event:*) event=${line#event: } ;;
      data:*)
        account=$(sed -nE 's/.*"account":"([0-9]+)".*/ on account \1/p' <<<"$line")
        printf '  %5d ms  video %-2s %s%s\n' $((($(date +%s%N) - started) / 1000000)) $((n + 1)) "$event" "$account" ;;
    esac
  done &
  watchers+=($!)
done
for watcher in "${watchers[@]}"; do wait "$watcher"; done

ledger=$(curl -sS "$simulator/_sim/ledger")
jobs=$(call "$gateway/v1/jobs?limit=100&status=succeeded")
over=0 total=0
echo; echo "account  maxJobs  jobs  max concurrent (counted by the simulated MiniMax)"
for n in 1 2 3; do
  done_jobs=$(grep -o "\"account\":\"$n\"" <<<"$jobs" | wc -l)
  peak=$(sed -E "s/.*\"demo-key-$n\":\{[^}]*\"maxConcurrent\":([0-9]+).*/\1/" <<<"$ledger")
  printf '%-8s %-8s %-5s %s\n' "$n" "$n" "$done_jobs" "$peak"
  total=$((total + done_jobs))
  [ "$peak" -le "$n" ] || over=1
done

[ "$total" = 12 ] || { echo "Only $total of 12 videos succeeded."; cat "$work/gateway.log"; exit 1; }
[ "$over" = 0 ] || { echo "An account ran more jobs than it may."; exit 1; }
echo; echo "12 of 12 videos succeeded; no account ran more than its maxJobs."

$once && exit 0
cat <<EOF

The gateway stays up on $gateway until Ctrl-C. Its admin token is
  $admin
Try:  curl -H 'Authorization: Bearer $admin' '$gateway/v1/jobs?limit=3'
      curl '$gateway/metrics'
EOF
wait "${pids[1]}"
