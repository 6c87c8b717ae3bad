# shellcheck shell=bash
# What scripts beside this one share, to be sourced.

# copy <folder>: the working tree's files, as git knows them.
copy() {
  git ls-files -z --cached --others --exclude-standard | xargs -0 tar --create | tar --extract --directory "$1"
}

# count <name> <log>: the sum of one of the counts of all summaries in a log; what tests themselves print stands before them.
count() {
  awk -v name="$1:" '/^Test run summary/ { summary = 1 } /^Running tests/ { summary = 0 } summary && $1 == name { n += $2 } END { print n + 0 }' "$2"
}

# counts <log>: a line of them.
counts() {
  echo "$(count succeeded "$1") passed, $(count failed "$1") failed, $(count skipped "$1") skipped"
}

# run <name> <log> <command ...>: runs tests, prints a line of counts, and the names of what failed.
run() {
  local name=$1 log=$2 status=0
  shift 2
  "$@" > "$log" 2>&1 || status=1
  echo "$name: $(counts "$log")"
  grep '^failed ' "$log" || [ "$(count total "$log")" -gt 0 ] || tail -n 20 "$log"
  return "$status"
}
