#!/bin/sh
# Serves a whole node under load: docs/benchmarks/serve.sh --port P --grpc-port G --keys FILE --data DIR [--durability PROCESS|DISK]
#
# FILE has one line per key: key, consumer, plan, scope, with tabs between; if it does not exist it is written with 10,000 new
# keys. Metered: GET /v1/echo (REST) and jingshu.echo.v1.EchoService/Echo (gRPC). Bare, by the same server:
# GET /benchmark/bare and jingshu.benchmark.v1.BareService/Echo.
# JINGSHU_JAVA_OPTIONS is passed to Java; PIN=0 pins the server to that processor (taskset).
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
classpath="$home/marketplace-api/target/load.classpath"
if [ ! -f "$classpath" ] || [ -n "$(find "$home"/pom.xml "$home"/*/pom.xml "$home"/*/src -newer "$classpath" -type f | head -n 1)" ]; then
  echo 'serve.sh: building …' >&2
  (cd "$home" && ./mvnw -q -B -ntp -pl marketplace-api -am -DskipTests -Djingshu.train.skip package dependency:build-classpath \
    -Dmdep.includeScope=test -Dmdep.outputFile=target/load.classpath) >&2
  touch "$classpath" # the plugin leaves a file that says the same as it is
fi
java=${JINGSHU_JAVA_HOME:+$JINGSHU_JAVA_HOME/bin/}java
if ! "$java" -version 2>&1 | head -n 1 | grep -q '"25'; then
  java=$(ls -d /usr/lib/jvm/*25*/bin/java 2>/dev/null | head -n 1)
fi
pin=''
if [ -n "${PIN:-}" ]; then
  pin="taskset -c $PIN"
fi
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}" # memory as the launcher has it
# shellcheck disable=SC2086 # several options in one variable
exec $pin "$java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -XX:+UseParallelGC -XX:+UseCompactObjectHeaders -XX:MaxRAMPercentage=25 \
  -Xms96m -XX:MaxNewSize=40m -XX:TrimNativeHeapInterval=5000 -Dfile.encoding=UTF-8 \
  ${JINGSHU_JAVA_OPTIONS:-} \
  -cp "$home/marketplace-api/target/classes:$home/marketplace-api/target/test-classes:$(cat "$classpath")" \
  cn.jingshu.marketplace.runtime.LoadServer "$@"
