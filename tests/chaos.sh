#!/usr/bin/env bash
# Rounds of chaos on a cluster of real processes: tests/chaos.sh 200 [--seed n] [--scenario name]
# Appends a line per round to docs/chaos-journal.tsv and prints this commit's table for docs/operations.md.
# Round n has the seed of the first plus n; a broken promise names its seed, which makes the same round again.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${1:?how many rounds?}
shift
commit=$(git rev-parse --short HEAD)
git diff --quiet HEAD -- src tests || commit="$commit+changes"

dotnet build tests/Gateway.Cluster.Tests -c Release -m:2 -v quiet --nologo
exec dotnet tests/Gateway.Cluster.Tests/bin/Release/net10.0/Gateway.Cluster.Tests.dll chaos --rounds "$rounds" --commit "$commit" --journal docs/chaos-journal.tsv "$@"
