#!/bin/sh
# Fetches the files of a list that are not there yet: pull-models.sh LIST FOLDER. A file counts only when its SHA-256 is right, and appears whole or not at all.
set -eu
list=$1 folder=$2
while read -r sum path url; do
  [ -n "$sum" ] || continue
  file=$folder/$path
  if [ -f "$file" ] && echo "$sum  $file" | sha256sum -c - >/dev/null 2>&1; then
    echo "there: $path"
    continue
  fi
  mkdir -p "$(dirname "$file")"
  echo "fetching: $path"
  curl --fail --silent --show-error --location --retry 5 --continue-at - --output "$file.part" "$url"
  if ! echo "$sum  $file.part" | sha256sum -c - >/dev/null 2>&1; then
    echo "wrong checksum: $path" >&2
    rm -f "$file.part"
    exit 1
  fi
  mv "$file.part" "$file"
done <"$list"
