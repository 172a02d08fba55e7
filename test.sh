#!/usr/bin/env bash
# Everything that must hold: what the tests need is installed, the build has no warning, the code is formatted, every test
# passes. Ends with one line: N passed, N failed, N skipped.
set -uo pipefail
cd "$(dirname "$0")"

configuration=Release
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf '\n== %s\n' "$*"; }

have_postgres() {
  [ -n "${GATEWAY_TEST_POSTGRES:-}" ] || command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

# The server's binaries are enough: the tests start a throw-away cluster of their own.
install_postgres() {
  have_postgres && return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "PostgreSQL's server is not installed. Install it (Debian: apt-get install postgresql), or set GATEWAY_TEST_POSTGRES"
    echo "to a connection string of a server whose user may create databases. Without it the PostgreSQL tests are skipped."
    [ -z "${CI:-}" ] || return 1
    return 0
  fi
  say "Installing PostgreSQL"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
}

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is needed: https://dotnet.microsoft.com/download"; exit 1; }
install_postgres || exit 1

# MiniMax's own client, for the test that runs it against the gateway, and what the Kubernetes manifests are checked with.
install_packages() {
  command -v npm >/dev/null || { echo "npm is not installed: the tests of MiniMax's own client and of deploy/ are skipped."; [ -z "${CI:-}" ]; return; }
  say "Installing what the tests take from npm"
  for folder in Clients Deploy; do npm ci --prefix tests/Gateway.Api.Tests/$folder --no-audit --no-fund --loglevel=error || return; done
}
install_packages || exit 1
command -v kubectl >/dev/null || echo "kubectl is not installed: the tests of deploy/ are skipped."

say "Building"
dotnet build Gateway.sln -c $configuration -m:2 -v quiet || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }

say "Checking the format"
dotnet format Gateway.sln --verify-no-changes --no-restore --verbosity quiet || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }

passed=0 failed=0 skipped=0
results=$(mktemp)
trap 'rm -f "$results"' EXIT

# One after another: the tests measure waits, and two cores are all some machines have.
for project in Gateway.Grains.Tests Gateway.Api.Tests Gateway.Cluster.Tests; do
  say "$project"
  dotnet test "tests/$project" -c $configuration --no-build --logger 'console;verbosity=normal' 2>&1 | tee "$results" | grep -vE '^\s+Passed |^\[xUnit|^\s*$'
  status=${PIPESTATUS[0]}
  number() { sed -nE "s/^\s*$1: +([0-9]+).*/\1/p" "$results" | tail -n 1; }
  p=$(number Passed); f=$(number Failed); s=$(number Skipped)
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
  # A run that died has no summary, or one without the failure in it.
  [ "$status" = 0 ] || [ "${f:-0}" != 0 ] || failed=$((failed + 1))
done

if have_postgres; then
  say "Stress: two processes on one PostgreSQL, judged by their history"
  if dotnet run -c $configuration --no-build --project tests/Gateway.Benchmarks -- stress --seconds 5; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
else
  skipped=$((skipped + 1))
fi

# Nothing skipped may look like everything tested where it counts.
if [ -n "${CI:-}" ] && [ "$skipped" != 0 ]; then failed=$((failed + 1)); fi

echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
