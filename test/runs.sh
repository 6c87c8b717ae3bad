# shellcheck shell=bash
# What scripts beside this one share, to be sourced.

# copy <folder>: the working tree's files, as git knows them.
copy() {
  git ls-files -z --cached --others --exclude-standard | xargs -0 tar --create | tar --extract --directory "$1"
}

# run <name> <log> <command ...>: runs tests, prints a line of counts, and the names of what failed.
run() {
  local name=$1 log=$2 status=0
  shift 2
  count() { awk -v name="$1:" '/^Test run summary/ { summary = 1 } summary && $1 == name { print $2 }' "$log"; }
  "$@" > "$log" 2>&1 || status=1
  echo "$name: $(count succeeded) passed, $(count failed) failed, $(count skipped) skipped"
  grep '^failed ' "$log" || [ -n "$(count total)" ] || tail -n 20 "$log"
  return "$status"
}
