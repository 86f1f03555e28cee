#!/bin/bash
# Metered calls beside the bare handler of the same server: docs/benchmarks/pairs.sh [PAIRS [GRPC-PAIRS [SECONDS]]]
#
# Starts serve.sh pinned to the first processor and loads it from the second: metered, then bare, one pair after the other
# (60 and 40 of 1 s), so that a host whose speed drifts meets both alike. Prints each pair's ratio by requests and by processor
# time of the whole server, and at the end the middle of both and the resident memory. DURABILITY=DISK as for serve.sh.
# Needs wrk, h2load (nghttp2) and taskset.
set -euo pipefail
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
rest=${1:-60} grpc=${2:-40} seconds=${3:-1}
port=${PORT:-18080} grpc_port=${GRPC_PORT:-19090}
work=$(mktemp -d)
server=''
end() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT
PIN=0 "$here/serve.sh" --port "$port" --grpc-port "$grpc_port" --keys "$work/keys.tsv" --data "$work/data" \
  --durability "${DURABILITY:-PROCESS}" >"$work/server.log" 2>&1 &
server=$!
until grep -q '^ready' "$work/server.log"; do
  kill -0 "$server" 2>/dev/null || { cat "$work/server.log" >&2; exit 1; }
  sleep 0.5
done
export KEYS="$work/keys.tsv"
key=$(head -n 1 "$KEYS" | cut -f 1)
printf '\0\0\0\0\0' >"$work/empty.grpc" # a request without fields: no compression, length 0

ticks() { # user and system time of the server, in hundredths of a second
  awk '{ sub(/^.*\) /, ""); print $12 + $13 }' "/proc/$server/stat"
}
load() { # form seconds → requests
  case $1 in
    rest) taskset -c 1 wrk -t1 -c64 -d"$2"s -s "$here/keys.lua" "http://localhost:$port/v1/echo" ;;
    rest-bare) taskset -c 1 wrk -t1 -c64 -d"$2"s "http://localhost:$port/benchmark/bare" ;;
    grpc) h2 "$2" jingshu.echo.v1.EchoService/Echo ;;
    grpc-bare) h2 "$2" jingshu.benchmark.v1.BareService/Echo ;;
  esac | awk '
    /requests in/ { print $1 }                                     # wrk
    /^requests:/ { for (i = 2; i <= NF; i++) if ($i == "succeeded,") print $(i - 1) } # h2load
    /Non-2xx|Socket errors/ { print > "/dev/stderr" }'
}
h2() {
  taskset -c 1 h2load -t1 -c8 -m8 -D"$1" -d "$work/empty.grpc" -H 'content-type: application/grpc' -H 'te: trailers' \
    -H "x-api-key: $key" "http://localhost:$grpc_port/$2" 2>&1
}
measure() { # form → requests, and processor time in microseconds a request
  local before after count
  before=$(ticks)
  count=$(load "$1" "$seconds")
  after=$(ticks)
  echo "$count $before $after" | awk '{ printf "%d %.2f", $1, ($3 - $2) * 10000 / $1 }'
}
middle() {
  sort -n | awk '{ v[NR] = $1 } END { if (NR) printf "%.2f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}
pairs() { # form count
  local metered bare
  load "$1" 20 >"$work/warm"
  load "$1-bare" 10 >"$work/warm"
  load "$1" 5 >"$work/warm"
  [ "$(cat "$work/warm")" -gt 0 ] || { echo "$1: nothing was answered" >&2; exit 1; }
  : >"$work/$1"
  for _ in $(seq "$2"); do
    metered=$(measure "$1")
    bare=$(measure "$1-bare")
    echo "$metered $bare" | awk '{ printf "%d %.2f %d %.2f %.3f %.3f\n", $1, $2, $3, $4, $1 / $3, $4 / $2 }' | tee -a "$work/$1" |
      awk -v f="$1" '{ printf "%s  metered %6d/s %6.2f us   bare %6d/s %6.2f us   by requests %.2f  by processor time %.2f\n", f, $1, $2, $3, $4, $5, $6 }'
  done
  printf '%s: %d pairs of %s s, in the middle %s by requests, %s by processor time (metered %s us a call, bare %s us)\n' "$1" "$2" "$seconds" \
    "$(cut -d' ' -f5 "$work/$1" | middle)" "$(cut -d' ' -f6 "$work/$1" | middle)" "$(cut -d' ' -f2 "$work/$1" | middle)" "$(cut -d' ' -f4 "$work/$1" | middle)"
  awk -v f="$1" '/VmRSS/ { printf "%s: resident %d MB\n", f, $2 / 1024 }' "/proc/$server/status"
}
uptime
[ "$rest" = 0 ] || pairs rest "$rest"
[ "$grpc" = 0 ] || pairs grpc "$grpc"
