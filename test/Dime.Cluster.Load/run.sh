#!/usr/bin/env bash
# Fits to the same shards by two plain workers (xargs -P 2 dime accumulate, then dime merge) and by two workers of dime-cluster that
# meet at a Redis on loopback, in turn, and prints both times. Each process has one core for its arithmetic.
#   test/Dime.Cluster.Load/run.sh [rounds] [shards] [rows in a shard]
# The plain workers start a process for each shard, which is in their time. Those of the cluster are started anew for each round,
# before its time begins; that of the fit has its own start in it.
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-3} shards=${2:-12} rows=${3:-80000}
values=256
work=$(mktemp -d)
processes=()
stop() { if [ "${#processes[@]}" -gt 0 ]; then kill -TERM "${processes[@]}"; wait "${processes[@]}" || true; processes=(); fi; }
trap 'stop; rm -rf "$work"' EXIT

dotnet build -c Release src/Dime.Tool > "$work/build.log"
dotnet build -c Release src/Dime.Cluster.Tool >> "$work/build.log"
dime=(dotnet exec src/Dime.Tool/bin/Release/net10.0/dime.dll)
cluster=(dotnet exec src/Dime.Cluster.Tool/bin/Release/net10.0/dime-cluster.dll)
export DOTNET_PROCESSOR_COUNT=1
port=$((20000 + RANDOM % 20000))
redis-server --port "$port" --bind 127.0.0.1 --save "" --dir "$work" > "$work/redis.log" &
redis=$!
trap 'stop; kill "$redis"; rm -rf "$work"' EXIT

# All shards have the same rows, under names of their own.
mkdir "$work/data" "$work/sums"
awk -v rows="$rows" -v values="$values" 'BEGIN {
  srand(1)
  for (i = 0; i < values; i++) printf "%sf%d", i ? "," : "", i
  print ""
  for (r = 0; r < rows; r++) { for (i = 0; i < values; i++) printf "%s%.3f", i ? "," : "", 2 * rand() - 1 + i % 7; print "" }
}' > "$work/rows.csv"
for i in $(seq -w "$shards"); do ln "$work/rows.csv" "$work/data/part-$i.csv"; done

now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'; }

echo "load of the machine before: $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores"
"${dime[@]}" accumulate --quiet --embeddings "$work/rows.csv" --output "$work/one.sums" > /dev/null
begin=$(now)
"${dime[@]}" accumulate --quiet --embeddings "$work/rows.csv" --output "$work/one.sums" > /dev/null
echo "one shard of $rows rows of $values values by itself: $(since "$begin") s; $shards shards"
for round in $(seq "$rounds"); do
  rm -rf "$work/sums" "$work"/*.zip "$work"/*.parts; mkdir "$work/sums"
  begin=$(now)
  find "$work/data" -name '*.csv' -printf '%f\0' | sort -z | xargs -0 -P 2 -I{} "${dime[@]}" accumulate --quiet --embeddings "$work/data/{}" --output "$work/sums/{}.sums" > /dev/null
  "${dime[@]}" merge --quiet "$work"/sums/*.sums --output "$work/plain.zip" > /dev/null
  plain=$(since "$begin")

  for worker in 1 2; do
    "${cluster[@]}" worker --redis "127.0.0.1:$port" --cluster "round-$round" --allow "$work" 2> "$work/worker-$worker.log" &
    processes+=($!)
  done
  for worker in 1 2; do until grep -q "has joined" "$work/worker-$worker.log"; do sleep 0.1; done; done
  begin=$(now)
  "${cluster[@]}" fit --redis "127.0.0.1:$port" --cluster "round-$round" --shards "$work/data/*.csv" --output "$work/cluster.zip" > "$work/fit.log" 2>&1
  clustered=$(since "$begin")
  stop
  if ! diff -q <(unzip -p "$work/plain.zip" | sha256sum) <(unzip -p "$work/cluster.zip" | sha256sum) > /dev/null; then echo "The models differ."; exit 1; fi
  awk -v r="$round" -v a="$plain" -v b="$clustered" 'BEGIN { printf "round %d: plain %.2f s, cluster %.2f s, %+.1f %%\n", r, a, b, 100 * (b / a - 1) }'
done
echo "load of the machine after: $(cut -d' ' -f1-3 /proc/loadavg)"
