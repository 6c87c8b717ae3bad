#!/usr/bin/env bash
# Runs the library's tests with coverlet, and prints for each of its rooms the share of lines and branches that they reach.
#   test/coverage.sh [filter]
# The filter is MSTest's; without one all tests run but those of packages, of rates over thousands of windows, and of the assembly itself, which coverlet
# changes. It needs jq.
set -euo pipefail
cd "$(dirname "$0")/Dime.MLNet.Tests"
filter=${1:-FullyQualifiedName!~FalseAlarm&FullyQualifiedName!~Packaging&FullyQualifiedName!~Architecture&FullyQualifiedName!~List_of_internals}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet build --configuration Release --property:Coverage=true --nologo --verbosity quiet
dotnet exec bin/Release/net10.0/Dime.MLNet.Tests.dll --progress off --results-directory "$work" --coverlet --coverlet-output-format json --coverlet-include '[Dime.MLNet]*' --filter "$filter" || echo "Not all passed."

# shellcheck disable=SC2016 # jq's variables
find "$work" -name '*.json' -print0 | xargs -0 jq -r '
  def share(hits): (hits | length) as $n | if $n == 0 then "-" else "\((hits | map(select(. > 0)) | length) * 1000 / $n | round / 10) % of \($n)" end;
  [.[] | to_entries[] | select(.key | contains("/obj/") | not)
    | {room: (.key | sub(".*/src/Dime.MLNet/"; "") | if contains("/") then sub("/[^/]*$"; "") else "(face)" end),
       lines: [.value[][].Lines[]], branches: [.value[][].Branches[].Hits]}]
  | group_by(.room)[] | "\(.[0].room)\t\(share([.[].lines[]]))\t\(share([.[].branches[]]))"' | column -t -s $'\t' -N room,lines,branches
