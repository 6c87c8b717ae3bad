#!/usr/bin/env bash
# Fits to a folder of files of embeddings with GNU parallel, on one machine or, with --sshlogin in PARALLEL, on several
# that share the folders.
#   parallel.sh <folder of files> <folder for sums> <model.zip> [options of 'dime merge']
# Started again, it goes on from the sums that are there: a file of sums is whole or missing.
set -euo pipefail
shards=$1 sums=$2 model=$3
shift 3
mkdir -p "$sums"

# shellcheck disable=SC2016 # The inner shell has arguments of its own.
find "$shards" -maxdepth 1 -type f ! -name '.*' -print0 |
  parallel -0 --jobs "${JOBS:-2}" --halt soon,fail=1 --quote \
    sh -c '[ -e "$2" ] || dime accumulate --quiet --embeddings "$1" --output "$2"' accumulate {} "$sums/{/}.sums"

dime merge "$sums"/*.sums --output "$model" "$@"
