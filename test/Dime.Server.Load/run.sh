#!/usr/bin/env bash
# Puts dime serve, dime serve with a history, a pool of prediction engines of the same pipeline, and one of the bare network in ML.NET's own stages under
# load with wrk, on loopback, in turn and several times. Prints requests per second, the median and 99th percentile of the time that an answer takes, and the
# processor time of the server for each request, which other programs on the machine disturb least.
# The network is that of the demo, or any other for images of 32x32 with the input "image" and the output "logits", such as vgg11.py makes.
#   test/Dime.Server.Load/run.sh [rounds] [seconds] [network.onnx]
set -euo pipefail
rounds=${1:-3} seconds=${2:-10} network=${3:+$(realpath "$3")}
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
server=""
stop() { if [ -n "$server" ]; then kill -TERM "$server" && wait "$server" || true; server=""; fi; }
trap 'stop; rm -rf "$work"' EXIT

dotnet build -c Release src/Dime.Tool > "$work/build.log"
dotnet build -c Release test/Dime.Server.Load >> "$work/build.log"
dime=src/Dime.Tool/bin/Release/net10.0/dime.dll
dotnet exec "$dime" demo --output "$work/demo" --quiet > "$work/demo.log"
if [ -z "${3:-}" ]; then
  network=$work/demo/cifar10-resnet.onnx
else
  dotnet exec "$dime" fit --quiet --images "$work/demo/images/train" --onnx "$network" --output "$work/demo/model.zip" > "$work/fit.log"
fi
IMAGE=$(find "$work/demo/images/test" -name '*.jpg' | sort | head -n 1)
export IMAGE
cat > "$work/post.lua" << 'LUA'
local file = io.open(os.getenv("IMAGE"), "rb")
wrk.method, wrk.body = "POST", file:read("*a")
wrk.headers["Content-Type"] = "image/jpeg"
file:close()
LUA

start() { # name, then the command
  : > "$work/out.log" # or the line of the one before is found
  "${@:2}" > "$work/out.log" 2> "$work/err.log" &
  server=$!
  for _ in $(seq 240); do grep -q Serving "$work/out.log" && return; sleep 0.25; done
  cat "$work/err.log"; exit 1
}

ticks() { awk '{ print $14 + $15 }' "/proc/$server/stat"; } # of the processor, by the server

load() { # name, address
  # Until what .NET compiles while it runs is compiled: of a history that is more than what its rows take.
  wrk -t1 -c16 -d15s -s "$work/post.lua" "$2" > /dev/null
  for connections in 1 16 64; do
    wrk -t1 -c"$connections" -d2s -s "$work/post.lua" "$2" > /dev/null
    before=$(ticks)
    wrk -t1 -c"$connections" -d"${seconds}s" --latency -s "$work/post.lua" "$2" > "$work/wrk.log"
    failed=$(awk '/Non-2xx/ { print $NF }' "$work/wrk.log")
    awk -v name="$1" -v c="$connections" -v failed="${failed:+, $failed failed}" -v us="$((($(ticks) - before) * 1000000 / $(getconf CLK_TCK)))" '/requests in/ { n = $1 } /50%/ { p50 = $2 } /99%/ { p99 = $2 } /Requests\/sec/ { r = $2 } END { printf "%-24s %3d connections %9.1f requests/s  p50 %9s  p99 %9s  %6.0f us of processor each%s\n", name, c, r, p50, p99, us / n, failed }' "$work/wrk.log"
  done
}

echo "load of the machine before: $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores"
for round in $(seq "$rounds"); do
  start serve dotnet exec "$dime" serve --quiet --model "$work/demo/model.zip" --urls http://127.0.0.1:18097
  load "dime serve" http://127.0.0.1:18097/v1/score; stop
  start history dotnet exec "$dime" serve --quiet --model "$work/demo/model.zip" --urls http://127.0.0.1:18097 --history "$work/history-$round.db"
  load "dime serve --history" http://127.0.0.1:18097/v1/score; stop
  start pool dotnet exec test/Dime.Server.Load/bin/Release/net10.0/Dime.Server.Load.dll "$work/demo/model.zip" http://127.0.0.1:18098
  load "pool of engines" http://127.0.0.1:18098/v1/score; stop
  start plain dotnet exec test/Dime.Server.Load/bin/Release/net10.0/Dime.Server.Load.dll "$network" http://127.0.0.1:18098
  load "plain pool, no detector" http://127.0.0.1:18098/v1/score; stop
done
echo "load of the machine after: $(cut -d' ' -f1-3 /proc/loadavg)"
