#!/bin/sh
# Measures the meter: admission, journal append, shipping beside COPY. Arguments go to JMH, for instance a name to choose
# by ('JournalAppend'); without any, everything is run with allocation (-prof gc). docs/benchmarks/README.md says more.
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$home"
load=$(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo 0)
printf 'machine: %s, %s processors, load %s, commit %s\n' \
  "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)" "$(getconf _NPROCESSORS_ONLN)" "$load" \
  "$(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
if [ "${load%%.*}" -ge 2 ]; then
  echo 'The machine is busy: compare the ratios, not the figures.' >&2
fi
if [ $# -eq 0 ]; then
  set -- -prof gc
fi
exec ./mvnw -B -ntp -q -pl metering -am test-compile exec:exec@benchmark -Dbenchmark.skip=false -Dbenchmark.args="$*"
