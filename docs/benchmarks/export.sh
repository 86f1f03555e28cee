#!/bin/sh
# A large export in a small heap, checked by hledger and ledger where they are on the PATH: docs/benchmarks/export.sh
#
# From the environment: ENTRIES (100000), HEAP (64m). Books them in a PostgreSQL it starts, writes the bundle, and compares each account's balance
# with what the programs find; ends with status 1 if one differs.
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
classpath="$home/ledger/target/load.classpath"
if [ ! -f "$classpath" ] || [ -n "$(find "$home/pom.xml" "$home/ledger/pom.xml" "$home/ledger/src" -newer "$classpath" -type f | head -n 1)" ]; then
  echo 'export.sh: building …' >&2
  (cd "$home" && ./mvnw -q -B -ntp -pl ledger -am test-compile dependency:build-classpath \
    -Dmdep.includeScope=test -Dmdep.outputFile=target/load.classpath) >&2
  touch "$classpath" # the plugin leaves a file that says the same as it is
fi
java=${JINGSHU_JAVA_HOME:+$JINGSHU_JAVA_HOME/bin/}java
if ! "$java" -version 2>&1 | head -n 1 | grep -q '"25'; then
  java=$(ls -d /usr/lib/jvm/*25*/bin/java 2>/dev/null | head -n 1)
fi
exec "$java" "-Xmx${HEAP:-64m}" -cp "$home/ledger/target/classes:$home/ledger/target/test-classes:$(cat "$classpath")" \
  cn.jingshu.ledger.benchmark.ExportLoad "${ENTRIES:-100000}"
