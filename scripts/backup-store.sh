#!/usr/bin/env bash
# Copies the store folder of a server that goes on working: backup-store.sh STORE BACKUP. Again into the same BACKUP copies only what is new.
# Documents first, then artifacts: documents name artifacts that are there and never change, so what was copied belongs together.
set -euo pipefail
[ $# -eq 2 ] || { sed -n '2,3s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
store=$(cd "$1" && pwd) backup=$2
[ -d "$store/documents" ] || { echo "backup-store: $store is not a store: it has no folder 'documents'" >&2; exit 2; }
mkdir -p "$backup"
backup=$(cd "$backup" && pwd)

# copy OPTION PATTERN: tar returns 1 when a file changed or went meanwhile, which is to be expected.
copy() {
  local code=0
  (cd "$store" && find . -type d -name "$2" -path "./*$2" -not -path "*/$2/*" -prune | LC_ALL=C sort) >"$backup/.list"
  tar -C "$store" --create --file - --files-from "$backup/.list" --warning=no-file-removed --warning=no-file-changed --ignore-failed-read \
    | tar -C "$backup" --extract --file - $1 || code=$?
  rm -f "$backup/.list"
  [ "$code" -le 1 ] || { echo "backup-store: copying $2 failed" >&2; exit 1; }
}

rm -rf "$backup/documents" "$backup"/tenants/*/documents
copy --overwrite documents
copy --skip-old-files artifacts
echo "backup-store: $(find "$backup" -path '*documents*' -type f | wc -l) documents and $(find "$backup" -path '*artifacts*' -type f | wc -l) artifacts in $backup"
