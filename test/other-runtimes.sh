#!/usr/bin/env bash
# Runs the library's tests on other versions of .NET, which are restored as packages and need not be installed (Linux on x64).
#   test/other-runtimes.sh [filter] [framework ...]
# The filter is MSTest's, and all tests without one; the frameworks are net8.0 and net9.0 unless named. Prints a line of counts for each, and the names of what
# failed. Left out are the properties, whose package is for .NET 10 alone, and the tests of packages, which are made by .NET 10.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
# shellcheck source=test/runs.sh
. test/runs.sh

filter=${1:-}
shift $(($# < 1 ? $# : 1))
if [ $# -eq 0 ]; then set -- net8.0 net9.0; fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Nodes of the build must not outlive the folder that they work in.
export MSBUILDDISABLENODEREUSE=1
log=$work/log

status=0
for framework; do
  copy=$work/$framework
  mkdir "$copy"
  copy "$copy"
  sed -i "s|<TargetFramework>.*</TargetFramework>|<TargetFramework>$framework</TargetFramework><RuntimeIdentifier>linux-x64</RuntimeIdentifier><SelfContained>true</SelfContained>|" \
    "$copy"/test/Dime.{MLNet.Tests,Soak,MLNet.SecondProcess}/*.csproj
  sed -i '/CsCheck/d' "$copy"/test/Dime.MLNet.Tests/*.csproj
  rm -r "$copy"/test/Dime.MLNet.Tests/{Properties,Packaging}
  dotnet build --configuration Release "$copy/test/Dime.MLNet.Tests" --nologo --verbosity quiet > "$log" 2>&1 || { cat "$log"; exit 1; }
  run "$framework" "$log" "$copy/test/Dime.MLNet.Tests/bin/Release/$framework/linux-x64/Dime.MLNet.Tests" ${filter:+--filter "$filter"} || status=1
done

exit "$status"
