#!/usr/bin/env bash
# Edits a video by text, from a fresh clone: sets up, builds, renders a demo clip (unless one is given) and edits it.
#   ./demo.sh                                    the demo clip, a red car in snow
#   ./demo.sh CLIP.mp4 [options of stablevideo edit]
#     e.g. ./demo.sh car.mp4 --mask car-mask.mp4 --foreground "a red car" --background "snowy winter"
# The results are in demo-output/. Run again, it reuses what is already computed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
case "${1:-}" in -h | --help) sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;; esac

"$here/scripts/setup.sh" </dev/null
echo "demo: building (the first time takes a minute or two)"
log=$(mktemp)
if ! dotnet build "$here/src/StableVideo.Cli" -c Release -v quiet -nologo >"$log" 2>&1 </dev/null; then
  cat "$log" >&2
  rm -f "$log"
  exit 1
fi
rm -f "$log"
stablevideo() { dotnet "$here/src/StableVideo.Cli/bin/Release/net10.0/stablevideo.dll" "$@" </dev/null; }

output="$here/demo-output"
mkdir -p "$output"
arguments=()
if [ $# -gt 0 ] && [[ "$1" != -* ]]; then
  clip=$1
  shift
else
  stablevideo sample -o "$output/sample"
  clip="$output/sample/clip.mp4"
  arguments+=(--mask "$output/sample/mask.mp4")
fi

prompted=false
for argument in "$@"; do
  case "$argument" in --foreground* | --background*) prompted=true ;; esac
done
if [ "$prompted" = false ]; then
  arguments+=(--foreground "a red car" --background "snowy winter")
fi

stablevideo edit "$clip" -o "$output/edited.mp4" "${arguments[@]}" "$@"
echo
echo "demo: the edited video is $output/edited.mp4"
echo "demo: the report is       $output/edited.stablevideo/report.json"
