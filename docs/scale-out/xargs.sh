#!/usr/bin/env bash
# Fits to a folder of files of embeddings on one machine, several files at a time, with xargs.
#   xargs.sh <folder of files> <folder for sums> <model.zip> [options of 'dime merge']
# Started again, it goes on from the sums that are there: a file of sums is whole or missing.
set -euo pipefail
shards=$1 sums=$2 model=$3
shift 3
mkdir -p "$sums"

# shellcheck disable=SC2016 # The inner shell has arguments of its own.
find "$shards" -maxdepth 1 -type f ! -name '.*' -print0 |
  xargs -0 -n 1 -P "${JOBS:-2}" sh -c '
    sums=$1/$(basename "$2").sums
    [ -e "$sums" ] || dime accumulate --quiet --embeddings "$2" --output "$sums"' accumulate "$sums"

dime merge "$sums"/*.sums --output "$model" "$@"
