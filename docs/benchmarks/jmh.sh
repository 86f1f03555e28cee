#!/bin/sh
# Measures what a call costs in pieces: docs/benchmarks/jmh.sh MODULE [arguments of JMH]
#
# MODULE is metering (lease, limiter, journal, shipping), products (transcoding) or marketplace-api (admission as a whole). The
# arguments go to JMH, for instance a name to choose by ('JournalAppend'); without any, all of the module is run with
# allocation (-prof gc). docs/benchmarks/README.md says more.
set -eu
if [ $# -eq 0 ]; then
  sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
module=$1
shift
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
classpath="$home/$module/target/jmh.classpath"
if [ ! -f "$classpath" ] || [ -n "$(find "$home"/pom.xml "$home"/*/pom.xml "$home"/*/src -newer "$classpath" -type f | head -n 1)" ]; then
  echo 'jmh.sh: building …' >&2
  ./mvnw -q -B -ntp -pl "$module" -am -DskipTests -Djingshu.train.skip package dependency:build-classpath \
    -Dmdep.includeScope=test -Dmdep.outputFile=target/jmh.classpath >&2
  touch "$classpath" # the plugin leaves a file that says the same as it is
fi
java=${JINGSHU_JAVA_HOME:+$JINGSHU_JAVA_HOME/bin/}java
if ! "$java" -version 2>&1 | head -n 1 | grep -q '"25'; then
  java=$(ls -d /usr/lib/jvm/*25*/bin/java 2>/dev/null | head -n 1)
fi
exec "$java" -Xmx1g --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp "$module/target/test-classes:$module/target/classes:$(cat "$classpath")" org.openjdk.jmh.Main "$@"
