#!/usr/bin/env bash
# Puts dime serve under load with wrk while its model is changed each second, and compares answers with what the models say of the same rows: first of images
# through a network, then of embeddings, half of the minutes each. An answer that failed, that is of no model or of another than it names, or a server that has
# grown ends it with a code that is not 0.
#   test/Dime.Soak/serve.sh [minutes]
# It needs wrk (apt-get install wrk), and Linux, as what a process holds is read from /proc.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=$((${1:-10} * 30))
work=$(mktemp -d)
server=""
stop() { if [ -n "$server" ]; then kill -TERM "$server" && wait "$server" || true; server=""; fi; }
trap 'stop; rm -rf "$work"' EXIT

{ dotnet build -c Release src/Dime.Tool && dotnet build -c Release test/Dime.Soak; } > "$work/build.log" || { cat "$work/build.log"; exit 1; }
dime() { dotnet exec src/Dime.Tool/bin/Release/net10.0/dime.dll "$@" --quiet; }
dime demo --output "$work/demo" > "$work/demo.log"

# Two models each, which say otherwise of the same rows: with "a" as the ensemble of the demonstration, and a distance at one tensor.
mkdir "$work/images" "$work/embeddings"
find "$work/demo/images/test" -name '*.jpg' | sort | head -n 200 | while read -r file; do cp "$file" "$work/images"; done
cp "$work/demo/model.zip" "$work/images-a.zip"
dime fit --images "$work/demo/images/train" --onnx "$work/demo/cifar10-resnet.onnx" --layer /ReduceMean_output_0 --rank 8 --output "$work/images-b.zip" > "$work/fit.log"
rows() { # number, seed, dimensions
  awk -v n="$1" -v seed="$2" -v p="$3" 'BEGIN { srand(seed); for (i = 0; i < n; i++) { a = rand(); b = rand(); for (j = 0; j < p; j++) printf "%.6f%s", a * (j + 1) / p + b * cos(j) + 0.2 * (rand() - 0.5), j < p - 1 ? "," : "\n" } }'
}
rows 2000 1 64 > "$work/train.csv"
rows 500 2 64 > "$work/rows.csv"
dime fit --embeddings "$work/train.csv" --header false --method dime --rank 2 --output "$work/embeddings-a.zip" > "$work/fit.log"
dime fit --embeddings "$work/train.csv" --header false --method dime --rank 8 --output "$work/embeddings-b.zip" > "$work/fit.log"
for model in a b; do
  dime score --model "$work/images-$model.zip" --images "$work/images" --output "$work/images-$model.csv" > "$work/score.log"
  dime score --model "$work/embeddings-$model.zip" --embeddings "$work/rows.csv" --header false --output "$work/embeddings-$model.csv" > "$work/score.log"
done

# What wrk sends.
IMAGE=$(find "$work/images" -name '*.jpg' | sort | head -n 1)
{ printf '{"embeddings":['; head -n 4 "$work/rows.csv" | sed 's/.*/[&]/' | paste -sd,; printf ']}'; } > "$work/body.json"
cat > "$work/post.lua" << 'LUA'
local file = io.open(os.getenv("BODY"), "rb")
wrk.method, wrk.body = "POST", file:read("*a")
wrk.headers["Content-Type"] = os.getenv("BODY_TYPE")
file:close()
LUA

soak() { # kind, rows, body, its type
  cp "$work/$1-a.zip" "$work/served.zip"
  dotnet exec src/Dime.Tool/bin/Release/net10.0/dime.dll serve --quiet --model "$work/served.zip" --urls http://127.0.0.1:8097 --history "$work/$1.db" --drift-state "$work/$1.drift" > "$work/out.log" 2> "$work/err.log" &
  server=$!
  for _ in $(seq 240); do grep -q Serving "$work/out.log" && break; sleep 0.25; done
  echo "$1, a load of $(cut -d' ' -f1-3 /proc/loadavg) before:"
  BODY=$3 BODY_TYPE=$4 wrk -t1 -c16 -d"${seconds}s" --timeout 30s --latency -s "$work/post.lua" http://127.0.0.1:8097/v1/score > "$work/wrk.log" &
  local wrk=$!
  dotnet exec test/Dime.Soak/bin/Release/net10.0/Dime.Soak.dll swaps "$seconds" "$server" http://127.0.0.1:8097 "$work/served.zip" "$2" "$work/$1-a" "$work/$1-b" || { cat "$work/err.log"; exit 1; }
  wait "$wrk"
  grep -E 'requests in|Requests/sec|99%' "$work/wrk.log"
  if grep -E 'Non-2xx|Socket errors' "$work/wrk.log"; then cat "$work/err.log"; exit 1; fi
  stop
  grep -v 'drift' "$work/err.log" | head -n 20 || true
  echo "history: $(sqlite3 "$work/$1.db" 'PRAGMA integrity_check; SELECT count(*) FROM dime_rows;' | paste -sd' ')"
}

soak images "$work/images" "$IMAGE" image/jpeg
soak embeddings "$work/rows.csv" "$work/body.json" application/json
echo "No failed and no mixed answer."
