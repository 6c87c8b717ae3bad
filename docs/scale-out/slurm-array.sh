#!/usr/bin/env bash
#SBATCH --job-name=dime-accumulate
#SBATCH --array=0-39%8
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
# One task of a Slurm array: the file of embeddings whose path stands in a line of a list.
#   find /shared/embeddings -name '*.parquet' | sort > shards.txt        40 lines: --array=0-39
#   job=$(sbatch --parsable slurm-array.sh shards.txt /shared/sums)
#   sbatch --dependency=afterok:$job --wrap 'dime merge /shared/sums/*.sums --output /shared/model.zip'
# A task that is run again writes the same bytes, in the place of the same file.
set -euo pipefail
list=$1 sums=$2
shard=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" "$list")
if [ -z "$shard" ]; then
  echo "'$list' has no line $((SLURM_ARRAY_TASK_ID + 1)); give --array=0-$(($(grep -c . "$list") - 1))." >&2
  exit 2
fi

mkdir -p "$sums"
exec dime accumulate --embeddings "$shard" --output "$sums/$(basename "$shard").sums"
