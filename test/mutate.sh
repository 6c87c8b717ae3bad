#!/usr/bin/env bash
# Changes the library in small ways, one at a time, and sees whether tests fail: Stryker.NET, in one room of the library at a time.
#   test/mutate.sh <evaluation|formats|modelling|numerics> [output folder]
# The output folder has reports/mutation-report.html, where those that survived stand in the code.
set -euo pipefail

room=${1:?Name a room: evaluation, formats, modelling, numerics}
output=$(realpath --canonicalize-missing "${2:-TestResults/mutation/$room}")
cd "$(dirname "$0")/Dime.MLNet.Tests"
# Rates that are measured on thousands of windows take minutes for each change.
evaluation="FullyQualifiedName~Tests.Evaluation&FullyQualifiedName!~FalseAlarm"
formats="FullyQualifiedName~Tests.Serialization|FullyQualifiedName~Tests.Evaluation.Drift.DriftMonitorTests"
case $room in
  evaluation) mutate=('Evaluation/**/*.cs'); tests=$evaluation ;;
  formats) mutate=('Serialization/**/*.cs' '**/*Format.cs'); tests="$formats|FullyQualifiedName~Zip|FullyQualifiedName~Sums|FullyQualifiedName~Golden" ;;
  modelling) mutate=('Modelling/**/*.cs' '!**/*Format.cs'); tests="FullyQualifiedName~Tests.Modelling|$formats" ;;
  # Changed loops of the vector kernels mostly never end, which is a time-out of its own for each.
  numerics) mutate=('Numerics/**/*.cs' '!Numerics/Simd/**/*.cs'); tests="FullyQualifiedName~Tests.Numerics|FullyQualifiedName~Tests.Modelling" ;;
  *) echo "There is no room $room."; exit 2 ;;
esac

# Stryker compiles what protoc has generated, and does not have it generated itself.
dotnet build --configuration Release --nologo --verbosity quiet
options=()
for glob in "${mutate[@]}"; do options+=(--mutate "$glob"); done
dotnet tool exec dotnet-stryker@5.1.0 --yes -- --skip-version-check --output "$output" "${options[@]}" --test-case-filter "$tests"
