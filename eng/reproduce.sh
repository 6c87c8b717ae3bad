#!/usr/bin/env bash
# Packs clean copies of the repository in folders of their own, with another time zone, language and umask, and compares all packages byte by
# byte:
#   eng/reproduce.sh [project ...]                    two copies with each other; all projects unless some are named
#   eng/reproduce.sh --with <folder> [project ...]    one copy with packages that were made of the same sources before
# Copies have the working tree's files, as git knows them, and its commit.
set -euo pipefail
export LC_ALL=C

repository=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

packages=
if [ "${1:-}" = --with ]; then
  packages=$(cd "$2" && pwd)
  shift 2
fi

# copy <folder>
copy() {
  git clone --quiet "$repository" "$1"
  local url
  if url=$(git -C "$repository" remote get-url origin 2> /dev/null); then
    git -C "$1" remote set-url origin "$url"
  else
    git -C "$1" remote remove origin
  fi
  git -C "$repository" diff --binary HEAD | git -C "$1" apply --allow-empty --whitespace=nowarn
  (cd "$repository" && git ls-files -z --others --exclude-standard | tar --null --files-from - --create) | tar --extract --directory "$1"
}

# pack <folder> <output folder> [project ...]
pack() {
  local folder=$1 output=$2 project
  shift 2
  cd "$folder"
  if [ $# -eq 0 ]; then set -- .; fi
  for project; do
    dotnet pack "$project" --output "$output" --nologo --verbosity quiet
  done
}

# Both at once: somebody may go on working meanwhile.
copy "$work/another one/further down"
if [ -z "$packages" ]; then
  copy "$work/one"
  (pack "$work/one" "$work/first" "$@")
  packages=$work/first
fi

(umask 077; export TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 CI=true; pack "$work/another one/further down" "$work/second" "$@")

count=0
different=0
for file in "$work/second"/*; do
  count=$((count + 1))
  if ! cmp "$file" "$packages/$(basename "$file")"; then
    different=$((different + 1))
  fi
done

echo "$count packages, $different different"
[ "$count" -gt 0 ] && [ "$different" -eq 0 ]
