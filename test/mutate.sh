#!/usr/bin/env bash
# Changes the library in small ways, one at a time, and sees whether tests fail: Stryker.NET, in one room of the library at a time.
#   test/mutate.sh <evaluation|formats|modelling|numerics|eigen> [output folder] [slowest test in ms] [report]
# The output folder has reports/mutation-report.html, where those that survived stand in the code. A change runs all tests that reach it, so tests that take longer
# than 20 ms are left out unless another number is given: what only they would notice counts as survived. With the mutation-report.json of an earlier run, only
# what survived there, or was reached by no test, is tried again (which needs jq).
set -euo pipefail

room=${1:?Name a room: evaluation, formats, modelling, numerics, eigen}
output=$(realpath --canonicalize-missing "${2:-TestResults/mutation/$room}")
slowest=${3:-20}
report=${4:+$(realpath "$4")}
except='^$'
case $room in
  evaluation) code='Evaluation/' tests='Evaluation' ;;
  formats) code='Serialization/|[A-Za-z]+Format\.cs$' tests='Serialization|Golden|Detection|Modelling|Evaluation/Drift|Pooling|Onnx/Features' ;;
  modelling) code='Modelling/.*\.cs$' except='Format\.cs$' tests='Modelling|Serialization' ;;
  # Changed loops of vector kernels and eigensolvers mostly never end, or write where they must not, which costs a process and a time-out each.
  numerics) code='Numerics/(Distributions|Rows)/|Numerics/[A-Za-z]+\.cs$' tests='Numerics|Modelling' ;;
  eigen) code='Numerics/Eigen/' tests='Numerics' ;;
  *) echo "There is no room $room."; exit 2 ;;
esac

# A copy, in which other rooms are left alone and other tests are none: what is only passed over still costs time, in each loop and whenever a process starts.
cd "$(dirname "$0")/.."
# shellcheck source=test/runs.sh
. test/runs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Nodes of the build must not outlive the folder that they work in.
export MSBUILDDISABLENODEREUSE=1
copy "$work"
cd "$work"
room() { grep -E "^src/Dime.MLNet/([A-Za-z]+/)*($code)" | grep -vE "$except"; }
grep -rlE '^namespace ' src/Dime.MLNet --include='*.cs' | sort > "$work/all.txt"
comm -23 "$work/all.txt" <(room < "$work/all.txt") | xargs sed -i -E 's|^namespace |// Stryker disable all\n&|'
cd test/Dime.MLNet.Tests
grep -rl '^\[TestClass\]' . --include='*.cs' | grep -vE "^\./($tests)/" | xargs sed -i 's/^\[TestClass\]//'
sed -i 's/<TreatWarningsAsErrors>true/<TreatWarningsAsErrors>false/' ../../Directory.Build.props
# A process that a test starts would enrol as one that tells what it reaches, and be waited for when it is gone, 10 s in each later test.
grep -rl 'Process.Start(start)' . --include='*.cs' \
  | xargs sed -i -E 's/^( *)using Process process = Process.Start\(start\)/\1foreach (string name in start.Environment.Keys.Where(one => one.StartsWith("STRYKER_COVERAGE")).ToArray()) { start.Environment.Remove(name); }\n&/'

# Stryker compiles what protoc has generated, and does not have it generated itself.
dotnet build --configuration Release --nologo --verbosity quiet
dotnet exec bin/Release/net10.0/Dime.MLNet.Tests.dll --progress off --output detailed > "$work/times.log" || { cat "$work/times.log"; exit 1; }
sed -nE 's/^passed ([A-Za-z0-9_]+).*\((([0-9]+)m )?(([0-9]+)s )?([0-9]+)ms\)$/\1 0\3 0\5 \6/p' "$work/times.log" \
  | awk -v most="$slowest" '($2 * 60 + $3) * 1000 + $4 > most { print $1 }' | sort -u > "$work/slow.txt"
while read -r name; do
  # Cases may go by another name than their method; these stay.
  { grep -rlE " $name\(" . --include='*.cs' || true; } | xargs --no-run-if-empty sed -i -E "s/^    public (async )?(void|Task) $name\(/    [Ignore(\"slow\")]\n&/"
done < "$work/slow.txt"
echo "$(wc -l < "$work/slow.txt") tests are left out, as they take longer than $slowest ms."

options=()
if [ -n "$report" ]; then
  # What reaches long tests shares the processors with another run of them: that alone must not be taken for an endless loop.
  sed -i -E 's/("additional-timeout": )[0-9]+/\120000/' stryker-config.json
  while read -r glob; do options+=(--mutate "$glob"); done < <(jq -r '.files | to_entries[] | .key as $file
    | (.value.source | split("\n") | reduce .[] as $line ([0]; . + [.[-1] + ($line | length) + 1])) as $starts
    | [.value.mutants[] | select(.status == "Survived" or .status == "NoCoverage") | .location
        | "{\($starts[.start.line - 1] + .start.column - 1)..\($starts[.end.line - 1] + .end.column - 1)}"] | unique
    | select(length > 0) | "**/" + ($file | sub(".*/src/Dime.MLNet/"; "")) + add' "$report")
fi

DOTNET_TieredPGO=0 dotnet tool exec dotnet-stryker@5.1.0 --yes -- --skip-version-check --output "$output" "${options[@]}"
