#!/usr/bin/env bash
# Reads paths of files of embeddings from standard input, one a line, and accumulates each; prints the paths of the sums.
# Spark runs it once for each partition of an RDD of paths:
#   sc.parallelize(paths, len(paths)).pipe("accumulate-paths.sh /shared/sums", checkCode=True).collect()
set -euo pipefail
sums=$1
mkdir -p "$sums"
while IFS= read -r shard; do
  part=$sums/$(basename "$shard").sums

  # Its standard input is not that of the loop, which has the other paths.
  dime accumulate --quiet --embeddings "$shard" --output "$part" > /dev/null < /dev/null
  echo "$part"
done
