#!/usr/bin/env bash
# Runs tests as machines elsewhere would: other languages, time zones, processors and cores, with and without tables of cultures.
#   test/other-worlds.sh [project] [filter] [world ...]
# The project is Dime.MLNet.Tests unless named; the filter is MSTest's, and all tests without one; the worlds are those below, or several at once, as in
# german+sse. Prints a line of counts for each world, and the names of what failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
# shellcheck source=test/runs.sh
. test/runs.sh

project=${1:-Dime.MLNet.Tests}
filter=${2:-}
shift $(($# < 2 ? $# : 2))

# The build is invariant; the variable brings the cultures of ICU back, as in an application that has the library in it.
icu=DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=0
declare -A worlds=(
  [turkish]="$icu LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8"
  [german]="$icu LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8"
  [far]="$icu TZ=Pacific/Kiritimati"
  [invariant]="DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 LC_ALL=tr_TR.UTF-8"
  [avx2]="DOTNET_EnableAVX512=0"
  [sse]="DOTNET_EnableAVX2=0"
  [scalar]="DOTNET_EnableHWIntrinsic=0"
  [core]="DOTNET_PROCESSOR_COUNT=1"
)
if [ $# -eq 0 ]; then set -- turkish german far invariant avx2 sse scalar core; fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT

dotnet build --configuration Release "test/$project" --nologo --verbosity quiet > "$log" 2>&1 || { cat "$log"; exit 1; }
status=0
for world; do
  variables=() pin=()
  for one in ${world//+/ }; do
    read -ra more <<< "${worlds[$one]:?no such world}"
    variables+=("${more[@]}")
  done

  if [[ +$world+ = *+core+* ]] && command -v taskset > /dev/null; then pin=(taskset --cpu-list 0); fi
  run "$world" "$log" env "${variables[@]}" "${pin[@]}" dotnet exec "test/$project/bin/Release/net10.0/$project.dll" ${filter:+--filter "$filter"} || status=1
done

exit "$status"
