#!/usr/bin/env bash
# Fuzzes a target with AFL++ for some seconds, and prints its time by the clock and of the processor, executions, edges, crashes and hangs; what broke is
# left in a folder.
#   test/Dime.Fuzz/run.sh <target> <seconds>
# It needs afl-fuzz (apt-get install afl++) and the tool of SharpFuzz, which it installs where it is missing. DIME_FUZZ_WORK is where it works.
# With DIME_FUZZ_RESUME=yes it goes on from what the last run of the target found, and its figures are those of all runs together.
set -euo pipefail
cd "$(dirname "$0")"
target=$1 seconds=$2
work=${DIME_FUZZ_WORK:-${TMPDIR:-/tmp}/dime-fuzz}
mkdir -p "$work"
[ -x "$work/tool/sharpfuzz" ] || dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path "$work/tool" > "$work/tool.log"

# A copy of the build, whose assemblies tell where they have been. Once for all targets, as long as no assembly is newer.
if [ "${DIME_FUZZ_BUILD:-yes}" = yes ]; then
  rm -rf "${work:?}/bin"
  dotnet build -c Release > "$work/build.log" || { cat "$work/build.log"; exit 1; }
  cp -r bin/Release/net10.0 "$work/bin"
  for assembly in Dime.MLNet dime Dime.Server CsvHelper Google.Protobuf; do
    "$work/tool/sharpfuzz" "$work/bin/$assembly.dll" > "$work/instrument.log" || { cat "$work/instrument.log"; exit 1; }
  done
fi

# AFL++ asks for settings of the machine that a container may not change, and for programs that it has compiled itself.
export AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_BIN_CHECK=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_FORKSRV_INIT_TMOUT=60000
export DOTNET_TieredPGO=0 DOTNET_gcServer=0
if [ "${DIME_FUZZ_RESUME:-no}" = yes ] && [ -d "$work/out/$target/default/queue" ]; then
  seeds=- # what AFL++ calls the queue of the run before
else
  seeds=Corpus/$target
  rm -rf "$work/out/$target" "$work/out/$target".{broken,processor}
fi
mkdir -p "$work/out"
export DIME_FUZZ_LOG="$work/out/$target.broken"
case $target in csv | npy | monitor | detector | request) words=(-x Dictionaries/text.dict) ;; *) words=() ;; esac

# The processor's time of the fuzzer and of all that it starts, which it kills without asking what they took: of each process the last that was seen.
sample() {
  while sleep 10; do
    ps -e -ww -o pid=,cputimes=,args= | run=$$ command="$work/bin/Dime.Fuzz.dll $target" \
      awk 'index($0, ENVIRON["command"]) { print ENVIRON["run"] "/" $1, $2 }' >> "$work/out/$target.processor"
  done
}
sample &
sampler=$!
trap 'kill "$sampler" 2> /dev/null || :' EXIT

afl-fuzz "${words[@]}" -i "$seeds" -o "$work/out/$target" -V "$seconds" -t 20000 -m none -G 65536 -- dotnet "$work/bin/Dime.Fuzz.dll" "$target" > "$work/out/$target.log" 2>&1 \
  || { tail -n 30 "$work/out/$target.log"; exit 1; }

processor=$(awk '{ last[$1] = $2 } END { for (process in last) sum += last[process]; print sum + 0 }' "$work/out/$target.processor")
stat() { sed -n "s/^$1 *: //p" "$work/out/$target/default/fuzzer_stats"; }
printf '%s\t%s s\t%s s of a processor\t%s executions\t%s edges\t%s inputs\t%s stability\t%s crashes\t%s hangs\n' \
  "$target" "$(stat run_time)" "$processor" "$(stat execs_done)" "$(stat edges_found)" "$(stat corpus_count)" "$(stat stability)" "$(stat saved_crashes)" "$(stat saved_hangs)"
[ ! -e "$DIME_FUZZ_LOG" ] || cut -c1-500 "$DIME_FUZZ_LOG"
find "$work/out/$target/default/crashes" "$work/out/$target/default/hangs" -type f -name 'id*'
